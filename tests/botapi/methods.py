"""The methods of the Bot API, but for getUpdates: each takes the state and the parameters, returns the result."""

import time
from collections.abc import Mapping
from typing import Final

from . import chats, strictness
from .files import FILE_METHODS
from .inline import inline_answer
from .markup import Shown, utf16_length
from .profile import PROFILE_METHODS
from .state import Method, State
from .strictness import bad_request, string, whole
from .updates import Json
from .webhooks import WEBHOOK_METHODS

NOT_MODIFIED: Final = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
LONGEST_NOTICE: Final = 200
LIFETIME: Final = 48 * 60 * 60
"""For how many seconds a bot can delete a message."""

TOO_OLD: Final = "query is too old and response timeout expired or query ID is invalid"


def send_message(state: State, params: Json) -> Json:
    """Put a new message into a chat."""
    chat_id = chats.chat_id(state, params)
    shown, markup = strictness.shown_text(params), strictness.reply_markup(params)
    return chats.post(state, chat_id, params, _content(shown, markup), string(params, "text"), "sendMessage")


def edit_message_text(state: State, params: Json) -> Json:
    """Change the text of a message; its buttons go unless they are given again."""
    old = _editable(state, params)
    if "text" not in old:
        raise bad_request("there is no text in the message to edit")
    shown, markup = strictness.shown_text(params), strictness.reply_markup(params, inline_only=True)
    return _change(state, old, _content(shown, markup), string(params, "text"), "editMessageText")


def edit_message_reply_markup(state: State, params: Json) -> Json:
    """Change or take away the buttons of a message."""
    old = _editable(state, params)
    markup = strictness.reply_markup(params, inline_only=True)
    content: Json = {name: value for name, value in old.items() if name in ("text", "entities")}
    content |= {"reply_markup": markup} if markup else {}
    raw = state.showing[old["chat"]["id"], old["message_id"]].raw
    return _change(state, old, content, raw, "editMessageReplyMarkup")


def delete_message(state: State, params: Json) -> bool:
    """Take away a message of the bot, or in a private chat one of the person, that is younger than 48 hours."""
    chat_id, message_id = chats.chat_id(state, params), whole(params, "message_id")
    if (chat_id, message_id) not in state.messages:
        raise bad_request("message to delete not found")
    if _outlived(state, chat_id, message_id):
        raise bad_request("message can't be deleted for everyone")
    if not _deleted(state, chat_id, message_id):
        raise bad_request("message can't be deleted")
    return True


def delete_messages(state: State, params: Json) -> bool:
    """Take away several messages; those that are not there are passed over.

    If one of them is older than 48 hours, all are refused and none is deleted. Telegram's documentation can also be
    read as if the others went all the same; this is the stricter reading, and a bot must cope with it.
    """
    chat_id, ids = chats.chat_id(state, params), params.get("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100 or not all(isinstance(one, int) for one in ids):
        raise bad_request("message identifiers are not specified")
    if any(_outlived(state, chat_id, message_id) for message_id in ids):
        raise bad_request("message can't be deleted")
    for message_id in ids:
        _deleted(state, chat_id, message_id)
    return True


def answer_callback_query(state: State, params: Json) -> bool:
    """Stop the waiting of whoever pressed a button, and tell them something; they see only the first answer."""
    text, show_alert = string(params, "text"), strictness.truth(params, "show_alert")
    if utf16_length(text) > LONGEST_NOTICE:
        raise bad_request("MESSAGE_TOO_LONG")
    query_id = _answered(state, params, "callback_query_id")
    state.told.setdefault(query_id, (text, show_alert))
    return True


def answer_inline_query(state: State, params: Json) -> bool:
    """Show a list to whoever typed an inline query; they see only the first answer."""
    answer = inline_answer(params)
    query_id = _answered(state, params, "inline_query_id")
    state.inline_answers.setdefault(query_id, answer)
    return True


def send_chat_action(state: State, params: Json) -> bool:
    """Show that the bot is doing something."""
    chats.chat_id(state, params)
    if params.get("action") not in strictness.CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def _editable(state: State, params: Json) -> Json:
    chat_id = chats.chat_id(state, params)
    if params.get("message_id") is None:
        raise bad_request("message identifier is not specified")
    message = state.messages.get((chat_id, whole(params, "message_id")))
    if message is None:
        raise bad_request("message to edit not found")
    if (chat_id, message["message_id"]) not in state.showing:
        raise bad_request("message can't be edited")
    return message


def _content(shown: Shown, markup: Json | None) -> Json:
    content: Json = {"text": shown.text}
    content |= {"entities": list(shown.entities)} if shown.entities else {}
    return content | chats.buttons_of(markup)


def _change(state: State, old: Json, content: Json, raw: str, method: str) -> Json:
    parts = ("text", "entities", "reply_markup")
    if {name: old[name] for name in parts if name in old} == content:
        raise bad_request(NOT_MODIFIED)
    kept = {name: value for name, value in old.items() if name not in parts}
    message = state.seen(kept | {"edit_date": int(time.time())} | content)
    state.messages[old["chat"]["id"], old["message_id"]] = message
    chats.show(state, message, raw, method)
    return message


def _outlived(state: State, chat_id: int, message_id: int) -> bool:
    """Say whether a message is in the chat and too old to be deleted."""
    message = state.messages.get((chat_id, message_id))
    return message is not None and time.time() - message["date"] >= LIFETIME


def _deleted(state: State, chat_id: int, message_id: int) -> bool:
    own = (chat_id, message_id) in state.showing
    return (own or state.chats[chat_id]["type"] == "private") and state.remove(chat_id, message_id)


def _answered(state: State, params: Json, name: str) -> str:
    query_id = string(params, name)
    if query_id not in state.queries:
        raise bad_request(TOO_OLD)
    state.queries[query_id] = True
    return query_id


_ONLY_TRUE: Final = (
    "setMyDefaultAdministratorRights", "setChatMenuButton", "setMessageReaction", "pinChatMessage",
    "unpinChatMessage", "unpinAllChatMessages", "leaveChat", "logOut", "close",
)  # fmt: skip
METHODS: Final[Mapping[str, Method]] = {
    "getMe": lambda state, _: state.bot,
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
    "sendChatAction": send_chat_action,
    **FILE_METHODS,
    **PROFILE_METHODS,
    **WEBHOOK_METHODS,
    **{name: lambda _, __: True for name in _ONLY_TRUE},
}
