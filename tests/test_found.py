"""What fuzzing found, replayed for ever: each case in tests/fuzzing/found goes through all that failed on it."""

from pathlib import Path

import pytest
from fuzzing.finding import FOUND, KINDS
from fuzzing.insides import answered, besides, laid_open, read_as_knowledge, text_of

from bot.core.engine import Engine

CASES = sorted(path for path in FOUND.iterdir() if path.suffix)


def cases(kind: str) -> list[Path]:
    return [path for path in CASES if path.suffix == f".{kind}"]


def test_every_case_is_of_a_kind_that_is_replayed() -> None:
    assert {path.suffix.removeprefix(".") for path in CASES} <= set(KINDS)
    assert cases("text")


@pytest.mark.parametrize("case", cases("text"), ids=lambda path: path.stem)
def test_a_text_that_once_failed_is_answered_and_nothing_is_swallowed(engine: Engine, case: Path) -> None:
    text = text_of(case.read_bytes())
    with laid_open() as survived:
        answered(engine, text)
        besides(engine, text)
    assert survived == []


@pytest.mark.parametrize("case", cases("yaml"), ids=lambda path: path.stem)
def test_a_file_that_once_failed_is_read_or_refused(case: Path) -> None:
    read_as_knowledge(case.read_bytes())
