"""Figures, not a test: how long one question takes, a cold start, and what memory the engine holds.

python tests/benchmarks/speed.py [QUESTIONS.jsonl]
"""

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bot.__main__ import engine_from
from bot.core.matching.alarm import alarm
from bot.evaluation import read_questions
from bot.settings import read_settings

DEFAULT = Path(__file__).parent.parent / "questions" / "newcomers.jsonl"


def main(file: Path) -> None:
    engine = engine_from(read_settings())
    texts = [question.text for question in read_questions(file)]
    sentences = [engine.reader.read(text) for text in texts]
    print(f"questions {len(texts)}, ways of asking {len(engine.matcher.weights.letters)}")
    show("matching, one question", [timed(lambda s=s: engine.matcher.rank(engine.matcher.view(s))) for s in sentences])
    show("alarm, one text", [timed(lambda s=s: alarm(engine.matcher, engine.matcher.view(s))) for s in sentences])
    show("urgent check, one text", [timed(lambda t=t: engine.urgent.kinds_in(t)) for t in texts])
    show("answering, whole path", [timed(lambda t=t: engine.answer(t)) for t in texts])
    command = [sys.executable, "-m", "bot", "ask", texts[0]]
    cold = [timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(5)]
    show("`ask` from a cold start", cold)
    print(f"resident memory of this process, at most: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def timed(work: object) -> float:
    """Return the milliseconds that `work` takes."""
    assert callable(work)
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


def show(what: str, milliseconds: list[float]) -> None:
    ordered = sorted(milliseconds)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    print(f"{what}: p50 {statistics.median(ordered):.2f} ms, p99 {p99:.2f} ms, longest {ordered[-1]:.2f} ms")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
