"""Figures, not a test: how learning time, answering time and memory grow with the number of phrasings.

python tests/benchmarks/growth.py [SIZE ...]     (default 1000 3000 10000 30000 and all that the knowledge has)

Each size is a draw from the knowledge's own texts, learnt in a process of its own. Asked are the project's questions.
"""

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bot.core.building import reader_for, texts_to_learn
from bot.core.knowledge.loading import assemble, read_folder
from bot.core.matching import weights
from bot.core.matching.alarm import alarm
from bot.core.matching.fitting import fit
from bot.core.matching.ranking import matcher_of
from bot.evaluation import read_questions

HERE = Path(__file__).parent
KNOWLEDGE = HERE.parents[1] / "knowledge"
QUESTIONS = HERE.parent / "questions" / "newcomers.jsonl"
SIZES = (1000, 3000, 10_000, 30_000, 10**9)


def measured(size: int) -> str:
    """Return the line of one size; to be run in a process of its own."""
    knowledge = assemble(read_folder(KNOWLEDGE))
    reader = reader_for(knowledge)
    texts = list(texts_to_learn(knowledge))
    drawn = sorted(random.Random(0).sample(range(len(texts)), min(size, len(texts))))
    sentences = [(texts[at][0], reader.read(texts[at][1])) for at in drawn]
    began = time.perf_counter()
    learnt = fit(sentences, "growth", tuple(knowledge.urgent.kinds))
    fitted = time.perf_counter() - began
    with tempfile.TemporaryDirectory() as folder:
        weights.save(learnt, Path(folder) / "weights.npz")
        kept = (Path(folder) / "weights.npz").stat().st_size / 2**20
    matcher = matcher_of(learnt)
    taken = []
    for question in read_questions(QUESTIONS):
        began = time.perf_counter()
        view = matcher.view(reader.read(question.text))
        matcher.rank(view)
        alarm(matcher, view)
        taken.append(1000 * (time.perf_counter() - began))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{len(drawn):>9}  {fitted:>7.1f} s  {statistics.median(taken):>6.2f} ms  {np.quantile(taken, 0.99):>6.2f} ms"
        f"  {kept:>7.1f} MB  {most:>6.0f} MB"
    )


def main(sizes: list[int]) -> None:
    print("phrasings  learning   p50        p99        weights     memory while learning", flush=True)
    for size in sizes:
        subprocess.run([sys.executable, __file__, "--one", str(size)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(measured(int(sys.argv[2])))
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
