"""The webhook against the tests' own Bot API server: set, delivered to, looked after, stopped."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, nullcontext

import pytest
from botapi.client import Client
from botapi.server import BotApiServer, Redelivery
from newcomer import free_port
from telegram import Bot, Update
from telegram.error import InvalidToken

from bot.telegram.in_hand import InHand
from bot.telegram.polling import ALLOWED, UNWANTED, AnotherCopy
from bot.telegram.webhook import NoWebhook, Webhook, secret_of

ANNA, BORA = 1001, 1002
LOOK = 0.05


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer(redelivery=Redelivery(first=0.05, longest=0.2, timeout=0.5)) as server:
        yield server


@pytest.fixture
def url() -> str:
    return f"http://127.0.0.1:{free_port()}/told"


class Answers:
    """Stands for the bot's answering: notes each update and takes `seconds` for it."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.seconds = seconds

    async def __call__(self, update: Update) -> None:
        self.begun.append(update.update_id)
        await asyncio.sleep(self.seconds)
        self.ended.append(update.update_id)


@asynccontextmanager
async def webhook_at(
    telegram: BotApiServer, url: str, answers: Answers, **seconds: float
) -> AsyncIterator[tuple[Webhook, asyncio.Task[None]]]:
    """Run a webhook until the block ends; yield it and what it does."""
    async with Bot(telegram.token, base_url=telegram.base_url) as bot:
        port = int(re.findall(r":(\d+)/", url)[0]) if ":" in url[6:] else 0
        webhook = Webhook(bot, InHand(answers), telegram.token, url, "127.0.0.1", port, **{"look": LOOK} | seconds)
        running = asyncio.create_task(webhook.run())
        try:
            yield webhook, running
        finally:
            webhook.stop()
            await running


async def seen(telegram: BotApiServer, met: Callable[[BotApiServer], object]) -> None:
    """Wait until the server sees what is waited for."""
    await asyncio.to_thread(telegram.wait_for, met, 10)


def test_what_people_write_is_delivered_before_and_after_the_webhook_is_set(telegram: BotApiServer, url: str) -> None:
    async def main() -> list[int]:
        answers, before = Answers(), telegram.say(ANNA, "면허 어떻게 따요")
        async with webhook_at(telegram, url, answers):
            await seen(telegram, lambda server: server.acknowledged(before))
            after = [telegram.say(chat, "통장 어떻게 만들어요") for chat in (ANNA, BORA, ANNA)]
            await seen(telegram, lambda server: all(map(server.acknowledged, after)))
            assert sorted(answers.ended) == [before, *after]
            return [delivery.status for delivery in telegram.deliveries]

    assert asyncio.run(main()) == [200] * 4
    (call,) = telegram.calls_of("setWebhook")
    assert not call.params.pop("drop_pending_updates", False)
    assert call.params == {
        "url": url, "secret_token": secret_of(telegram.token), "allowed_updates": list(ALLOWED), "max_connections": 100,
    }  # fmt: skip


def test_an_answer_slower_than_telegrams_patience_is_given_once(telegram: BotApiServer, url: str) -> None:
    async def main() -> tuple[list[int], list[int]]:
        answers = Answers(seconds=0.8)
        async with webhook_at(telegram, url, answers):
            update = telegram.say(ANNA, "면허 어떻게 따요")
            await seen(telegram, lambda server: server.acknowledged(update))
            return [delivery.status for delivery in telegram.deliveries], answers.begun

    statuses, begun = asyncio.run(main())
    assert statuses == [0, 200]
    assert len(begun) == 1


def test_at_the_stop_what_is_in_hand_is_answered_and_the_rest_waits_for_the_next_start(
    telegram: BotApiServer, url: str
) -> None:
    async def main() -> tuple[list[int], list[int], list[int]]:
        answers = Answers(seconds=0.3)
        async with webhook_at(telegram, url, answers) as (webhook, _):
            first = telegram.say(ANNA, "면허 어떻게 따요")
            while not answers.begun:
                await asyncio.sleep(0.01)
            webhook.stop()
            second = telegram.say(BORA, "통장 어떻게 만들어요")
        assert telegram.acknowledged(first)
        assert telegram.webhook
        assert telegram.webhook.url == url
        waiting = telegram.pending
        async with webhook_at(telegram, url, answers):
            await seen(telegram, lambda server: server.acknowledged(second))
        return answers.ended, waiting, [first, second]

    ended, waiting, told = asyncio.run(main())
    assert ended == told
    assert waiting == told[1:]


