"""How fast the bot speaks: turns in order, a cry for help first; a chat that must wait holds no other back."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.telegram.pacing import LONGEST_ASKED, Pace, PatientLimiter, goes_first

Sending = Callable[..., Coroutine[Any, Any, str]]


def sending(*ends: Exception | str) -> tuple[Sending, list[float]]:
    """Return a call that ends like that, one after the other, and the times at which it was made."""
    left, times = list(ends), []

    async def send() -> str:
        times.append(time.monotonic())
        end = left.pop(0)
        if isinstance(end, Exception):
            raise end
        return end

    return send, times


async def send(limiter: PatientLimiter, call: Sending, chat: int | str | None = 1) -> str:
    data = {} if chat is None else {"chat_id": chat}
    sent: str = await limiter.process_request(call, (), {}, "sendMessage", data, None)
    return sent


def test_turns_are_given_so_many_a_second_and_in_order() -> None:
    async def main() -> tuple[list[int], float]:
        pace, order, began = Pace(20), [], time.monotonic()

        async def one(number: int) -> None:
            await pace.turn(urgent=False)
            order.append(number)

        await asyncio.gather(*(one(number) for number in range(30)))
        return order, time.monotonic() - began

    order, seconds = asyncio.run(main())
    assert order == list(range(30))
    assert 0.45 < seconds < 2, "twenty at once, ten more in half a second"


def test_a_cry_for_help_goes_before_all_that_waits() -> None:
    async def main() -> list[str]:
        pace, order = Pace(10), []

        async def one(name: str, *, urgent: bool) -> None:
            await pace.turn(urgent=urgent)
            order.append(name)

        waiting = [asyncio.create_task(one("question", urgent=False)) for _ in range(16)]
        await asyncio.sleep(0)
        await one("cry", urgent=True)
        before = len(order)
        await asyncio.gather(*waiting)
        assert before == 11, "ten were at once, and the first turn after them is the cry's"
        return order

    assert asyncio.run(main())[10] == "cry"


def test_who_is_stopped_while_waiting_takes_no_turn() -> None:
    async def main() -> float:
        pace = Pace(5)
        for _ in range(5):
            await pace.turn(urgent=False)
        given_up = [asyncio.create_task(pace.turn(urgent=False)) for _ in range(50)]
        await asyncio.sleep(0)
        for task in given_up:
            task.cancel()
        began = time.monotonic()
        await asyncio.wait_for(pace.turn(urgent=False), 5)
        return time.monotonic() - began

    assert asyncio.run(main()) < 1


def test_without_a_limit_nobody_waits() -> None:
    async def main() -> None:
        pace = Pace(0)
        for _ in range(10_000):
            await pace.turn(urgent=False)

    asyncio.run(main())


@pytest.mark.parametrize("refusal", [BadRequest("no"), Forbidden("no"), ChatMigrated(-5)])
def test_what_would_be_refused_again_is_not_sent_again(refusal: TelegramError) -> None:
    call, times = sending(refusal, "sent")
    with pytest.raises(type(refusal)):
        asyncio.run(send(PatientLimiter(30), call))
    assert len(times) == 1


@pytest.mark.parametrize(
    "fault", [NetworkError("reset"), TelegramError("Invalid server response"), InvalidToken("a proxy's 404")]
)
def test_what_may_pass_is_sent_again(fault: TelegramError) -> None:
    repeated: list[str] = []
    call, times = sending(fault, "sent")
    assert asyncio.run(send(PatientLimiter(30, repeated.append), call)) == "sent"
    assert len(times) == 2
    assert repeated == [type(fault).__name__]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_chat_that_telegram_lets_wait_holds_no_other_back() -> None:
    async def main() -> tuple[float, float]:
        limiter, began = PatientLimiter(30), time.monotonic()
        slow, _ = sending(RetryAfter(1), "sent")
        quick, _ = sending("sent")
        held = asyncio.create_task(send(limiter, slow, 1))
        await asyncio.sleep(0.01)
        await send(limiter, quick, 2)
        other = time.monotonic() - began
        await held
        return other, time.monotonic() - began

    other, held = asyncio.run(main())
    assert other < 0.5
    assert held >= 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_wait_that_is_too_long_for_an_answer_is_given_up() -> None:
    call, _ = sending(RetryAfter(int(LONGEST_ASKED) + 1))
    with pytest.raises(RetryAfter):
        asyncio.run(send(PatientLimiter(30), call))


def test_what_goes_to_no_chat_is_tried_once() -> None:
    call, times = sending(NetworkError("reset"), "sent")
    with pytest.raises(NetworkError):
        asyncio.run(send(PatientLimiter(30), call, None))
    assert len(times) == 1


def test_a_group_gets_twenty_messages_and_then_waits_while_others_do_not() -> None:
    async def main() -> float:
        limiter = PatientLimiter(30)
        for _ in range(20):
            await send(limiter, sending("sent")[0], -5)
        late = asyncio.create_task(send(limiter, sending("sent")[0], -5))
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await send(limiter, sending("sent")[0], 7)
        await send(limiter, sending("sent")[0], -6)
        assert not late.done()
        late.cancel()
        return time.monotonic() - began

    assert asyncio.run(main()) < 0.5


def test_goes_first_holds_only_where_it_is_said() -> None:
    order: list[str] = []

    async def main() -> None:
        limiter = PatientLimiter(5)

        async def one(name: str) -> None:
            await send(limiter, sending(name)[0])
            order.append(name)

        async def cry() -> None:
            with goes_first():
                await one("cry")
            await one("after")

        rest = [asyncio.create_task(one("question")) for _ in range(8)]
        await asyncio.sleep(0)
        await asyncio.gather(cry(), *rest)

    asyncio.run(main())
    assert order.index("cry") == 5
    assert order[-1] == "after"


def test_a_server_of_ones_own_without_limits_takes_any_number_in_a_group() -> None:
    async def main() -> None:
        limiter = PatientLimiter(0)
        for _ in range(100):
            await send(limiter, sending("sent")[0], -5)

    asyncio.run(main())
