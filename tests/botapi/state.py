"""What the server knows: updates waiting for the bot, messages in the chats, plans to fail. One lock guards it all."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Any, Final, NamedTuple, TypeAlias

from .inline import InlineAnswer
from .strictness import Refused, bad_request
from .updates import Json, without_reply

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


class Delivery(NamedTuple):
    """One attempt to deliver an update to the webhook: the status that came, 0 for none, and what was wrong with it."""

    update_id: int
    status: int
    error: str


@dataclass(slots=True)
class Webhook:
    """Where updates are delivered to, and what last went wrong with that."""

    url: str
    secret_token: str = field(repr=False)
    max_connections: int
    error: str = field(default="", compare=False)
    error_date: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Redelivery:
    """Seconds: the pause after a first failed delivery, the longest pause (each is twice the last), and a timeout."""

    first: float = 0.1
    longest: float = 2.0
    timeout: float = 60.0


USUAL: Final = Redelivery()


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and its name."""

    name: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What the bot showed in a chat with one call.

    `text` is what a person sees, `raw` what the bot wrote, with markup. Each row of `buttons` has (label, data or URL).
    `method` is the call; `edited` says that it changed a message rather than adding one. If it shows a document or a
    photo, `file` is its content and `text` and `raw` are the caption.
    """

    chat_id: int
    message_id: int
    text: str
    raw: str
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    method: str = "sendMessage"
    edited: bool = False
    reply_to: int | None = None
    file_name: str = ""
    file: bytes = field(default=b"", repr=False)

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
    webhook: Webhook | None = None
    redelivery: Redelivery = USUAL
    deliveries: list[Delivery] = field(default_factory=list)
    next_update: int = 812_000_001
    next_message: int = 101
    chats: dict[int, Json] = field(default_factory=dict)
    messages: dict[tuple[int, int], Json] = field(default_factory=dict)
    message_ids: dict[int, int] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    left: set[int] = field(default_factory=set)
    upgraded: dict[int, int] = field(default_factory=dict)
    gone: set[tuple[int, int]] = field(default_factory=set)
    files: dict[str, Upload] = field(default_factory=dict)
    paths: dict[str, Upload] = field(default_factory=dict)
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
    on_shown: Callable[[Sent], object] = bool
    """Told of everything that the bot shows, under the lock: it must be quick."""
    on_acknowledged: Callable[[int], object] = bool
    """Told of every update that the bot acknowledges, likewise."""

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

    async def wait_until(self, met: Callable[[], bool], seconds: float | None) -> None:
        """Wait in the server's loop until `met()` is true after a change, or the time is over if there is one."""
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            if not woken.is_set():
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

    def allow(self, params: Json) -> None:
        """Take from now on only the kinds of updates that the bot allows, if it says so."""
        kinds = params.get("allowed_updates")
        if kinds is None:
            return
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise bad_request("can't parse allowed_updates: expected an Array of String")
        self.allowed = KINDS & frozenset(kinds) or DEFAULT_KINDS

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

    def seen(self, message: Json) -> Json:
        """Return a message as the chat shows it now: what it replies to may have changed since, or be gone.

        As in Telegram, a message tells what it replies to, but not what that replies to itself.
        """
        if "reply_to_message" not in message:
            return message
        earlier: Json = message["reply_to_message"]
        at, alone = (message["chat"]["id"], earlier["message_id"]), without_reply(message)
        now = without_reply(self.messages.get(at, earlier))
        return alone if at in self.gone else alone | {"reply_to_message": now}

    def remove(self, chat_id: int, message_id: int) -> bool:
        """Take a message out of a chat; say whether it was there."""
        if (chat_id, message_id) not in self.messages:
            return False
        del self.messages[chat_id, message_id]
        self.showing.pop((chat_id, message_id), None)
        self.gone.add((chat_id, message_id))
        return True

    def dated(self, chat_id: int) -> list[Json]:
        """Return all messages of a chat, each once, also as they stand in updates and in replies to them."""
        found = {id(each): each for each in _messages([*self.messages.values(), *self.pending.values()])}
        return [each for each in found.values() if each["chat"]["id"] == chat_id and each.get("date")]

    def keep(self, upload: Upload) -> Json:
        """Keep a file; return how a message describes it."""
        file_id = f"BQACAgUAAxkBAAIBTestFile{len(self.files)}"
        self.files[file_id] = upload
        return self.described(file_id)

    def described(self, file_id: str) -> Json:
        """Return how Telegram describes a file that it keeps."""
        size = len(self.files[file_id].content)
        return {"file_id": file_id, "file_unique_id": f"AgAD{file_id[-12:]}", "file_size": size}

    def file_of(self, message: Json) -> Upload:
        """Return the document or photo of a message, a nameless one if there is none."""
        pictures = message.get("photo") or [{}]
        return self.files.get((message.get("document") or pictures[-1]).get("file_id", ""), Upload())

    def forget_before(self, offset: int) -> None:
        """Forget updates with smaller ids: the bot has acknowledged them. A negative offset keeps that many."""
        if offset < 0:
            offset = (sorted(self.pending)[offset:] or [0])[0]
        for update_id in list(takewhile(lambda known: known < offset, self.pending)):
            del self.pending[update_id]
            self.confirmed.add(update_id)
            self.on_acknowledged(update_id)

    def waiting(self, limit: int) -> list[Json]:
        """Return so many of the updates that wait for the bot, the oldest first: in the order in which they came."""
        return list(islice(self.pending.values(), limit))

    def forget_all_but(self, most: int) -> None:
        """Forget what is long past, so that a long run needs no more memory than a short one.

        Of all that grows with every update or call, the newest `most` are kept, and what waits for the bot.
        """
        for found in (self.messages, self.showing, self.message_ids, self.queries, self.query_ids, self.told):
            _keep_newest(found, most)
        for listed in (self.sent, self.calls, self.refused, self.deliveries):
            del listed[: max(len(listed) - most, 0)]
        self.confirmed = set(sorted(self.confirmed)[-most:])
        self.gone.clear()


def _keep_newest(found: dict[Any, Any], most: int) -> None:
    for name in list(islice(found, max(len(found) - most, 0))):
        del found[name]


def _messages(place: object) -> Iterator[Json]:
    """Yield every message within what Telegram would send, those within messages too."""
    if isinstance(place, dict):
        if "message_id" in place and "chat" in place:
            yield place
        yield from _messages(list(place.values()))
    elif isinstance(place, list):
        for each in place:
            yield from _messages(each)


Method: TypeAlias = Callable[[State, Json], Any]
"""A method of the Bot API but for getUpdates: it returns the result or raises Refused. The caller holds the lock."""
