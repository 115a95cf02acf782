"""What floods is held back: a bucket for each chat, in memory. A cry for help always comes through."""

from collections.abc import Callable
from dataclasses import dataclass, field

from telegram import Message, Update
from telegram.constants import ChatType

from bot.core import replies
from bot.current import Current
from bot.limiting import Buckets
from bot.recent import Recent
from bot.telegram.addressing import addressed_text, language_of
from bot.telegram.moving import Group
from bot.telegram.speaking import Speaker, acknowledge

EACH = 1.0
"""In a chat of two: when its first are used up, one update in so many seconds. Nobody reads faster."""
EACH_IN_A_GROUP, AT_ONCE_IN_A_GROUP = 6.0, 10
"""In a group: Telegram itself takes twenty messages a minute there, and an answer may be two."""
EACH_INLINE, AT_ONCE_INLINE = 0.5, 40
"""Every letter that is typed asks anew."""
TOLD_AGAIN = 60.0
"""Seconds after which a chat is told again that it is too fast."""
SAME_CRY = 30.0
"""Seconds in which the same urgent card is not shown again to a chat that floods: it stands there."""


def _group() -> Buckets:
    return Buckets(EACH_IN_A_GROUP, AT_ONCE_IN_A_GROUP)


def _inline() -> Buckets:
    return Buckets(EACH_INLINE, AT_ONCE_INLINE)


@dataclass(frozen=True, slots=True)
class Gate:
    """Knows which updates are too many; in `desk`, the coordinators' group, nothing is.

    A chat of two may have `at_once` updates (0: all, everywhere). `held` is told of each that is held back.
    """

    current: Current
    speaker: Speaker
    bot_id: int
    username: str
    desk: Group
    at_once: int
    held: Callable[[], object] = bool
    group: Buckets = field(default_factory=_group)
    inline: Buckets = field(default_factory=_inline)
    told: Recent = field(default_factory=lambda: Recent(seconds=TOLD_AGAIN))
    cried: Recent = field(default_factory=lambda: Recent(seconds=SAME_CRY))
    private: Buckets = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "private", Buckets(EACH, self.at_once))

    def admits(self, update: Update) -> bool:
        """Say whether `update` may be answered now."""
        chat, user = update.effective_chat, update.effective_user
        if not self.at_once:
            return True
        if chat is None:
            return user is None or not self.inline.take(user.id)
        if chat.type == ChatType.PRIVATE:
            return not self.private.take(chat.id)
        if self.desk.is_at(chat.id) or not self._is_meant(update):
            return True
        return not self.group.take(chat.id)

    def _is_meant(self, update: Update) -> bool:
        """Say whether something in a group asks for an answer of the bot's."""
        message = update.effective_message
        if update.callback_query or message is None:
            return True
        command = (message.text or "").startswith("/")
        return command or addressed_text(message, self.username, self.bot_id) is not None

    async def hold_back(self, update: Update) -> None:
        """Tell a chat now and then that it is too fast; a cry for help brings its card all the same."""
        self.held()
        message = update.effective_message
        if update.callback_query:
            if message and not self.told.again(f"{message.chat.id} pressed"):
                await acknowledge(update.callback_query, self._slower(update))
        elif isinstance(message, Message) and not await self._heard(message) and not self.told.again(message.chat.id):
            reply = replies.only(self.current.engine.knowledge, self._slower(update), language_of(update))
            await self.speaker.say(message, reply, counted=False)

    async def _heard(self, message: Message) -> bool:
        """Show the urgent card if `message` calls for one; say whether it does."""
        urgent = self.current.engine.urgent_card(message.text or message.caption or "")
        if urgent and not self.cried.again(f"{message.chat.id} {urgent.shown}"):
            await self.speaker.say(message, urgent)
        return urgent is not None

    def _slower(self, update: Update) -> str:
        return self.current.engine.knowledge.phrases[language_of(update)].slower

    def forget_old(self) -> None:
        """Forget what is remembered no longer: done now and then."""
        for memory in (self.private, self.group, self.inline, self.told, self.cried):
            memory.forget_old()
