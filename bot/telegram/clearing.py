"""Taking away the messages of a chat, as far as Telegram allows: those of the last 48 hours."""

from telegram import Bot
from telegram.error import BadRequest, Forbidden

AT_ONCE = 100
"""Telegram takes so many ids in one call."""
MOST_CALLS = 100
"""So many calls, ten thousand ids, are tried: a bot's ids run through all its chats, not through one."""


async def clear_before(bot: Bot, chat_id: int, message_id: int) -> bool:
    """Delete the messages of a private chat before `message_id`, back to the first that is too old to be deleted.

    Say whether all that can be deleted was: the ids may lie too far apart, or Telegram may refuse.
    """
    end = message_id
    for _ in range(MOST_CALLS):
        start = max(1, end - AT_ONCE)
        if start >= end:
            return True
        if not await _deleted(bot, chat_id, start, end):
            return await _clear_newest(bot, chat_id, start, end) < message_id
        end = start
    return False


async def _clear_newest(bot: Bot, chat_id: int, start: int, end: int) -> int:
    """Delete what can be deleted of ids among which some are too old; return the id before which nothing could be.

    The newer ones are found by halving.
    """
    while start < end:
        middle = (start + end) // 2
        if await _deleted(bot, chat_id, middle, end):
            end = middle
        else:
            start = middle + 1
    return end


async def _deleted(bot: Bot, chat_id: int, start: int, end: int) -> bool:
    """Delete the messages from `start` to before `end`; say whether Telegram did not refuse."""
    try:
        return await bot.delete_messages(chat_id, list(range(start, end)))
    except (BadRequest, Forbidden):
        return False
