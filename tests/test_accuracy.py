"""The project's own question sets: how well the bot understands must not get worse.

`newcomers.jsonl` was known while bars were set; `unseen.jsonl` was written last, and only its totals were looked at.
`plain.jsonl` has the shortest and plainest sentences, as they are typed first, by a pen that saw no way of asking.
"""

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import pytest
from conftest import PROJECT

from bot.core.engine import Engine
from bot.evaluation import Answered, Figures, Share, ask_all, calibration_error, evaluate, read_questions, reliability

QUESTIONS = PROJECT / "tests" / "questions"
SETS = ("newcomers", "unseen", "plain", "urgent")
Sets: TypeAlias = Mapping[str, list[Answered]]


@pytest.fixture(scope="module")
def answered(engine: Engine) -> Sets:
    return {name: ask_all(engine.answer, read_questions(QUESTIONS / f"{name}.jsonl")) for name in SETS}


@pytest.fixture(scope="module")
def figures(engine: Engine, answered: Sets) -> Mapping[str, Mapping[str, Figures]]:
    known = frozenset(engine.knowledge.entries) | frozenset(engine.knowledge.urgent.kinds)
    return {name: {each.group: each for each in evaluate(pairs, known)} for name, pairs in answered.items()}


def value(share: Share | None) -> float:
    assert share is not None
    return share.value


@pytest.mark.parametrize("name", ["newcomers", "unseen"])
@pytest.mark.parametrize(
    ("group", "first", "three"), [("= in scope", 0.94, 0.98), ("north ko", 0.95, 0.98), ("indirect ko", 0.82, 0.94)]
)
def test_the_right_entry_comes_first_or_among_three(
    figures: Mapping[str, Mapping[str, Figures]], name: str, group: str, first: float, three: float
) -> None:
    found = figures[name][group]
    assert value(found.first) >= first
    assert value(found.three) >= three


@pytest.mark.parametrize("name", ["newcomers", "unseen"])
def test_direct_answers_are_right_and_most_questions_get_one(
    figures: Mapping[str, Mapping[str, Figures]], name: str
) -> None:
    assert value(figures[name]["= all"].precision) >= 0.98
    assert figures[name]["= in scope"].answered.value >= 0.72
    assert figures[name]["= in scope"].unknown.value <= 0.13


def test_the_plainest_sentences_are_understood(figures: Mapping[str, Mapping[str, Figures]]) -> None:
    found = figures["plain"]
    assert value(found["= in scope"].first) >= 0.95
    assert value(found["= in scope"].three) >= 0.98
    assert value(found["= all"].precision) >= 0.965
    assert found["= in scope"].answered.value >= 0.82
    assert found["= near-oos"].unknown.value >= 0.75
    assert found["= oos"].unknown.value >= 0.97


@pytest.mark.parametrize("name", ["newcomers", "unseen"])
def test_what_nothing_covers_is_declined(figures: Mapping[str, Mapping[str, Figures]], name: str) -> None:
    assert figures[name]["= oos"].unknown.value >= 0.96
    assert figures[name]["= near-oos"].unknown.value >= 0.86


def test_cries_for_help_are_heard_and_harmless_texts_left_alone(
    figures: Mapping[str, Mapping[str, Figures]],
) -> None:
    """Hard on purpose: a fifth of the cries is hidden in a story, a quarter never says the word."""
    found = figures["urgent"]
    assert found["= urgent"].questions >= 400
    assert found["= lookalike"].questions >= 1500
    assert found["= urgent"].urgent.value >= 0.90
    assert found["= lookalike"].urgent.value <= 0.04


@pytest.mark.parametrize("name", ["newcomers", "unseen"])
def test_everyday_questions_hardly_ever_bring_an_urgent_card(
    figures: Mapping[str, Mapping[str, Figures]], name: str
) -> None:
    assert figures[name]["= in scope"].urgent.value <= 0.015


@pytest.mark.parametrize("name", ["newcomers", "unseen"])
def test_a_probability_means_what_it_says(answered: Sets, name: str) -> None:
    assert calibration_error(reliability(answered[name])) <= 0.12


def test_no_question_of_the_sets_is_a_way_of_asking(engine: Engine) -> None:
    asked = {text for _, _, text in engine.knowledge.asks()}
    assert not [text for text in texts() if text in asked]


def texts() -> Iterator[str]:
    for name in SETS:
        yield from (question.text for question in read_questions(QUESTIONS / f"{name}.jsonl"))
