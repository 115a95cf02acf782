"""What one text may cost, and that nothing of it stays: hostile ones take no more time than their length asks for."""

import gc
import random
import time
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import cycle, islice

import pytest
from conftest import TODAY

from bot.core.building import opener_for
from bot.core.engine import MOST_BESIDES, Engine
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Language, Outcome, Verb
from bot.core.safety import UrgentCheck

LONGEST = 4096
"""Letters: Telegram sends no longer message."""
CRY = "죽고 싶어요. "
_CHANCE = random.Random(7)
SYLLABLES = "".join(chr(_CHANCE.randrange(0xAC00, 0xD7A4)) for _ in range(LONGEST))
KEYS = "".join(_CHANCE.choice("rsefaqtdwczxvgkoijpuhynbml") for _ in range(LONGEST))
FLOODS = {
    "emoji": "😀", "families": "👩\u200d👩\u200d👧", "accents": "a" + "\u0301" * 50, "accents on Korean": "가\u0301",
    "nothing to see": "\u200b", "a cry between nothing": "죽\u200b고\u200b싶\u200b",
    "eighteen letters in one": "\ufdfa",
    "one syllable": "가", "one letter": "a", "laughing": "ㅋ", "syllables": SYLLABLES, "question marks": "?",
    "account numbers": "12-34-", "digits": "1", "addresses": "가나다로 1", "mail": "a.b-c+d@",
    "short questions": "뭐예요? ",
    "keyboard in English": KEYS, "Korean in Latin letters": "myeonheo eotteoke ttayo ", "spaces": " ", "lines": "\n",
    "cries": CRY, "harmless": "배고파 죽겠다 ", "places": "서울부산대구", "right to left": "\u202eabc\u202d",
    "commas": ", and ",
    "bits of Korean": "\u1100\u1161\u11a8", "half a letter": "\ud800",
}  # fmt: skip


def flood(of: str, letters: int) -> str:
    return "".join(islice(cycle(of), letters))


def cry_and_questions(many: int) -> str:
    return CRY + " ".join(f"뭐{letter}?" for letter in dict.fromkeys(SYLLABLES[:many]))


def seconds(engine: Engine, text: str) -> float:
    """Return the least time of three that an answer takes this thread."""
    least = 60.0
    for _ in range(3):
        begun = time.thread_time()
        engine.answer(text)
        least = min(least, time.thread_time() - begun)
    return least


@pytest.mark.parametrize("of", FLOODS.values(), ids=FLOODS.keys())
def test_sixteen_times_as_many_letters_do_not_take_sixty_times_as_long(engine: Engine, of: str) -> None:
    """What grows with the square takes 256 times as long; what takes less than sixty milliseconds passes."""
    some, all_ = flood(of, LONGEST // 16), flood(of, LONGEST)
    assert seconds(engine, all_) < 60 * max(seconds(engine, some), 0.001)


@dataclass(frozen=True, slots=True)
class Counting(UrgentCheck):
    """An urgent check that counts what it is asked."""

    asked: list[str] = field(default_factory=list)

    def kinds_in(self, text: str) -> tuple[str, ...]:
        self.asked.append(text)
        return UrgentCheck.kinds_in(self, text)


@pytest.mark.parametrize("many", [300, 1000])
def test_a_cry_with_a_thousand_questions_is_looked_through_up_to_a_bound(engine: Engine, many: int) -> None:
    check = engine.urgent
    counting = Counting(check.kinds, check.harmless, check.words, check.triggers, check.phrases)
    reply = replace(engine, urgent=counting).answer(cry_and_questions(many))
    assert reply.outcome is Outcome.URGENT
    assert MOST_BESIDES < len(counting.asked) <= MOST_BESIDES + 15, "and the stretches of the whole"


def test_the_question_behind_a_cry_is_answered_though_others_stand_between(engine: Engine) -> None:
    asked = f"{cry_and_questions(MOST_BESIDES - 20)} 운전면허 따려면 어떻게 해야 하나요?"
    reply = engine.answer(asked)
    assert reply.outcome is Outcome.URGENT
    assert reply.also is not None
    assert reply.also.shown == "driving-licence"


def test_a_card_is_made_once_a_day_and_again_on_the_next(knowledge: Knowledge) -> None:
    days = [TODAY]
    opener = opener_for(knowledge, lambda: days[-1])
    show = Action(Verb.CARD, Language.KO, "work-find")
    first = opener.open(show)
    assert opener.open(show) is first
    long_after = date(TODAY.year + 5, 1, 1)
    days.append(long_after)
    later = opener.open(show)
    assert later == opener_for(knowledge, lambda: long_after).open(show)
    assert later != first  # facts are overdue by then
    assert {day for day, _, _ in opener.cards} == {long_after}
    days.append(long_after + timedelta(days=1))
    assert opener.open(show) is not later


def test_no_more_is_kept_than_a_card_for_each_entry_and_language(engine: Engine, knowledge: Knowledge) -> None:
    for text in (
        "면허 어떻게 따요",
        "how do I find a job",
        "김철수 010-1234-5678 알바",
        "알봐가 뭐예요",
        "부산 사상구",
        "죽고 싶어요",
    ):
        engine.answer(text)
    assert {id_ for _, id_, _ in engine.opener.cards} <= knowledge.entries.keys()
    assert len(engine.opener.cards) <= 2 * len(knowledge.entries)
    assert not hasattr(engine, "__dict__")


@pytest.mark.parametrize("text", ["면허 어떻게 따요", CRY * 200, "뭐예요? " * 300], ids=["short", "long cry", "long"])
def test_an_answer_leaves_nothing_behind_that_only_the_garbage_collector_would_take_away(
    engine: Engine, text: str
) -> None:
    engine.answer(text)
    gc.collect()
    gc.disable()
    try:
        engine.answer(text)
        left = gc.collect()
    finally:
        gc.enable()
    assert left < 20, "what refers to itself stays, with all that was read of a text"
