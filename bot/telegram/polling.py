"""Asking Telegram for updates: acknowledged only when answered, and one that takes long holds no other back."""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.stopping import Stopping
from bot.telegram.in_hand import InHand
from bot.telegram.pacing import seconds_of

log = logging.getLogger("gildongmu.telegram")

ALLOWED = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)
LONG_POLL = 25
"""Seconds for which Telegram may hold a request for updates."""
GRACE = 20.0
"""Seconds in which what is in hand is finished when the bot is told to stop."""
LOOK_AGAIN = (0.1, 1.0)
"""Seconds for which what is in hand may hold back the next request: at first, and while nothing new comes.

It is sent when half is dealt with: sooner, most of what comes would be in hand already; later, people would wait.
"""
AT_LEAST = 0.03
"""Seconds for which it holds it back in any case: a request for each of many updates takes longer than an answer."""
QUIET = 6 * 24 * 3600.0
"""Seconds without an update after which the next may have any number: Telegram says so of a week."""
UNWANTED = 5
"""So often in a row Telegram may refuse the token of a bot that runs: a proxy may say “not found” once."""


class AnotherCopy(RuntimeError):
    """The same token is used by another copy of the bot, which has taken over."""


class Poller:
    """Fetches updates from `bot` and has them dealt with by `in_hand`.

    An update is acknowledged by asking for later ones, so only those are asked for before which all is dealt with: a
    killed process loses nothing, at the price of perhaps answering twice. Telegram shows the hundred updates after the
    first that is not acknowledged: as many may be in hand.
    """

    def __init__(self, bot: Bot, in_hand: InHand) -> None:
        self._bot = bot
        self._in_hand = in_hand
        self._stopping = Stopping()
        self._taken: dict[int, asyncio.Task[None]] = {}
        self._open, self._enough = 0, 0
        self._half_done = asyncio.Event()
        self._offset = 0
        self._refused = 0
        self._new = time.monotonic()
        self.heard = time.monotonic()
        """When Telegram was last heard, by the monotonic clock."""

    def stop(self) -> None:
        """Fetch nothing more; what is in hand is finished."""
        self._stopping.set()
        self._half_done.set()

    async def run(self) -> None:
        """Poll until told to stop; then finish and acknowledge what is in hand. Raise AnotherCopy or InvalidToken."""
        wait = LOOK_AGAIN[0]
        while not self._stopping.is_set():
            new = self._take(await self._fetched())
            wait = LOOK_AGAIN[0] if new else min(2 * wait, LOOK_AGAIN[1])
            await self._half_dealt_with(wait)
        if not await self._in_hand.finish(GRACE):
            log.warning("stopped with unanswered messages; they come again at the next start")
        self._go_past()
        await self._acknowledge()

    def _take(self, updates: Sequence[Update]) -> bool:
        """Have the updates dealt with that are not in hand already; say whether there were any."""
        new = [each for each in updates if each.update_id not in self._taken and each.update_id >= self._offset]
        for update in new:
            task = self._taken[update.update_id] = self._in_hand.take(update)
            task.add_done_callback(self._ended)
        self._open += len(new)
        return bool(new)

    def _ended(self, _: object) -> None:
        """Note that one update is dealt with."""
        self._open -= 1
        if self._open <= self._enough:
            self._half_done.set()

    async def _half_dealt_with(self, seconds: float) -> None:
        """Wait until half of what is in hand is dealt with, but not longer than that, nor when told to stop."""
        if self._open and not await self._stopping.within(AT_LEAST) and self._open:
            self._enough = self._open // 2
            self._half_done.clear()
            if not self._stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._half_done.wait(), seconds)
        self._go_past()

    def _go_past(self) -> None:
        """Ask next for what comes after the updates that are dealt with, as far as there is no gap."""
        while self._taken:
            first = min(self._taken)
            task = self._taken[first]
            if not task.done() or task.cancelled():
                return
            del self._taken[first]
            self._offset = first + 1

    async def _fetched(self) -> Sequence[Update]:
        """Return the next updates, or nothing when told to stop or after a failed request."""
        if not self._taken and time.monotonic() - self._new > QUIET:
            self._offset = 0
        seconds = 0 if self._taken else LONG_POLL
        request = asyncio.ensure_future(self._bot.get_updates(self._offset, timeout=seconds, allowed_updates=ALLOWED))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({request, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not request.done():
            request.cancel()
            return ()
        try:
            updates = request.result()
        except RetryAfter as error:
            await self._stopping.within(seconds_of(error))
        except Conflict:
            raise AnotherCopy from None
        except InvalidToken as error:
            await self._refused_by(error)
        except TelegramError as error:
            log.warning("no updates (%s); asking again", type(error).__name__)
            await self._stopping.within(1.0)
        except Exception as error:  # one of them cannot be read: it must neither stop the bot nor come again and again
            log.warning("updates could not be read (%s)", type(error).__name__)
            return await self._readable()
        else:
            self.heard, self._refused = time.monotonic(), 0
            self._new = self.heard if updates else self._new
            return updates
        return ()

    async def _refused_by(self, error: InvalidToken) -> None:
        """Believe Telegram, or something on the way to it, that there is no such bot when it is repeated."""
        self._refused += 1
        if self._refused >= UNWANTED:
            raise error
        log.warning("no updates (%s); asking again", type(error).__name__)
        await self._stopping.within(1.0)

    async def _readable(self) -> Sequence[Update]:
        """Return the next update alone, or skip it if it is the one that cannot be read."""
        try:
            return await self._bot.get_updates(self._offset, limit=1, timeout=0, allowed_updates=ALLOWED)
        except TelegramError:
            return ()
        except Exception as error:
            log.warning("an update is skipped (%s)", type(error).__name__)
            await self._skip()
            return ()

    async def _skip(self) -> None:
        """Go past the next update without reading more of it than its number."""
        options = {"offset": self._offset, "limit": 1, "timeout": 0, "allowed_updates": ALLOWED}
        try:
            raw = await self._bot.do_api_request("getUpdates", api_kwargs=options)
        except TelegramError:
            return
        self._offset = max([self._offset, *(each["update_id"] + 1 for each in raw)])

    async def _acknowledge(self) -> None:
        """Tell Telegram what was answered, so that it does not come again at the next start."""
        if not self._offset:
            return
        try:
            await self._bot.get_updates(self._offset, limit=1, timeout=0, allowed_updates=ALLOWED)
        except TelegramError as error:
            log.warning("the last answers could not be acknowledged (%s)", type(error).__name__)
