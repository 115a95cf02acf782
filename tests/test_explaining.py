"""Why a question was answered as it was: the account agrees with what happened."""

import math

import pytest

from bot.core.engine import Engine
from bot.core.explaining import explain
from bot.core.matching.alarm import ALARM_SIGNS
from bot.core.matching.ranking import LANGUAGES, SIGNS
from bot.core.model import Outcome
from bot.terminal import explained

ASKED = ["면허 어떻게 따요", "how do I open a bank account", "怎么考驾照", "오늘 사장님한테 또 혼났어요", "asdf qwer"]


@pytest.mark.parametrize("text", ASKED)
def test_the_account_names_what_the_reply_names_in_its_order(engine: Engine, text: str) -> None:
    explanation, reply = explain(engine, text), engine.answer(text)
    assert [why.id for why in explanation.candidates][: len(reply.ids)] == list(reply.ids)
    assert explanation.outcome is reply.outcome


@pytest.mark.parametrize("text", ASKED)
def test_the_signs_add_up_to_the_probability(engine: Engine, text: str) -> None:
    explanation = explain(engine, text)
    weights, language = engine.matcher.weights, LANGUAGES.index(explanation.language)
    for at, why in enumerate(explanation.candidates):
        assert tuple(sign.name for sign in why.signs) == SIGNS
        constant = float((weights.signs if at else weights.trust)[language][-1])
        chance = 1 / (1 + math.exp(-sum(sign.weight for sign in why.signs) - constant))
        assert min(chance, explanation.candidates[0].probability) == pytest.approx(why.probability, abs=1e-3)


@pytest.mark.parametrize("text", ASKED)
def test_the_signs_of_the_alarm_add_up_too(engine: Engine, text: str) -> None:
    explanation = explain(engine, text)
    assert tuple(sign.name for sign in explanation.alarm_signs) == ALARM_SIGNS
    odds = sum(sign.weight for sign in explanation.alarm_signs) + float(engine.matcher.weights.alarm_signs[-1])
    assert 1 / (1 + math.exp(-odds)) == pytest.approx(explanation.alarm.probability, abs=1e-3)


def test_the_nearest_way_of_asking_is_one_of_that_entry(engine: Engine) -> None:
    asks = {(id_, text) for id_, _, text in engine.knowledge.asks()}
    for text in ASKED:
        for why in explain(engine, text).candidates:
            assert (why.id, why.nearest) in asks
            assert 0 <= why.likeness <= 1


def test_a_way_of_asking_is_nearest_to_itself(engine: Engine) -> None:
    id_, _, text = next(each for each in engine.knowledge.asks() if each[0] == "driving-licence")
    first = explain(engine, text).candidates[0]
    assert (first.id, first.nearest) == (id_, text)
    assert first.likeness > 0.5  # common pieces are left out of the comparison


def test_the_pieces_stand_in_the_words_as_they_were_read(engine: Engine) -> None:
    explanation = explain(engine, "리력서 쓰는 법 알려주시오")
    words = "".join(f"_{word}_" for word in explanation.words.split())
    assert explanation.candidates[0].pieces
    assert all(piece in words for why in explanation.candidates for piece in why.pieces)


def test_an_urgent_text_shows_the_trigger_that_heard_it(engine: Engine) -> None:
    explanation = explain(engine, "죽고 싶어요")
    assert explanation.fired
    for kind, trigger in explanation.fired:
        assert trigger in engine.knowledge.urgent.kinds[kind].triggers
    assert engine.answer("죽고 싶어요").outcome is Outcome.URGENT


@pytest.mark.parametrize("text", [*ASKED, "죽고 싶어요", "?!", ""])
def test_everything_can_be_shown_to_people(engine: Engine, text: str) -> None:
    assert list(explained(explain(engine, text)))
