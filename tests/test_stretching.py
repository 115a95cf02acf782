"""A long text is looked through to its end: stretches lose nothing, and a cry for help is heard wherever it stands."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.engine import Engine
from bot.core.language.normal import MAX_LETTERS, plain
from bot.core.language.stretching import STRETCH, stretches
from bot.core.model import Outcome

STORY = (
    "오늘은 아침에 일어나 밥을 먹고 도서관에 갔습니다. 책을 두 권 빌렸고 점심에는 국수를 먹었습니다. "
    "저녁에는 뉴스를 보고 일찍 잤습니다. "
)
NO_ENDS = STORY.replace("습니다.", "고")
CRIES = ("그만 살고 싶슴다", "I want to kill myself")


@pytest.mark.parametrize("story", [STORY, NO_ENDS, STORY.replace(" ", ""), "\u200b" * 40 + STORY])
@pytest.mark.parametrize("before", [0, 400, 500, 1000, 2500, 4000])
def test_a_cry_is_heard_wherever_it_stands_in_a_long_text(engine: Engine, story: str, before: int) -> None:
    for cry in CRIES:
        text = (story * 80)[:before] + " " + cry + ". " + (story * 80)[: max(4000 - before, 0)]
        assert engine.answer(text[:4096]).outcome is Outcome.URGENT, cry


def test_a_long_story_without_a_cry_is_none(engine: Engine) -> None:
    for story in (STORY, NO_ENDS):
        assert engine.answer((story * 80)[:4096]).outcome is not Outcome.URGENT


def test_an_idiom_is_not_torn_apart_between_two_stretches(engine: Engine) -> None:
    for before in range(STRETCH - 60, STRETCH + 20, 4):
        text = (NO_ENDS * 9)[:before] + " 배고파 죽겠다 " + (NO_ENDS * 9)[:300]
        assert engine.answer(text).outcome is not Outcome.URGENT, before


@given(st.text(st.sampled_from("가나다 .?!\n살고싶다"), max_size=3000))
def test_stretches_are_short_and_every_neighbouring_words_stand_in_one(text: str) -> None:
    found = stretches(text)
    assert all(len(plain(each)) <= MAX_LETTERS for each in found)
    letters = "".join(found)
    assert all(letter in letters for letter in plain(text).replace(" ", ""))


@given(st.lists(st.text(st.sampled_from("가나다라마바사"), min_size=1, max_size=12), min_size=150, max_size=300))
def test_two_words_side_by_side_stand_together_in_a_stretch(words: list[str]) -> None:
    found = stretches(" ".join(words))
    for pair in pairwise(words):
        assert any(" ".join(pair) in each for each in found), pair


@given(st.text(max_size=200))
def test_a_short_text_is_its_own_stretch(text: str) -> None:
    assert stretches(text) == (text,)
