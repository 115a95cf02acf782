"""The settings of the coordinators' desk: what is wrong is named, what is secret never prints, nothing is needed."""

import base64
import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_sealing import DAY

from bot.sealing import Purpose, Sealer, Way, new_key
from bot.settings import KEY_BYTES, BadSetting, DeskSettings, read_settings

NOWHERE = Path("there-is-no-such.env")
GROUP = "-1001234567890"
KEY = base64.urlsafe_b64encode(bytes(range(100, 132))).decode()
NAMES = ("COORDINATORS_CHAT_ID", "TICKET_KEY", "TICKET_DAYS", "REVIEWERS", "KNOWLEDGE_GIT")


def desk_of(**environment: str) -> DeskSettings:
    desk = read_settings(NOWHERE, {"COORDINATORS_CHAT_ID": GROUP, "TICKET_KEY": KEY} | environment).desk
    assert desk is not None
    return desk


def test_without_a_group_there_is_no_desk_and_nothing_else_is_needed() -> None:
    assert read_settings(NOWHERE, {}).desk is None
    assert read_settings(NOWHERE, {"TICKET_KEY": KEY, "TICKET_DAYS": "3", "REVIEWERS": "1"}).desk is None
    assert read_settings(NOWHERE, {"COORDINATORS_CHAT_ID": "  "}).desk is None


def test_with_a_group_and_a_key_two_people_are_needed_and_a_way_back_is_open_for_two_weeks() -> None:
    desk = desk_of()
    assert (desk.chat_id, desk.ticket_days, desk.reviewers, desk.git) == (int(GROUP), 14, 2, False)
    assert desk.ticket_key.reveal() == KEY


def test_each_setting_of_the_desk_is_read() -> None:
    desk = desk_of(TICKET_DAYS="30", REVIEWERS="1", KNOWLEDGE_GIT="1")
    assert (desk.ticket_days, desk.reviewers, desk.git) == (30, 1, True)
    assert desk_of(TICKET_DAYS="1").ticket_days == 1
    assert desk_of(TICKET_DAYS="365").ticket_days == 365


def test_the_settings_of_the_desk_are_read_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(f"COORDINATORS_CHAT_ID={GROUP}\nTICKET_KEY='{KEY}'\nTICKET_DAYS= 7 \n", encoding="utf-8")
    desk = read_settings(path, {}).desk
    assert desk is not None
    assert (desk.chat_id, desk.ticket_key.reveal(), desk.ticket_days) == (int(GROUP), KEY, 7)


@given(st.integers(1, 365))
def test_a_new_key_is_taken_and_seals(days: int) -> None:
    desk = desk_of(TICKET_KEY=new_key(), TICKET_DAYS=str(days))
    sealer, way = Sealer(desk.ticket_key.reveal(), desk.ticket_days), Way(5, 6, DAY)
    assert sealer.open(sealer.seal(way, Purpose.TO_ASKER), Purpose.TO_ASKER, DAY) == way


@pytest.mark.parametrize(
    "chat", ["1001234567890", "@group", "-100 123", "-", "--1", "-12.5", "모임방", "-１２３", "-1" * 12]
)
def test_what_is_no_id_of_a_group_is_refused(chat: str) -> None:
    with pytest.raises(BadSetting, match="COORDINATORS_CHAT_ID"):
        desk_of(COORDINATORS_CHAT_ID=chat)


BAD_KEYS = (
    "", "secret", KEY[:-4], f"{KEY}AAAA", KEY[:-2], f"{KEY[:20]} {KEY[20:]}", f"{KEY[:-5]}열쇠말글=", "!" * 44,
    "A" * 43, f"{KEY[:22]}\n{KEY[22:]}",
)  # fmt: skip


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_bad_key_is_named_with_the_way_to_make_one_but_not_shown(key: str) -> None:
    with pytest.raises(BadSetting, match="python -m bot key") as caught:
        desk_of(TICKET_KEY=key)
    assert "TICKET_KEY" in str(caught.value)
    for part in {key, key[:12], key[-12:]} - {""}:
        assert part not in str(caught.value)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
def test_any_text_as_a_key_is_refused_or_seals(text: str) -> None:
    try:
        desk = desk_of(TICKET_KEY=text)
    except BadSetting:
        return
    Sealer(desk.ticket_key.reveal(), 14).seal(Way(1, 1, DAY), Purpose.TO_DESK)


@given(st.binary(min_size=KEY_BYTES + 1, max_size=KEY_BYTES + 9) | st.binary(max_size=KEY_BYTES - 1))
def test_a_key_of_another_length_is_refused(raw: bytes) -> None:
    # 16 and 24 bytes make a key for the cipher as well, but a weaker one than was promised
    with pytest.raises(BadSetting, match="TICKET_KEY"):
        desk_of(TICKET_KEY=_text_of(raw))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [(name, wrong) for name in ("TICKET_DAYS", "REVIEWERS", "KNOWLEDGE_GIT")
     for wrong in ("-1", "1.5", "둘", "１", "yes", "1e1", "99999", "+1")],
)  # fmt: skip
def test_a_number_that_is_none_is_named_even_where_there_is_no_desk(name: str, wrong: str) -> None:
    for environment in ({}, {"COORDINATORS_CHAT_ID": GROUP, "TICKET_KEY": KEY}):
        with pytest.raises(BadSetting, match=name):
            read_settings(NOWHERE, environment | {name: wrong})


@pytest.mark.parametrize(
    ("name", "wrong"),
    [("TICKET_DAYS", "0"), ("TICKET_DAYS", "366"), ("REVIEWERS", "0"), ("REVIEWERS", "3"), ("KNOWLEDGE_GIT", "2")],
)
def test_a_number_out_of_bounds_is_named_with_its_bounds(name: str, wrong: str) -> None:
    with pytest.raises(BadSetting, match=rf"{name}.*\d.*\d"):
        desk_of(**{name: wrong})


@given(st.sampled_from(NAMES), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30))
def test_any_value_is_used_or_refused_by_name(name: str, value: str) -> None:
    refused = ""
    try:
        read_settings(NOWHERE, {"COORDINATORS_CHAT_ID": GROUP, "TICKET_KEY": KEY} | {name: value})
    except BadSetting as bad:
        refused = str(bad)
    assert not refused or name in refused


def test_the_key_never_prints() -> None:
    settings = read_settings(NOWHERE, {"COORDINATORS_CHAT_ID": GROUP, "TICKET_KEY": KEY})
    printed = [
        repr(settings), str(settings), repr(settings.desk), repr(dataclasses.asdict(settings)),
        repr(dataclasses.astuple(settings)), f"{settings.desk}",
    ]  # fmt: skip
    assert [text for text in printed if KEY in text or KEY[:12] in text] == []


def _text_of(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()
