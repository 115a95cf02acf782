"""The environment and `.env`: every setting is documented, what is wrong is named, what is secret never prints."""

import dataclasses
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import NAMES, PROJECT, TELEGRAM_API, BadSetting, DeskSettings, Secret, Settings, read_settings

TOKEN = "123456789:AAF-secret_part-of-the-token"
NOWHERE = Path("there-is-no-such.env")


def settings_from(text: str, tmp_path: Path, **environment: str) -> Settings:
    path = tmp_path / ".env"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, environment)


def test_the_example_lists_every_setting_once_and_in_order() -> None:
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [match[1] for line in lines if (match := re.match(r"(?:# ?)?([A-Z][A-Z_]+)=", line))] == list(NAMES)


def test_the_example_itself_can_be_used() -> None:
    assert repr(read_settings(PROJECT / ".env.example", {})) == repr(read_settings(NOWHERE, {}))
    assert not read_settings(PROJECT / ".env.example", {}).telegram_bot_token


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings(NOWHERE, {})
    assert not settings.telegram_bot_token
    assert settings.telegram_api_base_url == TELEGRAM_API
    assert settings.knowledge_dir.name == "knowledge"
    assert settings.database_path.is_absolute()
    assert settings.weights_path.parent == settings.database_path.parent
    assert settings.log_level == "INFO"


def test_each_setting_has_a_field_of_its_name() -> None:
    desk = {"chat_id": "coordinators_chat_id", "git": "knowledge_git"}
    own = [field.name for field in dataclasses.fields(Settings) if field.name != "desk"]
    of_desk = [desk.get(field.name, field.name) for field in dataclasses.fields(DeskSettings)]
    assert [name.upper() for name in (*own, *of_desk)] == list(NAMES)


def test_the_file_is_read(tmp_path: Path) -> None:
    settings = settings_from(
        f"TELEGRAM_BOT_TOKEN={TOKEN}\nTELEGRAM_API_BASE_URL=http://127.0.0.1:8081/bot/\n"
        "KNOWLEDGE_DIR=~/지식 폴더\nDATABASE_PATH=/tmp/x/counters.sqlite3\nLOG_LEVEL=debug\n",
        tmp_path,
    )
    assert settings.telegram_bot_token.reveal() == TOKEN
    assert settings.telegram_api_base_url == "http://127.0.0.1:8081/bot"
    assert settings.knowledge_dir == Path.home() / "지식 폴더"
    assert settings.database_path == Path("/tmp/x/counters.sqlite3")
    assert settings.weights_path == Path("/tmp/x/weights.npz")
    assert settings.log_level == "DEBUG"


def test_the_environment_overrules_the_file(tmp_path: Path) -> None:
    assert settings_from("LOG_LEVEL=DEBUG", tmp_path, LOG_LEVEL="ERROR").log_level == "ERROR"
    assert settings_from("LOG_LEVEL=DEBUG", tmp_path, LOG_LEVEL="").log_level == "DEBUG"


def test_the_environment_may_hold_what_is_not_ours(tmp_path: Path) -> None:
    assert settings_from("", tmp_path, PATH="/bin", TELEGRAM_TOKEN="x").log_level == "INFO"


def test_dollars_and_spaces_around_a_value_are_taken_as_they_are_meant(tmp_path: Path) -> None:
    settings = settings_from("KNOWLEDGE_DIR='/a/$HOME/b'\nLOG_LEVEL= INFO \n", tmp_path)
    assert settings.knowledge_dir == Path("/a/$HOME/b")


def test_a_file_saved_by_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"\xef\xbb\xbfLOG_LEVEL=ERROR\r\nDATABASE_PATH=x.sqlite3\r\n")
    settings = read_settings(path, {})
    assert (settings.log_level, settings.database_path) == ("ERROR", Path("x.sqlite3"))


# --- what is wrong is named --------------------------------------------------------------------------------------


