"""How well the rules hear danger signs in offers that others wrote: this must not get worse.

`offers.jsonl` was closed while the rules were written; tests/benchmarks/offers.py prints the figures.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import pytest
from conftest import PROJECT

from bot.core.engine import Engine
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Outcome, Reply
from bot.core.offers import OfferCheck, offer_check

Told: TypeAlias = Mapping[str, Any]
OFFERS = [json.loads(line) for line in (PROJECT / "tests/questions/offers.jsonl").read_text("utf-8").splitlines()]
DANGEROUS = [told for told in OFFERS if told["flags"]]
HARMLESS = [told for told in OFFERS if not told["flags"]]


@pytest.fixture(scope="module")
def check(knowledge: Knowledge) -> OfferCheck:
    return offer_check(knowledge.offers)


def share(check: OfferCheck, texts: Sequence[Told]) -> float:
    return sum(bool(check.flags_in(told["text"])) for told in texts) / len(texts)


@pytest.mark.parametrize(("language", "least"), [("ko", 0.88), ("en", 0.75), ("zh", 0.7)])
def test_dangerous_offers_are_heard(check: OfferCheck, language: str, least: float) -> None:
    assert share(check, [told for told in DANGEROUS if told["lang"] == language]) >= least


def test_harmless_tellings_are_seldom_taken_for_offers(check: OfferCheck) -> None:
    assert share(check, HARMLESS) <= 0.06
    assert not [told for told in HARMLESS if len(check.flags_in(told["text"])) > 1]


def test_the_signs_that_are_heard_are_the_ones_that_are_there(check: OfferCheck) -> None:
    heard = [(letter, told["flags"]) for told in DANGEROUS for letter in check.flags_in(told["text"])]
    assert sum(letter in flags for letter, flags in heard) / len(heard) >= 0.85


def test_in_free_text_a_dangerous_offer_is_told_so_and_a_harmless_telling_is_not(engine: Engine) -> None:
    def told_so(reply: Reply) -> bool:
        title = engine.knowledge.phrases[reply.language].verdict.partition("{")[0]
        every = (reply, reply.also) if reply.also else (reply,)
        return any(line.startswith(title) for each in every for block in each.blocks for line in block.lines)

    dangerous = [engine.answer(told["text"]) for told in DANGEROUS]
    warned = [each for each in dangerous if told_so(each) or each.shown == "scam" or each.outcome is Outcome.URGENT]
    assert len(warned) / len(DANGEROUS) >= 0.83  # 0.855; learning anew moves it by a text or two
    assert sum(told_so(engine.answer(told["text"])) for told in HARMLESS) / len(HARMLESS) <= 0.03
