"""Asking Telegram for updates and answering them: acknowledged only when answered, in order within a chat."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from typing import Any

from telegram import Bot, Update
from telegram.error import BadRequest, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import AIORateLimiter

log = logging.getLogger("gildongmu.telegram")

ALLOWED = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)
LONG_POLL = 25
"""Seconds for which Telegram may hold a request for updates."""
GRACE = 20.0
"""Seconds in which what is in hand is finished when the bot is told to stop."""
WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0, 30.0, 60.0, 60.0, 60.0)
"""Seconds before an answer that could not be delivered is tried again: five minutes in all."""


class PatientLimiter(AIORateLimiter):
    """The library's limiter, which also tries again when the network or the server fails for a while."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Send as the library does; what goes to a chat is repeated after network errors, which are not its fault."""
        if "chat_id" not in data:
            return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
        for wait in WAITS:
            try:
                return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)
            except BadRequest:  # a NetworkError to the library, but repeating it would not help
                raise
            except NetworkError as error:
                log.warning("%s failed (%s); again in %.1f s", endpoint, type(error).__name__, wait)
                await asyncio.sleep(wait)
        return await super().process_request(callback, args, kwargs, endpoint, data, rate_limit_args)


class Poller:
    """Fetches updates from `bot` and hands each to `process`.

    A batch is acknowledged by the request for the next one, which is only made when every update of the batch has been
    processed: a killed process loses nothing, at the price of perhaps answering twice.
    """

    def __init__(self, bot: Bot, process: Callable[[Update], Awaitable[None]]) -> None:
        self._bot = bot
        self._process = process
        self._stopping = asyncio.Event()
        self._offset = 0

    def stop(self) -> None:
        """Fetch nothing more; what is in hand is finished."""
        self._stopping.set()

    async def run(self) -> None:
        """Poll until told to stop; then finish and acknowledge what is in hand."""
        while not self._stopping.is_set():
            updates = await self._fetched()
            if not updates:
                continue
            if not await self._finished(self._answer(updates)):
                log.warning("stopped with unanswered messages; they come again at the next start")
                return
            self._offset = updates[-1].update_id + 1
        await self._acknowledge()

    async def _fetched(self) -> Sequence[Update]:
        """Return the next batch, or nothing when told to stop or after a failed request."""
        request = asyncio.ensure_future(self._bot.get_updates(self._offset, timeout=LONG_POLL, allowed_updates=ALLOWED))
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({request, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not request.done():
            request.cancel()
            return ()
        try:
            return request.result()
        except RetryAfter as error:
            await self._pause(_seconds(error))
        except InvalidToken:
            raise
        except TelegramError as error:
            log.warning("no updates (%s); asking again", type(error).__name__)
            await self._pause(1.0)
        except Exception as error:  # one of them cannot be read: it must neither stop the bot nor come again and again
            log.warning("updates could not be read (%s)", type(error).__name__)
            return await self._readable()
        return ()

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

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _finished(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do `work`; say whether it was finished, for which it has GRACE seconds once told to stop."""
        task = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        await asyncio.wait({task}, timeout=GRACE)
        if task.done():
            task.result()
            return True
        task.cancel()
        return False

    async def _answer(self, updates: Iterable[Update]) -> None:
        """Process the updates: chats side by side, one after the other within a chat."""
        chats: dict[int, list[Update]] = {}
        for update in updates:
            who = update.effective_chat or update.effective_user  # an inline query has no chat
            chats.setdefault(who.id if who else 0, []).append(update)
        await asyncio.gather(*(self._one_by_one(of_chat) for of_chat in chats.values()))

    async def _one_by_one(self, updates: Iterable[Update]) -> None:
        for update in updates:
            await self._process(update)

    async def _acknowledge(self) -> None:
        """Tell Telegram what was answered, so that it does not come again at the next start."""
        if not self._offset:
            return
        try:
            await self._bot.get_updates(self._offset, limit=1, timeout=0, allowed_updates=ALLOWED)
        except TelegramError as error:
            log.warning("the last answers could not be acknowledged (%s)", type(error).__name__)


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int | float) else wait.total_seconds()
