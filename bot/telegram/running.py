"""Starting and stopping the bot in Telegram."""

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import date
from functools import partial
from typing import Any, TypeAlias

from telegram import Bot, BotCommand
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot import store, watching
from bot.core.engine import Engine
from bot.core.model import Feedback, Language, Outcome
from bot.core.opening import COMMANDS
from bot.current import Current
from bot.desk.drafts import Drafts
from bot.desk.model import Notice
from bot.publishing import Build, Publisher
from bot.sealing import Sealer
from bot.settings import DeskSettings, Settings
from bot.telegram import desk_group
from bot.telegram.asking import Asking
from bot.telegram.desk import Desk
from bot.telegram.desk_room import Room
from bot.telegram.faults import place_of
from bot.telegram.hand_edits import log_only, take_up
from bot.telegram.handlers import Handlers, add_to
from bot.telegram.moving import Following, Group
from bot.telegram.polling import PatientLimiter, Poller
from bot.telegram.speaking import Speaker, Tally
from bot.trying import TrialFailed, sweep

log = logging.getLogger("gildongmu.telegram")

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]

TALKATIVE = ("telegram", "httpx", "httpcore", "aiosqlite", "asyncio", "watchfiles")
"""Libraries that log texts, addresses or the token when they are allowed to say more than warnings."""


INTRODUCTION = 10.0
"""Seconds for setting commands and descriptions."""
SETTLING = 60.0
"""Seconds after the start before work begins that nobody waits for."""
FORGETTING = 30.0
"""Seconds between two looks for what is remembered no longer."""


class CannotRun(RuntimeError):
    """The bot cannot speak to Telegram; the message says why and what to do, without the token."""


async def run(settings: Settings, current: Current, build: Build) -> None:
    """Answer in Telegram until SIGTERM or SIGINT; raise CannotRun or NoStore if it cannot begin.

    `build` makes a new engine when the knowledge changes while the bot runs.
    """
    set_up_logging(settings.log_level)
    async with store.open_store(settings.database_path) as connection:
        group = Group(settings.desk.chat_id if settings.desk else 0)
        application = _application(settings, group)
        await _begin(application, settings)
        git = settings.desk is not None and settings.desk.git
        publisher = Publisher(
            settings.knowledge_dir, settings.weights_path, current, build, connection, settings.database_path, git
        )
        handlers = _handlers(settings.desk, group, publisher, application.bot.id)
        add_to(application, handlers)
        try:
            await _introduce_in_time(application, handlers)
            poller = Poller(application.bot, application.process_update)
            _stop_on_signals(poller)
            log.info("길동무 is listening")
            async with _beside(handlers, publisher, application.bot):
                await poller.run()
        finally:
            await application.shutdown()
            log.info("길동무 has stopped")


def _handlers(desk: DeskSettings | None, group: Group, publisher: Publisher, bot_id: int) -> Handlers:
    """Return what answers, with the coordinators' desk if their group is named."""
    current = publisher.current
    speaker = Speaker(_tally(publisher.connection), current.engine.opener.today)
    if desk is None:
        return Handlers(current, speaker)
    sealer = Sealer(desk.ticket_key.reveal(), desk.ticket_days)
    asking = Asking(current, speaker, sealer, group, desk.ticket_days)
    return Handlers(current, speaker, asking, Desk(Room(current, group, desk, sealer, Drafts(), publisher), bot_id))


