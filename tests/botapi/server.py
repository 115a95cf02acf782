"""The project's own Bot API server: real HTTP on loopback, in a thread of the test, as strict as Telegram.

    with BotApiServer() as telegram:
        # start `python -m bot run` with telegram.environment
        update = telegram.say(1001, "안녕하세요")
        answer = telegram.wait_for(1)[0]
        telegram.press(answer.chat_id, answer.message_id, answer.data[0])

Whatever Telegram would refuse is refused: see `strictness`, `markup`, `inline`, `chats`, `files` and `methods`.
"""

import asyncio
import socket
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from types import TracebackType
from typing import Any, Self, TypeVar

import uvicorn

from . import updates
from .inline import InlineAnswer, InlineResult
from .people import People
from .state import USUAL, Call, Delivery, Redelivery, Refusal, Sent, State, Upload, Webhook
from .strictness import Refused
from .web import NAMES, application
from .webhooks import deliver

__all__ = [
    "BotApiServer", "Call", "Delivery", "InlineAnswer", "InlineResult", "Redelivery", "Refusal", "Sent", "Upload",
]  # fmt: skip

T = TypeVar("T")


class _Server(uvicorn.Server):
    """A uvicorn that says when it listens and leaves at once when told to, without looking again and again."""

    def __init__(self, config: uvicorn.Config, state: State) -> None:
        super().__init__(config)
        self._state = state
        self.ready = threading.Event()
        self._told: Callable[[], object] = bool

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.loop, self._leaving = asyncio.get_running_loop(), asyncio.Event()
        self._told = lambda: self.loop.call_soon_threadsafe(self._leaving.set)
        self.ready.set()

    async def main_loop(self) -> None:
        """Deliver to a webhook until told to leave."""
        delivering: asyncio.Future[Any] = asyncio.ensure_future(deliver(self._state))
        leaving: asyncio.Future[Any] = asyncio.ensure_future(self._leaving.wait())
        await asyncio.wait([delivering, leaving], return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does it, but for its tenth of a second of rest, which a test has no use for."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=1)

    def leave(self) -> None:
        """Shut down, from another thread."""
        self._told()


class BotApiServer(People):
    """A Bot API server for one bot, and everything a test does with it. Every method may be called from any thread."""

    def __init__(
        self, token: str = "12345:TEST", *, username: str = "under_test_bot", redelivery: Redelivery = USUAL
    ) -> None:
        self.state = State(token, updates.bot_user(token, username), redelivery=redelivery)
        self._port = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; after `stop` on the same port and with everything that was known before."""
        # named TCP: asyncio switches Nagle off only then, else every answer waits 40 ms
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self.state.stopping = False
        config = uvicorn.Config(
            application(self.state), http="auto", ws="none", lifespan="off", log_config=None, log_level="critical",
            access_log=False, timeout_keep_alive=75,
        )  # fmt: skip
        self._server = _Server(config, self.state)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), name="bot-api", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(10):
            raise TimeoutError("the Bot API server did not start")

    def stop(self) -> None:
        """Stop listening: for the bot, Telegram is out of reach until `start`."""
        if self._server is None or self._thread is None:
            return
        with self.state.changing():
            self.state.stopping = True
        self._server.leave()
        self._thread.join(10)
        self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def token(self) -> str:
        """The bot's token: TELEGRAM_BOT_TOKEN."""
        return self.state.token

    @property
    def base_url(self) -> str:
        """What goes before the token: TELEGRAM_API_BASE_URL."""
        return f"http://127.0.0.1:{self._port}/bot"

    @property
    def base_file_url(self) -> str:
        """What goes before the token to fetch a file."""
        return self.base_url.removesuffix("bot") + "file/bot"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which the bot speaks to this server."""
        return {"TELEGRAM_BOT_TOKEN": self.token, "TELEGRAM_API_BASE_URL": self.base_url}

    @property
    def username(self) -> str:
        """The bot's name, to be mentioned in groups as @name."""
        return str(self.state.bot["username"])

    @property
    def sent(self) -> list[Sent]:
        """Everything the bot showed so far, in order: new messages and edits, one entry a call that succeeded."""
        with self.state.changed:
            return list(self.state.sent)

    @property
    def calls(self) -> list[Call]:
        """Every call of a known method with the right token, in order of arrival, getUpdates and refused ones too."""
        with self.state.changed:
            return list(self.state.calls)

    @property
    def refused(self) -> list[Refusal]:
        """Every call that was answered with a 4xx, in order, but for failures planned by `fail_next`.

        Unknown methods, wrong tokens and the 409 of a getUpdates that a newer one has ended are among them.
        """
        with self.state.changed:
            return list(self.state.refused)

    @property
    def pending(self) -> list[int]:
        """The ids of the updates that the bot has not yet acknowledged."""
        with self.state.changed:
            return sorted(self.state.pending)

    @property
    def webhook(self) -> Webhook | None:
        """Where updates are delivered to, if the bot has set a webhook."""
        with self.state.changed:
            return self.state.webhook

    @property
    def deliveries(self) -> list[Delivery]:
        """Every attempt so far to deliver an update to the webhook, in the order in which they ended."""
        with self.state.changed:
            return list(self.state.deliveries)

    def sent_to(self, chat_id: int) -> list[Sent]:
        """Return the entries of `sent` for one chat."""
        return [sent for sent in self.sent if sent.chat_id == chat_id]

    def showing(self, chat_id: int) -> list[Sent]:
        """Return the bot's messages as the chat shows them now: after edits, without those deleted."""
        with self.state.changed:
            return [sent for (chat, _), sent in sorted(self.state.showing.items()) if chat == chat_id]

    def history(self, chat_id: int) -> list[int]:
        """Return the ids of all messages, of people and of the bot, that the chat still has, in order."""
        with self.state.changed:
            return sorted(message_id for chat, message_id in self.state.messages if chat == chat_id)

    def age(self, chat_id: int, seconds: int) -> None:
        """Move the dates of all messages of a chat into the past, in updates that the bot has yet to get as well."""
        with self.state.changing():
            for message in self.state.dated(chat_id):
                message.update({name: message[name] - seconds for name in ("date", "edit_date") if name in message})

    def delete(self, chat_id: int, message_id: int) -> None:
        """Take a message away as a person does; Telegram tells the bot nothing of it."""
        with self.state.changing():
            if not self.state.remove(chat_id, message_id):
                raise ValueError(f"there is no message {message_id} in chat {chat_id}")

    def calls_of(self, method: str) -> list[Call]:
        """Return the entries of `calls` for one method."""
        return [call for call in self.calls if call.method == method]

    def acknowledged(self, update_id: int) -> bool:
        """Say whether the bot asked for updates after this one or its webhook took it: Telegram has forgotten it."""
        with self.state.changed:
            return update_id in self.state.confirmed

    def answered(self, update_id: int) -> bool:
        """Say whether the bot answered the query of a press or an inline query, so that the waiting stopped."""
        with self.state.changed:
            return self.state.queries.get(self.state.query_ids.get(update_id, ""), False)

    def told(self, update_id: int) -> tuple[str, bool]:
        """Return the text with which the bot answered a press, and whether as an alert; ("", False) for none."""
        with self.state.changed:
            return self.state.told.get(self.state.query_ids.get(update_id, ""), ("", False))

    def inline_answer(self, update_id: int) -> InlineAnswer | None:
        """Return what the bot answered to an inline query, or None as long as it did not."""
        with self.state.changed:
            return self.state.inline_answers.get(self.state.query_ids.get(update_id, ""))

    def wait_for(self, until: int | Callable[[Self], object], timeout: float = 10) -> list[Sent]:
        """Wait until `sent` has that many entries, or until a predicate of this server holds; return `sent`.

        The predicate is asked after every call and every change, under the lock: it must be quick.
        """
        with self.state.changed:

            def met() -> bool:
                return len(self.state.sent) >= until if isinstance(until, int) else bool(until(self))

            if not self.state.changed.wait_for(met, timeout):
                last = [call.method for call in self.state.calls[-8:]]
                sent = f"{len(self.state.sent)} sent, last {self.state.sent[-3:]}"
                raise TimeoutError(f"waited {timeout} s; {sent}; last calls {last}")
            return list(self.state.sent)

    def beside(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Do `work` in the loop that answers the bot, without a thread of its own: for many people at once."""
        if self._server is None:
            raise RuntimeError("the Bot API server does not run")
        return asyncio.run_coroutine_threadsafe(work, self._server.loop)

    def block(self, chat_id: int) -> None:
        """From now on the bot is refused in this chat with 403. (For the update about it: my_chat_member.)"""
        with self.state.changing():
            self.state.blocked.add(chat_id)

    def unblock(self, chat_id: int) -> None:
        """Undo `block`."""
        with self.state.changing():
            self.state.blocked.discard(chat_id)

    def add_group(self, chat_id: int, chat_type: str = "supergroup") -> None:
        """Make a group known, of which the bot is a member (again); there is no update about it."""
        if chat_id >= 0 or chat_type not in ("group", "supergroup"):
            raise ValueError("a group has a negative id and is a group or a supergroup")
        with self.state.changing():
            self.state.chats[chat_id] = updates.chat(chat_id, chat_type)
            self.state.left.discard(chat_id)

    def leave_group(self, chat_id: int) -> None:
        """Throw the bot out of a group: it is refused there with 403 until `add_group`."""
        with self.state.changing():
            if self.state.chats.get(chat_id, {"type": "private"})["type"] == "private":
                raise ValueError(f"no group {chat_id} is known")
            self.state.left.add(chat_id)

    def fail_next(
        self, method: str, status: int, description: str, times: int = 1, retry_after: int | None = None
    ) -> None:
        """Refuse the next calls of a method without doing anything; failures queue up."""
        parameters = None if retry_after is None else {"retry_after": retry_after}
        with self.state.changing():
            queue = self.state.failures.setdefault(_known(method), deque())
            queue.extend(Refused(status, description, parameters, planned=True) for _ in range(times))

    def delay(self, method: str, seconds: float) -> None:
        """Answer a method that much later, after doing what it does; 0 ends it."""
        with self.state.changing():
            self.state.delays[_known(method)] = seconds


def _known(method: str) -> str:
    if method not in NAMES.values():
        raise ValueError(f"this server has no method {method}")
    return method
