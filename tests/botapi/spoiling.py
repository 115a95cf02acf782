"""What a network can do to an answer, and how it is done to one."""

import asyncio
import math
import socket
import struct
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

GARBAGE: Final = b'{"ok": true, "result": [{"update_id": 81\xff\xfe'
SHORTEST_WAIT: Final = 0.01
"""Seconds between two parts of a slow body: shorter ones would not be kept."""
PAGE: Final = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>\r\n"
REASONS: Final = {500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}
_NO_LINGERING: Final = struct.pack("ii", 1, 0)


class Kind(Enum):
    """What can happen to an answer."""

    RESET = auto()
    """The connection is reset at once."""
    BROKEN = auto()
    """The head and half of the body, then a reset."""
    CUT = auto()
    """The head with the right length and half of the body, then an orderly end."""
    SILENCE = auto()
    """Nothing, on a connection that stays open until the bot closes it: half-open."""
    SLOW = auto()
    """The head at once, the body a few bytes at a time over `seconds`."""
    GARBAGE = auto()
    """Status 200 and JSON that cannot be read: the server's, but for its end, so that what people wrote is in it."""
    PAGE = auto()
    """A page of HTML with `status`, as a gateway sends it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to spoil an answer. The server gets the request all the same if it `arrives`."""

    kind: Kind
    arrives: bool = True
    seconds: float = 1.0
    status: int = 502

    def __post_init__(self) -> None:
        if not self.arrives and self.kind in (Kind.BROKEN, Kind.CUT, Kind.SLOW):
            raise ValueError("without the server's answer there is none to give in part or slowly")


async def spoil(writer: asyncio.StreamWriter, fault: Fault, head: bytes, body: bytes) -> bool:
    """Do to an answer what the fault says; say whether the connection can go on."""
    match fault.kind:
        case Kind.RESET:
            return False
        case Kind.BROKEN | Kind.CUT:
            await send(writer, head, body[: len(body) // 2])
            if fault.kind is Kind.CUT:
                writer.write_eof()
                await asyncio.sleep(3600)
            return False
        case Kind.SILENCE:
            await asyncio.sleep(3600)
            return False
        case Kind.SLOW:
            writer.write(head)
            step = max(1, math.ceil(len(body) * SHORTEST_WAIT / max(fault.seconds, SHORTEST_WAIT)))
            for start in range(0, len(body), step):
                await send(writer, b"", body[start : start + step])
                await asyncio.sleep(fault.seconds * step / len(body))
            return True
        case Kind.GARBAGE:
            return await send(writer, *_as_http(200, "application/json", body[:-1] + b"\xff" if body else GARBAGE))
        case Kind.PAGE:
            page = PAGE.format(f"{fault.status} {REASONS.get(fault.status, '')}").encode()
            return await send(writer, *_as_http(fault.status, "text/html", page))


def _as_http(status: int, kind: str, body: bytes) -> tuple[bytes, bytes]:
    head = f"HTTP/1.1 {status} {REASONS.get(status, 'OK')}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n", body


def reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST; one that is ended already is left as it is."""
    if not writer.transport.is_closing():
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)
        writer.transport.abort()


async def send(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> bool:
    """Send an answer, or a part of it; say that the connection can go on."""
    writer.write(head + body)
    await writer.drain()
    return True