def test_at_the_stop_an_answer_is_finished_also_when_its_delivery_is_no_longer_held(
    telegram: BotApiServer, url: str
) -> None:
    async def main() -> list[int]:
        answers = Answers(seconds=0.6)
        async with webhook_at(telegram, url, answers, held=0.05) as (webhook, _):
            update = telegram.say(ANNA, "면허 어떻게 따요")
            await seen(telegram, lambda server: server.deliveries)
            webhook.stop()
        return [*answers.ended, -update]

    ended, told = asyncio.run(main())
    assert ended == -told


@pytest.mark.parametrize("elsewhere", ["http://127.0.0.1:1/elsewhere", ""])
def test_when_telegram_delivers_elsewhere_another_copy_runs_and_this_one_stops(
    telegram: BotApiServer, url: str, elsewhere: str
) -> None:
    async def main() -> None:
        async with webhook_at(telegram, url, Answers()) as (_, running):
            await seen(telegram, lambda server: server.calls_of("getWebhookInfo"))
            client = Client(telegram)
            client.result("setWebhook", url=elsewhere)
            client.http.close()
            await asyncio.wait_for(asyncio.shield(running), 10)

    with pytest.raises(AnotherCopy):
        asyncio.run(main())


@pytest.mark.parametrize(("times", "ends"), [(UNWANTED - 1, False), (UNWANTED, True)])
def test_a_token_that_is_refused_again_and_again_ends_the_bot(
    telegram: BotApiServer, url: str, times: int, *, ends: bool
) -> None:
    async def main() -> None:
        async with webhook_at(telegram, url, Answers()) as (_, running):
            telegram.fail_next("getWebhookInfo", 401, "Unauthorized", times=times)
            await seen(telegram, lambda server: len(server.calls_of("getWebhookInfo")) >= times + (not ends))
            if ends:
                await asyncio.wait_for(asyncio.shield(running), 10)
            assert not running.done()

    with pytest.raises(InvalidToken) if ends else nullcontext():
        asyncio.run(main())


def test_an_address_that_telegram_does_not_take_is_told_with_its_reason(telegram: BotApiServer) -> None:
    async def main() -> None:
        async with webhook_at(telegram, "https://bot.example/told", Answers()) as (_, running):
            await asyncio.wait_for(asyncio.shield(running), 10)

    with pytest.raises(NoWebhook, match=r"(?i)받아 주지 않습니다\(.*failed to resolve host.* / .*reached") as raised:
        asyncio.run(main())
    assert not raised.value.later


def test_a_look_that_fails_stops_nothing_and_trouble_is_told_without_what_it_was_about(
    telegram: BotApiServer, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with webhook_at(telegram, url, Answers()):
            await seen(telegram, lambda server: server.calls_of("getWebhookInfo"))
            telegram.fail_next("getWebhookInfo", 502, "Bad Gateway", times=2)
            client = Client(telegram)
            client.result("setWebhook", url=url, secret_token="not-ours")
            client.http.close()
            telegram.say(ANNA, "면허 어떻게 따요")
            async with asyncio.timeout(10):
                while not all(re.search(line, caplog.text) for line in TOLD):
                    await asyncio.sleep(0.02)

    caplog.set_level(logging.DEBUG, "gildongmu")
    asyncio.run(main())
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("gildongmu"))
    assert not re.search(r"401|Testname|면허|not-ours|12345", ours)


TOLD = (
    r"Telegram does not say how it delivers \(NetworkError\)",
    r"\d+ requests without Telegram's secret were refused",
    r"Telegram could not deliver, last \d+ seconds ago",
)


def test_telegram_is_heard_by_each_look_and_each_delivery(telegram: BotApiServer, url: str) -> None:
    async def main() -> tuple[float, float]:
        async with webhook_at(telegram, url, Answers(), look=60) as (webhook, _):
            await seen(telegram, lambda server: server.webhook)
            await asyncio.sleep(0.5)
            before = time.monotonic() - webhook.heard
            update = telegram.say(ANNA, "면허 어떻게 따요")
            await seen(telegram, lambda server: server.acknowledged(update))
            return before, time.monotonic() - webhook.heard

    before, after = asyncio.run(main())
    assert before > max(0.4, after)
