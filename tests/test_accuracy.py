"""The project's own question set: how well the bot understands must not get worse."""

from collections.abc import Mapping

import pytest
from conftest import PROJECT

from bot.core.engine import Engine
from bot.evaluation import Figures, evaluate, read_questions

QUESTIONS = PROJECT / "tests" / "questions"


@pytest.fixture(scope="module")
def figures(engine: Engine) -> Mapping[str, Figures]:
    files = [QUESTIONS / "newcomers.jsonl", QUESTIONS / "urgent.jsonl"]
    questions = [question for file in files for question in read_questions(file)]
    known = frozenset(engine.knowledge.entries) | frozenset(engine.knowledge.urgent.kinds)
    return {each.group: each for each in evaluate(engine.answer, questions, known)}


@pytest.mark.parametrize(("group", "first", "three"), [("= in scope", 0.94, 0.98), ("north ko", 0.94, 0.98)])
def test_the_right_entry_comes_first_or_among_three(
    figures: Mapping[str, Figures], group: str, first: float, three: float
) -> None:
    found = figures[group]
    assert found.first is not None
    assert found.three is not None
    assert found.first >= first
    assert found.three >= three


def test_direct_answers_are_right(figures: Mapping[str, Figures]) -> None:
    everything = figures["= all"]
    assert everything.precision is not None
    assert everything.precision >= 0.98
    assert figures["= in scope"].answered >= 0.70


def test_what_nothing_covers_is_declined(figures: Mapping[str, Figures]) -> None:
    assert figures["= oos"].unknown >= 0.95
    assert figures["= near-oos"].unknown >= 0.88


def test_urgent_texts_are_caught_and_hard_lookalikes_mostly_are_not(figures: Mapping[str, Figures]) -> None:
    """The set was written by a pen that knew neither triggers nor texts to learn from; its lookalikes are hard ones.

    The bars are where the check stands today (0.94 and 0.12), not where it is to be: 0.99 and 0.01.
    """
    assert figures["= urgent"].urgent >= 0.92
    assert figures["= lookalike"].urgent <= 0.13


def test_no_question_of_the_set_is_a_way_of_asking(engine: Engine) -> None:
    asked = {text for _, _, text in engine.knowledge.asks()}
    files = [QUESTIONS / "newcomers.jsonl", QUESTIONS / "urgent.jsonl"]
    assert not [q.text for file in files for q in read_questions(file) if q.text in asked]
