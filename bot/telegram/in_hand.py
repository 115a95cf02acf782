"""The updates in hand: chats are answered side by side, one update after the other within a chat, none twice."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from telegram import Update

from bot.faults import place_of

log = logging.getLogger("gildongmu.telegram")


class InHand:
    """Hands each update to `process`, and knows which are not dealt with yet.

    A future is done when its update was dealt with, also if `process` failed: the same again would fail again. It is
    cancelled if the update was given up: then it must come again, from Telegram.
    """

    def __init__(self, process: Callable[[Update], Awaitable[None]]) -> None:
        self._process = process
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._since: dict[int, float] = {}
        self._last: dict[int, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def take(self, update: Update) -> asyncio.Task[None]:
        """Have `update` dealt with after those of its chat that came before; what is in hand is not taken again."""
        known = self._tasks.get(update.update_id)
        if known:
            return known
        who = update.effective_chat or update.effective_user  # an inline query has no chat
        chat = who.id if who else 0
        task = asyncio.get_running_loop().create_task(self._after(self._last.get(chat), update))
        self._tasks[update.update_id] = self._last[chat] = task
        self._since[update.update_id] = time.monotonic()

        def ended(_: object) -> None:
            del self._tasks[update.update_id], self._since[update.update_id]
            if self._last.get(chat) is task:
                del self._last[chat]

        task.add_done_callback(ended)
        return task

    async def _after(self, earlier: asyncio.Task[None] | None, update: Update) -> None:
        if earlier and not earlier.done():
            await asyncio.wait({earlier})
        try:
            await self._process(update)
        except Exception as error:  # what is broken must neither stop the bot nor come again and again
            log.error("%s at %s", type(error).__name__, place_of(error))  # noqa: TRY400 - the error may hold words

    def oldest_seconds(self) -> float:
        """Return for how long the oldest update has been in hand, 0 if there is none."""
        return time.monotonic() - min(self._since.values()) if self._since else 0.0

    async def finish(self, grace: float) -> bool:
        """Finish what is in hand, in at most `grace` seconds; the rest is given up: say whether nothing was."""
        if self._tasks:
            await asyncio.wait(set(self._tasks.values()), timeout=grace)
        left = set(self._tasks.values())
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        return not left
