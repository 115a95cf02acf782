"""N hostile texts through the whole engine: what failed, what was survived, which text took longest.

PYTHONPATH=tests python -m fuzzing.many_texts 1000000 --processes 2 [--seed 1]
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from typing import Final

from bot.__main__ import engine_from
from bot.core.engine import Engine
from bot.settings import read_settings
from fuzzing.finding import QUESTIONS, kept_case, seeds
from fuzzing.insides import answered, besides, laid_open
from fuzzing.mutating import hostile_texts

CHUNK: Final = 2000
ONE_BESIDES_IN: Final = 100
"""Of so many texts one also goes through commands, an inline query and a ticket, which takes ten times as long."""
MOST_SLOW: Final = 5
_engines: list[Engine] = []


@dataclass
class Seen:
    """What became of some texts: how many, of what kinds the faults were, the slowest (seconds, text), all seconds."""

    texts: int = 0
    unhandled: Counter[str] = field(default_factory=Counter)
    swallowed: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def add(self, other: "Seen") -> None:
        """Count what another process saw."""
        self.texts += other.texts
        self.unhandled += other.unhandled
        self.swallowed += other.swallowed
        self.took += other.took
        self.slowest = nlargest(MOST_SLOW, [*self.slowest, *other.slowest])

    def one(self, engine: Engine, text: str) -> None:
        """Send one text through everything."""
        with laid_open() as survived:
            began = time.perf_counter()
            try:
                answered(engine, text)
                self._took(time.perf_counter() - began, text)
                if self.texts % ONE_BESIDES_IN == 0:
                    besides(engine, text)
            except Exception as error:  # noqa: BLE001, RUF100 - each is counted, and its text kept as a case
                self._kept(self.unhandled, error, text)
            for fault in survived:
                self._kept(self.swallowed, fault, text)
        self.texts += 1

    def _took(self, seconds: float, text: str) -> None:
        self.took.append(seconds)
        self.slowest = nlargest(MOST_SLOW, [*self.slowest, (seconds, text)])

    def _kept(self, counter: Counter[str], error: Exception, text: str) -> None:
        where = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
        if not counter[kind]:
            kept_case(text.encode("utf-8", "surrogatepass"), "text")
        counter[kind] += 1


def chunk(work: tuple[int, int]) -> Seen:
    """Return what became of `work`: so many texts of a seed."""
    if not _engines:
        _engines.append(engine_from(read_settings()))
    many, seed = work
    seen = Seen()
    for text in islice(hostile_texts(seeds(), seed), many):
        seen.one(_engines[0], text)
    return seen


def main(many: int, processes: int, seed: int) -> int:
    """Send `many` texts through as many processes; return 1 if anything failed."""
    began, seen = time.perf_counter(), Seen()
    with Pool(processes) as pool:
        for at, part in enumerate(pool.imap_unordered(chunk, _chunks(many, seed)), 1):
            seen.add(part)
            if at % 25 == 0:
                print(f"{seen.texts:,} texts, {time.perf_counter() - began:.0f} s", flush=True)
    show(seen, time.perf_counter() - began)
    return int(bool(seen.unhandled or seen.swallowed))


def _chunks(many: int, seed: int) -> Iterator[tuple[int, int]]:
    return ((min(CHUNK, many - at), seed + at) for at in range(0, many, CHUNK))


def show(seen: Seen, seconds: float) -> None:
    """Print the figures."""
    ordered = sorted(seen.took)
    at = {name: 1000 * ordered[int(share * (len(ordered) - 1))] for name, share in (("p50", 0.5), ("p99", 0.99))}
    print(f"{seen.texts:,} texts of {QUESTIONS.name} changed, in {seconds:.0f} s ({seen.texts / seconds:.0f} a second)")
    print(f"unhandled exceptions: {seen.unhandled.total()}, swallowed exceptions: {seen.swallowed.total()}")
    for name, counter in (("unhandled", seen.unhandled), ("swallowed", seen.swallowed)):
        for kind, times in counter.most_common():
            print(f"  {name} {times} x {kind}")
    print(f"one answer: p50 {at['p50']:.1f} ms, p99 {at['p99']:.1f} ms; the slowest:")
    for took, text in seen.slowest:
        print(f"  {1000 * took:.1f} ms, {len(text)} letters: {text[:40]!a}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("many", type=int)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(main(given.many, given.processes, given.seed))
