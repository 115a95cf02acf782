"""Work beside the answers: in turn, waited for only a moment, and its faults told without what they were about."""

import asyncio
import logging
import time

import pytest

from bot.telegram.holding import HELD, Jobs


def test_work_is_done_in_the_order_in_which_it_was_asked_for() -> None:
    done: list[int] = []

    async def work(number: int) -> None:
        await asyncio.sleep(0.02 / (number + 1))
        done.append(number)

    async def main() -> None:
        jobs = Jobs()
        await asyncio.gather(*(jobs.in_turn(work(number)) for number in range(5)))
        await asyncio.gather(*jobs.tasks)

    asyncio.run(main())
    assert done == list(range(5))


def test_quick_work_is_done_when_it_was_asked_for() -> None:
    done: list[str] = []

    async def work() -> None:
        done.append("done")

    asyncio.run(Jobs().in_turn(work()))
    assert done == ["done"]


def test_slow_work_holds_nothing_up_for_long_and_what_waits_behind_it_not_at_all() -> None:
    async def slow() -> None:
        await asyncio.sleep(60)

    async def main() -> tuple[float, float]:
        jobs, begun = Jobs(), time.monotonic()
        await jobs.in_turn(slow())
        first = time.monotonic()
        for _ in range(10):
            await jobs.in_turn(slow())
        behind = time.monotonic() - first
        await jobs.close()
        assert jobs.tasks == set()
        return first - begun, behind

    held, behind = asyncio.run(main())
    assert held < HELD + 1
    assert behind < 0.5


def test_a_fault_is_logged_by_kind_and_place_and_told(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []

    async def broken() -> None:
        raise ValueError("what somebody wrote")

    async def tell() -> None:
        told.append("told")

    async def main() -> None:
        jobs = Jobs()
        await jobs.in_turn(broken(), tell)
        await asyncio.sleep(0)  # the fault is noticed
        await asyncio.gather(*jobs.tasks)

    with caplog.at_level(logging.DEBUG):
        asyncio.run(main())
    assert told == ["told"]
    assert "ValueError" in caplog.text
    assert "what somebody wrote" not in caplog.text
