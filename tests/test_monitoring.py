"""/healthz and /metrics over real HTTP: what they say when all is well, when it is not, and to whom."""

import asyncio
import json
from dataclasses import replace

import httpx
import pytest
from served import HOST, asking

from bot.metrics import Metrics, State
from bot.monitoring import Health, monitoring

WELL = Health(heard_before=3.2, oldest_in_hand=0.0, store_writable=True, knowledge_checksum="0123456789abcdef" * 4)


def asked(health: Health, path: str = "/healthz", method: str = "GET", host: str = "") -> httpx.Response:
    """Return what is answered while the bot is as `health` says."""

    async def main() -> httpx.Response:
        metrics = Metrics("1.2", lambda: State(0, 0, health.store_writable, health.knowledge_checksum, 126))
        async with asking(monitoring(lambda: health, metrics.text, HOST)) as client:
            return await client.request(method, path, headers={"Host": host} if host else {})

    return asyncio.run(main())


def test_a_bot_that_is_well_says_so() -> None:
    answer = asked(WELL)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {
        "status": "ok",
        "telegram_heard_within_seconds": 60,
        "oldest_in_hand_seconds": 0,
        "store_writable": True,
        "knowledge": "0123456789ab",
    }


@pytest.mark.parametrize(
    ("health", "korean", "english"),
    [
        (replace(WELL, heard_before=120.0), "소식이 없습니다", "Telegram was not heard for 120 seconds"),
        (replace(WELL, oldest_in_hand=120.0), "답하지 못하고 있습니다", "An update has been in hand for 120 seconds"),
    ],
)
def test_a_bot_that_is_not_well_says_why(health: Health, korean: str, english: str) -> None:
    answer = asked(health)
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert korean in answer.json()["reason"]
    assert english in answer.json()["reason"]


@pytest.mark.parametrize("health", [replace(WELL, heard_before=119.9), replace(WELL, oldest_in_hand=119.9)])
def test_a_little_waiting_is_no_fault(health: Health) -> None:
    assert asked(health).status_code == 200


def test_a_database_that_cannot_be_written_is_told_but_costs_no_answer() -> None:
    answer = asked(replace(WELL, store_writable=False))
    assert (answer.status_code, answer.json()["store_writable"]) == (200, False)
    assert "gildongmu_store_writable 0.0\n" in asked(replace(WELL, store_writable=False), "/metrics").text


def test_whoever_looks_every_moment_does_not_see_when_somebody_writes() -> None:
    seen = {
        json.dumps(replace(WELL, heard_before=heard, oldest_in_hand=oldest).shown())
        for heard in (0.0, 0.4, 12.0, 25.9, 59.9)
        for oldest in (0.0, 0.1, 3.0, 29.9)
    }
    assert len(seen) == 1


def test_the_numbers_are_shown_as_prometheus_reads_them() -> None:
    answer = asked(WELL, "/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert 'gildongmu_knowledge_info{checksum="0123456789ab"} 1.0\n' in answer.text


def test_nothing_else_is_there_and_nothing_can_be_sent() -> None:
    assert [asked(WELL, path).status_code for path in ("/", "/metrics/", "/healthz/x", "/docs")] == [404] * 4
    assert [asked(WELL, method=method).status_code for method in ("POST", "PUT", "DELETE", "OPTIONS")] == [405] * 4
    head = asked(WELL, method="HEAD")
    assert (head.status_code, head.content) == (200, b"")


def test_a_page_whose_name_was_pointed_here_reads_nothing() -> None:
    for path in ("/healthz", "/metrics"):
        answer = asked(WELL, path, host="evil.example")
        assert (answer.status_code, answer.text) == (421, "Misdirected Request")
    assert asked(WELL, host="localhost:9100").status_code == 200
