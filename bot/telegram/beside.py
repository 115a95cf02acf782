"""What is done beside the answers: counts are written, what is old is forgotten, changed files are taken up."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Protocol

from telegram import Bot

from bot import watching
from bot.desk.model import Notice
from bot.faults import place_of
from bot.keeping import Tally
from bot.publishing import Publisher
from bot.telegram import desk_group
from bot.telegram.hand_edits import log_only, take_up
from bot.telegram.handlers import Handlers
from bot.trying import TrialFailed, sweep

log = logging.getLogger("gildongmu.telegram")

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
    tasks: set[asyncio.Task[None]] = set()
    _keep_going(tasks, tally.keep_writing)
    _keep_going(tasks, partial(_forget, handlers, memories, bot))
    _keep_going(tasks, partial(_watch, handlers, publisher, bot, stop))
    if handlers.desk:
        _keep_going(tasks, partial(_get_ready, publisher))
        _keep_going(tasks, partial(desk_group.follow, bot, handlers.desk))
    try:
        yield
    finally:
        stop.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if handlers.desk:
            await handlers.desk.room.close()
        if handlers.asking:
            await handlers.asking.jobs.close()


def _keep_going(tasks: set[asyncio.Task[None]], work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do `work`; after a fault begin it again, a minute later."""
    task = asyncio.create_task(work())
    tasks.add(task)

    def ended(task: asyncio.Task[None]) -> None:
        tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error:
            log.error("%s at %s in work beside the answers; again in a minute", type(error).__name__, place_of(error))
            task.get_loop().call_later(SETTLING, _keep_going, tasks, work)

    task.add_done_callback(ended)


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


async def _watch(handlers: Handlers, publisher: Publisher, bot: Bot, stop: asyncio.Event) -> None:
    """Take up what is changed in the knowledge folder; the group is told, or the log where there is none."""
    desk = handlers.desk

    async def tell(notice: Notice) -> None:
        if desk:
            await desk.room.post(bot, notice)
        else:
            await log_only(notice)

    async for _ in watching.changes(publisher.folder, stop):
        await take_up(publisher, tell)