def test_an_unknown_setting_is_named_and_the_known_ones_are_listed(tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        settings_from(f"TELEGRAM_TOKEN={TOKEN}", tmp_path)
    assert "TELEGRAM_TOKEN" in str(caught.value)
    assert all(name in str(caught.value) for name in NAMES)
    assert TOKEN not in str(caught.value)


BAD_TOKENS = (
    "secret-part", "123456789", "123456789:", ":AAF", "abc:AAF", "123 456:AAF", "123456789:AAF x", "123456789:토큰",
    "12345６789:AAF", f"bot{TOKEN}", "123456789:AAF\tx",
)  # fmt: skip


@pytest.mark.parametrize("token", BAD_TOKENS)
def test_a_bad_token_is_named_but_not_shown(token: str) -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings(NOWHERE, {"TELEGRAM_BOT_TOKEN": token})
    assert "TELEGRAM_BOT_TOKEN" in str(caught.value)
    assert token not in str(caught.value)
    assert "AAF" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["api.telegram.org/bot", "ftp://x/bot", "https://api.telegram.org", "http://x/bots", f"https://x/bot{TOKEN}"]
)
def test_a_bad_address_is_named_but_not_shown(url: str) -> None:
    with pytest.raises(BadSetting, match="TELEGRAM_API_BASE_URL") as caught:
        read_settings(NOWHERE, {"TELEGRAM_API_BASE_URL": url})
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("level", ["LOUD", "10", "WARN", "정보"])
def test_a_bad_level_is_named_with_those_there_are(level: str) -> None:
    with pytest.raises(BadSetting, match=r"LOG_LEVEL.*DEBUG, INFO, WARNING, ERROR"):
        read_settings(NOWHERE, {"LOG_LEVEL": level})


@pytest.mark.parametrize("line", [TOKEN, f"{TOKEN}=", f"export {TOKEN}", f"bot{TOKEN}", f"'{TOKEN}'"])
def test_a_token_pasted_without_its_name_is_not_shown(line: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting) as caught:
        settings_from(f"{line}\n", tmp_path)
    assert "AAF" not in str(caught.value)
    assert "TELEGRAM_BOT_TOKEN" in str(caught.value)


@given(st.sampled_from(NAMES), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30))
def test_any_value_is_used_or_refused_by_name(name: str, value: str) -> None:
    refused = ""
    try:
        read_settings(NOWHERE, {name: value})
    except BadSetting as bad:
        refused = str(bad)
    assert not refused or name in refused


@pytest.mark.parametrize("name", ["KNOWLEDGE_DIR", "DATABASE_PATH"])
def test_a_folder_of_somebody_who_is_not_there_is_named(name: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read_settings(NOWHERE, {name: "~nobody-of-this-name/x"})


@pytest.mark.parametrize("path", ["/", ".", "..", "x/"])
def test_the_weights_have_a_place_even_beside_a_folder(path: str) -> None:
    assert read_settings(NOWHERE, {"DATABASE_PATH": path}).weights_path.name == "weights.npz"


# --- what is secret ----------------------------------------------------------------------------------------------


def test_a_secret_never_prints() -> None:
    secret = Secret(TOKEN)
    settings = read_settings(NOWHERE, {"TELEGRAM_BOT_TOKEN": TOKEN})
    printed = [
        repr(secret), str(secret), f"{secret}", f"{secret!s:>40}", repr([secret]),
        repr({"token": secret}), repr(settings), str(settings), f"{settings}", repr(dataclasses.asdict(settings)),
        repr(dataclasses.astuple(settings)), repr(ValueError(secret)),
    ]  # fmt: skip
    assert [text for text in printed if TOKEN in text or "secret_part" in text] == []


def test_a_secret_is_handed_out_when_asked_for() -> None:
    assert Secret(TOKEN).reveal() == TOKEN
    assert Secret(TOKEN)
    assert not Secret("")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_settings(NOWHERE, {}).log_level = "DEBUG"  # type: ignore[misc]
