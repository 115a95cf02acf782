"""The coordinators' desk: whatever is written, replied or pressed in their group, and nowhere else."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Final, TypeAlias

from telegram import Bot, CallbackQuery, MaybeInaccessibleMessage, Message, Update
from telegram.error import TelegramError
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

from bot.core.model import Language
from bot.core.overdue import due
from bot.desk import looking, notices
from bot.desk.model import INPUTS, DeskAction, DeskVerb
from bot.recent import Recent
from bot.telegram import desk_asks, desk_editing, desk_files, desk_looking, desk_publishing, desk_tickets
from bot.telegram.addressing import RepliesTo, command_in, language_of
from bot.telegram.desk_room import Act, Room, actions_in
from bot.telegram.moving import Here
from bot.telegram.speaking import acknowledge

log = logging.getLogger("gildongmu.telegram")

AN_HOUR = 3600.0
A_TOAST = 20
"""Longer words stay on the screen until they are read."""
Context: TypeAlias = ContextTypes.DEFAULT_TYPE
Doing: TypeAlias = Callable[[Room, Act, str], Awaitable[object]]


async def home(room: Room, act: Act, _: str) -> None:
    """Show what can be done here."""
    await room.say(act, notices.home(room.knowledge, act.language))


async def inert(room: Room, act: Act, _: str) -> str:
    """Say that the buttons of a preview do nothing."""
    return room.phrases(act.language).preview_inert


async def stop(room: Room, act: Act, _: str) -> str:
    """Take away a request that nobody needs to answer."""
    try:
        await act.message.delete()
    except TelegramError:
        await room.change(act.message, notices.told(room.phrases(act.language).stopped, act.language))
    return room.phrases(act.language).stopped


COMMANDS: Final[Mapping[str, Doing]] = {
    "desk": home,
    "find": desk_editing.find,
    "show": desk_editing.show,
    "new": desk_files.new,
    "draft": desk_editing.draft,
    "history": desk_publishing.history,
    "overdue": desk_looking.overdue,
    "gaps": desk_looking.gaps,
    "stats": desk_looking.stats,
    "export": desk_looking.export,
}
"""The commands of the desk, in the order in which they are listed there."""

_PRESSED: Final[Mapping[DeskVerb, Doing]] = {
    DeskVerb.SHOW: desk_editing.show,
    DeskVerb.FIELDS: desk_editing.fields,
    DeskVerb.FIELD: desk_editing.field,
    DeskVerb.ASKS: desk_asks.asks,
    DeskVerb.ASK_DROP: desk_asks.drop_ask,
    DeskVerb.FILE: desk_files.file,
    DeskVerb.FILE_PASTE: desk_files.paste,
    DeskVerb.PREVIEW: desk_files.preview,
    DeskVerb.DRAFT: desk_editing.draft,
    DeskVerb.DISCARD: desk_editing.discard,
    DeskVerb.PROPOSE: desk_publishing.propose,
    DeskVerb.CONFIRM: desk_publishing.confirm,
    DeskVerb.REJECT: desk_publishing.reject,
    DeskVerb.HISTORY: desk_publishing.history,
    DeskVerb.REVISION: desk_publishing.revision,
    DeskVerb.UNDO: desk_publishing.undo,
    DeskVerb.RETIRE: desk_publishing.retire,
    DeskVerb.RETIRE_TO: desk_publishing.retire_to,
    DeskVerb.NEW_FROM_TICKET: desk_tickets.new,
    DeskVerb.ADD_FROM_TICKET: desk_tickets.add,
    DeskVerb.OVERDUE: desk_looking.overdue,
    DeskVerb.STILL_RIGHT: desk_looking.confirm_still_right,
    DeskVerb.STATS: desk_looking.stats,
    DeskVerb.GAPS: desk_looking.gaps,
    DeskVerb.EXPORT: desk_looking.export,
    DeskVerb.INERT: inert,
    **dict.fromkeys(INPUTS - {DeskVerb.NEW_FROM_TICKET}, stop),
}
"""What each button does; what it returns is told to whoever pressed it, at once."""

_REPLIED: Final[Mapping[DeskVerb, Doing]] = {
    DeskVerb.NEW_FROM_TICKET: desk_tickets.answer,
    DeskVerb.INPUT_FIELD: desk_editing.write_field,
    DeskVerb.INPUT_ASKS: desk_asks.write_asks,
    DeskVerb.INPUT_DROP: desk_asks.find_asks,
    DeskVerb.INPUT_FILE: desk_files.write_file,
    DeskVerb.INPUT_NEW: desk_tickets.write_new,
    DeskVerb.INPUT_RETIRE: desk_publishing.write_retire,
}
"""What a reply to a message with such a button means."""
_WORDS_ONLY: Final = frozenset(_REPLIED) - {DeskVerb.NEW_FROM_TICKET, DeskVerb.INPUT_FILE}
"""Replies that are text and nothing else; an answer to a ticket is told so by itself."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk in one group. The group's id is the only permission: who is in it may do everything here."""

    room: Room
    bot_id: int
    reminded: Recent = field(default_factory=lambda: Recent(seconds=24 * AN_HOUR))
    started: float = field(default_factory=monotonic)

    def ordered(self) -> tuple[BaseHandler[Any, Any, Any], ...]:
        """Return what the group has before all other handlers: commands, replies to the bot, word that it has moved."""
        here = Here(self.room.group)
        replied = filters.REPLY & RepliesTo(self.bot_id)
        return (
            CommandHandler(list(COMMANDS), self.command, filters=here & filters.UpdateType.MESSAGE),
            MessageHandler(here & replied, self.reply),
            MessageHandler(filters.UpdateType.MESSAGE & filters.StatusUpdate.MIGRATE, self.upgraded),
        )

    def is_here(self, message: MaybeInaccessibleMessage) -> bool:
        """Say whether a message stands in the coordinators' group."""
        return self.room.group.is_at(message.chat.id)

    async def _is_anonymous(self, update: Update, message: Message) -> bool:
        """Say whether somebody writes as the group itself, and that it cannot be: two such people would be one."""
        if message.sender_chat is None:
            return False
        act = self._act(update, message)
        await self.room.in_turn(act, self.room.tell(act, self.room.phrases(act.language).anonymous))
        return True

    async def command(self, update: Update, context: Context) -> None:
        """Do what a command of the desk says."""
        message = update.effective_message
        if message and message.text and not await self._is_anonymous(update, message):
            name, rest = command_in(message)
            act = self._act(update, message)
            await self.room.in_turn(act, _done(COMMANDS[name](self.room, act, rest.strip())))

    async def press(self, update: Update, query: CallbackQuery, message: MaybeInaccessibleMessage) -> None:
        """Do what a button of the desk says; whoever pressed is told what it returns."""
        action = DeskAction.decode(query.data or "")
        if action is None or not isinstance(message, Message):
            await acknowledge(query, self.room.phrases(language_of(update)).gone_button)
            return
        act = self._act(update, message)
        await self.room.in_turn(act, _pressed(query, _PRESSED[action.verb](self.room, act, action.target)))

    async def reply(self, update: Update, context: Context) -> None:
        """Do what a reply to the bot means, by the buttons of what it replies to; else say that it went nowhere."""
        message = update.effective_message
        earlier = message.reply_to_message if message else None
        if message is None or earlier is None or await self._is_anonymous(update, message):
            return
        act = self._act(update, message)
        meaning = next((each for each in actions_in(earlier) if each.verb in _REPLIED), None)
        p = self.room.phrases(act.language)
        if meaning and meaning.verb in _WORDS_ONLY and not message.text:
            await self.room.in_turn(act, self.room.tell(act, p.text_only))
        elif meaning is None or ((message.text or "").startswith("/") and len((message.text or "").split()) == 1):
            await self.room.in_turn(act, self.room.tell(act, p.reply_unknown))
        elif update.edited_message:
            await self.room.in_turn(act, self.room.tell(act, p.edited_unsent))
        else:
            await self.room.in_turn(act, _done(_REPLIED[meaning.verb](self.room, act, meaning.target)))

    async def upgraded(self, update: Update, context: Context) -> None:
        """Go with the group when Telegram says that it is a supergroup now: in the old chat, and in the new one."""
        message = update.effective_message
        if message and message.migrate_to_chat_id:
            self.room.group.follow(message.chat.id, message.migrate_to_chat_id)
            self.room.group.leave(message.chat.id)
        elif message and message.migrate_from_chat_id:
            self.room.group.follow(message.migrate_from_chat_id, message.chat.id)

    async def remind(self, bot: Bot) -> None:
        """Tell the group which edits and proposals are forgotten, and once a day what must be looked at again."""
        language = Language.KO
        for draft in self.room.drafts.expired():
            line = self.room.phrases(language).draft_expired.format(id=draft.id)
            await self.room.post(bot, notices.told(line, language))
        today = self.room.current.engine.opener.today()
        late = due(self.room.knowledge, today, ahead=0)
        settled = monotonic() - self.started > AN_HOUR
        if late and settled and not self.reminded.again(today.isoformat()):
            await self.room.post(bot, looking.overdue(self.room.knowledge, late, 0, today, language))

    def _act(self, update: Update, message: Message) -> Act:
        user = update.effective_user
        return Act(message, self.room.drafts.who(user.id if user else 0), language_of(update))


async def _done(work: Awaitable[object]) -> None:
    await work


async def _pressed(query: CallbackQuery, work: Awaitable[object]) -> None:
    """Do what a button says, and tell whoever pressed what it returns; the waiting stops in any case."""
    said: object = ""
    try:
        said = await work
    finally:
        told = said if isinstance(said, str) else ""
        await acknowledge(query, told, alert=len(told) > A_TOAST)
