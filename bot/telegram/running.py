"""Starting and stopping the bot in Telegram."""

import asyncio
import logging
import signal
from collections.abc import Callable
from typing import Any, TypeAlias

from telegram import Update
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application, ApplicationBuilder

from bot.current import Current
from bot.desk.drafts import Drafts
from bot.keeping import Tally, kept
from bot.publishing import Build, Publisher
from bot.sealing import Sealer
from bot.settings import DeskSettings, Settings
from bot.telegram.asking import Asking
from bot.telegram.beside import beside
from bot.telegram.desk import Desk
from bot.telegram.desk_room import Room
from bot.telegram.gate import Gate
from bot.telegram.handlers import Handlers, add_to
from bot.telegram.in_hand import InHand
from bot.telegram.introducing import introduce
from bot.telegram.pacing import PatientLimiter
from bot.telegram.polling import AnotherCopy, Poller
from bot.telegram.speaking import Speaker

log = logging.getLogger("gildongmu.telegram")

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]


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


async def run(settings: Settings, current: Current, build: Build) -> None:
    """Answer in Telegram until SIGTERM or SIGINT; raise CannotRun if it cannot begin or go on.

    `build` makes a new engine when the knowledge changes while the bot runs.
    """
    async with kept(settings.database_path) as tally:
        application = _application(settings)
        await _begin(application, settings)
        publisher = _publisher(settings, current, build, tally)
        handlers = _handlers(settings.desk, publisher, tally, application.bot.id)
        add_to(application, handlers)
        gate = _gate(handlers, application)
        poller = Poller(application.bot, InHand(_answering(application, gate)))
        try:
            await introduce(application.bot, handlers)
            _on_signals(poller.stop)
            log.info("길동무 is listening")
            async with beside(handlers, publisher, tally, (gate,), application.bot):
                await poller.run()
        except AnotherCopy:
            raise CannotRun(TAKEN_OVER, later=True) from None
        except InvalidToken:
            raise CannotRun(REFUSED) from None
        finally:
            await application.shutdown()
            log.info("길동무 has stopped")


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


def _handlers(desk: DeskSettings | None, publisher: Publisher, tally: Tally, bot_id: int) -> Handlers:
    """Return what answers, with the coordinators' desk if their group is named."""
    current = publisher.current
    speaker = Speaker(tally, current.engine.opener.today)
    if desk is None:
        return Handlers(current, speaker)
    sealer = Sealer(desk.ticket_key.reveal(), desk.ticket_days)
    asking = Asking(current, speaker, sealer, desk.chat_id, desk.ticket_days)
    return Handlers(current, speaker, asking, Desk(Room(current, desk, sealer, Drafts(), publisher), bot_id))


def _gate(handlers: Handlers, application: App) -> Gate:
    desk, bot = handlers.desk, application.bot
    group = desk.room.settings.chat_id if desk else None
    return Gate(handlers.current, handlers.speaker, bot.id, bot.username, lambda: group)


def _application(settings: Settings) -> App:
    return (
        ApplicationBuilder()
        .token(settings.telegram_bot_token.reveal())
        .base_url(settings.telegram_api_base_url)
        .base_file_url(f"{settings.telegram_api_base_url.removesuffix('/bot')}/file/bot")
        .rate_limiter(PatientLimiter(settings.messages_per_second))
        .connection_pool_size(64)
        .pool_timeout(60)
        .get_updates_read_timeout(10)  # beyond those that Telegram may hold the request for
        .updater(None)  # bot/telegram/polling.py stands in for it
        .build()
    )


async def _begin(application: App, settings: Settings) -> None:
    try:
        await application.bot.initialize()
        await application.initialize()
        await application.bot.delete_webhook()
    except InvalidToken:
        raise CannotRun(REFUSED) from None
    except NetworkError:
        raise CannotRun(
            f"{settings.telegram_api_base_url} 에 닿지 않습니다. 인터넷과 TELEGRAM_API_BASE_URL 을 확인하세요. / "
            f"Cannot reach {settings.telegram_api_base_url}: check the connection and TELEGRAM_API_BASE_URL.",
            later=True,
        ) from None


def _on_signals(stop: Callable[[], object]) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop)
        except NotImplementedError:  # Windows: Ctrl+C raises KeyboardInterrupt instead
            return
