"""The sealed way back to whoever asked: nobody without the key can read it, make it, change it or use it elsewhere."""

import base64
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Action, Language, Verb
from bot.desk.model import DeskAction, DeskVerb
from bot.desk.tickets import way_in
from bot.sealing import Broken, Expired, Purpose, Sealer, Way, new_key

DAYS = 14
KEY = new_key()
SEALER = Sealer(KEY, DAYS)
LETTERS = 56
DAY = date(2026, 11, 21)
SOMEBODY = Way(5_417_283_001, 734_912, DAY)

CHATS = st.integers(-(2**52), 2**52)
"""Telegram: at most 52 significant bits, with a sign."""
PURPOSES = st.sampled_from(Purpose)
WAYS = st.builds(Way, CHATS, st.integers(0, 2**31 - 1), st.dates(date(2020, 1, 1), date(2150, 1, 1)), st.integers(0, 1))
ANY_TEXT = st.text(st.characters(), max_size=90)  # halves of letters too, which no file could hold
"""What a forged button may carry."""


def raw_of(seal: str) -> bytes:
    return base64.urlsafe_b64decode(seal)


# --- what was sealed comes back -----------------------------------------------------------------------------------


@given(WAYS, PURPOSES)
def test_every_way_that_telegram_can_have_comes_back_as_it_was(way: Way, purpose: Purpose) -> None:
    assert SEALER.open(SEALER.seal(way, purpose), purpose, way.day) == way


@pytest.mark.parametrize("chat", [1, -1, 2**52, -(2**52), -1_001_234_567_890, -1_009_999_999_999])
def test_the_ids_at_the_ends_come_back(chat: int) -> None:
    way = Way(chat, 2**31 - 1, DAY, 1)
    assert SEALER.open(SEALER.seal(way, Purpose.TO_ASKER), Purpose.TO_ASKER, DAY) == way


@given(WAYS, PURPOSES)
def test_a_seal_fits_into_every_button(way: Way, purpose: Purpose) -> None:
    seal = SEALER.seal(way, purpose)
    assert len(seal) == LETTERS
    assert seal.isascii()
    for language in (Language.KO, Language.EN):
        assert all(Action(verb, language, seal, below=True).fits for verb in Verb)
        assert all(DeskAction(verb, f"{language}{seal}").fits for verb in DeskVerb)


@given(WAYS)
def test_a_seal_is_read_from_the_buttons_that_carry_it(way: Way) -> None:
    seal = SEALER.seal(way, Purpose.TO_DESK)
    back = Action.decode(Action(Verb.WRITE_BACK, Language.KO, seal, below=True).encode())
    assert back is not None
    assert back.target == seal
    ticket = DeskAction.decode(DeskAction(DeskVerb.NEW_FROM_TICKET, f"{Language.EN}{seal}").encode())
    assert ticket is not None
    assert way_in(ticket.target) == (Language.EN, seal)


def test_a_chat_that_cannot_be_is_refused_when_it_is_sealed() -> None:
    with pytest.raises(OverflowError):
        SEALER.seal(Way(2**60, 1, DAY), Purpose.TO_ASKER)


# --- what was not sealed so opens nothing -------------------------------------------------------------------------


@pytest.mark.parametrize("purpose", Purpose)
def test_a_seal_with_one_bit_changed_anywhere_is_broken(purpose: Purpose) -> None:
    raw = raw_of(SEALER.seal(SOMEBODY, purpose))
    for bit in range(8 * len(raw)):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Broken):
            SEALER.open(base64.urlsafe_b64encode(changed).decode(), purpose, DAY)


@given(WAYS, PURPOSES)
def test_a_seal_made_for_one_side_is_none_for_the_other(way: Way, purpose: Purpose) -> None:
    (other,) = set(Purpose) - {purpose}
    with pytest.raises(Broken):
        SEALER.open(SEALER.seal(way, purpose), other, way.day)


@given(WAYS, PURPOSES)
def test_a_seal_of_another_key_is_broken(way: Way, purpose: Purpose) -> None:
    with pytest.raises(Broken):
        SEALER.open(Sealer(new_key(), DAYS).seal(way, purpose), purpose, way.day)


INSERTED = ("A", "AAAA", " ", "\n", "\0", "-", ".", "%3D", "가")


@given(WAYS, st.integers(0, LETTERS - 1), st.sampled_from(INSERTED))
def test_a_seal_that_is_shorter_longer_or_spaced_is_broken(way: Way, place: int, inserted: str) -> None:
    seal = SEALER.seal(way, Purpose.TO_ASKER)
    for changed in (
        seal[:place], seal[place + 1 :], f"{seal[:place]}{inserted}{seal[place:]}", f"{seal}{inserted}",
        f"={seal}", f"{seal}{seal}", seal.swapcase(), seal[::-1],
    ):  # fmt: skip
        assert changed != seal
        with pytest.raises(Broken):
            SEALER.open(changed, Purpose.TO_ASKER, way.day)


def respelt(seal: str) -> set[str]:
    """Return other letters that base64 may take for the same bytes."""
    changed = {seal.replace("-", "+"), seal.replace("_", "/"), seal.replace("-", "+", 1), f"{seal}=", f"{seal}=="}
    return changed - {seal}


