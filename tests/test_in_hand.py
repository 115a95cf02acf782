"""The updates in hand: chats side by side, in order within a chat, none twice; what is given up comes again."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from telegram import Bot, Update

from bot.telegram.in_hand import InHand

Process = Callable[[Update], Awaitable[None]]


def update(number: int, chat: int) -> Update:
    message = {"message_id": number, "date": 0, "chat": {"id": chat, "type": "private"}, "text": "비밀말"}
    return Update.de_json({"update_id": number, "message": message}, Bot("1:T"))


def test_a_chat_is_answered_in_order_and_another_does_not_wait_for_it() -> None:
    async def main() -> list[int]:
        free, done = asyncio.Event(), []

        async def process(each: Update) -> None:
            if each.update_id == 1:
                await free.wait()
            done.append(each.update_id)

        in_hand = InHand(process)
        tasks = [in_hand.take(update(*each)) for each in ((1, 7), (2, 7), (3, 8), (4, 7))]
        await tasks[2]
        assert done == [3]
        assert in_hand.oldest_seconds() >= 0
        free.set()
        assert await in_hand.finish(5)
        assert len(in_hand) == 0
        assert in_hand.oldest_seconds() == 0
        return done

    assert asyncio.run(main()) == [3, 1, 2, 4]


def test_what_is_in_hand_is_not_taken_a_second_time() -> None:
    async def main() -> int:
        times = 0

        async def process(_: Update) -> None:
            nonlocal times
            times += 1
            await asyncio.sleep(0)

        in_hand = InHand(process)
        assert in_hand.take(update(1, 7)) is in_hand.take(update(1, 7))
        await in_hand.finish(5)
        return times

    assert asyncio.run(main()) == 1


def test_what_fails_counts_as_dealt_with_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def process(each: Update) -> None:
        if each.update_id == 1:
            assert each.message is not None
            raise ValueError(each.message.text)

    async def main() -> None:
        in_hand = InHand(process)
        tasks = [in_hand.take(update(number, 7)) for number in (1, 2)]
        await asyncio.gather(*tasks)

    asyncio.run(main())
    assert "ValueError" in caplog.text
    assert "비밀말" not in caplog.text


def test_what_takes_too_long_at_the_end_is_given_up_with_all_that_waits_behind_it() -> None:
    async def process(_: Update) -> None:
        await asyncio.sleep(60)

    async def main() -> None:
        in_hand = InHand(process)
        tasks = [in_hand.take(update(number, 7)) for number in (1, 2, 3)]
        assert not await in_hand.finish(0.05)
        assert [task.cancelled() for task in tasks] == [True] * 3

    asyncio.run(main())
