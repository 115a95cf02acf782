"""Coverage-guided fuzzing of all that a text goes through: language, safety, privacy, answering, showing.

PYTHONPATH=tests python -m fuzzing.fuzz_texts [-max_total_time=300] [-runs=N]

Needs `pip install --editable '.[fuzz]'`. A text that fails is kept in tests/fuzzing/found and every test run
replays it.
"""

import sys

import atheris

from fuzzing.finding import failing, ready, seeds

with atheris.instrument_imports(include=["bot.core", "bot.telegram.rendering"]):  # what is tried next, they guide
    from bot.__main__ import engine_from
    from bot.settings import read_settings
    from fuzzing.insides import answered, besides, laid_open, text_of

LONGEST = 1000
"""Bytes: what a longer text does, many_texts looks at."""


def main() -> None:
    """Fuzz until the time or the runs are over."""
    engine = engine_from(read_settings())

    def one(data: bytes) -> None:
        text = text_of(data)
        with failing(data, "text"), laid_open() as survived:
            answered(engine, text)
            if len(text) % 8 == 0:
                besides(engine, text)
            for fault in survived:
                raise fault

    corpus = [text.encode() for text in seeds()[::4]]
    atheris.Setup(ready(sys.argv, "texts", corpus, LONGEST), one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
