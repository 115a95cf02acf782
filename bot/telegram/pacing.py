"""How fast the bot speaks, and how it goes on when Telegram or the network fails: a chat waits, others do not.

It stands in for the library's AIORateLimiter, which lets all chats wait when Telegram asks one of them to, gives up
after network errors, and knows no cry for help that goes first.
"""

import asyncio
import heapq
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any, Final

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.limiting import Buckets

log = logging.getLogger("gildongmu.telegram")

WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0, *(60.0,) * 12)
"""Seconds before what could not be delivered is tried again: fourteen minutes in all."""
LONGEST_ASKED: Final = 900.0
"""Seconds for which Telegram may ask a chat to wait; what is to wait longer is given up."""
REFUSALS: Final = (BadRequest, Forbidden, ChatMigrated, Conflict)
"""What would be refused again. Telegram's BadRequest is a NetworkError to the library."""
IN_A_GROUP: Final = 20
"""Messages that Telegram takes from a bot in a group, a minute."""

_URGENT: ContextVar[bool] = ContextVar("urgent", default=False)


@contextmanager
def goes_first() -> Iterator[None]:
    """Let what is sent here go before all else that waits: a cry for help is being answered."""
    token = _URGENT.set(True)
    try:
        yield
    finally:
        _URGENT.reset(token)


class Pace:
    """Turns, so many `a_second`, in order of coming, what is urgent first; without a limit for 0."""

    def __init__(self, a_second: int) -> None:
        self._bucket = Buckets(1 / a_second, a_second) if a_second else None
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._number = count()

    async def turn(self, *, urgent: bool) -> None:
        """Wait for a turn."""
        if self._bucket is None or (not self._waiting and not self._bucket.take("")):
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not urgent, next(self._number), mine))
        if len(self._waiting) == 1:
            self._give()
        await mine

    def _give(self) -> None:
        """Give turns to those who wait, as many as there are now; look again when there is another."""
        assert self._bucket is not None, "nobody waits without a limit"
        while self._waiting:
            if self._waiting[0][2].done():  # told to stop meanwhile
                heapq.heappop(self._waiting)
            elif wait := self._bucket.take(""):
                asyncio.get_running_loop().call_later(wait, self._give)
                return
            else:
                heapq.heappop(self._waiting)[2].set_result(None)


class PatientLimiter(BaseRateLimiter[int]):
    """Keeps to Telegram's limits, and tries again when it or the network fails for a while.

    `a_second` messages go out a second, twenty a minute into a group (0: no limit at all). `repeated` is told the kind
    of each fault after which something is sent again.
    """

    def __init__(self, a_second: int, repeated: Callable[[str], object] = bool) -> None:
        self._pace = Pace(a_second)
        self._groups = Buckets(60 / IN_A_GROUP, IN_A_GROUP) if a_second else None
        self._until: dict[int | str, float] = {}
        self._repeated = repeated

    async def initialize(self) -> None:
        """Nothing to begin."""

    async def shutdown(self) -> None:
        """Nothing to end."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Send; what goes to a chat is repeated after faults that may pass. Raise what the last try raised.

        What may have arrived, but was not confirmed, is sent again too: twice is better than never.
        """
        chat = data.get("chat_id")
        if chat is None:  # stopping a button's waiting, an inline list: too late if it fails
            return await callback(*args, **kwargs)
        for wait in WAITS:
            await self._turn(chat)
            try:
                return await callback(*args, **kwargs)
            except REFUSALS:
                raise
            except RetryAfter as error:
                self._told_to_wait(chat, endpoint, error)
            except TelegramError as error:
                log.warning("%s failed (%s); again in %.1f s", endpoint, type(error).__name__, wait)
                self._repeated(type(error).__name__)
                await asyncio.sleep(wait)
        await self._turn(chat)
        return await callback(*args, **kwargs)

    async def _turn(self, chat: int | str) -> None:
        """Wait until something may be sent to a chat."""
        while wait := self._wait_of(chat):  # noqa: ASYNC110 - there is no event, only time
            await asyncio.sleep(wait)
        await self._pace.turn(urgent=_URGENT.get())

    def _wait_of(self, chat: int | str) -> float:
        """Return the seconds until `chat` may be spoken to; 0 takes one of a group's turns."""
        left = self._until.get(chat, 0.0) - time.monotonic()
        if left > 0:
            return left
        self._until.pop(chat, None)
        in_group = isinstance(chat, str) or chat < 0
        return self._groups.take(chat) if self._groups is not None and in_group else 0.0

    def _told_to_wait(self, chat: int | str, endpoint: str, error: RetryAfter) -> None:
        """Note for how long Telegram wants `chat` to wait; raise the error if that is too long for an answer."""
        seconds = seconds_of(error)
        if seconds > LONGEST_ASKED:
            raise error
        log.warning("%s must wait %.0f s", endpoint, seconds)
        self._repeated(type(error).__name__)
        self._until[chat] = time.monotonic() + seconds + 0.1


def seconds_of(error: RetryAfter) -> float:
    """Return for how many seconds Telegram asks to wait."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
