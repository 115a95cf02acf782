"""Starting and stopping the bot in Telegram."""

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any, TypeAlias

from telegram import Bot, Update
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application, ApplicationBuilder

from bot.current import Current
from bot.desk.drafts import Drafts
from bot.keeping import Tally, kept
from bot.metrics import Metrics
from bot.publishing import Build, Publisher
from bot.sealing import Sealer
from bot.serving import CannotListen
from bot.settings import DeskSettings, Settings
from bot.stopping import on_signals
from bot.telegram.asking import Asking
from bot.telegram.beside import beside
from bot.telegram.desk import Desk
from bot.telegram.desk_room import Room
from bot.telegram.gate import Gate
from bot.telegram.handlers import Handlers, add_to
from bot.telegram.in_hand import InHand
from bot.telegram.introducing import introduce
from bot.telegram.moving import Following, Group
from bot.telegram.observing import Observed, metrics_of, observed, shown_at
from bot.telegram.pacing import PatientLimiter
from bot.telegram.polling import AnotherCopy, Poller
from bot.telegram.requesting import Requests, proxy_for
from bot.telegram.speaking import Speaker
from bot.telegram.webhook import NoWebhook, Webhook

log = logging.getLogger("gildongmu.telegram")

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]


CONNECTIONS = 64
"""Requests to Telegram at a time."""
READING = 5.0
"""Seconds for which Telegram may be silent in an answer."""


class CannotRun(RuntimeError):
    """The bot cannot speak to Telegram; the message says why and what to do, without the token.

    `later` says that starting it again may help.
    """

    def __init__(self, sentence: str, *, later: bool = False) -> None:
        super().__init__(sentence)
        self.later = later


REFUSED = (
    "TELEGRAM_BOT_TOKEN 을 텔레그램이 받아 주지 않습니다. @BotFather 에게서 다시 받으세요. / "
    "Telegram does not accept TELEGRAM_BOT_TOKEN: get a new one from @BotFather."
)
TAKEN_OVER = (
    "같은 TELEGRAM_BOT_TOKEN 으로 켠 봇이 또 있어 이쪽은 멈춥니다. 한 곳에서만 켜세요. / "
    "Another copy of the bot runs with the same TELEGRAM_BOT_TOKEN, so this one stops: run it in one place only."
)


Face: TypeAlias = Callable[[Current, Observed], AbstractAsyncContextManager[object]]
"""Another face, shown while the bot runs, over the same knowledge and counted together."""


async def run(settings: Settings, current: Current, build: Build, face: Face | None = None) -> None:
    """Answer in Telegram until SIGTERM or SIGINT; raise CannotRun if it cannot begin or go on.

    `build` makes a new engine when the knowledge changes while the bot runs; `face` is shown meanwhile.
    """
    async with kept(settings.database_path) as tally:
        metrics = metrics_of(current, tally, lambda: len(in_hand))
        group = Group(settings.desk.chat_id if settings.desk else 0)
        application = _application(settings, metrics, group)
        await _begin(application, settings)
        publisher = _publisher(settings, current, build, tally)
        seen = Observed(tally, metrics)
        handlers = _handlers(settings.desk, group, publisher, seen, application.bot.id)
        add_to(application, handlers)
        gate = _gate(settings, handlers, group, application, metrics)
        in_hand = InHand(observed(_answering(application, gate), metrics))
        source = _source(settings, application.bot, in_hand)
        try:
            await introduce(application.bot, handlers)
            on_signals(source.stop)
            log.info("길동무 is listening")
            async with (
                shown_at(settings.monitor_listen, source, in_hand, current, tally, metrics),
                beside(handlers, publisher, tally, (gate,), application.bot),
                face(current, seen) if face else nullcontext(),
            ):
                await source.run()
        except AnotherCopy:
            raise CannotRun(TAKEN_OVER, later=True) from None
        except InvalidToken:  # should it be refused at the next start too, that one is the last
            raise CannotRun(REFUSED, later=True) from None
        except NoWebhook as error:
            raise CannotRun(str(error), later=error.later) from None
        except CannotListen as error:
            raise CannotRun(str(error)) from None
        finally:
            await application.shutdown()
            log.info("길동무 has stopped")


def _source(settings: Settings, bot: Bot, in_hand: InHand) -> Poller | Webhook:
    """Return where updates come from: Telegram is asked for them, or brings them."""
    if not settings.webhook_url:
        return Poller(bot, in_hand)
    token = settings.telegram_bot_token.reveal()
    return Webhook(bot, in_hand, token, settings.webhook_url, *settings.webhook_listen)


def _answering(application: App, gate: Gate) -> Callable[[Update], Any]:
    """Return what deals with an update: an answer, unless there are too many."""

    async def process(update: Update) -> None:
        if gate.admits(update):
            await application.process_update(update)
        else:
            await gate.hold_back(update)

    return process


def _publisher(settings: Settings, current: Current, build: Build, tally: Tally) -> Publisher:
    git = settings.desk is not None and settings.desk.git
    return Publisher(
        settings.knowledge_dir, settings.weights_path, current, build, tally.keeper, settings.database_path, git
    )


def _handlers(desk: DeskSettings | None, group: Group, publisher: Publisher, seen: Observed, bot_id: int) -> Handlers:
    """Return what answers, with the coordinators' desk if their group is named."""
    current = publisher.current
    speaker = Speaker(seen, current.engine.opener.today)
    took, failed = seen.metrics.engine_seconds.add, seen.metrics.faults.add
    if desk is None:
        return Handlers(current, speaker, took=took, failed=failed)
    sealer = Sealer(desk.ticket_key.reveal(), desk.ticket_days)
    asking = Asking(current, speaker, sealer, group, desk.ticket_days)
    room = Room(current, group, desk, sealer, Drafts(), publisher)
    return Handlers(current, speaker, asking, Desk(room, bot_id), took, failed)


def _gate(settings: Settings, handlers: Handlers, group: Group, application: App, metrics: Metrics) -> Gate:
    bot = application.bot
    held = metrics.held_back.add
    return Gate(handlers.current, handlers.speaker, bot.id, bot.username, group, settings.chat_burst, held)


def _application(settings: Settings, metrics: Metrics, group: Group) -> App:
    proxy = proxy_for(settings.telegram_api_base_url)
    return (
        ApplicationBuilder()
        .token(settings.telegram_bot_token.reveal())
        .base_url(settings.telegram_api_base_url)
        .base_file_url(f"{settings.telegram_api_base_url.removesuffix('/bot')}/file/bot")
        .rate_limiter(Following(PatientLimiter(settings.messages_per_second, metrics.repeated.add), group))
        .request(Requests(CONNECTIONS, READING, proxy))
        .get_updates_request(Requests(1, READING, proxy))  # beyond the seconds for which Telegram may hold the request
        .updater(None)  # bot/telegram/polling.py stands in for it
        .build()
    )


async def _begin(application: App, settings: Settings) -> None:
    try:
        await application.bot.initialize()
        await application.initialize()
        if not settings.webhook_url:
            await application.bot.delete_webhook()
    except InvalidToken:
        raise CannotRun(REFUSED) from None
    except NetworkError:
        raise CannotRun(
            f"{settings.telegram_api_base_url} 에 닿지 않습니다. 인터넷과 TELEGRAM_API_BASE_URL 을 확인하세요. / "
            f"Cannot reach {settings.telegram_api_base_url}: check the connection and TELEGRAM_API_BASE_URL.",
            later=True,
        ) from None
