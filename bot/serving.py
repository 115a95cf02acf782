"""Serving pages over HTTP, bounded in what is read and done at once: the only door to starlette and uvicorn.

What is answered here stands behind a reverse proxy or on loopback: TLS and clients that never finish their headers are
left to the proxy. Who asks is never logged, nor what.
"""

import asyncio
import ipaddress
import logging
import math
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import uvicorn
from starlette import requests, responses, types
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Route, Router

from bot.faults import place_of

log = logging.getLogger("gildongmu.serving")

App: TypeAlias = types.ASGIApp
Request: TypeAlias = requests.Request
Response: TypeAlias = responses.Response
Refused = HTTPException
"""What body_of raises: a request that is refused, with its `status_code`."""
Page: TypeAlias = Callable[[Request], Awaitable[Response]]

KEPT_OPEN: Final = 75
"""Seconds for which a connection may wait for its next request: longer than a proxy waits, which closes it then."""
RETRY_AFTER: Final = 2
"""Seconds after which whoever was refused for want of room may ask again."""
SECURITY_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer carries unless its page says otherwise."""


class CannotListen(OSError):
    """The address cannot be listened on; the message says so and what to do, in Korean and English."""


class _Server(uvicorn.Server):
    """A uvicorn that says when it listens and leaves the signals to the bot."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def serving(app: App, host: str, port: int, grace: float) -> AsyncIterator[int]:
    """Serve `app` while the block runs; yield the port, which is a free one for `port` 0; raise CannotListen.

    At the end nothing new is taken, and what is being answered has `grace` seconds.
    """
    listener = _listening(host, port)
    config = uvicorn.Config(
        app, http="h11", ws="none", lifespan="off", log_config=None, log_level="warning", access_log=False,
        server_header=False, proxy_headers=False, timeout_keep_alive=KEPT_OPEN,
        timeout_graceful_shutdown=math.ceil(grace),
    )  # fmt: skip
    server = _Server(config)
    running = asyncio.create_task(server.serve([listener]))
    ready = asyncio.create_task(server.ready.wait())
    try:
        await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        yield listener.getsockname()[1]
    finally:
        ready.cancel()
        server.should_exit = True
        await running
        listener.close()


@asynccontextmanager
async def if_possible(
    server: AbstractAsyncContextManager[object], told: Callable[[CannotListen], object]
) -> AsyncIterator[None]:
    """Keep `server` while the block runs; where it cannot listen, that is `told` and the block runs without it."""
    async with AsyncExitStack() as kept:
        try:
            await kept.enter_async_context(server)
        except CannotListen as error:
            told(error)
        yield


def _listening(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        # the protocol is named: asyncio switches Nagle off only then, else every answer waits 40 ms
        listener = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":  # there it would let two programs have one port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise CannotListen(
            f"{host} 의 {port} 번 문을 열 수 없습니다({error.strerror}). 다른 프로그램이 쓰고 있지 않은지, "
            f"이 컴퓨터의 주소가 맞는지 보고 고치세요. / Cannot listen on port {port} of {host} ({error.strerror}): "
            "see whether another program uses it and whether the address is this machine's."
        ) from None
    return listener


def site(pages: Mapping[tuple[str, str], Page], at_once: int, sorry: str = "") -> App:
    """Return the app with a page for each method and path (GET answers HEAD too); `at_once` are answered at a time.

    What is not there is answered with 404 or 405, more at a time with 503, a fault of ours with 500: these two in the
    words of `sorry`, if people read them.
    """
    routes = [Route(path, page, methods=[method]) for (method, path), page in pages.items()]
    routed = ExceptionMiddleware(Router(routes, redirect_slashes=False))
    return with_security_headers(_unbroken(at_most(routed, at_once, sorry), sorry))


def plain(text: str | bytes, status: int = 200, media_type: str = "text/plain") -> Response:
    """Return an answer of plain text."""
    return Response(text, status, None, media_type)


def page(html: str, policy: str, status: int = 200) -> Response:
    """Return a page; `policy` is its Content-Security-Policy."""
    return responses.HTMLResponse(html, status, {"Content-Security-Policy": policy})


def see_other(address: str) -> Response:
    """Return the answer to what was posted: look there. Back and reload then ask for that again, and post nothing."""
    return responses.RedirectResponse(address, 303)


def done() -> Response:
    """Return the answer that says nothing."""
    return responses.Response(status_code=204)


def as_json(content: Mapping[str, object], status: int = 200) -> Response:
    """Return an answer in JSON."""
    return responses.JSONResponse(content, status)


def busy(retry_after: int = RETRY_AFTER, sorry: str = "") -> Response:
    """Return the answer to what there is no room for now: come again after that many seconds."""
    return responses.PlainTextResponse(sorry or "Service Unavailable", 503, {"Retry-After": str(retry_after)})


async def body_of(request: Request, most: int, seconds: float) -> bytes:
    """Return the body of a request, if it has at most `most` bytes (else 413) and comes in `seconds` (else 408).

    What is too much of it is thrown away unread: closed at once, the connection would take the answer with it.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise HTTPException(413)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                body += chunk
                if len(body) > most:
                    raise HTTPException(413)
    except TimeoutError:
        raise HTTPException(408, headers={"Connection": "close"}) from None
    except requests.ClientDisconnect:
        raise HTTPException(400) from None
    return bytes(body)


def at_most(app: App, most: int, sorry: str = "") -> App:
    """Return `app` answering `most` requests at a time, and more with 503 and Retry-After before reading them."""
    answering = 0

    async def bounded(scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        nonlocal answering
        if answering >= most:
            await busy(sorry=sorry)(scope, receive, send)
            return
        answering += 1
        try:
            await app(scope, receive, send)
        finally:
            answering -= 1

    return bounded


def with_security_headers(app: App) -> App:
    """Return `app` with SECURITY_HEADERS on every answer that has none of its own."""

    async def hardened(scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        async def sending(message: types.Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await app(scope, receive, sending)

    return hardened


def only_for(app: App, bound: str) -> App:
    """Return `app` answering only who asks for it by loopback or by the address `bound`, anybody else with 421.

    A page in a browser on this machine could else have its own name point here and read what only this machine may
    (DNS rebinding). A number cannot be pointed elsewhere: bound to every address (0.0.0.0), all of them will do.
    """

    async def guarded(scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        if is_ours(Headers(scope=scope).get("host", ""), bound):
            await app(scope, receive, send)
        else:
            await plain("Misdirected Request", 421)(scope, receive, send)

    return guarded


def is_ours(host: str, bound: str) -> bool:
    """Say whether a Host header names loopback or the address `bound`, with any port."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name in ("localhost", bound.casefold()) and name:
        return True
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        return False
    return number.is_loopback or bound in ("0.0.0.0", "::") or str(number) == bound  # noqa: S104


def _unbroken(app: App, sorry: str = "") -> App:
    """Return `app` with its faults answered with 500: uvicorn would log them whole, with what was asked.

    What is given up when the serving ends is answered with 503.
    """

    async def guarded(scope: types.Scope, receive: types.Receive, send: types.Send) -> None:
        begun = False

        async def sending(message: types.Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await app(scope, receive, sending)
        except Exception as error:
            log.error("%s at %s", type(error).__name__, place_of(error))  # noqa: TRY400
            if not begun:
                await plain(sorry or "Internal Server Error", 500)(scope, receive, send)
        except asyncio.CancelledError:
            if not begun:
                await busy(sorry=sorry)(scope, receive, send)

    return guarded
