"""To whom a message speaks, and in which language somebody is answered who has not written any."""

from telegram import Message, MessageEntity, Update
from telegram.constants import ChatType
from telegram.ext import filters

from bot.core.model import Language


class RepliesTo(filters.MessageFilter):
    """Messages that reply to one of the bot's."""

    def __init__(self, bot_id: int) -> None:
        super().__init__()
        self._bot_id = bot_id

    def filter(self, message: Message) -> bool:
        """Say whether `message` does."""
        return answers(message, self._bot_id)


def meant(message: Message, bot_id: int) -> bool:
    """Say whether what is not text is sent to the bot: in a chat of two, or as a reply to it."""
    return message.chat.type == ChatType.PRIVATE or answers(message, bot_id)


def language_of(update: Update) -> Language:
    """Return the language for what is not an answer: English if the person's Telegram is in English, else Korean."""
    user = update.effective_user
    return Language.EN if user and (user.language_code or "").startswith("en") else Language.KO


def addressed_text(message: Message, username: str, bot_id: int) -> str | None:
    """Return what is asked in `message`, without the bot's name, or None if a group's message is not for the bot."""
    text, name = message.text or message.caption or "", f"@{username}".casefold()
    kinds: list[str | None] = [MessageEntity.MENTION]
    found = [*message.parse_entities(kinds).values(), *message.parse_caption_entities(kinds).values()]
    mentions = [mention for mention in found if mention.casefold() == name]
    private = message.chat.type == ChatType.PRIVATE
    if not (private or mentions or answers(message, bot_id)):
        return None
    for mention in mentions:
        text = text.replace(mention, " ")
    return text


def answers(message: Message, bot_id: int) -> bool:
    """Say whether `message` replies to one of the bot's."""
    earlier = message.reply_to_message
    return bool(earlier and earlier.from_user and earlier.from_user.id == bot_id)


def command_in(message: Message) -> tuple[str, str]:
    """Return the name of the command with which a message begins, and what stands behind it."""
    text = message.text or ""
    end = message.entities[0].length  # where Telegram ends it, in ASCII: "/help.도와주세요" is /help
    return text[1:end].partition("@")[0].casefold(), text[end:]


def quoted_in(message: Message) -> str:
    """Return what stands as a quotation in one of the bot's messages: a question as it was shown."""
    return next(iter(message.parse_entities([MessageEntity.BLOCKQUOTE]).values()), "")
