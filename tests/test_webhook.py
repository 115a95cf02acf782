"""Deliveries of Telegram over real HTTP: who is let in, when they are accepted, what comes twice, in which order."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from botapi import updates
from served import asking
from telegram import Bot, Update

from bot.serving import serving
from bot.telegram.in_hand import InHand
from bot.telegram.webhook import AT_ONCE, LARGEST, SECRET_HEADER, Webhook, secret_of

TOKEN = "12345:TEST"
URL = "https://bot.example/told/here"
PATH = "/told/here"
ANNA, BORA = 1001, 1002
LET_IN = {SECRET_HEADER: secret_of(TOKEN)}


class Answering:
    """Stands for the bot's answering: notes what it began and ended, and takes its time if told to."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.going_on = asyncio.Event()
        self.going_on.set()
        self.hand = InHand(self)

    async def __call__(self, update: Update) -> None:
        self.begun.append(update.update_id)
        await self.going_on.wait()
        self.ended.append(update.update_id)


def delivery(number: int, chat: int = ANNA) -> dict[str, Any]:
    """Return an update as Telegram delivers it."""
    message = updates.message(number, updates.user(chat), updates.chat(chat, "private"), {"text": "면허 어떻게 따요"})
    return {"update_id": number, "message": message}


def webhook_over(answering: Answering, **seconds: float) -> Webhook:
    return Webhook(Bot(TOKEN), answering.hand, TOKEN, URL, "127.0.0.1", 0, **seconds)


@asynccontextmanager
async def telling(answering: Answering, **seconds: float) -> AsyncIterator[Callable[..., asyncio.Task[httpx.Response]]]:
    """Yield what begins a delivery to a webhook over `answering`."""
    async with asking(webhook_over(answering, **seconds).app) as client:

        def deliver(number: int, chat: int = ANNA) -> asyncio.Task[httpx.Response]:
            return asyncio.create_task(client.post(PATH, json=delivery(number, chat), headers=LET_IN))

        yield deliver


async def until(met: Callable[[], object]) -> None:
    """Wait until `met` holds."""
    async with asyncio.timeout(10):
        while not met():
            await asyncio.sleep(0.005)


def test_a_delivery_is_accepted_only_when_it_was_answered() -> None:
    async def main() -> tuple[bool, int, list[int]]:
        answering = Answering()
        answering.going_on.clear()
        async with telling(answering) as deliver:
            told = deliver(7)
            await until(lambda: answering.begun)
            await asyncio.sleep(0.1)
            early = told.done()
            answering.going_on.set()
            return early, (await told).status_code, answering.ended

    assert asyncio.run(main()) == (False, 200, [7])


@pytest.mark.parametrize("given", [None, "", "x", secret_of("12345:OTHER"), secret_of(TOKEN) + "0", TOKEN, "\xe9"])
def test_who_does_not_know_the_secret_is_refused_before_anything_is_read(
    given: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> tuple[bytes, list[int]]:
        answering = Answering()
        async with serving(webhook_over(answering).app, "127.0.0.1", 0, 1) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            secret = [] if given is None else [f"{SECRET_HEADER}: {given}"]
            head = [f"POST {PATH} HTTP/1.1", "Host: bot.example", "Content-Length: 500", *secret, "", ""]
            writer.write("\r\n".join(head).encode("latin-1"))  # and nothing of the body
            answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), 5)
            writer.close()
            return answer, answering.begun

    caplog.set_level(logging.DEBUG, "gildongmu")
    assert asyncio.run(main()) == (b"HTTP/1.1 401 Unauthorized\r\n", [])
    assert not [record for record in caplog.records if record.name.startswith(("gildongmu", "uvicorn"))]


def test_only_the_path_of_the_address_takes_deliveries_and_only_by_post() -> None:
    async def main() -> list[int]:
        async with asking(webhook_over(Answering()).app) as client:
            asked = [("GET", PATH), ("PUT", PATH), ("POST", "/"), ("POST", PATH + "/"), ("POST", PATH + "?x=1")]
            return [
                (await client.request(method, path, json=delivery(number), headers=LET_IN)).status_code
                for number, (method, path) in enumerate(asked)
            ]

    assert asyncio.run(main()) == [405, 405, 404, 404, 200]


