"""Work that may take long, done beside the answers: waited for a moment, then left to end by itself."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from bot.faults import place_of

log = logging.getLogger("gildongmu.telegram")

Work: TypeAlias = Coroutine[Any, Any, object]
HELD = 2.0
"""Seconds for which such work may hold up what else came with it."""


@dataclass(frozen=True, slots=True)
class Jobs:
    """What is being done. Telegram takes twenty messages a minute in a group: while one waits, others must not."""

    tasks: set[asyncio.Task[object]] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def in_turn(self, work: Work, fault: Callable[[], Work] | None = None) -> None:
        """Do `work` after what is in turn before it, and wait a moment if it is the first; `fault` tells of a fault."""
        waiting = self.turn.locked()

        async def done() -> None:
            async with self.turn:
                await work

        task = self.begin(done(), fault)
        task.add_done_callback(lambda _: work.close())  # stopped before its turn, it would be missed otherwise
        if not waiting:
            await asyncio.wait({task}, timeout=HELD)

    def begin(self, work: Work, fault: Callable[[], Work] | None = None) -> asyncio.Task[object]:
        """Do `work` at once; if it fails, that is logged without what it was about, and told by `fault`."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)

        def ended(task: asyncio.Task[object]) -> None:
            self.tasks.discard(task)
            error = None if task.cancelled() else task.exception()
            if error:
                log.error("%s at %s", type(error).__name__, place_of(error))
                if fault:
                    self.begin(fault())

        task.add_done_callback(ended)
        return task

    async def close(self) -> None:
        """Stop what is still being done."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
