"""Serving over HTTP: what is bounded, what is refused, how it stops, and that faults tell nothing of who asked."""

import asyncio
import logging
import re
import signal
import socket
import time
from collections.abc import MutableMapping
from typing import Any

import httpx
import pytest
from served import HOST, asking, client_of

from bot.serving import (
    SECURITY_HEADERS,
    App,
    CannotListen,
    Request,
    Response,
    as_json,
    body_of,
    is_ours,
    only_for,
    plain,
    serving,
    site,
)

MOST = 1000
SLOW = 0.2


async def hello(_: Request) -> Response:
    return plain("hello")


async def length(request: Request) -> Response:
    return as_json({"bytes": len(await body_of(request, MOST, SLOW))})


def small_site(at_once: int = 10) -> App:
    return site({("GET", "/hello"): hello, ("POST", "/length"): length}, at_once)


def test_what_is_there_is_shown_and_nothing_else() -> None:
    async def main() -> list[tuple[int, bytes]]:
        async with asking(small_site()) as client:
            asked = [("GET", "/hello"), ("HEAD", "/hello"), ("POST", "/hello"), ("GET", "/length"), ("GET", "/hello/")]
            answers = [await client.request(method, path) for method, path in asked]
            return [(answer.status_code, answer.content) for answer in answers]

    assert asyncio.run(main()) == [
        (200, b"hello"), (200, b""), (405, b"Method Not Allowed"), (405, b"Method Not Allowed"), (404, b"Not Found"),
    ]  # fmt: skip


def test_every_answer_carries_the_security_headers_and_none_names_the_server() -> None:
    async def main() -> list[httpx.Headers]:
        async with asking(small_site()) as client:
            return [(await client.get(path)).headers for path in ("/hello", "/nothing")]

    for headers in asyncio.run(main()):
        assert headers.items() >= {name.casefold(): value for name, value in SECURITY_HEADERS.items()}.items()
        assert "server" not in headers


def test_a_body_is_read_up_to_its_bound_and_the_connection_is_good_for_more() -> None:
    async def main() -> list[tuple[int, str]]:
        async with asking(small_site()) as client:
            answers = [await client.post("/length", content=b"x" * size) for size in (0, MOST, MOST + 1, 10**6, 7)]
            return [(answer.status_code, answer.text[:15]) for answer in answers]

    good = [(200, '{"bytes":0}'), (200, '{"bytes":1000}'), (200, '{"bytes":7}')]
    assert asyncio.run(main()) == [*good[:2], *[(413, "Request Entity ")] * 2, good[2]]


@pytest.mark.parametrize(("declared", "read"), [(b"1001", 0), (None, 1100)])
def test_no_more_of_a_body_is_read_than_shows_that_it_is_too_large(declared: bytes | None, read: int) -> None:
    had = 0

    async def endless() -> MutableMapping[str, Any]:
        nonlocal had
        had += 100
        return {"type": "http.request", "body": b"x" * 100, "more_body": True}

    async def main() -> None:
        headers = [(b"content-length", declared)] if declared else []
        await body_of(Request({"type": "http", "method": "POST", "headers": headers}, endless), MOST, 1)

    with pytest.raises(Exception, match="413"):
        asyncio.run(main())
    assert had == read


def test_a_body_that_never_ends_is_waited_for_only_so_long() -> None:
    async def main() -> tuple[bytes, float]:
        async with serving(small_site(), HOST, 0, 1) as port:
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            begun = time.monotonic()
            answer = await reader.read()
            writer.close()
            return answer, time.monotonic() - begun

    answer, seconds = asyncio.run(main())
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert SLOW <= seconds < SLOW + 1


def test_more_at_a_time_than_there_is_room_for_is_told_to_come_again() -> None:
    async def main() -> list[tuple[int, str | None]]:
        free = asyncio.Event()

        async def wait(_: Request) -> Response:
            await free.wait()
            return plain("done")

        async with asking(site({("GET", "/"): wait}, at_once=3)) as client:
            first = [asyncio.create_task(client.get("/")) for _ in range(3)]
            await asyncio.sleep(0.1)
            refused = await client.get("/")
            free.set()
            answers = [*await asyncio.gather(*first), refused, await client.get("/")]
            return [(answer.status_code, answer.headers.get("retry-after")) for answer in answers]

    assert asyncio.run(main()) == [(200, None), (200, None), (200, None), (503, "2"), (200, None)]


def test_a_fault_is_answered_and_logged_by_its_kind_alone(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: Request) -> Response:
        raise KeyError((await request.body()).decode())

    async def main() -> httpx.Response:
        async with asking(site({("POST", "/"): broken}, 10)) as client:
            return await client.post("/", content="Testname")

    caplog.set_level(logging.DEBUG)
    answer = asyncio.run(main())
    ours = [record for record in caplog.records if not record.name.startswith(("httpcore", "httpx"))]
    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    (told,) = [record.getMessage() for record in ours if record.levelno >= logging.INFO]
    assert re.fullmatch(r"KeyError at serving\.py:\d+", told)
    assert not any(record.exc_info for record in ours)