UNREADABLE = (
    b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe", b"[" * 100_000, b'{"update_id": "Testname"}', b'{"update_id": true}',
    b'{"update_id": [1]}', b'{"update_id": 1, "message": 5}', b'{"update_id": 1, "message": {"Testname": 5}}',
    b'{"update_id": ' + b"9" * 5000 + b"}",
)  # fmt: skip


def test_what_will_never_be_readable_is_accepted_so_that_it_does_not_come_for_ever(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> tuple[list[int], list[int]]:
        answering = Answering()
        async with asking(webhook_over(answering).app) as client:
            answers = [await client.post(PATH, content=body, headers=LET_IN) for body in UNREADABLE]
            return [answer.status_code for answer in answers], answering.begun

    assert asyncio.run(main()) == ([200] * len(UNREADABLE), [])
    logged = [record.getMessage() for record in caplog.records if record.name == "gildongmu.telegram"]
    assert len(logged) == len(UNREADABLE)
    assert all(line.startswith("an update is skipped (") and "Testname" not in line for line in logged)


def test_a_delivery_that_is_too_large_is_not_read() -> None:
    async def main() -> list[int]:
        async with asking(webhook_over(Answering()).app) as client:
            large = [json.dumps(delivery(1)).encode().ljust(size) for size in (LARGEST, LARGEST + 1)]
            return [(await client.post(PATH, content=body, headers=LET_IN)).status_code for body in large]

    assert asyncio.run(main()) == [200, 413]


def test_what_comes_again_while_it_is_in_hand_or_after_it_was_answered_is_answered_once() -> None:
    async def main() -> tuple[list[int], list[int]]:
        answering = Answering()
        answering.going_on.clear()
        async with telling(answering) as deliver:
            twice = [deliver(7), deliver(7)]
            await until(lambda: answering.begun)
            answering.going_on.set()
            answers = [*await asyncio.gather(*twice), await deliver(7), await deliver(8), await deliver(7)]
            return [answer.status_code for answer in answers], answering.begun

    assert asyncio.run(main()) == ([200] * 5, [7, 8])


def test_only_the_last_answered_updates_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> list[int]:
        answering = Answering()
        async with telling(answering) as deliver:
            for number in (1, 2, 3, 4, 4, 3, 2, 1):
                await deliver(number)
        return answering.begun

    monkeypatch.setattr("bot.telegram.webhook.REMEMBERED", 3)
    assert asyncio.run(main()) == [1, 2, 3, 4, 1]


def test_an_answer_that_takes_too_long_is_asked_for_again_and_goes_on() -> None:
    async def main() -> tuple[list[tuple[int, str | None]], list[int]]:
        answering = Answering()
        answering.going_on.clear()
        async with telling(answering, held=0.1) as deliver:
            answers = [await deliver(7), await deliver(7)]
            again = deliver(7)
            answering.going_on.set()
            answers += [await again, await deliver(7)]
            return [(each.status_code, each.headers.get("retry-after")) for each in answers], answering.begun

    assert asyncio.run(main()) == ([(503, "2"), (503, "2"), (200, None), (200, None)], [7])


def test_when_much_is_in_hand_more_has_to_come_again_but_not_what_is_in_hand() -> None:
    async def main() -> tuple[list[int], bool]:
        answering = Answering()
        answering.going_on.clear()
        async with telling(answering, held=1) as deliver:
            await asyncio.gather(*(deliver(number, chat=number) for number in range(AT_ONCE)))
            refused = await deliver(AT_ONCE, chat=AT_ONCE)
            known = deliver(0)
            await asyncio.sleep(0.05)
            taken = AT_ONCE in answering.begun
            answering.going_on.set()
            later = [refused, await known, await deliver(AT_ONCE, chat=AT_ONCE)]
            return [each.status_code for each in later], taken

    assert asyncio.run(main()) == ([503, 200, 200], False)


def test_within_a_chat_answers_keep_the_order_of_arrival_and_no_chat_waits_for_another() -> None:
    async def main() -> tuple[list[int], list[int]]:
        answering = Answering()
        answering.going_on.clear()
        async with telling(answering) as deliver:
            told = []
            for number, chat in ((1, ANNA), (2, ANNA), (3, BORA), (4, ANNA), (5, BORA)):
                told.append(deliver(number, chat))
                await asyncio.sleep(0.05)
            at_first = list(answering.begun)
            answering.going_on.set()
            await asyncio.gather(*told)
            return at_first, answering.ended

    at_first, ended = asyncio.run(main())
    assert at_first == [1, 3]
    assert [number for number in ended if number in (1, 2, 4)] == [1, 2, 4]
    assert [number for number in ended if number in (3, 5)] == [3, 5]


def test_told_to_stop_it_takes_nothing_new_and_finishes_what_is_in_hand() -> None:
    async def main() -> tuple[list[int], list[int]]:
        answering = Answering()
        answering.going_on.clear()
        webhook = webhook_over(answering)
        async with asking(webhook.app) as client:
            first = asyncio.create_task(client.post(PATH, json=delivery(1), headers=LET_IN))
            await until(lambda: answering.begun)
            webhook.stop()
            second = await client.post(PATH, json=delivery(2, BORA), headers=LET_IN)
            answering.going_on.set()
            answers = [await first, second, await client.post(PATH, json=delivery(1), headers=LET_IN)]
            return [answer.status_code for answer in answers], answering.begun

    assert asyncio.run(main()) == ([200, 503, 200], [1])


def test_what_was_given_up_has_to_come_again() -> None:
    async def main() -> list[int]:
        answering = Answering()
        answering.going_on.clear()
        async with telling(answering) as deliver:
            told = deliver(1)
            await until(lambda: answering.begun)
            await answering.hand.finish(0.0)
            answering.going_on.set()
            return [(await told).status_code, (await deliver(1)).status_code, len(answering.begun)]

    assert asyncio.run(main()) == [503, 200, 2]


def test_the_secret_is_one_that_telegram_takes_and_tells_nothing_of_the_token() -> None:
    secret = secret_of(TOKEN)
    assert 1 <= len(secret) <= 256
    assert secret.isascii()
    assert secret.replace("-", "").replace("_", "").isalnum()
    assert TOKEN.partition(":")[2] not in secret
    assert secret == secret_of(TOKEN) != secret_of("12345:TESU")
