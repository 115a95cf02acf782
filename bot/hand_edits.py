"""Knowledge changed by hand while the bot runs: taken up under the same checks, or left, and told of."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from bot import watching
from bot.core.knowledge.loading import Unreadable
from bot.core.model import Block, Part
from bot.desk import notices, reports
from bot.desk.model import Notice
from bot.publishing import Publisher, Stale
from bot.trying import TrialFailed

log = logging.getLogger("gildongmu.hand_edits")

Tell: TypeAlias = Callable[[Notice], Awaitable[None]]


async def follow(publisher: Publisher, tell: Tell, stop: asyncio.Event) -> None:
    """Take up what is changed in the knowledge folder until `stop` is set."""
    async for _ in watching.changes(publisher.folder, stop):
        await take_up(publisher, tell)


async def take_up(publisher: Publisher, tell: Tell) -> None:
    """Answer from what was changed in the folder, or go on as before if it has problems; tell which, and why."""
    language = reports.UNASKED
    knowledge = publisher.current.engine.knowledge
    p = knowledge.desk[language]
    try:
        change = await publisher.by_hand()
        if change is None:
            return
        base = publisher.base
        found = await publisher.tried(change)
        if found.refused:
            await tell(reports.refused_by_hand(knowledge, found, language))
            return
        await publisher.take_up(change, base)
        await tell(reports.taken_up(knowledge, change, found, language))
    except Unreadable as unreadable:
        blocks = notices.problem_blocks(unreadable.problems, p, language)
        await tell(Notice((Block(Part.TEXT, (p.by_hand_refused,)), *blocks), (), language))
    except Stale:
        await take_up(publisher, tell)
    except (TrialFailed, OSError) as error:
        log.warning("changed files could not be taken up (%s)", type(error).__name__)
        await tell(notices.told(p.by_hand_untried, language))


async def log_only(notice: Notice) -> None:
    """Say in the log what a group of coordinators would be told, where there is none."""
    log.warning("%s", " / ".join(line for block in notice.blocks for line in (block.heading, *block.lines) if line))
