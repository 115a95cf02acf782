"""Work beside the answers: begun again after a fault, given up at the end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

from bot.faults import place_of

log = logging.getLogger("gildongmu.background")

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
REST: Final = 60.0
"""Seconds after a fault before the work is begun again."""


@asynccontextmanager
async def in_background(*works: Work) -> AsyncIterator[None]:
    """Do all `works` while the block runs."""
    tasks: set[asyncio.Task[None]] = set()
    for work in works:
        _keep_going(tasks, work)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _keep_going(tasks: set[asyncio.Task[None]], work: Work) -> None:
    """Do `work`; after a fault begin it again, a minute later."""
    task = asyncio.create_task(work())
    tasks.add(task)

    def ended(task: asyncio.Task[None]) -> None:
        tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error:
            log.error("%s at %s in work beside the answers; again in a minute", type(error).__name__, place_of(error))
            task.get_loop().call_later(REST, _keep_going, tasks, work)

    task.add_done_callback(ended)
