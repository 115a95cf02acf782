"""Work shared between processes that inherit all that is in memory: the only door to multiprocessing."""

import gc
from collections.abc import Callable, Iterator
from multiprocessing import get_all_start_methods, get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.sharedctypes import Synchronized
from typing import TypeVar

T = TypeVar("T")


class Ended(RuntimeError):
    """A process ended before its work was done; it has said why on standard error."""


def begun(work: Callable[[int], T], many: int, processes: int) -> Iterator[tuple[int, T]]:
    """Begin `work` on the numbers below `many` at once, and return what gives each number with its result, as done.

    Where a system cannot fork, all is done here, when it is asked for. The iterator raises Ended.
    """
    if "fork" not in get_all_start_methods():
        return ((at, work(at)) for at in range(many))
    gc.freeze()  # no page of what is shared is written to only to count it
    context = get_context("fork")
    taken: Synchronized[int] = context.Value("l", 0)
    ends = []
    for _ in range(min(processes, many)):
        here, there = context.Pipe(duplex=False)
        context.Process(target=_work, args=(work, many, taken, there), daemon=True).start()
        there.close()
        ends.append(here)
    return _gathered(ends, many)


def _work(
    work: Callable[[int], T], many: int, taken: "Synchronized[int]", there: "Connection[tuple[int, T], object]"
) -> None:
    while True:
        with taken.get_lock():
            at = taken.value
            taken.value += 1
        if at >= many:
            return
        there.send((at, work(at)))


def _gathered(ends: "list[Connection[object, tuple[int, T]]]", many: int) -> Iterator[tuple[int, T]]:
    done = 0
    while ends:
        ready = wait(ends)
        for end in [each for each in ends if each in ready]:
            try:
                found = end.recv()
            except EOFError:
                ends.remove(end)
            else:
                done += 1
                yield found
    if done < many:
        raise Ended(f"{many - done} of {many} pieces of work were not done")