def test_a_seal_has_one_spelling() -> None:
    """A seal that was used is known by its letters: it must not come again with others."""
    opened = []
    for _ in range(20):
        seal = SEALER.seal(SOMEBODY, Purpose.TO_DESK)
        for changed in respelt(seal):
            with suppress(Broken):
                SEALER.open(changed, Purpose.TO_DESK, DAY)
                opened.append(changed[-2:])
    assert opened == []


@given(ANY_TEXT, PURPOSES)
def test_no_text_but_a_seal_opens_anything_and_none_brings_another_error(text: str, purpose: Purpose) -> None:
    with pytest.raises(Broken):
        SEALER.open(text, purpose, DAY)


@given(st.binary(max_size=60), PURPOSES)
def test_no_bytes_but_those_of_a_seal_open_anything(raw: bytes, purpose: Purpose) -> None:
    with pytest.raises(Broken):
        SEALER.open(base64.urlsafe_b64encode(raw).decode(), purpose, DAY)


@given(WAYS, st.binary(min_size=12, max_size=12))
def test_halves_of_two_seals_make_none(way: Way, nonce: bytes) -> None:
    one, other = (raw_of(SEALER.seal(each, Purpose.TO_ASKER)) for each in (way, SOMEBODY))
    for mixed in (one[:12] + other[12:], nonce + one[12:], one[:-16] + other[-16:]):
        with pytest.raises(Broken):
            SEALER.open(base64.urlsafe_b64encode(mixed).decode(), Purpose.TO_ASKER, way.day)


# --- days ---------------------------------------------------------------------------------------------------------


@given(WAYS, PURPOSES, st.integers(1, 365), st.data())
def test_a_seal_is_open_to_its_last_day_and_not_a_day_longer(
    way: Way, purpose: Purpose, days: int, data: st.DataObject
) -> None:
    sealer = Sealer(KEY, days)
    seal = sealer.seal(way, purpose)
    assert sealer.open(seal, purpose, way.day + timedelta(data.draw(st.integers(0, days)))) == way
    assert sealer.open(seal, purpose, way.day + timedelta(days)) == way
    for late in (days + 1, days + data.draw(st.integers(1, 4000))):
        with pytest.raises(Expired):
            sealer.open(seal, purpose, way.day + timedelta(late))


@given(PURPOSES, st.integers(2, 2000))
def test_a_seal_from_the_future_is_not_opened(purpose: Purpose, days: int) -> None:
    seal = SEALER.seal(Way(1, 1, DAY + timedelta(days)), purpose)
    with pytest.raises(Expired):
        SEALER.open(seal, purpose, DAY)


def test_a_clock_that_was_a_day_ahead_closes_no_way() -> None:
    way = Way(1, 1, DAY + timedelta(1))
    assert SEALER.open(SEALER.seal(way, Purpose.TO_ASKER), Purpose.TO_ASKER, DAY) == way


@given(WAYS)
def test_a_seal_that_is_both_old_and_another_keys_says_nothing_of_its_day(way: Way) -> None:
    seal = Sealer(new_key(), DAYS).seal(way, Purpose.TO_ASKER)
    with pytest.raises(Broken):
        SEALER.open(seal, Purpose.TO_ASKER, way.day + timedelta(DAYS + 1))


# --- a seal tells nothing -----------------------------------------------------------------------------------------


def test_the_same_way_is_never_sealed_alike() -> None:
    raws = [raw_of(SEALER.seal(SOMEBODY, Purpose.TO_ASKER)) for _ in range(1000)]
    for start in range(0, len(raws[0]), 6):
        assert len({raw[start : start + 6] for raw in raws}) == len(raws), "no stretch of it stays the same"


@given(st.integers(2**31, 2**52), st.integers(2**24, 2**31 - 1), PURPOSES)
def test_a_seal_holds_neither_the_chat_nor_the_message(chat: int, message: int, purpose: Purpose) -> None:
    seal = SEALER.seal(Way(chat, message, DAY), purpose)
    raw = raw_of(seal)
    for hidden, size in ((chat, 4), (message, 4)):
        for order in ("big", "little"):
            plain = hidden.to_bytes(8, "big").lstrip(b"\0")
            assert (plain if order == "big" else plain[::-1])[-size - 3 :] not in raw
        assert str(hidden) not in seal


@given(st.lists(WAYS, min_size=2, max_size=5))
def test_all_seals_are_of_one_length_whoever_they_lead_to(ways: list[Way]) -> None:
    assert {len(SEALER.seal(way, purpose)) for way in ways for purpose in Purpose} == {LETTERS}


@pytest.mark.parametrize("error", [Broken, Expired])
def test_what_is_said_of_a_seal_that_opens_nothing_names_nothing(error: type[ValueError]) -> None:
    seal = SEALER.seal(SOMEBODY, Purpose.TO_DESK if error is Broken else Purpose.TO_ASKER)
    with pytest.raises(error) as caught:
        SEALER.open(seal, Purpose.TO_ASKER, DAY + timedelta(DAYS + 1))
    assert str(caught.value) == ""
    assert caught.value.__cause__ is None
    assert str(SOMEBODY.chat) not in repr(caught.value)


def test_a_sealer_does_not_print_its_key() -> None:
    assert KEY not in f"{SEALER!r} {SEALER}"


def test_new_keys_differ() -> None:
    assert len({new_key() for _ in range(100)}) == 100
