"""What the bot does with each kind of update. State is in the buttons; nothing about a person is kept."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeAlias

from telegram import Message, MessageEntity, Update
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)  # fmt: skip

from bot.core.engine import Engine
from bot.core.model import Action, Block, Language, Outcome, Part, Reply, Verb
from bot.recent import Recent
from bot.telegram import rendering

log = logging.getLogger("gildongmu.telegram")

Context: TypeAlias = ContextTypes.DEFAULT_TYPE
Count: TypeAlias = Callable[[date, str, Outcome | None, Language], Awaitable[None]]

COMMANDS = {"start": Verb.START, "help": Verb.HELP, "menu": Verb.MENU, "privacy": Verb.PRIVACY}
_SIMPLE_KINDS = ("photo", "sticker", "location", "document", "contact", "poll")
_KINDS = {"voice": "voice", "audio": "voice", "video": "video", "video_note": "video", "animation": "video",
          "venue": "location", **{kind: kind for kind in _SIMPLE_KINDS}}  # fmt: skip
"""Telegram's field of a message -> the sentence of `only_text` that answers it. A venue has a location too."""


@dataclass(frozen=True, slots=True)
class Handlers:
    """The handlers over one engine; `count` adds to the day's counters, `recent` knows what a chat was last shown."""

    engine: Engine
    count: Count
    recent: Recent = field(default_factory=Recent)

    def ordered(self) -> tuple[BaseHandler[Any, Any, Any], ...]:
        """Return the handlers in the order in which an update is offered to them: the first that fits takes it."""
        written = filters.UpdateType.MESSAGE | filters.UpdateType.EDITED_MESSAGE
        return (
            CallbackQueryHandler(self.press),
            CommandHandler(list(COMMANDS), self.command, filters=written),
            MessageHandler(written & filters.TEXT, self.question),
            # a caption is a question too; the rest is not text
            MessageHandler(written & filters.CAPTION, self.question),
            MessageHandler(written & ~filters.StatusUpdate.ALL, self.not_text),
        )

    async def command(self, update: Update, context: Context) -> None:
        """/start, /help, /menu, /privacy."""
        message = update.effective_message
        if message is None or not message.text:
            return
        name = message.text[1:].split(maxsplit=1)[0].partition("@")[0].casefold()
        reply = self.engine.open(Action(COMMANDS.get(name, Verb.HELP), language_of(update)))
        await self._say(message, reply or self._gone(language_of(update)))

    async def question(self, update: Update, context: Context) -> None:
        """A text, new or edited: an answer. In a group only when the bot is spoken to."""
        message = update.effective_message
        if message is None:
            return
        text = addressed_text(message, context.bot.username, context.bot.id)
        if text is None:
            return
        empty = self._only(language_of(update), self._phrases(update).empty)
        last = self.recent.topic(message.chat.id)
        await self._say(message, self.engine.answer(text, last) if text.strip() else empty)

    async def not_text(self, update: Update, context: Context) -> None:
        """Anything that is not text: say kindly and truthfully what was done with it (nothing)."""
        message = update.effective_message
        if message is None or (message.chat.type != ChatType.PRIVATE and not _answers(message, context.bot.id)):
            return
        kind = next((name for field, name in _KINDS.items() if getattr(message, field)), "other")
        await self._say(message, self._only(language_of(update), self._phrases(update).only_text[kind]))

    async def press(self, update: Update, context: Context) -> None:
        """A button: show what it points at, in the same message unless an answer would be taken away."""
        query = update.callback_query
        if query is None:
            return
        try:
            await query.answer()
        except TelegramError as error:  # pressed too long ago, or the network: what was asked for is shown all the same
            log.info("a press was not acknowledged (%s)", type(error).__name__)
        action = Action.decode(query.data or "")
        reply = self.engine.open(action) if action else None
        message = query.message
        if not isinstance(message, Message):
            return
        if action is None or reply is None:
            await self._say(message, self._gone(language_of(update)), counted=False)
        elif action.verb.keeps_message:
            await self._say(message, reply)
        else:
            await self._change(message, reply)

    async def trouble(self, update: object, context: Context) -> None:
        """A fault of ours: say so once; log its kind and place, never the update."""
        error = context.error
        log.error("%s at %s", type(error).__name__, _place(error))
        if isinstance(update, Update) and update.effective_message and not isinstance(error, Forbidden):
            reply = self._only(language_of(update), self._phrases(update).trouble)
            await self._say(update.effective_message, reply, counted=False)

    async def _say(self, message: Message, reply: Reply, *, counted: bool = True) -> None:
        """Send a reply as new messages, the buttons under the last; then what else there is to say."""
        try:
            texts = rendering.messages(reply)
            for text in texts[:-1]:
                await message.reply_text(text, parse_mode=ParseMode.HTML)
            await message.reply_text(texts[-1], parse_mode=ParseMode.HTML, reply_markup=rendering.keyboard(reply))
            if reply.also:
                await self._say(message, reply.also, counted=False)
        except Forbidden:  # the person has blocked the bot: nothing to do, nobody to tell
            return
        if counted:
            await self._counted(message, reply)

    async def _change(self, message: Message, reply: Reply) -> None:
        """Show a reply in place of the message whose button was pressed."""
        texts = rendering.messages(reply)
        if len(texts) > 1:
            await self._say(message, reply)
            return
        try:
            await message.edit_text(texts[0], parse_mode=ParseMode.HTML, reply_markup=rendering.keyboard(reply))
        except BadRequest as error:
            if "not modified" in error.message.casefold():  # pressed twice
                return
            await self._say(message, reply, counted=False)  # too old to edit, or deleted
        except Forbidden:
            return
        await self._counted(message, reply)

    async def _counted(self, message: Message, reply: Reply) -> None:
        if reply.outcome is not None or reply.shown:
            self.recent.remember(message.chat.id, reply.shown)
            await self.count(self.engine.today(), reply.shown, reply.outcome, reply.language)

    def _phrases(self, update: Update) -> Any:
        return self.engine.knowledge.phrases[language_of(update)]

    def _only(self, language: Language, sentence: str) -> Reply:
        return Reply((Block(Part.TEXT, (sentence,)),), language=language)

    def _gone(self, language: Language) -> Reply:
        menu = self.engine.open(Action(Verb.MENU, language))
        first = Block(Part.TEXT, (self.engine.knowledge.phrases[language].gone,))
        return Reply((first, *menu.blocks), menu.buttons, language) if menu else Reply((first,), language=language)


