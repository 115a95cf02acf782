"""Knowledge changed by hand while the bot runs: taken up under the same checks, or left, and told of."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeAlias

from bot import watching
from bot.core.knowledge.loading import Unreadable
from bot.core.model import Block, Part
from bot.desk import notices, reports
from bot.desk.model import Notice
from bot.publishing import Publisher, Stale
from bot.trying import TrialFailed

log = logging.getLogger("gildongmu.hand_edits")

AGAIN: Final = 60.0
"""Seconds after which what could not be tried is tried again."""
Tell: TypeAlias = Callable[[Notice], Awaitable[None]]


async def follow(publisher: Publisher, tell: Tell, stop: asyncio.Event) -> None:
    """Take up what is changed in the knowledge folder until `stop` is set; what could not be tried is tried again."""
    known = watching.seen_in(publisher.folder)
    await _until_tried(publisher, tell, stop)  # changed since it was read, while the bot started
    async for _ in watching.changes(publisher.folder, stop, known):
        await _until_tried(publisher, tell, stop)


async def _until_tried(publisher: Publisher, tell: Tell, stop: asyncio.Event) -> None:
    told = False
    while not await take_up(publisher, tell, again=told):
        told = True
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN)
        if stop.is_set():
            return


async def take_up(publisher: Publisher, tell: Tell, *, again: bool = False) -> bool:
    """Answer from what was changed in the folder, or go on as before if it has problems; tell which, and why.

    Return False if it could not be tried, which is not told `again`.
    """
    language = reports.UNASKED
    knowledge = publisher.current.engine.knowledge
    p = knowledge.desk[language]
    try:
        change = await publisher.by_hand()
        if change is None:
            return True
        base = publisher.base
        found = await publisher.tried(change)
        if found.refused:
            await tell(reports.refused_by_hand(knowledge, found, language))
            return True
        await publisher.take_up(change, base)
        await tell(reports.taken_up(knowledge, change, found, language))
    except Unreadable as unreadable:
        blocks = notices.problem_blocks(unreadable.problems, p, language)
        await tell(Notice((Block(Part.TEXT, (p.by_hand_refused,)), *blocks), (), language))
    except Stale:
        return await take_up(publisher, tell, again=again)
    except (TrialFailed, OSError) as error:
        if not again:
            log.warning("changed files could not be taken up (%s)", type(error).__name__)
            await tell(notices.told(p.by_hand_untried, language))
        return False
    return True


async def log_only(notice: Notice) -> None:
    """Say in the log what a group of coordinators would be told, where there is none."""
    log.warning("%s", " / ".join(line for block in notice.blocks for line in (block.heading, *block.lines) if line))
