"""What Telegram writes into updates: people, chats, messages, media, entities."""

import re
import time
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from .markup import utf16_length

Json: TypeAlias = dict[str, Any]

FIRST_NAME: Final = "Testname"
USERNAME: Final = "testuser"
PHONE_NUMBER: Final = "+821012345678"
"""Who every person is: looked for in logs and databases, where they must not be."""

GROUP_MEMBER: Final = 7_000_001
"""The person who speaks in a group if a test does not say who."""

_ENTITIES: Final[Mapping[str, re.Pattern[str]]] = {
    "mention": re.compile(r"(?<![\w@/])@[A-Za-z]\w{3,31}\b", re.ASCII),
    "bot_command": re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{3,31})?\b", re.ASCII),
    "hashtag": re.compile(r"(?<!\w)#\w*[^\W\d]\w*"),
    "url": re.compile(r"https?://[^\s<>\"]+"),
    "email": re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b", re.ASCII),
}

_FILE: Final = {"file_id": "AwACAgUAAxkBAAIBTestFile", "file_unique_id": "AgADTestFile", "file_size": 4321}
LATITUDE: Final = 37.5665
LONGITUDE: Final = 126.978
"""Where people are if a test does not say where."""

LIVE_PERIOD: Final = 3600
_PLACE: Final = {"latitude": LATITUDE, "longitude": LONGITUDE}
_SEEN: Final = _FILE | {"width": 320, "height": 240}
_STICKER: Final = {"type": "regular", "is_animated": False, "is_video": False, "emoji": "👍", "set_name": "Testset"}
_POLL: Final = {
    "id": "5001", "question": "Poll question?", "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
    "type": "regular", "allows_multiple_answers": False, "allows_revoting": True, "members_only": False,
    "options": [{"persistent_id": str(n), "text": f"option {n}", "voter_count": 0} for n in (1, 2)],
}  # fmt: skip
MEDIA: Final[Mapping[str, Json]] = {
    "voice": {"voice": _FILE | {"duration": 3, "mime_type": "audio/ogg"}},
    "audio": {"audio": _FILE | {"duration": 61, "title": "Song", "mime_type": "audio/mpeg"}},
    "photo": {"photo": [_FILE | {"width": 90, "height": 67}, _SEEN]},
    "video": {"video": _SEEN | {"duration": 5, "mime_type": "video/mp4"}},
    "video_note": {"video_note": _FILE | {"length": 240, "duration": 5}},
    "animation": {
        "animation": _SEEN | {"duration": 2, "mime_type": "video/mp4"},
        "document": _FILE | {"file_name": "gif.mp4", "mime_type": "video/mp4"},
    },
    "sticker": {"sticker": _SEEN | _STICKER},
    "document": {"document": _FILE | {"file_name": "paper.pdf", "mime_type": "application/pdf"}},
    "location": {"location": _PLACE},
    "venue": {"venue": {"location": _PLACE, "title": "Office", "address": "1 Street"}, "location": _PLACE},
    "contact": {"contact": {"phone_number": PHONE_NUMBER, "first_name": FIRST_NAME, "user_id": 7_000_002}},
    "poll": {"poll": _POLL},
    "dice": {"dice": {"emoji": "🎲", "value": 4}},
}
"""Everything but text that a person can send -> the fields of the message."""


def user(user_id: int, language_code: str | None = "ko") -> Json:
    """Return a person as in the field `from`."""
    person: Json = {"id": user_id, "is_bot": False, "first_name": FIRST_NAME, "username": USERNAME}
    return person | ({"language_code": language_code} if language_code else {})


def bot_user(token: str, username: str) -> Json:
    """Return what getMe says about the bot; its name is not a person's, so that searches tell them apart."""
    return {
        "id": int(token.partition(":")[0]), "is_bot": True, "first_name": "Bot under test", "username": username,
        "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True,
        "can_connect_to_business": False, "has_main_web_app": False, "has_topics_enabled": False,
        "allows_users_to_create_topics": False, "can_manage_bots": False, "supports_guest_queries": False,
    }  # fmt: skip


def as_sender(bot: Json) -> Json:
    """Return the bot as in the field `from` of its messages."""
    return {name: bot[name] for name in ("id", "is_bot", "first_name", "username")}


def chat(chat_id: int, chat_type: str) -> Json:
    """Return a chat: a private one has the person's names, a group has a title."""
    names = {"first_name": FIRST_NAME, "username": USERNAME} if chat_type == "private" else {"title": "Test group"}
    return {"id": chat_id, "type": chat_type} | names


def message(message_id: int, sender: Json, where: Json, content: Json, ago: int = 0) -> Json:
    """Return a message sent that many seconds ago."""
    return {"message_id": message_id, "from": sender, "chat": where, "date": int(time.time()) - ago} | content


def without_reply(message: Json) -> Json:
    """Return a message without what it replies to."""
    return {name: value for name, value in message.items() if name != "reply_to_message"}


def text_content(text: str, entities: list[Json] | None = None, field: str = "text") -> Json:
    """Return the fields of a text or caption; the entities are found as Telegram does unless they are given."""
    if not text.strip() or utf16_length(text) > 4096:
        raise ValueError("a person cannot send this text: it has 1 to 4096 UTF-16 units and is not only space")
    found = entities_of(text) if entities is None else entities
    return {field: text} | ({"entities" if field == "text" else "caption_entities": found} if found else {})


def entities_of(text: str) -> list[Json]:
    """Return the mentions, commands, hashtags and addresses that Telegram finds in a person's text."""
    found = [
        {"type": kind, "offset": utf16_length(text[: match.start()]), "length": utf16_length(match[0])}
        for kind, pattern in _ENTITIES.items()
        for match in pattern.finditer(text)
    ]
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))
