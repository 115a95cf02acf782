"""What a bot answers in inline mode: results that people may send, read and refused as Telegram does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from . import strictness
from .markup import Shown, utf16_length
from .strictness import Refused, bad_request, string, whole
from .updates import Json

MOST_RESULTS: Final = 50
LONGEST_ID: Final = 64
LONGEST_OFFSET: Final = 64
USUAL_CACHE_TIME: Final = 300
TYPES: Final = frozenset([
    "article", "audio", "contact", "document", "game", "gif", "location", "mpeg4_gif", "photo", "sticker", "venue",
    "video", "voice",
])  # fmt: skip
"""Every type of a result; one of a file that Telegram has already ("cached") has the same type as one of an address."""

_KINDS: Final[Mapping[str, type]] = {"String": str, "Object": dict}


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One line of the list that a person chooses from.

    `text` is what the chat would see once it is chosen, `raw` what the bot wrote, with markup; both are empty if the
    result brings no text of its own.
    """

    title: str
    description: str
    text: str
    raw: str


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """What the bot answered to an inline query, with Telegram's defaults for what it left out."""

    results: tuple[InlineResult, ...]
    cache_time: int = USUAL_CACHE_TIME
    is_personal: bool = False
    next_offset: str = ""


def inline_answer(params: Json) -> InlineAnswer:
    """Return the answer in the parameters of answerInlineQuery; refuse what Telegram would not take.

    Stricter than Telegram in two things: Telegram lets a negative `cache_time` through as 0, and an `is_personal` that
    is no boolean as False, but whoever sends these has made a mistake.
    """
    results = params.get("results")
    if not isinstance(results, list):
        raise bad_request("can't parse inline query results: expected an Array of inline query results")
    if len(results) > MOST_RESULTS:
        raise bad_request("RESULTS_TOO_MUCH")
    read = tuple(_named(result) for result in results)
    if len({result["id"] for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    cache_time, next_offset = whole(params, "cache_time", USUAL_CACHE_TIME), string(params, "next_offset")
    if cache_time < 0:
        raise bad_request("parameter cache_time must not be negative")
    if len(next_offset.encode()) > LONGEST_OFFSET:
        raise bad_request("NEXT_OFFSET_INVALID")
    return InlineAnswer(read, cache_time, strictness.truth(params, "is_personal"), next_offset)


def _named(result: object) -> InlineResult:
    """Read a result; say of what is wrong with its form, as Telegram does, that it was about a result.

    What Telegram finds out later, when the form is right, it says in capitals and without a word around it.
    """
    try:
        return _result(result)
    except Refused as refused:
        why = refused.description.removeprefix("Bad Request: ")
        raise bad_request(why if why.isupper() else f"can't parse inline query result: {why}") from None


def _result(result: object) -> InlineResult:
    if not isinstance(result, dict):
        raise bad_request("Inline query result must be an object")
    kind, result_id = _needed(result, "type"), _needed(result, "id")
    if kind not in TYPES:
        raise bad_request(f'type "{kind}" is unsupported for the inline query result')
    article = kind == "article"
    title = _needed(result, "title") if article else _field(result, "title")
    description, shown = _field(result, "description"), _message(result, needed=article)
    strictness.reply_markup(result, inline_only=True)
    if not 1 <= len(result_id.encode()) <= LONGEST_ID:
        raise bad_request("RESULT_ID_INVALID")
    if article and not title.strip():
        raise bad_request("ARTICLE_TITLE_EMPTY")
    raw = result["input_message_content"]["message_text"] if shown else ""
    return InlineResult(title, description, shown.text if shown else "", raw)


def _message(result: Json, *, needed: bool) -> Shown | None:
    """Return the text that a result would send; this server knows no other content of a message."""
    content = (_needed if needed else _field)(result, "input_message_content", "Object")
    if not content and not needed:
        return None
    _needed(content, "message_text")
    _field(content, "link_preview_options", "Object")
    shown = strictness.read_text(content, "message_text")
    if not shown.text:
        raise bad_request("MESSAGE_TEXT_EMPTY")
    if utf16_length(shown.text) > strictness.LONGEST_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    return shown


def _field(holder: Json, name: str, kind: str = "String") -> Any:
    """Return a field of an object, empty if it is not there; refuse one of another kind."""
    value = holder.get(name)
    if value is None:
        return _KINDS[kind]()
    if not isinstance(value, _KINDS[kind]):
        raise bad_request(f'Field "{name}" must be of type {kind}')
    return string(holder, name) if kind == "String" else value


def _needed(holder: Json, name: str, kind: str = "String") -> Any:
    if holder.get(name) is None:
        raise bad_request(f'Can\'t find field "{name}"')
    return _field(holder, name, kind)
