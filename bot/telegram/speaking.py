"""Showing a reply in a chat: as new messages, in place of one, or by taking buttons away."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from telegram import CallbackQuery, Chat, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.core.model import Action, Outcome, Reply, Verb
from bot.counting import Tally, count_felt, count_shown
from bot.recent import Recent
from bot.telegram import rendering
from bot.telegram.pacing import goes_first

log = logging.getLogger("gildongmu.telegram")

SLOW = 1.5
"""Seconds after which somebody who waits is shown that the bot is writing."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Shows replies and counts them for `today`.

    `recent` knows what each chat was last shown, `felt` what it said of a card a while ago: that is counted once.
    """

    tally: Tally
    today: Callable[[], date]
    recent: Recent = field(default_factory=Recent)
    felt: Recent = field(default_factory=Recent)

    async def say(
        self, where: MaybeInaccessibleMessage, reply: Reply, *, counted: bool = True, quoted: bool = False
    ) -> None:
        """Send a reply as new messages, the buttons under the last; then what else there is to say.

        What is answered is quoted in a group, and elsewhere if `quoted`: a person can then be asked the same.
        """
        send = where.chat.send_message
        if isinstance(where, Message):  # in a group the question is quoted, if it is still there
            send = partial(where.reply_text, do_quote=quoted or None, allow_sending_without_reply=True)
        *texts, last = rendering.messages(reply)
        try:
            with goes_first() if reply.outcome is Outcome.URGENT else nullcontext():
                for text in texts:
                    await send(text, parse_mode=ParseMode.HTML)
                await send(last, parse_mode=ParseMode.HTML, reply_markup=rendering.keyboard(reply))
            if reply.also:
                await self.say(where, reply.also, counted=False, quoted=quoted)
        except Forbidden:  # the person has blocked the bot: nothing to do, nobody to tell
            return
        if counted:
            self.count(where.chat, reply)

    async def change(self, message: Message, reply: Reply) -> None:
        """Show a reply in place of the message whose button was pressed."""
        texts = rendering.messages(reply)
        if len(texts) > 1:
            await self.say(message, reply)
            return
        try:
            await message.edit_text(texts[0], parse_mode=ParseMode.HTML, reply_markup=rendering.keyboard(reply))
        except (BadRequest, ChatMigrated) as error:
            if "not modified" in error.message.casefold():  # pressed twice
                return
            await self.say(message, reply, counted=False)  # too old to edit, deleted, or left behind
        except Forbidden:
            return
        self.count(message.chat, reply)

    async def take_away(self, message: Message, verb: Verb) -> None:
        """Take the rows with buttons of a kind away from a message: what was said once need not be said again."""
        rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
        kept = [row for row in rows if not any(_shows(button.callback_data, verb) for button in row)]
        if len(kept) == len(rows):
            return
        with suppress(TelegramError):  # too old to edit, deleted, or pressed twice: it was said and counted
            await message.edit_reply_markup(InlineKeyboardMarkup(kept))

    def count(self, chat: Chat, reply: Reply) -> None:
        """Count what was shown or said of a card; remember what the chat was last shown."""
        if reply.felt is not None:
            if not self.felt.again(f"{chat.id} {reply.shown} {reply.felt}"):
                count_felt(self.tally, self.today(), reply)
        elif count_shown(self.tally, self.today(), reply):
            self.recent.remember(chat.id, reply.shown)


@asynccontextmanager
async def typing_if_slow(chat: Chat) -> AsyncIterator[None]:
    """Show that the bot is writing if what is done here takes longer than SLOW seconds."""

    async def show() -> None:
        with suppress(TelegramError):
            await chat.send_action(ChatAction.TYPING)

    showing: list[asyncio.Task[None]] = []
    slow = asyncio.get_running_loop().call_later(SLOW, lambda: showing.append(asyncio.create_task(show())))
    try:
        yield
    finally:
        slow.cancel()
        for task in showing:
            task.cancel()


async def acknowledge(query: CallbackQuery, said: str = "", *, alert: bool = True) -> bool:
    """Stop the waiting of whoever pressed, telling them what is `said`; say whether that reached them.

    An `alert` stays on the screen until it is read.
    """
    try:
        return await query.answer(said or None, show_alert=alert and bool(said))
    except TelegramError as error:  # pressed too long ago, or the network: what was asked for is shown all the same
        log.info("a press was not acknowledged (%s)", type(error).__name__)
        return False


def _shows(data: object, verb: Verb) -> bool:
    action = Action.decode(data) if isinstance(data, str) else None
    return action is not None and action.verb is verb