def test_a_port_that_is_taken_is_told_in_korean_and_english() -> None:
    async def main() -> None:
        async with serving(small_site(), HOST, 0, 1) as port, serving(small_site(), HOST, port, 1):
            pytest.fail("two listen on one port")

    with pytest.raises(CannotListen, match=r"다른 프로그램.* / .*another program"):
        asyncio.run(main())


def test_an_address_that_is_not_this_machines_is_told() -> None:
    async def main() -> None:
        async with serving(small_site(), "192.0.2.1", 0, 1):
            pytest.fail("it listens elsewhere")

    with pytest.raises(CannotListen, match=r"192\.0\.2\.1"):
        asyncio.run(main())


def test_the_port_is_free_again_after_the_block_and_also_after_a_fault_in_it() -> None:
    async def main() -> list[str]:
        async with serving(small_site(), HOST, 0, 1) as port:
            pass
        with pytest.raises(ZeroDivisionError):
            async with serving(small_site(), HOST, port, 1):
                raise ZeroDivisionError
        async with serving(small_site(), HOST, port, 1), client_of(port) as client:
            return [(await client.get("/hello")).text for _ in range(2)]

    assert asyncio.run(main()) == ["hello", "hello"]


@pytest.mark.parametrize(("grace", "ends"), [(5, "done"), (1, "Service Unavailable")])
def test_what_is_being_answered_at_the_stop_has_its_grace_and_no_more(
    grace: float, ends: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def wait(_: Request) -> Response:
        await asyncio.sleep(0.3 if ends == "done" else 3)
        return plain("done")

    async def main() -> str:
        app = site({("GET", "/"): wait}, 10)
        async with client_of(0) as client:
            async with serving(app, HOST, 0, grace) as port:
                answer = asyncio.create_task(client.get(f"http://{HOST}:{port}/"))
                await asyncio.sleep(0.1)
            return (await answer).text

    begun = time.monotonic()
    assert asyncio.run(main()) == ends
    assert time.monotonic() - begun < 2.5
    assert not [record for record in caplog.records if record.exc_info]


def test_an_idle_connection_and_one_that_says_nothing_hold_up_no_stop() -> None:
    async def main() -> float:
        async with client_of(0) as client:
            async with serving(small_site(), HOST, 0, 5) as port:
                await client.get(f"http://{HOST}:{port}/hello")
                _reader, silent = await asyncio.open_connection(HOST, port)
                half = socket.create_connection((HOST, port))
                half.sendall(b"GET /hel")
                await asyncio.sleep(0.05)
                begun = time.monotonic()
            silent.close()
            half.close()
            return time.monotonic() - begun

    assert asyncio.run(main()) < 1


def test_the_signals_stay_with_the_bot() -> None:
    async def main() -> list[object]:
        before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
        async with serving(small_site(), HOST, 0, 1):
            return [signal.getsignal(each) == was for each, was in zip((15, 2), before, strict=True)]

    assert asyncio.run(main()) == [True, True]


@pytest.mark.parametrize(
    ("host", "bound", "ours"),
    [
        ("127.0.0.1:9100", "127.0.0.1", True),
        ("127.0.0.1", "10.0.0.5", True),
        ("localhost:9100", "127.0.0.1", True),
        ("LOCALHOST", "127.0.0.1", True),
        ("[::1]:9100", "127.0.0.1", True),
        ("10.0.0.5:9100", "10.0.0.5", True),
        ("10.0.0.6:9100", "10.0.0.5", False),
        ("10.0.0.6:9100", "0.0.0.0", True),
        ("bot.lan:9100", "bot.lan", True),
        ("evil.example", "127.0.0.1", False),
        ("evil.example", "0.0.0.0", False),
        ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("localhost.evil.example:9100", "127.0.0.1", False),
        ("evil.example@127.0.0.1.example", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("", "", False),
        ("[::1", "127.0.0.1", False),
        ("2130706433", "127.0.0.1", False),
    ],
)
def test_only_loopback_and_the_bound_address_are_ours(host: str, bound: str, *, ours: bool) -> None:
    assert is_ours(host, bound) is ours


def test_a_name_that_somebody_pointed_here_is_refused() -> None:
    async def main() -> list[int]:
        async with asking(only_for(small_site(), HOST)) as client:
            hosts = (None, "localhost:1", "evil.example")
            return [(await client.get("/hello", headers={"Host": host} if host else {})).status_code for host in hosts]

    assert asyncio.run(main()) == [200, 200, 421]
