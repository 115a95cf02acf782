"""The network between the bot and the Bot API server: a relay on loopback that does to answers what networks do.

    with BotApiServer() as telegram, Wire(telegram) as wire:
        # start `python -m bot run` with wire.environment
        wire.spoil(Fault(Kind.RESET), "sendMessage", times=2)   # the message was sent, the bot cannot know
        wire.spoil(Fault(Kind.SILENCE, arrives=False))          # everything, until `mend`
        wire.mend()
        wire.hang_up()                                          # nothing listens, until `listen`
        wire.listen()

What can happen is in `spoiling`.
"""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from .server import BotApiServer
from .spoiling import Fault, Kind, reset, send, spoil

__all__ = ["FILE", "Fault", "Kind", "Wire"]

FILE: Final = "file"
"""The name under which the fetching of a file is spoilt."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_PATH: Final = re.compile(rb"[A-Z]+ /(?:(file)/)?bot[^/ ]+/([^/? ]*)")


@dataclass(slots=True)
class _Plan:
    fault: Fault
    method: str | None
    times: int | None


_LETTING_IN = 4
"""Rounds of the loop until a connection that is just being taken is served: Python 3.11 leaves it half made and never
closes it if the listener is closed meanwhile (Server._attach)."""


class Wire:
    """A relay before `server`. Every method may be called from any thread."""

    def __init__(self, server: BotApiServer) -> None:
        self.server = server
        self._changed = threading.Condition()
        self._plans: list[_Plan] = []
        self._spoilt: list[tuple[str, Fault]] = []
        self._passed: Counter[str] = Counter()
        self._address = ("127.0.0.1", 0)
        self._listener: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.listen()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._run(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def base_url(self) -> str:
        """What goes before the token: TELEGRAM_API_BASE_URL."""
        return f"http://127.0.0.1:{self._address[1]}/bot"

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which the bot speaks to the server through this wire."""
        return self.server.environment | {"TELEGRAM_API_BASE_URL": self.base_url}

    @property
    def spoilt(self) -> list[tuple[str, Fault]]:
        """The method and the fault of every request that was spoilt so far, in order."""
        with self._changed:
            return list(self._spoilt)

    @property
    def passed(self) -> Counter[str]:
        """How many requests of each method were answered as the server answered them."""
        with self._changed:
            return Counter(self._passed)

    def spoil(self, fault: Fault, method: str | None = None, times: int | None = None) -> None:
        """Spoil the next `times` requests of a method (None: of every method), or all until `mend`.

        A request meets the first plan that is for it, in the order in which they were made. A request that is under
        way already goes unharmed: the long poll too.
        """
        with self._changed:
            self._plans.append(_Plan(fault, method, times))

    def mend(self) -> None:
        """Forget every plan; what is under way stays spoilt."""
        with self._changed:
            self._plans.clear()

    def wait_for(self, spoilt: int, timeout: float = 10) -> None:
        """Wait until that many requests have met a fault; raise TimeoutError after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._spoilt) >= spoilt, timeout):
                raise TimeoutError(f"waited {timeout} s for {spoilt} spoilt requests; there are {len(self._spoilt)}")

    def cut_off(self) -> None:
        """Reset all connections that are open now, the long poll's too; new ones are taken."""
        self._run(self._reset_all())

    def hang_up(self) -> None:
        """Listen no more and reset all connections: the bot is refused until `listen`."""
        self._run(self._leave())

    def listen(self) -> None:
        """Listen (again), always on the same port."""
        self._run(self._listen())

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(self._serve, *self._address)
            self._address = self._listener.sockets[0].getsockname()

    async def _leave(self) -> None:
        if self._listener is not None:
            for listening in self._listener.sockets:
                self._loop.remove_reader(listening.fileno())
            for _ in range(_LETTING_IN):
                await asyncio.sleep(0)
            self._listener.close()
            self._listener = None
        await self._reset_all()

    async def _reset_all(self) -> None:
        ending = dict(self._open)
        for writer in ending.values():
            reset(writer)
        if ending:
            await asyncio.wait(ending)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take requests from a connection of the bot until one of the two ends it."""
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = writer
        try:
            with _gone_is_gone():
                await self._converse(reader, writer)
        finally:
            reset(writer)
            del self._open[task]

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = asyncio.ensure_future(reader.read(1))
        try:
            while byte := await first:
                head, body = await _message(reader, byte)
                first = asyncio.ensure_future(reader.read(1))  # empty as soon as the bot goes away
                if not await _before(first, self._answer(head, body, writer)):
                    break
        finally:
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)

    async def _answer(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer a request well or badly; say whether the connection can go on."""
        method = _method(head)
        fault = self._fault_for(method)
        answer = await self._asked(head + body) if fault is None or fault.arrives else (b"", b"")
        with self._changed:
            if fault is None:
                self._passed[method] += 1
            else:
                self._spoilt.append((method, fault))
            self._changed.notify_all()
        if fault is None:
            return await send(writer, *answer)
        return await spoil(writer, fault, *answer)

    def _fault_for(self, method: str) -> Fault | None:
        with self._changed:
            for plan in self._plans:
                if plan.method in (None, method) and plan.times != 0:
                    plan.times = plan.times and plan.times - 1
                    return plan.fault
        return None

    async def _asked(self, request: bytes) -> tuple[bytes, bytes]:
        """Return the head and the body of the server's answer."""
        host, _, port = self.server.base_url.removeprefix("http://").removesuffix("/bot").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write(request)
            return await _message(reader)
        finally:
            writer.transport.abort()


@contextmanager
def _gone_is_gone() -> Iterator[None]:
    """Let a connection end that the bot or the server has ended: as on a wire, nobody is told more than that."""
    try:
        yield
    except (OSError, asyncio.IncompleteReadError):
        return


async def _before(end: asyncio.Future[Any], work: Coroutine[Any, Any, bool]) -> bool:
    """Do `work` unless the bot goes away before; say what it says."""
    doing: asyncio.Future[Any] = asyncio.ensure_future(work)
    try:
        await asyncio.wait([end, doing], return_when=asyncio.FIRST_COMPLETED)
        return not _is_over(end) and bool(await doing)
    finally:
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)


def _is_over(reading: asyncio.Future[Any]) -> bool:
    return reading.done() and (reading.exception() is not None or not reading.result())


async def _message(reader: asyncio.StreamReader, start: bytes = b"") -> tuple[bytes, bytes]:
    """Read a whole request or answer: head and body."""
    head = start + await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    return head, await reader.readexactly(int(length[1]) if length else 0)


def _method(head: bytes) -> str:
    found = _PATH.match(head)
    if not found:
        return ""
    return FILE if found[1] else found[2].decode("ascii", "replace")
