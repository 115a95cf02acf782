"""Being told of updates by Telegram: a delivery is accepted only when it was answered, else it comes again."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import unquote, urlsplit

from telegram import Bot, Update, WebhookInfo
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.serving import App, Request, Response, body_of, busy, plain, serving, site
from bot.stopping import Stopping
from bot.telegram.in_hand import InHand
from bot.telegram.polling import ALLOWED, GRACE, UNWANTED, AnotherCopy

log = logging.getLogger("gildongmu.telegram")

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
LARGEST: Final = 1024 * 1024
"""Bytes of a delivery; Telegram's are some thousand."""
SENDING: Final = 10.0
"""Seconds in which the body of a delivery has to come."""
HELD: Final = 55.0
"""Seconds for which a delivery is held until it was answered; Telegram gives up after 60."""
AT_ONCE: Final = 100
"""Updates in hand at a time, and connections that Telegram may open, which is the most it allows."""
REMEMBERED: Final = 10_000
"""Numbers of answered updates that are remembered, in case they are delivered once more."""
LOOK: Final = 50.0
"""Seconds between two looks at how Telegram fares with the webhook: never a whole minute without a word from it."""
CLOSING: Final = 5.0
"""Seconds for the last answers to reach Telegram."""

_T = TypeVar("_T")


class NoWebhook(RuntimeError):
    """Telegram does not take the webhook; the message says why and what to do, in Korean and English.

    `later` says that it may take it at another start.
    """

    def __init__(self, sentence: str, *, later: bool) -> None:
        super().__init__(sentence)
        self.later = later


def secret_of(token: str) -> str:
    """Return what tells Telegram's deliveries from others: made of the token, which nobody can work out from it."""
    return hmac.new(token.encode(), b"gildongmu webhook", hashlib.sha256).hexdigest()


class Webhook:
    """Takes what Telegram delivers at the path of `url`, listening on `host` and `port`, and has `hand` answer it.

    A delivery is `held` for so many seconds at most; after every `look` seconds Telegram is asked how it fares.
    """

    def __init__(
        self, bot: Bot, hand: InHand, token: str, url: str, host: str, port: int,
        *, held: float = HELD, look: float = LOOK,
    ) -> None:  # fmt: skip
        self._bot = bot
        self._hand = hand
        self._secret = secret_of(token)
        self._url = url
        self._host = host
        self._port = port
        self._held = held
        self._pause = look
        self._stopping = Stopping()
        self._taken: set[int] = set()
        self._answered: dict[int, None] = {}
        self._strangers = 0
        self._refused = 0
        self._trouble: datetime | None = None
        self.heard = time.monotonic()
        """When Telegram was last heard, by the monotonic clock."""

    @property
    def app(self) -> App:
        """What answers deliveries over HTTP."""
        path = unquote(urlsplit(self._url).path) or "/"
        return site({("POST", path): self._delivered}, AT_ONCE)

    def stop(self) -> None:
        """Take nothing more; what is in hand is finished."""
        self._stopping.set()

    async def run(self) -> None:
        """Take deliveries until told to stop, then finish what is in hand.

        Raise CannotListen, NoWebhook, AnotherCopy or InvalidToken. The webhook stays set: Telegram keeps what comes
        meanwhile.
        """
        async with serving(self.app, self._host, self._port, CLOSING):
            try:
                await self._or_stop(self._set())
                while not await self._stopping.within(self._pause):
                    await self._or_stop(self._look())
            finally:
                self.stop()
                if not await self._hand.finish(GRACE):
                    log.warning("stopped with unanswered messages; Telegram delivers them again")

    async def _delivered(self, request: Request) -> Response:
        """Take one update; 200 when it was answered or never can be read, else Telegram delivers it again."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("latin-1"), self._secret.encode()):
            self._strangers += 1
            return plain("Unauthorized", 401)
        self.heard = time.monotonic()
        update = self._read(await body_of(request, LARGEST, SENDING))
        if update is None or update.update_id in self._answered:
            return plain("OK")
        if self._stopping.is_set() or (len(self._hand) >= AT_ONCE and update.update_id not in self._taken):
            return busy()
        work = self._take(update)
        await asyncio.wait({work}, timeout=self._held)
        return plain("OK") if work.done() and not work.cancelled() else busy()

    def _read(self, body: bytes) -> Update | None:
        """Return the update that was delivered, or None for one that will never be readable."""
        try:
            update = Update.de_json(json.loads(body), self._bot)
            if type(update.update_id) is int:
                return update
            log.warning("an update is skipped (it has no number)")
        except Exception as error:  # else it would come again and again
            log.warning("an update is skipped (%s)", type(error).__name__)
        return None

    def _take(self, update: Update) -> asyncio.Task[None]:
        work = self._hand.take(update)
        if update.update_id not in self._taken:
            self._taken.add(update.update_id)
            work.add_done_callback(partial(self._ended, update.update_id))
        return work

    def _ended(self, update_id: int, work: asyncio.Task[None]) -> None:
        self._taken.discard(update_id)
        if work.cancelled():
            return
        self._answered[update_id] = None
        if len(self._answered) > REMEMBERED:
            del self._answered[next(iter(self._answered))]

    async def _set(self) -> None:
        """Tell Telegram where to deliver."""
        try:
            await self._bot.set_webhook(
                self._url, secret_token=self._secret, allowed_updates=ALLOWED, max_connections=AT_ONCE,
                drop_pending_updates=False,
            )  # fmt: skip
        except InvalidToken:
            raise
        except TelegramError as error:
            why = error.message if isinstance(error, BadRequest) else type(error).__name__
            raise NoWebhook(
                f"텔레그램이 WEBHOOK_URL 을 받아 주지 않습니다({why}). "
                "밖에서 닿는 https 주소인지 확인하세요. / "
                f"Telegram does not take WEBHOOK_URL ({why}): it must be an https address that can be reached.",
                later=not isinstance(error, BadRequest),
            ) from None
        self.heard = time.monotonic()

    async def _look(self) -> None:
        """See whether Telegram still delivers here, and whether it could."""
        if self._strangers:
            log.warning("%d requests without Telegram's secret were refused", self._strangers)
            self._strangers = 0
        try:
            info = await self._bot.get_webhook_info()
        except TelegramError as error:
            log.warning("Telegram does not say how it delivers (%s); asking again", type(error).__name__)
            self._refused = self._refused + 1 if isinstance(error, InvalidToken) else 0
            if self._refused >= UNWANTED:
                raise
            return
        self._refused = 0
        self.heard = time.monotonic()
        if info.url.rstrip("/").casefold() != self._url.rstrip("/").casefold():
            raise AnotherCopy
        self._tell_of_trouble(info)

    def _tell_of_trouble(self, info: WebhookInfo) -> None:
        """Log once for each time that Telegram could not deliver; not what it says of it, which is not ours."""
        if info.last_error_date and info.last_error_date != self._trouble:
            age = (datetime.now(UTC) - info.last_error_date).total_seconds()
            log.warning("Telegram could not deliver, last %.0f seconds ago", max(age, 0.0))
        self._trouble = info.last_error_date

    async def _or_stop(self, work: Coroutine[Any, Any, _T]) -> None:
        """Do `work`, but leave it at once when told to stop."""
        task = asyncio.ensure_future(work)
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
        finally:
            stopping.cancel()
            task.cancel()
