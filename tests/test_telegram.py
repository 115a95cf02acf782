"""The real process `python -m bot run`, spoken to over a real Bot API server on loopback."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from botapi.server import BotApiServer
from conftest import PROJECT
from newcomer import running

ANNA, BORA, GROUP = 1001, 1002, -2001
SECRETS = ("12345:TEST", "TEST", "Testname", "testuser")


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        yield server


@pytest.fixture
def bot(telegram: BotApiServer, environment: Mapping[str, str], tmp_path: Path) -> Iterator[BotApiServer]:
    """Return the server, with the bot running against it."""
    with running(telegram, environment, tmp_path / "log"):
        yield telegram


def answer(bot: BotApiServer, chat: int, text: str) -> str:
    """Say something and return what the bot shows for it."""
    before = len(bot.sent_to(chat))
    bot.say(chat, text)
    bot.wait_for(lambda server: len(server.sent_to(chat)) > before, timeout=20)
    return bot.sent_to(chat)[-1].text


def test_a_question_is_answered_with_a_card_and_buttons(bot: BotApiServer) -> None:
    assert "운전면허" in answer(bot, ANNA, "면허 어떻게 따요")
    assert bot.sent_to(ANNA)[-1].buttons


def test_all_four_outcomes_are_spoken(bot: BotApiServer) -> None:
    assert answer(bot, ANNA, "그만 살고 싶슴다").startswith("109")
    assert "1577-6635" in answer(bot, ANNA, "오늘 날씨 어때")
    assert "이력서" in answer(bot, ANNA, "리력서 쓰는 법 알려주시오")
    assert answer(bot, ANNA, "how do I find a job")


def test_a_short_question_is_about_what_this_chat_was_last_shown_and_no_other(bot: BotApiServer) -> None:
    answer(bot, ANNA, "면허 어떻게 따요")
    answer(bot, BORA, "통장 어떻게 만들어요")
    assert "· 비용" in answer(bot, ANNA, "그럼 얼마예요?")
    assert "통장" in answer(bot, BORA, "서류는요?")
    answer(bot, ANNA, "오늘 날씨 어때")
    assert "· 비용" not in answer(bot, ANNA, "그럼 얼마예요?")


def test_two_questions_get_two_cards(bot: BotApiServer) -> None:
    bot.say(ANNA, "통장 어떻게 만들어요? 면허는 어떻게 따요?")
    bot.wait_for(lambda server: len(server.sent_to(ANNA)) >= 2, timeout=20)
    assert ["통장" in bot.sent_to(ANNA)[0].text, "면허" in bot.sent_to(ANNA)[1].text] == [True, True]


def test_the_commands_answer_in_the_language_of_the_telegram(bot: BotApiServer) -> None:
    for command in ("/start", "/help", "/menu", "/privacy"):
        assert answer(bot, ANNA, command)
    assert "longer" not in answer(bot, ANNA, "/privacy")
    bot.say(BORA, "/privacy", language_code="en")
    bot.wait_for(lambda server: server.sent_to(BORA), timeout=20)
    assert "The bot keeps no text" in bot.sent_to(BORA)[-1].text


def test_the_menu_leads_to_a_card_and_back_in_one_message(bot: BotApiServer) -> None:
    answer(bot, ANNA, "/menu")
    shown = press(bot, lambda data: data.startswith("c:") and "driving" in data)
    shown = press(bot, lambda data: data.startswith("l:") and "driving-licence" in data)
    assert "운전면허" in shown
    assert "How to get a driving licence" in press(bot, lambda data: data.startswith("l:en:"))
    press(bot, lambda data: data.startswith("c:"))
    assert len(bot.showing(ANNA)) == 1


def test_looking_further_leaves_an_answer_where_it_is(bot: BotApiServer) -> None:
    answer(bot, ANNA, "면허 어떻게 따요")
    press(bot, lambda data: data.startswith("e+:"))
    assert len(bot.showing(ANNA)) == 2


def press(bot: BotApiServer, wanted: object) -> str:
    """Press the first button of the last message whose data is wanted; return what is shown then."""
    assert callable(wanted)
    last = bot.sent_to(ANNA)[-1]
    data = next(data for data in last.data if wanted(data))
    before = len(bot.sent_to(ANNA))
    bot.press(ANNA, last.message_id, data)
    bot.wait_for(lambda server: len(server.sent_to(ANNA)) > before, timeout=20)
    return bot.sent_to(ANNA)[-1].text


def test_what_to_show_comes_below_the_card_and_a_concept_is_turned_in_place(bot: BotApiServer) -> None:
    answer(bot, ANNA, "월급을 두 달째 못 받았어요")
    assert press(bot, lambda data: data.startswith("k+:")).startswith("안녕하세요")
    assert len(bot.showing(ANNA)) == 2
    assert "세금" in answer(bot, ANNA, "연말정산이 뭐예요")
    assert "tax" in press(bot, lambda data: data.startswith("w:en:"))
    assert len(bot.showing(ANNA)) == 3


def test_the_same_button_twice_does_no_harm(bot: BotApiServer) -> None:
    answer(bot, ANNA, "/menu")
    message = bot.sent_to(ANNA)[-1]
    for _ in range(2):
        update = bot.press(ANNA, message.message_id, "m:ko:", shown=False)
        bot.wait_for(lambda server, update=update: server.acknowledged(update), timeout=20)  # type: ignore[misc]
    assert "운전" in answer(bot, ANNA, "면허 어떻게 따요")


def test_a_button_from_another_time_gets_an_explanation(bot: BotApiServer) -> None:
    answer(bot, ANNA, "/menu")
    message = bot.sent_to(ANNA)[-1]
    before = len(bot.sent_to(ANNA))
    bot.press(ANNA, message.message_id, "e:ko:an-entry-that-was", shown=False)
    bot.wait_for(lambda server: len(server.sent_to(ANNA)) > before, timeout=20)
    assert "오래되어" in bot.sent_to(ANNA)[-1].text


def test_everything_that_is_not_text_is_answered_kindly(bot: BotApiServer) -> None:
    kinds = (bot.voice, bot.photo, bot.video, bot.document, bot.sticker, bot.contact, bot.poll)
    for number, send in enumerate(kinds, 1):
        send(ANNA)
        bot.wait_for(lambda server, number=number: len(server.sent_to(ANNA)) == number, timeout=20)  # type: ignore[misc]
    texts = [sent.text for sent in bot.sent_to(ANNA)]
    assert len(set(texts)) == len(kinds)
    assert "연락처는 읽지 않았고" in texts[5]


def test_a_photo_with_words_under_it_is_a_question(bot: BotApiServer) -> None:
    bot.photo(ANNA, caption="면허 어떻게 따요")
    bot.wait_for(lambda server: server.sent_to(ANNA), timeout=20)
    assert "운전면허" in bot.sent_to(ANNA)[-1].text


def test_an_edited_question_is_answered_anew(bot: BotApiServer) -> None:
    update = bot.say(ANNA, "오늘 날씨 어때")
    bot.wait_for(lambda server: server.sent_to(ANNA), timeout=20)
    bot.edit(ANNA, bot.message_id_of(update), "면허 어떻게 따요")
    bot.wait_for(lambda server: len(server.sent_to(ANNA)) > 1, timeout=20)
    assert "운전면허" in bot.sent_to(ANNA)[-1].text


def test_in_a_group_the_bot_speaks_only_when_spoken_to(bot: BotApiServer) -> None:
    ignored = bot.say(GROUP, "면허 어떻게 따요", chat_type="group", user_id=ANNA)
    bot.wait_for(lambda server: server.acknowledged(ignored), timeout=20)
    assert bot.sent_to(GROUP) == []
    bot.say(GROUP, f"@{bot.username} 면허 어떻게 따요", chat_type="group", user_id=ANNA)
    bot.wait_for(lambda server: server.sent_to(GROUP), timeout=20)
    assert "운전면허" in bot.sent_to(GROUP)[-1].text
    bot.say(GROUP, "이력서는요? 이력서 쓰는 법", chat_type="group", user_id=ANNA, reply_to_bot=True)
    bot.wait_for(lambda server: len(server.sent_to(GROUP)) > 1, timeout=20)
    assert "이력서" in bot.sent_to(GROUP)[-1].text


def test_a_person_who_blocked_the_bot_does_not_stop_it(bot: BotApiServer) -> None:
    bot.block(BORA)
    lost = bot.say(BORA, "면허 어떻게 따요")
    assert "운전면허" in answer(bot, ANNA, "면허 어떻게 따요")
    bot.wait_for(lambda server: server.acknowledged(lost), timeout=20)


def test_telegrams_wait_and_a_failing_server_only_delay_an_answer(bot: BotApiServer) -> None:
    bot.fail_next("sendMessage", 429, "Too Many Requests: retry after 1", 1, retry_after=1)
    assert "운전면허" in answer(bot, ANNA, "면허 어떻게 따요")
    bot.fail_next("sendMessage", 500, "Internal Server Error", 2)
    assert "이력서" in answer(bot, ANNA, "이력서 쓰는 법 알려주세요")


def test_questions_are_answered_in_order_within_a_chat(bot: BotApiServer) -> None:
    texts = ["면허 어떻게 따요", "이력서 쓰는 법 알려주세요", "오늘 날씨 어때", "how do I find a job"]
    for text in texts:
        bot.say(ANNA, text)
    bot.wait_for(lambda server: len(server.sent_to(ANNA)) == len(texts), timeout=20)
    shown = [sent.text for sent in bot.sent_to(ANNA)]
    assert ["운전면허" in shown[0], "이력서" in shown[1], "1577-6635" in shown[2]] == [True, True, True]


def test_killed_in_the_middle_and_started_again_every_question_is_answered(
    telegram: BotApiServer, environment: Mapping[str, str], tmp_path: Path
) -> None:
    chats = range(5000, 5100)
    with running(telegram, environment, tmp_path / "log") as process:
        telegram.delay("sendMessage", 0.05)
        for chat in chats:
            telegram.say(chat, "면허 어떻게 따요")
            telegram.say(chat, "이력서 쓰는 법 알려주세요")
        telegram.wait_for(30, timeout=60)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
    assert len(telegram.sent) < 2 * len(chats), "it was killed before it was done"
    with running(telegram, environment, tmp_path / "log"):
        telegram.wait_for(lambda server: all(_both(server, chat) for chat in chats), timeout=90)


def _both(server: BotApiServer, chat: int) -> bool:
    shown = " ".join(sent.text for sent in server.sent_to(chat))
    return "운전면허" in shown and "이력서" in shown


def test_told_to_stop_it_finishes_what_is_in_hand_and_acknowledges_it(
    telegram: BotApiServer, environment: Mapping[str, str], tmp_path: Path
) -> None:
    with running(telegram, environment, tmp_path / "log") as process:
        answer(telegram, ANNA, "/help")
        telegram.delay("sendMessage", 0.5)
        update = telegram.say(ANNA, "면허 어떻게 따요")
        telegram.wait_for(lambda server: len(server.calls_of("sendMessage")) > 1, timeout=20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert "운전면허" in telegram.sent_to(ANNA)[-1].text
    assert telegram.acknowledged(update)


def test_neither_the_logs_nor_the_database_hold_a_text_a_name_an_id_or_the_token(
    telegram: BotApiServer, environment: Mapping[str, str], tmp_path: Path
) -> None:
    chat, text = 987654321, "면허 어떻게 따요 비밀열쇠말"
    with running(telegram, {**environment, "LOG_LEVEL": "DEBUG"}, tmp_path / "log"):
        answer(telegram, chat, text)
        telegram.fail_next("sendMessage", 400, "Bad Request: something unforeseen", 1)
        telegram.say(chat, "그만 살고 싶슴다 비밀열쇠말")
        telegram.location(chat)
        answer(telegram, chat, "/start")
        for command in ("word", "center", "check"):
            answer(telegram, chat, f"/{command} 비밀열쇠말")
        inline = telegram.inline(chat, "비밀열쇠말")
        telegram.wait_for(lambda server: server.inline_answer(inline), timeout=20)
        answer(telegram, chat, "이력서 쓰는 법 알려주세요")
        felt = next(data for data in telegram.sent_to(chat)[-1].data if data.startswith("f+:"))
        telegram.press(chat, telegram.sent_to(chat)[-1].message_id, felt)
        answer(telegram, chat, "/clear")
        telegram.fail_next("sendMessage", 500, "Internal Server Error", 1)
        answer(telegram, chat, text)
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name != "weights.npz")
    for secret in (*SECRETS, "비밀열쇠말", str(chat), text[:6], "37.5665", "126.978", "이력서 쓰"):
        assert secret.encode() not in written, secret


def test_only_counters_are_kept(telegram: BotApiServer, environment: Mapping[str, str], tmp_path: Path) -> None:
    with running(telegram, environment, tmp_path / "log"):
        answer(telegram, ANNA, "면허 어떻게 따요")
        answer(telegram, ANNA, "오늘 날씨 어때")
    with sqlite3.connect(tmp_path / "counters.sqlite3") as connection:
        rows = connection.execute("SELECT entry, outcome, language, times FROM shown ORDER BY entry").fetchall()
    connection.close()
    assert rows == [("", "unknown", "ko", 1), ("driving-licence", "answered", "ko", 1)]


def test_a_token_that_telegram_refuses_ends_with_one_sentence(
    telegram: BotApiServer, environment: Mapping[str, str]
) -> None:
    variables = {**environment, **telegram.environment, "TELEGRAM_BOT_TOKEN": "999:WRONGKEY"}
    command = [sys.executable, "-m", "bot", "run"]
    done = subprocess.run(command, cwd=PROJECT, env=variables, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "TELEGRAM_BOT_TOKEN" in done.stderr
    assert "WRONGKEY" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_a_press_that_cannot_be_acknowledged_still_shows_what_was_asked_for(bot: BotApiServer) -> None:
    answer(bot, ANNA, "/menu")
    bot.fail_next("answerCallbackQuery", 500, "Internal Server Error", 1)
    assert "운전" in press(bot, lambda data: data.startswith("c:") and "driving" in data)
