"""The environment and `.env` -> one frozen Settings; secrets never print."""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from dotenv import dotenv_values
from platformdirs import user_data_path

PROJECT = Path(__file__).resolve().parent.parent
ENV_FILE = Path(".env")
TELEGRAM_API = "https://api.telegram.org/bot"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

NAMES = (
    "TELEGRAM_BOT_TOKEN", "TELEGRAM_API_BASE_URL", "KNOWLEDGE_DIR", "DATABASE_PATH", "LOG_LEVEL",
    "MESSAGES_PER_SECOND", "CHAT_BURST", "WEBHOOK_URL", "WEBHOOK_LISTEN", "MONITOR_LISTEN",
    "WEB", "WEB_LISTEN",
    "COORDINATORS_CHAT_ID", "TICKET_KEY", "TICKET_DAYS", "REVIEWERS", "KNOWLEDGE_GIT",
)  # fmt: skip
"""Every setting there is, in the order of `.env.example`."""


class BadSetting(ValueError):
    """A setting that cannot be used. The message names it and says what to do, in Korean and English."""


class Secret:
    """A text that never prints itself; `reveal` hands it to the one library that needs it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __bool__(self) -> bool:
        return bool(self._text)


KEY_BYTES = 32
"""The length of TICKET_KEY once it is read."""


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """The coordinators' group, the key that seals the way back to who asked, and for how many days it leads there.

    `reviewers` is 2 when whoever proposes a change cannot confirm it; `git` commits what is published.
    """

    chat_id: int
    ticket_key: Secret
    ticket_days: int
    reviewers: int
    git: bool


class Address(NamedTuple):
    """Where a server listens."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Settings:
    """Where things are and whom to speak to. Without a token the bot talks in the terminal.

    `messages_per_second` go out, `chat_burst` are taken from a chat at once; 0 is for no limit. With `webhook_url`
    Telegram brings what is new to `webhook_listen`, else the bot asks for it. `monitor_listen` is None when health and
    metrics are not shown. `web` says that the bot shows the web page too; it listens at `web_listen`. `desk` is None
    when no group of coordinators is named.
    """

    telegram_bot_token: Secret
    telegram_api_base_url: str
    knowledge_dir: Path
    database_path: Path
    log_level: str
    messages_per_second: int
    chat_burst: int
    webhook_url: str
    webhook_listen: Address
    monitor_listen: Address | None
    web: bool
    web_listen: Address
    desk: DeskSettings | None = None

    @property
    def weights_path(self) -> Path:
        """Where the fitted weights are kept: beside the database."""
        return self.database_path.parent / "weights.npz"


