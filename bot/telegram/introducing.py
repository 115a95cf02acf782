"""How the bot introduces itself in Telegram: its commands and descriptions, set where they differ."""

import asyncio
import logging

from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.core.engine import Engine
from bot.core.model import Language
from bot.core.opening import COMMANDS
from bot.telegram import desk_group
from bot.telegram.handlers import Handlers

log = logging.getLogger("gildongmu.telegram")

INTRODUCTION = 10.0
"""Seconds for setting commands and descriptions."""


async def introduce(bot: Bot, handlers: Handlers) -> None:
    """Introduce the bot, but for a short while only: when Telegram makes it wait, questions come first."""
    try:
        async with asyncio.timeout(INTRODUCTION):
            await _introduce(bot, handlers.engine)
            if handlers.desk:
                await desk_group.introduce(bot, handlers.desk)
    except TimeoutError:
        log.warning("the command list was not set in time; it is tried again at the next start")


async def _introduce(bot: Bot, engine: Engine) -> None:
    """Set the commands and descriptions where they differ: Korean for everybody, English for English Telegrams.

    Telegram allows few changes a day: a bot that is started often must not ask for the same again.
    """
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
