"""What must not leave a message is found and masked; public numbers are left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.privacy import MASK, Personal, masked, personal_data

DIGIT_SOUP = st.text(st.sampled_from("0123456789-- .@동호번지로길역삼일1a"), max_size=80)

PERSONAL = (
    ("제 번호는 010-1234-5678입니다", Personal.PHONE),
    ("01012345678로 전화 주세요", Personal.PHONE),
    ("010 1234 5678", Personal.PHONE),
    ("010.1234.5678", Personal.PHONE),
    ("+82-10-1234-5678", Personal.PHONE),
    ("+82 10 1234 5678", Personal.PHONE),
    ("집은 02-123-4567이에요", Personal.PHONE),
    ("031-123-4567", Personal.PHONE),
    ("070-1234-5678", Personal.PHONE),
    ("主 010-1234-5678号", Personal.PHONE),
    ("주민번호 900101-1234567이에요", Personal.RESIDENT_NUMBER),
    ("9001011234567", Personal.RESIDENT_NUMBER),
    ("900101 2234567", Personal.RESIDENT_NUMBER),
    ("외국인 등록 번호 900101-5234567", Personal.RESIDENT_NUMBER),
    ("계좌 123-456-789012", Personal.ACCOUNT),
    ("통장 110-234-567890 신한", Personal.ACCOUNT),
    ("카드 1234-5678-9012-3456", Personal.ACCOUNT),
    ("1234 5678 9012 3456", Personal.ACCOUNT),
    ("통장 번호 35202012345671", Personal.ACCOUNT),
    ("101동 1203호에 살아요", Personal.ADDRESS),
    ("3동 5호", Personal.ADDRESS),
    ("서울시 강남대로 123", Personal.ADDRESS),
    ("테헤란로 12-3", Personal.ADDRESS),
    ("역삼동 123-4번지", Personal.ADDRESS),
    ("kim.chol@example.co.kr로 보내 주세요", Personal.EMAIL),
    ("a@b.kr", Personal.EMAIL),
)

HARMLESS = (
    "1577-6635에 전화하면 되나요", "112", "119에 전화", "1366", "109", "129번은 뭐예요", "1588-1234", "2026-11-21",
    "2026년 11월 21일", "2026.11.21", "3개월 일했어요", "월 209시간", "시급 10030원", "1,000,000원",
    "보증금 500만원에 월세 30",
    "7시 30분 버스", "나이 45세", "3층", "12번 출구", "@gildongmu", "메일은 어떻게 만들어요", "하나센터 어디예요", "",
    "24/7", "100%", "제 동생 2호", "5 동", "앞으로 3일", "앞으로 3 개월", "월세로 30 만원", "버스로 20 분", "1. 2. 3.",
)  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), PERSONAL)
def test_personal_data_is_found_for_what_it_is(text: str, kind: Personal) -> None:
    assert kind in personal_data(text)


@pytest.mark.parametrize(("text", "kind"), PERSONAL)
def test_nothing_personal_is_left_when_a_text_is_masked(text: str, kind: Personal) -> None:
    assert MASK in masked(text)
    assert personal_data(masked(text)) == frozenset()


@pytest.mark.parametrize("text", HARMLESS)
def test_public_numbers_dates_and_sums_are_left_alone(text: str) -> None:
    assert personal_data(text) == frozenset()
    assert masked(text) == text


def test_the_words_around_what_is_masked_stay() -> None:
    assert masked("제 번호는 010-1234-5678입니다") == f"제 번호는 {MASK}입니다"
    assert masked("a@b.kr, 101동 1203호") == f"{MASK}, {MASK}"


def test_every_kind_in_a_text_is_found() -> None:
    text = "900101-1234567, 010-1234-5678, 123-456-789012, 101동 1203호, kim@example.com"
    assert personal_data(text) == frozenset(Personal)


def test_wide_digits_are_digits() -> None:
    assert masked("０１０-１２３４-５６７８입니다") == f"{MASK}입니다"


@given(st.text(st.characters(), max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    assert (masked(text) != text) == bool(personal_data(text))


@given(DIGIT_SOUP)
def test_a_masked_text_holds_nothing_to_mask(text: str) -> None:
    assert masked(masked(text)) == masked(text)
    assert personal_data(masked(text)) == frozenset()


@given(st.from_regex(r"01[016789]-?\d{4}-?\d{4}", fullmatch=True), st.sampled_from(("", " ", "은", ",", "a", "\n")))
def test_a_mobile_number_is_found_wherever_it_stands(number: str, beside: str) -> None:
    assert number not in masked(f"가{beside}{number}{beside}나")


@pytest.mark.parametrize(
    "piece", ["1", "1-", "가", "a", "a@", "a@a.", "가로 ", "1 ", "역삼동 ", "0", "010-", "동1호", "٣"]
)
def test_a_hundred_thousand_letters_are_looked_through_in_a_moment(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    begun = time.perf_counter()
    personal_data(text)
    masked(text)
    assert time.perf_counter() - begun < 1.0
