"""Putting back, to be killed: `python kill_restoring.py KNOWLEDGE DATABASE FILES COPY` does it again and again."""

import sys
from pathlib import Path

from bot import backing_up, copying
from bot.core.knowledge.loading import contents


def main(knowledge: str, database: str, *states: str) -> None:
    place = backing_up.Place(Path(knowledge), Path(database))
    print(".", flush=True)
    while True:
        for state in map(Path, states):
            with copying.held(place.database) as held:
                backing_up.put_back(place, contents(state / "knowledge"), held, state / "counters.sqlite3")


if __name__ == "__main__":
    main(*sys.argv[1:])
