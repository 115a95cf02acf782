"""What the bot does with each kind of update. State is in the buttons; nothing about a person is kept."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from telegram import MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)  # fmt: skip

from bot.core import person_replies, replies
from bot.core.engine import Engine
from bot.core.knowledge.phrases import Phrases
from bot.core.model import Action, Block, Part, Reply, Verb
from bot.core.opening import COMMANDS
from bot.current import Current
from bot.faults import place_of
from bot.recent import Recent
from bot.telegram import inline
from bot.telegram.addressing import addressed_text, command_in, language_of, meant
from bot.telegram.asking import Asking
from bot.telegram.clearing import clear_before
from bot.telegram.desk import Desk
from bot.telegram.speaking import Speaker, acknowledge, typing_if_slow

log = logging.getLogger("gildongmu.telegram")

Context: TypeAlias = ContextTypes.DEFAULT_TYPE

_SIMPLE_KINDS = ("photo", "sticker", "document", "contact", "poll")
_KINDS = {"voice": "voice", "audio": "voice", "video": "video", "video_note": "video", "animation": "video",
          **{kind: kind for kind in _SIMPLE_KINDS}}  # fmt: skip
"""Telegram's field of a message -> the sentence of `only_text` that answers it."""
LATE = timedelta(minutes=5)
"""An answer so long after the question says that it is sorry."""
TAPPED_TWICE = 3.0
"""Seconds in which a second press of the same button is the same press."""


