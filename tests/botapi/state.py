"""What the server knows: updates waiting for the bot, messages in the chats, plans to fail. One lock guards it all."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, TypeAlias

from .inline import InlineAnswer
from .strictness import Refused
from .updates import Json

KINDS: Final = frozenset([
    "message", "edited_message", "channel_post", "edited_channel_post", "business_connection", "business_message",
    "edited_business_message", "deleted_business_messages", "guest_message", "message_reaction",
    "message_reaction_count", "inline_query", "chosen_inline_result", "callback_query", "shipping_query",
    "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "my_chat_member", "chat_member",
    "chat_join_request", "chat_boost", "removed_chat_boost", "managed_bot",
])  # fmt: skip
DEFAULT_KINDS: Final = KINDS - {"chat_member", "message_reaction", "message_reaction_count"}
"""What a bot gets that did not say which updates it allows."""


class Call(NamedTuple):
    """A method that the bot called, with its parameters (the JSON in them already read)."""

    method: str
    params: Json


class Refusal(NamedTuple):
    """A call that was answered with a status from 400 to 499."""

    method: str
    status: int
    description: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What the bot showed in a chat with one call.

    `text` is what a person sees, `raw` what the bot wrote, with markup. Each row of `buttons` has (label, data or URL).
    `method` is the call; `edited` says that it changed a message rather than adding one.
    """

    chat_id: int
    message_id: int
    text: str
    raw: str
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    method: str = "sendMessage"
    edited: bool = False
    reply_to: int | None = None

    @property
    def data(self) -> tuple[str, ...]:
        """The data of all buttons, in reading order."""
        return tuple(data for row in self.buttons for _, data in row)


@dataclass(slots=True)
class State:
    """Everything between the test's thread and the server's."""

    token: str
    bot: Json
    changed: threading.Condition = field(default_factory=threading.Condition)
    wakers: set[Callable[[], object]] = field(default_factory=set)
    stopping: bool = False
    pending: dict[int, Json] = field(default_factory=dict)
    confirmed: set[int] = field(default_factory=set)
    allowed: frozenset[str] = DEFAULT_KINDS
    poll: int = 0
    next_update: int = 812_000_001
    next_message: int = 101
    chats: dict[int, Json] = field(default_factory=dict)
    messages: dict[tuple[int, int], Json] = field(default_factory=dict)
    message_ids: dict[int, int] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    showing: dict[tuple[int, int], Sent] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    failures: dict[str, deque[Refused]] = field(default_factory=dict)
    delays: dict[str, float] = field(default_factory=dict)
    queries: dict[str, bool] = field(default_factory=dict)
    query_ids: dict[int, str] = field(default_factory=dict)
    told: dict[str, tuple[str, bool]] = field(default_factory=dict)
    inline_answers: dict[str, InlineAnswer] = field(default_factory=dict)
    profile: dict[tuple[str, str], Any] = field(default_factory=dict)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold the lock for a change, then wake whoever waits for one."""
        with self.changed:
            try:
                yield
            finally:
                self.changed.notify_all()
                for wake in self.wakers:
                    wake()

    async def wait_until(self, met: Callable[[], bool], seconds: float) -> None:
        """Wait in the server's loop until `met()` is true after a change, or the time is over."""
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(woken.set)

        with self.changed:
            self.wakers.add(wake)
        try:
            async with asyncio.timeout(seconds):
                while not self._holds(met):
                    await woken.wait()
                    woken.clear()
        except TimeoutError:
            pass
        finally:
            with self.changed:
                self.wakers.discard(wake)

    def _holds(self, met: Callable[[], bool]) -> bool:
        with self.changed:
            return met()

    def new_message_id(self) -> int:
        """Return the next message id; the caller holds the lock."""
        self.next_message += 1
        return self.next_message - 1

    def add_update(self, kind: str, payload: Json) -> int:
        """Queue an update and return its id; one of a kind that the bot does not allow is never delivered."""
        if kind not in KINDS:
            raise ValueError(f"no such kind of update: {kind}")
        with self.changing():
            update_id = self.next_update
            self.next_update += 1
            if kind in self.allowed:
                self.pending[update_id] = {"update_id": update_id, kind: payload}
            self._note(update_id, kind, payload)
        return update_id

    def _note(self, update_id: int, kind: str, payload: Json) -> None:
        """Remember the chat, message or query that an update brings: the bot may answer them."""
        about = payload if "chat" in payload else payload.get("message") or {}
        if "chat" in about:
            self.chats[about["chat"]["id"]] = about["chat"]
        if about.get("date") and "message_id" in about:
            self.messages.setdefault((about["chat"]["id"], about["message_id"]), about)
            self.message_ids[update_id] = about["message_id"]
        if kind in ("callback_query", "inline_query"):
            self.queries.setdefault(payload["id"], False)
            self.query_ids[update_id] = payload["id"]

    def forget_before(self, offset: int) -> None:
        """Forget updates with smaller ids: the bot has acknowledged them. A negative offset keeps that many."""
        if offset < 0:
            offset = (sorted(self.pending)[offset:] or [0])[0]
        for update_id in [known for known in self.pending if known < offset]:
            del self.pending[update_id]
            self.confirmed.add(update_id)


Method: TypeAlias = Callable[[State, Json], Any]
"""A method of the Bot API but for getUpdates: it returns the result or raises Refused. The caller holds the lock."""