def read_settings(env_file: Path = ENV_FILE, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings in `env_file`, overruled by `environment`; raise BadSetting for one that is wrong."""
    in_file = {name: value or "" for name, value in dotenv_values(env_file, interpolate=False).items()}
    for name in in_file:
        if name not in NAMES:
            shown = name if name.isidentifier() else "…"  # a token pasted without its name must not be shown
            raise BadSetting(
                f".env에 모르는 설정 {shown} 이(가) 있습니다. 이 가운데 하나로 고치거나 지우세요: {', '.join(NAMES)} / "
                f".env has an unknown setting {shown}: rename it to one of these or delete the line."
            )
    value = {name: (environment.get(name) or in_file.get(name) or "").strip() for name in NAMES}
    return Settings(
        telegram_bot_token=_token(value["TELEGRAM_BOT_TOKEN"]),
        telegram_api_base_url=_base_url(value["TELEGRAM_API_BASE_URL"] or TELEGRAM_API),
        knowledge_dir=_path("KNOWLEDGE_DIR", value["KNOWLEDGE_DIR"]) or _knowledge_dir(),
        database_path=_path("DATABASE_PATH", value["DATABASE_PATH"]) or _database_path(),
        log_level=_log_level(value["LOG_LEVEL"].upper() or "INFO"),
        messages_per_second=_number("MESSAGES_PER_SECOND", value["MESSAGES_PER_SECOND"] or "30", 0, 1000),
        chat_burst=_number("CHAT_BURST", value["CHAT_BURST"] or "30", 0, 1000),
        webhook_url=_webhook_url(value["WEBHOOK_URL"]),
        webhook_listen=_address("WEBHOOK_LISTEN", value["WEBHOOK_LISTEN"] or "127.0.0.1:8080"),
        monitor_listen=_monitor(value["MONITOR_LISTEN"] or "127.0.0.1:9465"),
        web=_number("WEB", value["WEB"] or "0", 0, 1) == 1,
        web_listen=_address("WEB_LISTEN", value["WEB_LISTEN"] or "127.0.0.1:8000"),
        desk=_desk(value),
    )


def version() -> str:
    """Return the version of the program, or "?" where it was not installed."""
    try:
        return installed_version("gildongmu")
    except PackageNotFoundError:
        return "?"


def _desk(value: Mapping[str, str]) -> DeskSettings | None:
    days = _number("TICKET_DAYS", value["TICKET_DAYS"] or "14", 1, 365)
    reviewers = _number("REVIEWERS", value["REVIEWERS"] or "2", 1, 2)
    git = _number("KNOWLEDGE_GIT", value["KNOWLEDGE_GIT"] or "0", 0, 1)
    group = value["COORDINATORS_CHAT_ID"]
    if not group:
        return None
    if not re.fullmatch(r"-[0-9]{1,18}", group):
        raise BadSetting(
            "COORDINATORS_CHAT_ID 는 -1001234567890 처럼 빼기표로 시작하는 모임방 번호여야 합니다. "
            "모임방에서 /groupid 를 쓰면 봇이 알려 줍니다. / "
            "COORDINATORS_CHAT_ID must be the id of a group, like -1001234567890: write /groupid in the group."
        )
    return DeskSettings(int(group), _key(value["TICKET_KEY"]), days, reviewers, bool(git))


def _key(text: str) -> Secret:
    try:
        good = len(base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)) == KEY_BYTES
    except (UnicodeEncodeError, binascii.Error):
        good = False
    if not good:
        raise BadSetting(
            "COORDINATORS_CHAT_ID 가 있으면 TICKET_KEY 도 있어야 합니다. "
            "python -m bot key 로 만들어 .env 에 넣으세요. / "
            "With COORDINATORS_CHAT_ID a TICKET_KEY is needed: make one with python -m bot key and put it into .env."
        )
    return Secret(text)


def _number(name: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text) or not least <= int(text) <= most:
        raise BadSetting(
            f"{name} 은(는) {least} 부터 {most} 까지의 수여야 합니다. / {name} must be a number from {least} to {most}."
        )
    return int(text)


def _path(name: str, text: str) -> Path | None:
    try:
        return Path(text).expanduser() if text else None
    except RuntimeError:  # ~somebody, who has no home here
        raise BadSetting(
            f"{name} 의 ~ 뒤에 적힌 사람의 폴더를 찾지 못합니다. 폴더를 / 부터 다 적으세요. / "
            f"{name} names the home of somebody unknown here: write the whole path."
        ) from None


def _knowledge_dir() -> Path:
    return PROJECT / "knowledge"


def _database_path() -> Path:
    return user_data_path("gildongmu", appauthor=False) / "counters.sqlite3"


def _token(text: str) -> Secret:
    number, colon, key = text.partition(":")
    if text and not (number.isdigit() and colon and key and text.isascii() and not any(map(str.isspace, text))):
        raise BadSetting(
            "TELEGRAM_BOT_TOKEN 의 모양이 맞지 않습니다. @BotFather 가 준 글(숫자:글자)을 그대로 넣으세요. / "
            "TELEGRAM_BOT_TOKEN does not look like a token: paste what @BotFather gave you (digits:letters)."
        )
    return Secret(text)


def _base_url(text: str) -> str:
    if not text.startswith(("http://", "https://")) or not text.rstrip("/").endswith("/bot"):
        raise BadSetting(
            "TELEGRAM_API_BASE_URL 은 http://127.0.0.1:8081/bot 처럼 http로 시작해 /bot 으로 끝나야 합니다. / "
            "TELEGRAM_API_BASE_URL must start with http and end with /bot, like http://127.0.0.1:8081/bot."
        )
    return text.rstrip("/")


def _webhook_url(text: str) -> str:
    try:
        address = urlsplit(text)
        good = bool(address.hostname) and (address.scheme == "https" or address.hostname in LOOPBACK)
        good = good and not set("{}") & set(address.path)  # what starlette reads as a place for anything
    except ValueError:
        good = False
    if text and not good:
        raise BadSetting(
            "WEBHOOK_URL 은 https://bot.example.org/telegram 처럼 https로 시작하는 주소여야 합니다. / "
            "WEBHOOK_URL must be an address that begins with https, like https://bot.example.org/telegram."
        )
    return text


def _monitor(text: str) -> Address | None:
    return None if text.casefold() == "off" else _address("MONITOR_LISTEN", text)


def _address(name: str, text: str) -> Address:
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (host and colon and re.fullmatch(r"[0-9]{1,5}", port) and int(port) < 65_536):
        raise BadSetting(
            f"{name} 은(는) 127.0.0.1:8080 처럼 주소와 문 번호여야 합니다. / "
            f"{name} must be an address and a port, like 127.0.0.1:8080."
        )
    return Address(host, int(port))


def _log_level(text: str) -> str:
    if text not in _LEVELS:
        levels = ", ".join(_LEVELS)
        raise BadSetting(f"LOG_LEVEL 은 {levels} 가운데 하나여야 합니다. / LOG_LEVEL must be one of {levels}.")
    return text
