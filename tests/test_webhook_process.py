"""The real process in webhook mode, and what is seen of it from outside: /healthz and /metrics."""

import json
import os
import random
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from botapi.server import BotApiServer
from newcomer import PATIENCE, Newcomer, environment_with, free_port, running

from bot.telegram.webhook import SECRET_HEADER, secret_of

CHATS = iter(range(81_001, 90_000))
LICENCE = ("면허 어떻게 따요", "운전면허")
WORDS = "비밀열쇠말"


@pytest.fixture(scope="module")
def few(small_folder: Path) -> dict[str, str]:
    told, seen = free_port(), free_port()
    return {
        "KNOWLEDGE_DIR": str(small_folder), "WEBHOOK_URL": f"http://127.0.0.1:{told}/told",
        "WEBHOOK_LISTEN": f"127.0.0.1:{told}", "MONITOR_LISTEN": f"127.0.0.1:{seen}",
    }  # fmt: skip


@pytest.fixture(scope="module")
def bot(small_weights: Path, few: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[BotApiServer]:
    folder = tmp_path_factory.mktemp("webhook")
    environment = environment_with(small_weights.parent, folder) | few
    with BotApiServer() as server, running(server, environment, folder / "log"):
        server.wait_for(lambda server: server.webhook, timeout=PATIENCE)
        yield server


def seen(few: dict[str, str], path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"http://{few['MONITOR_LISTEN']}{path}", headers=headers, timeout=10)


def test_what_telegram_brings_is_answered(bot: BotApiServer) -> None:
    anna = Newcomer(bot, next(CHATS))
    assert LICENCE[1] in anna.says(LICENCE[0])[-1].text
    assert anna.presses("English")[-1].text
    assert not bot.calls_of("getUpdates")


def test_who_does_not_know_the_secret_is_answered_nothing(bot: BotApiServer, few: dict[str, str]) -> None:
    chat = next(CHATS)
    message = {"message_id": 5, "date": 0, "chat": {"id": chat, "type": "private"}, "text": LICENCE[0]}
    forged = json.dumps({"update_id": 900_000_000, "message": message})
    for headers in ({}, {SECRET_HEADER: "guessed"}, {SECRET_HEADER: secret_of("1:another")}):
        assert httpx.post(few["WEBHOOK_URL"], content=forged, headers=headers).status_code == 401
    assert httpx.get(few["WEBHOOK_URL"]).status_code == 405
    assert httpx.post(few["WEBHOOK_URL"] + "/elsewhere", content=forged).status_code == 404
    assert bot.sent_to(chat) == []


def test_many_at_once_are_all_answered(bot: BotApiServer) -> None:
    chats = [next(CHATS) for _ in range(150)]
    for chat in chats:
        bot.say(chat, LICENCE[0])
    bot.wait_for(lambda server: all(server.sent_to(chat) for chat in chats), timeout=2 * PATIENCE)
    assert [len(bot.sent_to(chat)) for chat in chats] == [1] * len(chats)


def test_it_tells_that_it_is_well_and_what_it_does_but_nothing_of_anybody(
    bot: BotApiServer, few: dict[str, str]
) -> None:
    chats = [next(CHATS) for _ in range(12)]
    for chat in chats:
        bot.say(chat, f"{LICENCE[0]} {WORDS}")
    bot.wait_for(lambda server: all(server.sent_to(chat) for chat in chats), timeout=PATIENCE)
    well, numbers = seen(few, "/healthz"), seen(few, "/metrics")
    assert (well.status_code, well.json()["status"], well.json()["store_writable"]) == (200, "ok", True)
    updates = next(line for line in numbers.text.splitlines() if line.startswith('gildongmu_updates_total{kind="mess'))
    assert float(updates.split()[-1]) >= 10
    assert float(updates.split()[-1]) % 5 == 0
    for secret in (WORDS, "면허", bot.token, *map(str, chats), secret_of(bot.token)):
        assert secret not in well.text + numbers.text
    assert seen(few, "/metrics", host="evil.example").status_code == 421
    assert seen(few, "/").status_code == 404


def test_killed_and_stopped_under_load_it_answers_all_that_telegram_brings_again(
    small_weights: Path, few: dict[str, str], tmp_path: Path
) -> None:
    environment = environment_with(small_weights.parent, tmp_path) | few
    port = free_port()
    environment |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}/told", "WEBHOOK_LISTEN": f"127.0.0.1:{port}"}
    environment |= {"MONITOR_LISTEN": "off"}
    moments, asked = random.Random(8), []
    with BotApiServer() as server:
        server.delay("sendMessage", 0.03)
        for name in (signal.SIGKILL, signal.SIGTERM):
            with running(server, environment, tmp_path / "log") as process:
                for _ in range(60):
                    asked.append(next(CHATS))
                    server.say(asked[-1], LICENCE[0])
                shown = len(server.sent)
                server.wait_for(shown + moments.randint(1, 50), timeout=PATIENCE)
                os.kill(process.pid, name)
                process.wait(30)
        with running(server, environment, tmp_path / "log"):
            server.wait_for(lambda server: not server.pending, timeout=2 * PATIENCE)
        assert min(len(server.sent_to(chat)) for chat in asked) == 1


def test_a_monitor_that_cannot_listen_costs_no_answer(small_weights: Path, small_folder: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, BotApiServer() as server:
        environment = environment_with(small_weights.parent, tmp_path) | {"KNOWLEDGE_DIR": str(small_folder)}
        environment["MONITOR_LISTEN"] = f"127.0.0.1:{taken.getsockname()[1]}"
        with running(server, environment, tmp_path / "log"):
            assert LICENCE[1] in Newcomer(server, next(CHATS)).says(LICENCE[0])[-1].text
    port = environment["MONITOR_LISTEN"].rpartition(":")[2]
    assert f"Cannot listen on port {port}" in (tmp_path / "log").read_text(encoding="utf-8")