def language_of(update: Update) -> Language:
    """Return the language for what is not an answer: English if the person's Telegram is in English, else Korean."""
    user = update.effective_user
    return Language.EN if user and (user.language_code or "").startswith("en") else Language.KO


def addressed_text(message: Message, username: str, bot_id: int) -> str | None:
    """Return what is asked in `message`, without the bot's name, or None if a group's message is not for the bot."""
    text, name = message.text or message.caption or "", f"@{username}".casefold()
    kinds: list[str | None] = [MessageEntity.MENTION]
    found = [*message.parse_entities(kinds).values(), *message.parse_caption_entities(kinds).values()]
    mentions = [mention for mention in found if mention.casefold() == name]
    private = message.chat.type == ChatType.PRIVATE
    if not (private or mentions or _answers(message, bot_id)):
        return None
    for mention in mentions:
        text = text.replace(mention, " ")
    return text


def _answers(message: Message, bot_id: int) -> bool:
    """Say whether `message` replies to one of the bot's."""
    earlier = message.reply_to_message
    return bool(earlier and earlier.from_user and earlier.from_user.id == bot_id)


def _place(error: BaseException | None) -> str:
    """Return the file and line of ours in which `error` arose: enough to find it, nothing of what was said."""
    place, trace = "?", error.__traceback__ if error else None
    while trace:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if "/bot/" in code.co_filename else place
        trace = trace.tb_next
    return place


def add_to(application: Application[Any, Any, Any, Any, Any, Any], handlers: Handlers) -> None:
    """Give `application` the handlers in their order."""
    for handler in handlers.ordered():
        application.add_handler(handler)
    application.add_error_handler(handlers.trouble)
