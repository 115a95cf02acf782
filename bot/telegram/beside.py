"""What is done beside the answers: counts are written, what is old is forgotten, changed files are taken up."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Protocol

from telegram import Bot

from bot.background import Work, in_background
from bot.desk.model import Notice
from bot.hand_edits import follow, log_only
from bot.keeping import Tally
from bot.publishing import Publisher
from bot.telegram import desk_group
from bot.telegram.handlers import Handlers
from bot.trying import TrialFailed, sweep

SETTLING = 60.0
"""Seconds after the start before work begins that nobody waits for."""
FORGETTING = 30.0
"""Seconds between two looks for what is remembered no longer."""


class Memory(Protocol):
    """Something that is remembered for a while."""

    def forget_old(self) -> None:
        """Forget what is too old."""


@asynccontextmanager
async def beside(
    handlers: Handlers, publisher: Publisher, tally: Tally, memories: Sequence[Memory], bot: Bot
) -> AsyncIterator[None]:
    """Do all that while the block runs."""
    stop = asyncio.Event()
    works: list[Work] = [
        tally.keep_writing,
        partial(_forget, handlers, memories, bot),
        partial(follow, publisher, partial(_tell, handlers, bot), stop),
    ]
    if handlers.desk:
        works += [partial(_get_ready, publisher), partial(desk_group.follow, bot, handlers.desk)]
    try:
        async with in_background(*works):
            try:
                yield
            finally:
                stop.set()
    finally:
        if handlers.desk:
            await handlers.desk.room.close()
        if handlers.asking:
            await handlers.asking.jobs.close()


async def _forget(handlers: Handlers, memories: Sequence[Memory], bot: Bot) -> None:
    """Forget in time even when nobody writes."""
    while True:
        await asyncio.sleep(FORGETTING)
        for memory in (*handlers.memories, *memories):
            memory.forget_old()
        if handlers.desk:
            await handlers.desk.remind(bot)


async def _get_ready(publisher: Publisher) -> None:
    """A while after the start, when newcomers who waited have their answers: the first change is sooner measured."""
    await asyncio.sleep(SETTLING)
    await asyncio.to_thread(sweep)
    with suppress(TrialFailed, OSError):  # it only takes longer then
        await publisher.get_ready()


async def _tell(handlers: Handlers, bot: Bot, notice: Notice) -> None:
    """Tell the group of coordinators, or the log where there is none."""
    if handlers.desk:
        await handlers.desk.room.post(bot, notice)
    else:
        await log_only(notice)