def _just_pressed() -> Recent:
    return Recent(seconds=TAPPED_TWICE)


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers over the engine that answers now; `speaker` shows what it answers.

    `asking` and `desk` are there when there is a group of coordinators. `took` is told how many seconds the engine
    took, `failed` of each fault. `pressed` knows the buttons of the last seconds, `apologised` the chats that were told
    why an answer came late.
    """

    current: Current
    speaker: Speaker
    asking: Asking | None = None
    desk: Desk | None = None
    took: Callable[[float], object] = bool
    failed: Callable[[], object] = bool
    pressed: Recent = field(default_factory=_just_pressed)
    apologised: Recent = field(default_factory=Recent)

    @property
    def engine(self) -> Engine:
        """The engine that answers now."""
        return self.current.engine

    @property
    def memories(self) -> tuple[Recent, ...]:
        """All that is remembered for a while."""
        asked = (self.asking.writing, self.asking.answers, self.asking.used) if self.asking else ()
        return self.speaker.recent, self.speaker.felt, self.pressed, self.apologised, *asked

    def ordered(self) -> tuple[BaseHandler[Any, Any, Any], ...]:
        """Return the handlers in the order in which an update is offered to them: the first that fits takes it."""
        written = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
        return (
            CallbackQueryHandler(self.press),
            InlineQueryHandler(self.inline),
            *(self.desk.ordered() if self.desk else ()),
            CommandHandler("groupid", self.group_id, filters=filters.ChatType.GROUPS & filters.UpdateType.MESSAGE),
            CommandHandler(list(COMMANDS), self.command, filters=written),
            MessageHandler(written & filters.TEXT, self.question),
            # a caption is a question too; the rest is not text
            MessageHandler(written & filters.CAPTION, self.question),
            MessageHandler(filters.UpdateType.MESSAGE & (filters.LOCATION | filters.VENUE), self.place),
            # a live location that moves is no new message: it was answered once
            MessageHandler(written & ~filters.StatusUpdate.ALL & ~filters.LOCATION, self.not_text),
        )

    async def command(self, update: Update, context: Context) -> None:
        """/start, /menu and the others; what stands behind /word, /center or /check is looked at at once."""
        message = update.effective_message
        if message is None or not message.text:
            return
        name, rest = command_in(message)
        if self.asking and name == "person" and rest.strip() and message.chat.type == ChatType.PRIVATE:
            await self.asking.written(message, rest)
            return
        await self._answer(message, self.engine.command(name, rest, language_of(update)))

    async def group_id(self, update: Update, context: Context) -> None:
        """Tell a group its id, which whoever runs the bot needs to make it the coordinators'."""
        message = update.effective_message
        if message:
            line = self.engine.knowledge.desk[language_of(update)].group_id
            await message.reply_text(line.format(id=message.chat.id))

    async def question(self, update: Update, context: Context) -> None:
        """A text, new or edited: an answer. In a group only when the bot is spoken to."""
        message = update.effective_message
        if message is None:
            return
        text = addressed_text(message, context.bot.username, context.bot.id)
        if text is None or (message.via_bot and message.via_bot.id == context.bot.id):  # a card of ours, dropped here
            return
        if not text.strip():
            await self._answer(message, self._only(update, self._phrases(update).empty))
            return
        if self.asking and self.asking.expects(message):
            await self.asking.written(message, text)
            return
        began = time.perf_counter()
        reply = self.engine.answer(text, self.speaker.recent.topic(message.chat.id))
        self.took(time.perf_counter() - began)
        await self._answer(message, reply, quoted=self.asking is not None)

    async def place(self, update: Update, context: Context) -> None:
        """A shared location: the Hana Center near it, once. The position is not kept."""
        message = update.effective_message
        if message is None or message.location is None or not meant(message, context.bot.id):
            return
        where, language = message.location, language_of(update)
        await self._answer(message, self.engine.near(where.latitude, where.longitude, language))

    async def not_text(self, update: Update, context: Context) -> None:
        """Anything that is not text: say kindly and truthfully what was done with it (nothing)."""
        message = update.effective_message
        if message is None or not meant(message, context.bot.id):
            return
        kind = next((name for field, name in _KINDS.items() if getattr(message, field)), "other")
        await self._answer(message, self._only(update, self._phrases(update).only_text[kind]))

    async def inline(self, update: Update, context: Context) -> None:
        """Somebody looks for a card to drop into another chat."""
        query = update.inline_query
        if query is None:
            return
        words = query.query.strip()
        cards = self.engine.found(words) if words else self.engine.suggested(language_of(update))
        # what was found for words is the same for everybody; what is suggested to no words depends on the language
        try:
            await query.answer(inline.results(cards), cache_time=inline.CACHED, is_personal=not words)
        except TelegramError as error:  # too late, or the network: whoever writes on asks again
            log.info("an inline query was not answered (%s)", type(error).__name__)

    async def press(self, update: Update, context: Context) -> None:
        """A button: show what it points at, in the same message unless an answer would be taken away."""
        query = update.callback_query
        if query is None:
            return
        message, action = query.message, Action.decode(query.data or "")
        if self.desk and message and self.desk.is_here(message) and not action:
            await self.desk.press(update, query, message)
            return
        if self.asking and isinstance(message, Message) and action and self.asking.concerns(message, action):
            if not (action.below and self._tapped_twice(message, action)):
                async with typing_if_slow(message.chat):
                    await self.asking.press(message, action)
            await acknowledge(query)
            return
        if self.asking and action and action.verb is Verb.WRITE and message:  # in a group
            await self.speaker.say(message, person_replies.only_private(self.engine.knowledge, action.language))
            await acknowledge(query)
            return
        again = message is not None and action is not None and action.below and self._tapped_twice(message, action)
        reply = self.engine.open(action) if action and not again else None
        told = await acknowledge(query, reply.alert if reply else "")
        if message is None or again:
            return
        if reply and reply.alert and not told:  # what must be known before is said as a message then
            await self.speaker.say(message, self._only(update, reply.alert), counted=False)
        if action is None or reply is None:
            await self.speaker.say(message, self._gone(update), counted=False)
        elif reply.clears:
            await self._answer(message, reply)
        elif action.below or not isinstance(message, Message):
            async with typing_if_slow(message.chat):
                await self.speaker.say(message, reply)
                if isinstance(message, Message) and action.verb is Verb.FEEDBACK:
                    await self.speaker.take_away(message, Verb.FEEDBACK)
        else:
            async with typing_if_slow(message.chat):
                await self.speaker.change(message, reply)

    def _tapped_twice(self, message: MaybeInaccessibleMessage, action: Action) -> bool:
        """Say whether the same button was pressed a moment ago, for what would be shown below a second time."""
        return self.pressed.again(f"{message.chat.id} {message.message_id} {action.encode()}")

    async def trouble(self, update: object, context: Context) -> None:
        """A fault of ours: say so once; log its kind and place, never the update."""
        error = context.error
        log.error("%s at %s", type(error).__name__, place_of(error))
        self.failed()
        if isinstance(update, Update) and update.inline_query:
            with suppress(TelegramError):
                await update.inline_query.answer([], cache_time=0)
        elif isinstance(update, Update) and update.effective_message and not _is_deaf(error):
            reply = self._only(update, self._phrases(update).trouble)
            with suppress(TelegramError):
                await self.speaker.say(update.effective_message, reply, counted=False)

    async def _answer(self, message: MaybeInaccessibleMessage, reply: Reply, *, quoted: bool = False) -> None:
        """Show a reply to what somebody wrote; sorry once if it comes late; clear the chat if that was asked for."""
        async with typing_if_slow(message.chat):
            if reply.clears:
                await self._clear(message, reply)
            else:
                await self.speaker.say(message, self._with_apology(message, reply), quoted=quoted)

    async def _clear(self, message: MaybeInaccessibleMessage, reply: Reply) -> None:
        """Take away what was said before; only in a chat of two, where it is the asker's own."""
        phrases = self.engine.knowledge.phrases[reply.language]
        if message.chat.type != ChatType.PRIVATE:
            only = replies.only(self.engine.knowledge, phrases.clear_only_private, reply.language)
            await self.speaker.say(message, only, counted=False)
            return
        note = "\n".join(line for block in reply.blocks for line in block.lines)
        with suppress(Forbidden):  # the person has blocked the bot meanwhile
            told = await message.chat.send_message(note, disable_notification=True)
            self.speaker.recent.remember(message.chat.id, "")
            if not await clear_before(message.get_bot(), message.chat.id, told.message_id):
                with suppress(BadRequest):
                    await told.edit_text("\n".join(phrases.cleared_partly))

    def _with_apology(self, message: MaybeInaccessibleMessage, reply: Reply) -> Reply:
        late = isinstance(message, Message) and datetime.now(UTC) - (message.edit_date or message.date) > LATE
        if not late or self.apologised.again(message.chat.id):
            return reply
        note = Block(Part.SMALL, (self.engine.knowledge.phrases[reply.language].late,))
        return replace(reply, blocks=(*reply.blocks, note))

    def _phrases(self, update: Update) -> Phrases:
        return self.engine.knowledge.phrases[language_of(update)]

    def _only(self, update: Update, sentence: str) -> Reply:
        return replies.only(self.engine.knowledge, sentence, language_of(update))

    def _gone(self, update: Update) -> Reply:
        menu = self.engine.open(Action(Verb.MENU, language_of(update)))
        assert menu is not None, "there is always a menu"
        return replies.gone(self.engine.knowledge, menu)


def _is_deaf(error: Exception | None) -> bool:
    """Say whether nothing that is said would arrive: the person has blocked the bot, or nothing is reached at all."""
    return isinstance(error, Forbidden) or (isinstance(error, NetworkError) and not isinstance(error, BadRequest))


def add_to(application: Application[Any, Any, Any, Any, Any, Any], handlers: Handlers) -> None:
    """Give `application` the handlers in their order."""
    for handler in handlers.ordered():
        application.add_handler(handler)
    application.add_error_handler(handlers.trouble)
