"""Coverage-guided fuzzing of the reader of knowledge files: a file is read, or refused with its problems; nothing else.

PYTHONPATH=tests python -m fuzzing.fuzz_yaml [-max_total_time=300] [-runs=N]

Needs `pip install --editable '.[fuzz]'`. A file that fails is kept in tests/fuzzing/found and every test run
replays it.
"""

import sys

import atheris

from fuzzing.finding import KNOWLEDGE, failing, ready

with atheris.instrument_imports(include=["bot.core.knowledge", "yaml"]):  # what is tried next, they guide
    from fuzzing.insides import read_as_knowledge

LONGEST = 4000
"""Bytes of a file: all that the reader can meet has room in it."""


def main() -> None:
    """Fuzz until the time or the runs are over."""

    def one(data: bytes) -> None:
        with failing(data, "yaml"):
            read_as_knowledge(data)

    corpus = [file.read_bytes()[:LONGEST] for file in sorted(KNOWLEDGE.rglob("*.yaml"))]
    atheris.Setup(ready(sys.argv, "yaml", corpus, LONGEST), one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
