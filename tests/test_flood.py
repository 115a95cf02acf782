"""Floods, against the real process: who floods is told once, others are answered as ever, a cry comes through."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botapi.server import BotApiServer
from coordinator import GROUP, ONE, desk_settings
from newcomer import PATIENCE, Newcomer, environment_with, running

from bot.telegram.gate import AT_ONCE_IN_A_GROUP

AT_ONCE = 30
SLOWER = "한꺼번에 많이"
OTHER_GROUP = -4001
CHATS = iter(range(61_001, 70_000))


@pytest.fixture(scope="module")
def bot(small_folder: Path, small_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotApiServer]:
    folder = tmp_path_factory.mktemp("flood")
    environment = {
        **environment_with(small_weights.parent, folder),
        **desk_settings(small_folder, MESSAGES_PER_SECOND="30", CHAT_BURST=""),
    }
    with BotApiServer() as server, running(server, environment, folder / "log"):
        server.add_group(GROUP)
        server.wait_for(lambda server: server.calls_of("getUpdates"), timeout=PATIENCE)
        yield server


def test_who_floods_is_answered_for_a_while_told_once_and_answered_again_later(bot: BotApiServer) -> None:
    flooder = next(CHATS)
    last = [bot.say(flooder, "면허 어떻게 따요") for _ in range(3 * AT_ONCE)][-1]
    bot.wait_for(lambda server: server.acknowledged(last), timeout=60)
    shown = [sent.text for sent in bot.sent_to(flooder)]
    assert AT_ONCE <= len([text for text in shown if "운전면허" in text]) < 2 * AT_ONCE
    assert len([text for text in shown if SLOWER in text]) == 1
    time.sleep(2.2)
    assert "운전면허" in Newcomer(bot, flooder).says("면허 어떻게 따요")[-1].text


def test_a_cry_for_help_in_a_flood_brings_its_card(bot: BotApiServer) -> None:
    flooder = next(CHATS)
    for _ in range(2 * AT_ONCE):
        bot.say(flooder, "오늘 날씨 어때")
    last = [bot.say(flooder, "그만 살고 싶슴다") for _ in range(5)][-1]
    bot.wait_for(lambda server: server.acknowledged(last), timeout=60)
    assert len([sent for sent in bot.sent_to(flooder) if sent.text.startswith("109")]) == 1, "it stands there"


def test_while_one_floods_another_is_answered_as_ever(bot: BotApiServer) -> None:
    flooder, anna = next(CHATS), Newcomer(bot, next(CHATS))
    for _ in range(400):
        bot.say(flooder, "면허 어떻게 따요")
    began = time.monotonic()
    assert anna.says("통장 어떻게 만들어요")
    assert time.monotonic() - began < 15


def test_presses_flood_no_less_and_are_told_so(bot: BotApiServer) -> None:
    ben = Newcomer(bot, next(CHATS))
    menu = ben.says("/menu")[-1]
    presses = [bot.press(ben.chat, menu.message_id, "m:ko:", shown=False) for _ in range(2 * AT_ONCE)]
    bot.wait_for(lambda server: server.acknowledged(presses[-1]), timeout=60)
    assert len([update for update in presses if SLOWER in bot.told(update)[0]]) == 1


def test_a_group_that_asks_too_much_is_told_once_and_holds_nobody_up(bot: BotApiServer) -> None:
    texts = [f"@{bot.username} 면허 어떻게 따요"] * (2 * AT_ONCE_IN_A_GROUP)
    last = [bot.say(OTHER_GROUP, text, chat_type="group", user_id=ONE) for text in texts][-1]
    began = time.monotonic()
    assert Newcomer(bot, next(CHATS)).says("그만 살고 싶슴다")[0].text.startswith("109")
    assert time.monotonic() - began < 5
    bot.wait_for(lambda server: server.acknowledged(last), timeout=60)
    shown = [sent.text for sent in bot.sent_to(OTHER_GROUP)]
    assert len([text for text in shown if SLOWER in text]) == 1
    assert len(shown) <= AT_ONCE_IN_A_GROUP + 4


def test_what_is_not_meant_for_the_bot_takes_nothing_from_a_group(bot: BotApiServer) -> None:
    for _ in range(3 * AT_ONCE_IN_A_GROUP):
        bot.say(OTHER_GROUP - 1, "우리끼리 하는 말", chat_type="group", user_id=ONE)
    asked = bot.say(OTHER_GROUP - 1, f"@{bot.username} 면허 어떻게 따요", chat_type="group", user_id=ONE)
    bot.wait_for(lambda server: server.acknowledged(asked), timeout=PATIENCE)
    assert "운전면허" in bot.sent_to(OTHER_GROUP - 1)[-1].text


def test_the_coordinators_group_is_never_held_back(bot: BotApiServer) -> None:
    texts = ["/desk"] * (AT_ONCE_IN_A_GROUP + 5)
    last = [bot.say(GROUP, text, chat_type="supergroup", user_id=ONE) for text in texts][-1]
    bot.wait_for(lambda server: server.acknowledged(last), timeout=60)
    bot.wait_for(lambda server: len(server.sent_to(GROUP)) >= len(texts), timeout=60)
    assert not [sent for sent in bot.sent_to(GROUP) if SLOWER in sent.text]


def test_letters_typed_inline_are_answered_up_to_a_bound(bot: BotApiServer) -> None:
    person = next(CHATS)
    queries = [bot.inline(person, "면허") for _ in range(120)]
    bot.wait_for(lambda server: server.acknowledged(queries[-1]), timeout=60)
    answered = [query for query in queries if bot.inline_answer(query)]
    assert 40 <= len(answered) < 80
