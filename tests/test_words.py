"""Questions about a word, the words a card must explain, and what is said of them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.knowledge.models import Word, WordKind
from bot.core.knowledge.words import explanations, word_book
from bot.core.language.glossary import glossary_of
from bot.core.language.normal import plain
from bot.core.language.word_question import words_asked

WAGES = Word(
    north=("로임",), south=("월급", "급여"), ko="일한 값으로 받는 돈입니다.", en="monthly pay", kind=WordKind.NORTHERN
)
PART_TIME = Word(
    north=(), south=("아르바이트", "알바"), ko="시간제 일입니다.", en="part-time job", kind=WordKind.LOANWORD
)
INTERNET = Word(
    north=(), south=("인터넷",), ko="온 세상을 잇는 망입니다.", en="internet", kind=WordKind.LOANWORD, everyday="yes"
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("연말정산이 뭐예요", "연말정산"),
        ("알바가 뭐임까?", "알바"),
        ("리력서는 여기 말로?", "리력서"),
        ("로임을 여기서는 뭐라고 해요", "로임"),
        ("로임은 여기 말로 뭐예요", "로임"),
        ("낙지를 남쪽 말로 무엇이라고 합니까", "낙지"),
        ("할부라는 게 무슨 말인지 모르겠어요", "할부"),
        ("보험 뜻", "보험"),
        ("전입신고가 무엇인지 좀 알려주시오", "전입신고"),
        ("와이파이가 뭐야", "와이파이"),
        ("보증금이란게 무스거요", "보증금"),
        ("통장이 무시김까", "통장"),
        ("What does jeonse mean?", "jeonse"),
        ("what is a credit score", "creditscore"),
        ("什么是押金", "押金"),
        ("押金是什么意思？", "押金"),
    ],
)
def test_a_question_about_a_word_names_it(text: str, word: str) -> None:
    assert word in words_asked(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "일자리는 뭐부터 찾아요",
        "하나센터가 뭐 하는 곳이에요",
        "지금 뭐 해야 해요",
        "신용카드가 뭐고 어떻게 만들어요",
        "how do I find a job",
        "",
    ],
)
def test_other_questions_ask_about_no_word(text: str) -> None:
    assert words_asked(plain(text)) == ()


@pytest.mark.parametrize("part", ["이에요", "뭐", "말이", "라는게", "what is ", "什么", "무슨뜻"])
def test_no_text_takes_long_to_be_read_as_a_question_about_a_word(part: str) -> None:
    started = time.perf_counter()
    for length in range(0, 200, 3):
        words_asked(plain(f"뭐{part * 200}"[:length] + "x"))
    assert time.perf_counter() - started < 1


@given(st.text(max_size=200))
def test_any_text_may_be_asked_about(text: str) -> None:
    assert all(word and " " not in word for word in words_asked(plain(text)))


@pytest.mark.parametrize("text", ["로임이 뭐예요", "노임은 무슨 뜻임까", "급여가 뭐예요"])
def test_a_word_is_found_from_both_sides_and_in_either_spelling(text: str) -> None:
    _, concept, words = word_book([WAGES, PART_TIME], []).asked(text)
    assert concept is None
    assert words == (WAGES,)


def test_a_word_that_is_not_listed_is_not_asked_about() -> None:
    assert word_book([WAGES], []).asked("양자역학이 뭐예요") == ("", None, ())


def test_only_what_is_new_here_and_not_everyday_must_be_explained() -> None:
    assert set(explanations([WAGES, PART_TIME, INTERNET])) == {"아르바이트", "알바"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("알바를 찾습니다.", ("알바: 시간제 일입니다.",)),
        ("알바와 아르바이트는 같습니다.", ("알바: 시간제 일입니다.",)),
        ("알바(시간제 일)를 찾습니다.", ()),
        ("시간제 일(알바)을 찾습니다. 알바는 많습니다.", ()),
        ("알바생이 많습니다. 노알바입니다.", ()),
    ],
)
def test_a_card_explains_a_hard_word_unless_brackets_do(text: str, found: tuple[str, ...]) -> None:
    assert glossary_of(explanations([PART_TIME])).unexplained([text]) == found


@given(st.lists(st.text(max_size=80), max_size=5))
def test_any_texts_can_be_searched_for_hard_words(texts: list[str]) -> None:
    assert glossary_of({}).unexplained(texts) == ()
    assert len(glossary_of({"알바": "시간제 일입니다."}).unexplained(texts)) <= 1
