"""The asker's side of a ticket: a question is shown, confirmed, copied without a name, and answered here."""

import logging
import re
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from telegram import Message
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.core import person_replies
from bot.core.language.reading import language_of
from bot.core.model import Action, Language, Reply, Verb
from bot.core.opening import ABOUT_PEOPLE
from bot.core.person_replies import is_too_long
from bot.core.rows import topics
from bot.current import Current
from bot.desk import tickets
from bot.recent import Recent
from bot.sealing import Broken, Expired, Purpose, Sealer, Way
from bot.telegram import rendering
from bot.telegram.addressing import quoted_in
from bot.telegram.holding import Jobs
from bot.telegram.moving import Group
from bot.telegram.sending import replying_to, send
from bot.telegram.speaking import Speaker

log = logging.getLogger("gildongmu.telegram")

_NEW = "new"
"""Remembered of a chat that was asked to write a new question; else the seal of the ticket it writes back to."""
_COMMAND = re.compile(r"/person(@\w+)?(?:\s+|$)", re.IGNORECASE | re.ASCII)


MOST = 3
"""So many questions somebody may send to a person in an hour: a group that is flooded helps nobody."""


def _for_an_hour() -> Recent:
    return Recent(seconds=3600)


@dataclass(frozen=True, slots=True)
class Asking:
    """Asking a person in writing. `group` is the coordinators', `days` how long a ticket's way back stays open.

    For an hour `writing` knows which chats were asked to write, `answers` to which answer they write back, and
    `used` what was sent: nothing goes twice, and nobody sends more than MOST questions.
    """

    current: Current
    speaker: Speaker
    sealer: Sealer
    group: Group
    days: int
    writing: Recent = field(default_factory=_for_an_hour)
    answers: Recent = field(default_factory=_for_an_hour)
    used: Recent = field(default_factory=_for_an_hour)
    jobs: Jobs = field(default_factory=Jobs)

    def concerns(self, message: object, action: Action | None) -> bool:
        """Say whether a press is about asking a person, in a chat of two."""
        private = isinstance(message, Message) and message.chat.type == ChatType.PRIVATE
        return private and action is not None and action.verb in ABOUT_PEOPLE

    async def press(self, message: Message, action: Action) -> None:
        """Do what a button about asking a person says; who sends to a busy group waits, others do not."""
        work = _DONE[action.verb](self, message, action)
        if action.verb in (Verb.SEND, Verb.SEND_WHOLE):
            await self.jobs.in_turn(work, partial(self._tell_of_a_fault, message, action))
        else:
            await work

    async def _tell_of_a_fault(self, message: Message, action: Action) -> None:
        await self._change(message, person_replies.unreachable(self.current.engine.knowledge, action.language))

    def expects(self, message: Message) -> bool:
        """Say whether what is written in a chat now is what a person is to be asked."""
        return message.chat.type == ChatType.PRIVATE and bool(self.writing.topic(message.chat.id))

    async def written(self, message: Message, text: str) -> None:
        """Show what somebody wrote as it would be sent; a cry for help brings its card first."""
        seal = self.writing.topic(message.chat.id)
        self.writing.remember(message.chat.id, "")
        knowledge, language = self.current.engine.knowledge, language_of(text).spoken
        confirm = person_replies.confirm(knowledge, text, language, "" if seal in ("", _NEW) else seal)
        if seal and is_too_long(text):  # what is written next is still meant for a person
            self.writing.remember(message.chat.id, seal)
        urgent = self.current.engine.urgent_card(text)
        await self.speaker.say(message, replace(urgent, also=confirm) if urgent else confirm, quoted=True)

    async def _people(self, message: Message, action: Action) -> None:
        reply = person_replies.people(self.current.engine.knowledge, action.language, desk=True)
        if action.below:
            await self.speaker.say(_question_of(message) or message, reply, quoted=True)
        else:
            await self.speaker.change(message, reply)

    async def _write(self, message: Message, action: Action) -> None:
        question = _question_of(message)
        if question and _text_of(question) and not is_too_long(_text_of(question)):
            self.writing.remember(message.chat.id, "")
            await self.written(question, _text_of(question))
            return
        self.writing.remember(message.chat.id, _NEW)
        await self._say(message, person_replies.write(self.current.engine.knowledge, action.language))

    async def _write_back(self, message: Message, action: Action) -> None:
        knowledge = self.current.engine.knowledge
        if self._way(message, action.target) is None:
            await self._say(message, person_replies.expired(knowledge, action.language))
            return
        self.writing.remember(message.chat.id, action.target)
        self.answers.remember(action.target, str(message.message_id))
        await self._say(message, person_replies.write(knowledge, action.language))

    async def _not_send(self, message: Message, action: Action) -> None:
        self.writing.remember(message.chat.id, "")
        await self._change(message, person_replies.not_sent(self.current.engine.knowledge, action.language))

    async def _send(self, message: Message, action: Action) -> None:
        if self.used.topic(f"{message.chat.id} {message.message_id}"):
            return
        knowledge, language = self.current.engine.knowledge, action.language
        question = _question_of(message)
        text = quoted_in(message) if action.verb is Verb.SEND else _text_of(question) if question else ""
        way = self._way(message, action.target) if action.target else None
        if not text:
            await self._change(message, person_replies.lost(knowledge, language))
        elif action.target and way is None:
            await self._change(message, person_replies.expired(knowledge, language))
        elif is_too_long(text):
            await self._change(message, person_replies.too_long(knowledge, language))
        elif way is None and not self._may_send(message):
            await self._change(message, person_replies.too_many(knowledge, language))
        else:
            self.used.again(f"{message.chat.id} {message.message_id}")
            sent = await self._to_group(message, question, person_replies.question_of(text), language, way)
            if not sent:
                self.used.remember(f"{message.chat.id} {message.message_id}", "")
            elif way:
                await self._use_up(message, action)
            told = person_replies.sent(knowledge, language, self.days, again=way is not None)
            await self._change(message, told if sent else person_replies.unreachable(knowledge, language))

    def _may_send(self, message: Message) -> bool:
        """Say whether somebody has sent fewer than MOST questions within the hour, and count this one."""
        slots = (f"{message.chat.id} of {number}" for number in range(MOST))
        free = next((slot for slot in slots if not self.used.topic(slot)), None)
        return free is not None and not self.used.again(free)

    async def _use_up(self, message: Message, action: Action) -> None:
        """Take the button away from the answer that was written back to: it works once."""
        self.used.again(action.target)
        answer = self.answers.topic(action.target)
        if answer:
            with suppress(TelegramError):
                keyboard = rendering.keyboard(Reply((), ((topics(self.current.engine.knowledge, action.language),),)))
                await message.get_bot().edit_message_reply_markup(message.chat.id, int(answer), reply_markup=keyboard)

    def _way(self, message: Message, seal: str) -> Way | None:
        """Return the way to a ticket that this chat may write back to, or None if it is closed or was used."""
        try:
            way = self.sealer.open(seal, Purpose.TO_DESK, self._today())
        except (Broken, Expired):
            return None
        return way if way.chat == message.chat.id and not self.used.topic(seal) else None

    async def _to_group(
        self, message: Message, question: Message | None, text: str, language: Language, way: Way | None
    ) -> bool:
        """Copy a question into the group, as a reply to the ticket it belongs to; say whether it arrived."""
        day = way.day if way else self._today()
        back = Way(message.chat.id, question.message_id if question else 0, day, 1 if way else 0)
        engine = self.current.engine
        near = [each.id for each in engine.matcher.rank(engine.view(text)) if each.id in engine.knowledge.entries]
        last_day = (day + timedelta(days=self.days)).isoformat()
        seal = self.sealer.seal(back, Purpose.TO_ASKER)
        urgent = engine.urgent_card(text) is not None
        notice = tickets.ticket(
            engine.knowledge, text, language, seal, near, last_day=last_day, again=way is not None, urgent=urgent
        )
        earlier = replying_to(way.message) if way else None
        try:
            await send(message.get_bot(), self.group.id, notice, earlier, previewed=False)
        except TelegramError as error:
            log.warning("a question did not reach the coordinators' group (%s)", type(error).__name__)
            return False
        return True

    def _today(self) -> date:
        return self.current.engine.opener.today()

    async def _say(self, message: Message, reply: Reply) -> None:
        await self.speaker.say(message, reply, counted=False)

    async def _change(self, message: Message, reply: Reply) -> None:
        await self.speaker.change(message, reply)


_DONE: dict[Verb, Callable[[Asking, Message, Action], Coroutine[Any, Any, None]]] = {
    Verb.PERSON: Asking._people,
    Verb.WRITE: Asking._write,
    Verb.SEND: Asking._send,
    Verb.SEND_WHOLE: Asking._send,
    Verb.WRITE_BACK: Asking._write_back,
    Verb.NOT_SEND: Asking._not_send,
}


def _question_of(message: Message) -> Message | None:
    """Return the person's own message that one of the bot's answers, if Telegram still has it."""
    earlier = message.reply_to_message
    return earlier if earlier and earlier.from_user and not earlier.from_user.is_bot else None


def _text_of(message: Message) -> str:
    """Return what somebody wrote, without the command before it."""
    return _COMMAND.sub("", message.text or message.caption or "", count=1)
