"""What Telegram refuses: texts, HTML, keyboards and commands that a real Bot API server would not take."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from .markup import Shown, WrongMarkup, parse_html, trimmed, utf16_length

Json: TypeAlias = dict[str, Any]

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024
LONGEST_PLACEHOLDER: Final = 64
LONGEST_DATA: Final = 64
MOST_BUTTONS: Final = 100
MOST_IN_A_ROW: Final = 8
MOST_COMMANDS: Final = 100
BUTTON_ACTIONS: Final = frozenset([
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
])  # fmt: skip
MARKUPS: Final = frozenset(["inline_keyboard", "keyboard", "remove_keyboard", "force_reply"])
CHAT_ACTIONS: Final = frozenset([
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
])  # fmt: skip


class Refused(Exception):
    """An answer with "ok": false; `parameters` may say when to try again. One may be `planned` by a test."""

    def __init__(self, status: int, description: str, parameters: Json | None = None, *, planned: bool = False) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters, self.planned = status, description, parameters, planned

    def as_json(self) -> Json:
        """Return the body of the answer."""
        body: Json = {"ok": False, "error_code": self.status, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(why: str) -> Refused:
    """Return the refusal for a request that is wrong in itself."""
    return Refused(400, f"Bad Request: {why}")


def whole(params: Json, name: str, default: int | None = None) -> int:
    """Return a whole number among the parameters; refuse what is none, and a missing one without `default`."""
    value = params.get(name)
    if value is None and default is not None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad_request(f"parameter {name} must be an integer")
    return value


def string(params: Json, name: str) -> str:
    """Return a text among the parameters ("" if it is missing); refuse what is no text or cannot be UTF-8."""
    value = params.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise bad_request(f"parameter {name} must be a String")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise bad_request(f"{name} must be encoded in UTF-8")
    return value


def truth(params: Json, name: str) -> bool:
    """Return a yes or no among the parameters (no if it is missing); refuse what is neither."""
    value = params.get(name)
    if value is not None and not isinstance(value, bool):
        raise bad_request(f"parameter {name} must be a Boolean")
    return bool(value)


def shown_text(params: Json) -> Shown:
    """Return the text as a person would see it, and its entities; refuse what Telegram would."""
    shown = read_text(params, "text")
    if not shown.text:
        raise bad_request("message text is empty")
    if utf16_length(shown.text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return shown


def shown_caption(params: Json) -> Shown:
    """Return the caption as a person would see it, and its entities; refuse what Telegram would."""
    shown = read_text(params, "caption")
    if utf16_length(shown.text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return shown


def read_text(params: Json, name: str) -> Shown:
    """Return a text as a person would see it, of any length; refuse markup and entities that cannot be read."""
    raw, mode = string(params, name), string(params, "parse_mode").casefold()
    field = "caption_entities" if name == "caption" else "entities"
    if mode not in ("", "html"):
        raise bad_request("unsupported parse_mode (this server reads HTML only)")
    try:
        found = parse_html(raw) if mode else Shown(raw, _entities(params.get(field) or [], raw))
    except WrongMarkup as wrong:
        raise bad_request(f"can't parse entities: {wrong}") from None
    return trimmed(found)


def _entities(entities: object, raw: str) -> tuple[Json, ...]:
    if not isinstance(entities, list) or not all(isinstance(entity, dict) for entity in entities):
        raise bad_request("can't parse MessageEntity: Expected an Array of Objects")
    for entity in entities:
        start, length = whole(entity, "offset"), whole(entity, "length")
        if not string(entity, "type") or start < 0 or length <= 0 or start + length > utf16_length(raw):
            raise bad_request("ENTITY_BOUNDS_INVALID")
    return tuple(entities)


def reply_markup(params: Json, *, inline_only: bool = False) -> Json | None:
    """Return the markup under a message or None; refuse a keyboard of a wrong shape."""
    markup = params.get("reply_markup")
    if markup is None or markup == "":
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    kinds = MARKUPS & markup.keys()
    if len(kinds) != 1 or (inline_only and kinds != {"inline_keyboard"}):
        raise bad_request("inline keyboard expected" if inline_only else "can't parse reply markup JSON object")
    if kinds == {"force_reply"}:
        _force_reply(markup)
    if kinds != {"inline_keyboard"}:
        return markup
    rows = _rows(markup["inline_keyboard"])
    return {"inline_keyboard": rows} if rows else None


def _force_reply(markup: Json) -> None:
    if markup["force_reply"] is not True:
        raise bad_request('field "force_reply" of the ForceReply must be True')
    truth(markup, "selective")
    placeholder = markup.get("input_field_placeholder")
    if (
        placeholder is not None
        and not 1 <= utf16_length(string(markup, "input_field_placeholder")) <= LONGEST_PLACEHOLDER
    ):
        raise bad_request("input field placeholder must have 1 to 64 letters")


def _rows(rows: object) -> list[list[Json]]:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard: every row must be an Array of InlineKeyboardButton")
    if sum(map(len, rows)) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in rows):
        raise bad_request("reply markup is too long")
    return [[_button(button) for button in row] for row in rows if row]


def _button(button: object) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("can't parse inline keyboard button: Inline keyboard button text must be non-empty")
    actions = BUTTON_ACTIONS & {name for name, value in button.items() if value not in (None, "")}
    if not actions:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad_request("can't parse inline keyboard button: exactly one of the optional fields must be used")
    for name in actions:
        _ACTION_CHECKS.get(name, _nothing)(button[name])
    return button


def _nothing(_: object) -> None:
    pass


def _data(data: object) -> None:
    if not isinstance(data, str) or len(data.encode("utf-8", "surrogatepass")) > LONGEST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")


_GOOD_URL: Final = re.compile(
    r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#]\S*)?|(?:tg|ton|tonsite)://\S+", re.IGNORECASE
)


def _url(url: object) -> None:
    if not isinstance(url, str) or not _GOOD_URL.fullmatch(url):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


_ACTION_CHECKS: Final[Mapping[str, Callable[[object], None]]] = {"callback_data": _data, "url": _url}


def bot_commands(params: Json) -> list[Json]:
    """Return the commands of setMyCommands; refuse names and descriptions that Telegram would not take."""
    commands = params.get("commands")
    if not isinstance(commands, list) or not all(isinstance(command, dict) for command in commands):
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", string(command, "command")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(string(command, "description").strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return commands


def language_code(params: Json) -> str:
    """Return the language that commands or a description are for ("" for all); refuse what is no two-letter code."""
    code = string(params, "language_code")
    if not re.fullmatch(r"(?:[a-z]{2})?", code):
        raise bad_request("invalid language code specified")
    return code
