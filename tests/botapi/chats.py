"""Where a method does something: the chat, the message that a new one replies to, and what the chat then shows."""

from .state import Sent, State
from .strictness import Refused, bad_request
from .updates import Json, as_sender, message, without_reply


def chat_id(state: State, params: Json) -> int:
    """Return the chat that a method is about; refuse one where the bot cannot speak."""
    given = params.get("chat_id")
    if given is None or given == "":
        raise bad_request("chat_id is empty")
    found = known(state, given)
    if found in state.blocked:
        raise Refused(403, "Forbidden: bot was blocked by the user")
    return found


def known(state: State, given: object) -> int:
    """Return a chat's id; refuse one where nobody has spoken to the bot, or where the bot is no longer."""
    if not isinstance(given, int) or given not in state.chats:
        raise bad_request("chat not found")
    if new := state.upgraded.get(given):
        why = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refused(400, why, {"migrate_to_chat_id": new})
    if given in state.left:
        raise Refused(403, f"Forbidden: bot was kicked from the {state.chats[given]['type']} chat")
    return given


def post(state: State, where: int, params: Json, content: Json, raw: str, method: str) -> Json:
    """Put a new message into a chat and return it; `raw` is the text as the bot wrote it."""
    earlier = _replied(state, where, params)
    reply = {"reply_to_message": earlier} if earlier else {}
    new = message(state.new_message_id(), as_sender(state.bot), state.chats[where], reply | content)
    state.messages[where, new["message_id"]] = new
    show(state, new, raw, method)
    return new


def buttons_of(markup: Json | None) -> Json:
    """Return the field of a message that holds its buttons; other markup is not seen again."""
    return {"reply_markup": markup} if markup and "inline_keyboard" in markup else {}


def show(state: State, message: Json, raw: str, method: str) -> None:
    """Remember what the chat shows of a message of the bot from now on."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = tuple(tuple(_label_and_data(button) for button in row) for row in rows)
    at, message_id = message["chat"]["id"], message["message_id"]
    earlier, text = message.get("reply_to_message", {}).get("message_id"), message.get("text", message.get("caption"))
    edited, file = method.startswith("edit"), state.file_of(message)
    sent = Sent(at, message_id, text or "", raw, buttons, method, edited, earlier, file.name, file.content)
    state.showing[at, message_id] = sent
    state.sent.append(sent)
    state.on_shown(sent)


def _label_and_data(button: Json) -> tuple[str, str]:
    return button["text"], str(button.get("callback_data") or button.get("url") or "")


def _replied(state: State, where: int, params: Json) -> Json | None:
    """Return the message that a new one replies to, without what it replies to itself."""
    reply = params.get("reply_parameters") or {}
    if not isinstance(reply, dict):
        raise bad_request("can't parse reply parameters: ReplyParameters must be an Object")
    message_id = reply.get("message_id", params.get("reply_to_message_id"))
    earlier = state.messages.get((where, message_id)) if isinstance(message_id, int) else None
    if earlier is None and message_id is not None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return without_reply(earlier) if earlier else None
