"""What every act at the coordinators' desk needs: who acts, in which language, and how the group is spoken to."""

import asyncio
import logging
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from telegram import Bot, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.core.knowledge.desk_phrases import DeskPhrases
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Language
from bot.current import Current
from bot.desk import notices
from bot.desk.drafts import Drafts
from bot.desk.model import DeskAction, DeskButton, Notice
from bot.publishing import Publisher
from bot.sealing import Sealer
from bot.settings import DeskSettings
from bot.telegram import rendering
from bot.telegram.holding import Jobs
from bot.telegram.moving import Group
from bot.telegram.sending import replying_to, send

log = logging.getLogger("gildongmu.telegram")


@dataclass(frozen=True, slots=True)
class Act:
    """Something a coordinator does: `message` is what they wrote, or the bot's message whose button they pressed.

    `who` is a keyed hash: it tells whether two acts are one person's, and nothing else.
    """

    message: Message
    who: bytes
    language: Language


def actions_in(message: Message) -> Iterator[DeskAction]:
    """Yield what the buttons of the desk under a message do."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    for button in (button for row in rows for button in row):
        action = DeskAction.decode(button.callback_data) if isinstance(button.callback_data, str) else None
        if action:
            yield action


FINISHING = 10.0
"""Seconds in which a change that is being published is finished when the bot is told to stop."""


@dataclass(frozen=True, slots=True)
class Room:
    """The coordinators' group, and what is done there; `jobs` are what takes longer than an answer may."""

    current: Current
    group: Group
    settings: DeskSettings
    sealer: Sealer
    drafts: Drafts
    publisher: Publisher
    jobs: Jobs = field(default_factory=Jobs)

    @property
    def knowledge(self) -> Knowledge:
        """What the bot knows now."""
        return self.current.engine.knowledge

    def phrases(self, language: Language) -> DeskPhrases:
        """Return the sentences of the desk in a language."""
        return self.knowledge.desk[language]

    async def say(self, act: Act, notice: Notice) -> Message | None:
        """Answer in the group; return the message, or None if Telegram did not take it."""
        return await self.post(act.message.get_bot(), notice, act.message)

    async def tell(self, act: Act, line: str, *buttons: DeskButton) -> None:
        """Answer with one sentence."""
        await self.say(act, notices.told(line, act.language, *buttons))

    async def post(self, bot: Bot, notice: Notice, earlier: Message | None = None) -> Message | None:
        """Send a notice to the group, in as many messages as it takes; the buttons stand under the last."""
        try:
            return await send(bot, self.group.id, notice, self._reply_to(earlier), previewed=False)
        except TelegramError as error:
            log.warning("the coordinators' group could not be told (%s)", type(error).__name__)
            return None

    def _reply_to(self, earlier: Message | None) -> ReplyParameters | None:
        """Return what makes a reply; there is none to what was said before the group had another id."""
        return replying_to(earlier.message_id) if earlier and earlier.chat.id == self.group.id else None

    async def change(self, message: Message, notice: Notice) -> None:
        """Show a notice in place of one of the bot's; as a new message where that cannot be."""
        texts = rendering.messages(notice)
        try:
            if len(texts) == 1:
                await message.edit_text(texts[0], parse_mode=ParseMode.HTML, reply_markup=rendering.keyboard(notice))
                return
        except (BadRequest, ChatMigrated) as error:
            if "not modified" in error.message.casefold():
                return
        except TelegramError as error:
            log.warning("a message of the desk could not be changed (%s)", type(error).__name__)
            return
        await self.post(message.get_bot(), notice, message)

    async def in_turn(self, act: Act, work: Coroutine[Any, Any, None]) -> None:
        """Do what somebody asked for, one after the other, and wait for it a moment."""
        await self.jobs.in_turn(work, partial(self.tell, act, self.phrases(act.language).trouble))

    def begin(self, act: Act, work: Coroutine[Any, Any, object]) -> None:
        """Do something that takes long; whoever began it is told of a fault."""
        self.jobs.begin(work, partial(self.tell, act, self.phrases(act.language).trouble))

    async def close(self) -> None:
        """Stop what is still being done, but for a change that is being written: that is finished."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.publisher.settled(), FINISHING)
        await self.jobs.close()
