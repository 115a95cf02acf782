"""Publishing, killed at random moments: `python kill_publishing.py KNOWLEDGE FOLDER TIMES` prints what was found.

A process of its own, without threads, so that it can fork: each child publishes change after change until it is killed.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bot.core.editing import Change
from bot.core.knowledge.loading import read_source
from bot.writing import JOURNAL, finish, write

ALONE = "follow_ups.yaml"
TOGETHER = ("advice/categories.yaml", "requests.yaml")
COMING_AND_GOING = ("words/spoken.yaml", "words/written.yaml")
LONGEST = 0.03
"""Seconds from the first publish to the latest kill: several publishes."""

Texts = Mapping[str, str | None]


def two_states(knowledge: Path) -> tuple[Texts, Texts]:
    """Return what the files hold before and after: one edited, two edited together, one renamed into another."""
    first = {name: (knowledge / name).read_text(encoding="utf-8") for name in (ALONE, *TOGETHER)}
    second = {name: f"{text}# changed\n" for name, text in first.items()}
    words = min((knowledge / "words").glob("*.yaml"), key=lambda path: path.stat().st_size).read_text(encoding="utf-8")
    old, new = COMING_AND_GOING
    return {**first, old: words, new: None}, {**second, old: None, new: words}


def part(texts: Texts, names: Sequence[str]) -> Texts:
    return {name: texts[name] for name in names}


def on_disk(folder: Path, names: Sequence[str]) -> Texts:
    paths = {name: folder / name for name in names}
    return {name: path.read_text(encoding="utf-8") if path.exists() else None for name, path in paths.items()}


def publish_for_ever(folder: Path, states: tuple[Texts, Texts], tell: int) -> None:
    """Bring every group of files from the state it is in to the other one, again and again."""
    os.write(tell, b".")
    while True:
        for names in ((ALONE,), TOGETHER, COMING_AND_GOING):
            now = on_disk(folder, names)
            after = part(states[now == part(states[0], names)], names)
            write(folder, Change(before=now, after=after))


def kill_after(seconds: float, folder: Path, states: tuple[Texts, Texts]) -> None:
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        publish_for_ever(folder, states, tell)
    os.read(hear, 1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), "it published until it was killed"
    os.close(hear)
    os.close(tell)


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def is_one_of(states: tuple[Texts, Texts], found: Texts) -> bool:
    return any(found == part(state, tuple(found)) for state in states)


def round_of(folder: Path, states: tuple[Texts, Texts], moment: float) -> dict[str, bool]:
    """Kill once, finish, and tell what was found before and after."""
    kill_after(moment, folder, states)
    left = names_in(folder)
    halves = [not is_one_of(states, on_disk(folder, names)) for names in (TOGETHER, COMING_AND_GOING)]
    put = finish(folder)
    whole = all(is_one_of(states, on_disk(folder, names)) for names in ((ALONE,), TOGETHER, COMING_AND_GOING))
    now = names_in(folder)
    read = [read_source(name, (folder / name).read_bytes()).name for name in sorted(now)]
    return {
        "journal": JOURNAL in left,
        "partial": any(name.endswith(".partial") for name in left),
        "half": any(halves),
        "finished": bool(put),
        "whole": whole,
        "clean": now <= states[0].keys() and len(read) == len(now) == len(states[0]) - 1,
    }


def main(knowledge: str, work: str, times: str) -> None:
    folder, states, moments = Path(work), two_states(Path(knowledge)), random.Random(6)
    write(folder, Change(before=dict.fromkeys(states[0]), after=states[0]))
    rounds = [round_of(folder, states, moments.uniform(0, LONGEST)) for _ in range(int(times))]
    print(json.dumps({what: sum(each[what] for each in rounds) for what in rounds[0]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
