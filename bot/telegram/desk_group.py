"""The coordinators' group as a whole: the commands listed there, and what it is told when it becomes a supergroup."""

import logging

from telegram import Bot, BotCommand, BotCommandScopeChat
from telegram.error import ChatMigrated, TelegramError

from bot.core.model import Language
from bot.desk import notices
from bot.telegram.desk import COMMANDS, Desk

log = logging.getLogger("gildongmu.telegram")


async def introduce(bot: Bot, desk: Desk) -> None:
    """List the commands of the desk in the coordinators' group, and there alone."""
    group = desk.room.group
    scope = BotCommandScopeChat(group.id)
    for language, code in ((Language.KO, None), (Language.EN, "en")):
        said = desk.room.phrases(language).commands
        commands = tuple(BotCommand(name, said[name]) for name in COMMANDS)
        try:
            if await bot.get_my_commands(scope, code) != commands:
                await bot.set_my_commands(commands, scope, code)
        except ChatMigrated as error:  # they are listed where it is now, by what follows it
            group.follow(int(scope.chat_id), error.new_chat_id)
            return
        except TelegramError as error:
            log.warning(
                "코디네이터의 방에 닿지 않습니다. 봇이 그 방에 있는지, COORDINATORS_CHAT_ID 가 맞는지 보세요. / "
                "The coordinators' group cannot be reached (%s): is the bot in it, is COORDINATORS_CHAT_ID right?",
                type(error).__name__,
            )
            return


async def follow(bot: Bot, desk: Desk) -> None:
    """Whenever the group gets another id, tell it which, and list the commands there."""
    moved = desk.room.group.moved
    while True:
        await moved.wait()
        moved.clear()
        await desk.room.post(bot, notices.moved(desk.room.knowledge, desk.room.group.id))
        await introduce(bot, desk)
