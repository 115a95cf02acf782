"""Taking away the messages of a chat, as far as Telegram allows: those of the last 48 hours."""

from telegram import Bot
from telegram.error import BadRequest

AT_ONCE = 100
"""Telegram takes so many ids in one call."""
MOST_CALLS = 30
"""So many calls, three thousand ids, are tried: a bot's ids run through all its chats, not through one."""


async def clear_before(bot: Bot, chat_id: int, message_id: int) -> None:
    """Delete the messages of a private chat before `message_id`, back to the first that is too old to be deleted."""
    end = message_id
    for _ in range(MOST_CALLS):
        start = max(1, end - AT_ONCE)
        if start >= end:
            return
        if not await _deleted(bot, chat_id, start, end):
            await _clear_newest(bot, chat_id, start, end)
            return
        end = start


async def _clear_newest(bot: Bot, chat_id: int, start: int, end: int) -> None:
    """Delete what can be deleted of ids among which some are too old: the newer ones, found by halving."""
    while start < end:
        middle = (start + end) // 2
        if await _deleted(bot, chat_id, middle, end):
            end = middle
        else:
            start = middle + 1


async def _deleted(bot: Bot, chat_id: int, start: int, end: int) -> bool:
    """Delete the messages from `start` to before `end`; say whether Telegram did not refuse."""
    try:
        return await bot.delete_messages(chat_id, list(range(start, end)))
    except BadRequest:
        return False