def set_up_logging(level: str) -> None:
    """Log to standard error at `level`; the libraries only warn, whatever the level: they tell too much."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram.ext.ExtBot").setLevel(logging.CRITICAL + 1)  # tells whole updates that it cannot read


def _application(settings: Settings, group: Group) -> App:
    return (
        ApplicationBuilder()
        .token(settings.telegram_bot_token.reveal())
        .base_url(settings.telegram_api_base_url)
        .base_file_url(f"{settings.telegram_api_base_url.removesuffix('/bot')}/file/bot")
        .rate_limiter(Following(PatientLimiter(max_retries=10), group))
        .connection_pool_size(64)
        .pool_timeout(60)
        .get_updates_read_timeout(40)
        .updater(None)  # bot/telegram/polling.py stands in for it
        .build()
    )


async def _begin(application: App, settings: Settings) -> None:
    try:
        await application.bot.initialize()
        await application.initialize()
        await application.bot.delete_webhook()
    except InvalidToken:
        raise CannotRun(
            "TELEGRAM_BOT_TOKEN 을 텔레그램이 받아 주지 않습니다. @BotFather 에게서 다시 받으세요. / "
            "Telegram does not accept TELEGRAM_BOT_TOKEN: get a new one from @BotFather."
        ) from None
    except NetworkError:
        raise CannotRun(
            f"{settings.telegram_api_base_url} 에 닿지 않습니다. 인터넷과 TELEGRAM_API_BASE_URL 을 확인하세요. / "
            f"Cannot reach {settings.telegram_api_base_url}: check the connection and TELEGRAM_API_BASE_URL."
        ) from None


async def _introduce_in_time(application: App, handlers: Handlers) -> None:
    """Introduce the bot, but for a short while only: when Telegram makes it wait, questions come first."""
    try:
        async with asyncio.timeout(INTRODUCTION):
            await _introduce(application, handlers.engine)
            if handlers.desk:
                await desk_group.introduce(application.bot, handlers.desk)
    except TimeoutError:
        log.warning("the command list was not set in time; it is tried again at the next start")


async def _introduce(application: App, engine: Engine) -> None:
    """Set the commands and descriptions where they differ: Korean for everybody, English for English Telegrams.

    Telegram allows few changes a day: a bot that is started often must not ask for the same again.
    """
    bot = application.bot
    for language, code in ((Language.KO, None), (Language.EN, "en")):
        phrases = engine.knowledge.phrases[language]
        commands = tuple(BotCommand(name, phrases.commands[name]) for name in COMMANDS)
        try:
            if await bot.get_my_commands(language_code=code) != commands:
                await bot.set_my_commands(commands, language_code=code)
            if (await bot.get_my_description(code)).description != phrases.description:
                await bot.set_my_description(phrases.description, language_code=code)
            if (await bot.get_my_short_description(code)).short_description != phrases.short_description:
                await bot.set_my_short_description(phrases.short_description, language_code=code)
        except TelegramError as error:  # a nicety: questions are answered without it
            log.warning("the command list could not be set (%s)", type(error).__name__)
    _look_at_the_name(bot.first_name, engine)


def _look_at_the_name(name: str, engine: Engine) -> None:
    """Warn whoever runs the bot if its name, which stands on lock screens, tells who is asking."""
    voices = engine.knowledge.phrases.values()
    telling = [word for phrases in voices for word in (*phrases.telling, *phrases.telling_offices)]
    if any(word.casefold() in name.casefold() for word in telling):
        log.warning("봇 이름이 누가 쓰는지 드러냅니다. @BotFather 에서 바꾸세요. / The bot's name tells who uses it.")


def _tally(connection: store.Connection) -> Tally:
    """Return what counts in the database; a full disk must not cost an answer."""

    async def shown(day: date, entry: str, outcome: Outcome | None, language: Language) -> None:
        with _losing_a_count():
            await store.count(connection, day, entry, outcome, language)

    async def felt(day: date, entry: str, said: Feedback, language: Language) -> None:
        with _losing_a_count():
            await store.count_felt(connection, day, entry, said, language)

    return Tally(shown, felt)


@contextmanager
def _losing_a_count() -> Iterator[None]:
    try:
        yield
    except store.StoreError as error:
        log.warning("a count was lost (%s)", type(error).__name__)


@asynccontextmanager
async def _beside(handlers: Handlers, publisher: Publisher, bot: Bot) -> AsyncIterator[None]:
    """Forget in time even when nobody writes, and notice when the knowledge is changed by hand."""
    stop = asyncio.Event()
    tasks: set[asyncio.Task[None]] = set()
    _keep_going(tasks, partial(_forget, handlers, bot))
    _keep_going(tasks, partial(_watch, handlers, publisher, bot, stop))
    if handlers.desk:
        _keep_going(tasks, partial(_get_ready, publisher))
        _keep_going(tasks, partial(desk_group.follow, bot, handlers.desk))
    try:
        yield
    finally:
        stop.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if handlers.desk:
            await handlers.desk.room.close()
        if handlers.asking:
            await handlers.asking.jobs.close()


def _keep_going(tasks: set[asyncio.Task[None]], work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do `work`; after a fault begin it again, a minute later."""
    task = asyncio.create_task(work())
    tasks.add(task)

    def ended(task: asyncio.Task[None]) -> None:
        tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error:
            log.error("%s at %s in work beside the answers; again in a minute", type(error).__name__, place_of(error))
            task.get_loop().call_later(SETTLING, _keep_going, tasks, work)

    task.add_done_callback(ended)


async def _forget(handlers: Handlers, bot: Bot) -> None:
    while True:
        await asyncio.sleep(FORGETTING)
        for memory in handlers.memories:
            memory.forget_old()
        if handlers.desk:
            await handlers.desk.remind(bot)


async def _get_ready(publisher: Publisher) -> None:
    """A while after the start, when newcomers who waited have their answers: the first change is sooner measured."""
    await asyncio.sleep(SETTLING)
    await asyncio.to_thread(sweep)
    with suppress(TrialFailed, OSError):  # it only takes longer then
        await publisher.get_ready()


async def _watch(handlers: Handlers, publisher: Publisher, bot: Bot, stop: asyncio.Event) -> None:
    """Take up what is changed in the knowledge folder; the group is told, or the log where there is none."""
    desk = handlers.desk

    async def tell(notice: Notice) -> None:
        if desk:
            await desk.room.post(bot, notice)
        else:
            await log_only(notice)

    async for _ in watching.changes(publisher.folder, stop):
        await take_up(publisher, tell)


def _stop_on_signals(poller: Poller) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, poller.stop)
        except NotImplementedError:  # Windows: Ctrl+C raises KeyboardInterrupt instead
            return
