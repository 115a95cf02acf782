"""The page as a process of its own and beside the bot: asked, counted, stopped; nothing of anybody anywhere."""

import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from botapi.server import BotApiServer
from newcomer import PATIENCE, PROJECT, Newcomer, environment_with, free_port, running, started
from pages import Read
from test_desk_publishing import silencing

from bot.core.editing import entry_name

MARKED = "비밀열쇠말"
QUESTION = f"면허 어떻게 따요 {MARKED} 010-9999-8888"
CRY = "그만 살고 싶슴다"


@pytest.fixture
def variables(small_weights: Path, small_folder: Path, tmp_path: Path) -> dict[str, str]:
    more = {"KNOWLEDGE_DIR": str(small_folder), "WEB_LISTEN": f"127.0.0.1:{free_port()}", "LOG_LEVEL": "DEBUG"}
    return environment_with(small_weights.parent, tmp_path) | more


def address_of(environment: Mapping[str, str]) -> str:
    """Return where the page is, once it is there."""
    address = f"http://{environment['WEB_LISTEN']}"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            httpx.get(address, timeout=1)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return address
    raise TimeoutError("the page is not there")


def eventually(is_so: Callable[[], bool]) -> bool:
    """Say whether something becomes so."""
    until = time.monotonic() + 2 * PATIENCE
    while not (so := is_so()) and time.monotonic() < until:
        time.sleep(0.1)
    return so


def shown_of(environment: Mapping[str, str], entry: str) -> int:
    """Return how often a card was shown, as the database says."""
    with closing(sqlite3.connect(environment["DATABASE_PATH"])) as database:
        (times,) = database.execute("SELECT sum(times) FROM shown WHERE entry = ?", (entry,)).fetchone()
    return times or 0


def test_a_page_is_asked_and_stopped_and_nothing_of_anybody_stays(variables: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started("web", variables, log) as process:
        address = address_of(variables)
        own = {"User-Agent": f"Agent{MARKED.encode().hex()}"}
        with httpx.Client(base_url=address, headers=own, follow_redirects=True) as client:
            answer = client.post("/ask", data={"q": QUESTION, "l": "ko"})
            assert "운전면허" in Read(answer.text).text
            assert MARKED not in answer.text + str(answer.headers)
            assert "109" in Read(client.post("/ask", data={"q": CRY}).text).text
            assert client.get(f"/{MARKED}").status_code == 404
            assert client.get("/a/e:ko:driving-licence").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    with closing(sqlite3.connect(variables["DATABASE_PATH"])) as database:
        (shown,) = database.execute("SELECT sum(times) FROM shown").fetchone()
    assert shown == 3
    traces = (MARKED, "9999", "8888", "127.0.0.1:", MARKED.encode().hex(), CRY)
    for path in (each for each in tmp_path.rglob("*") if each.is_file() and not each.is_symlink()):
        held = path.read_bytes()
        for trace in traces:
            found = [code for code in ("utf-8", "utf-16-le") if trace.encode(code) in held]
            if trace == "127.0.0.1:" and path == log:  # where it listens is said once
                assert held.count(trace.encode()) == 1
            else:
                assert not found, (path, trace)


@pytest.mark.parametrize("way", ["polling", "webhook"])
def test_beside_the_bot_the_page_shows_the_same_and_is_counted_together(
    variables: dict[str, str], tmp_path: Path, way: str
) -> None:
    told = f"127.0.0.1:{free_port()}"
    brought = {"WEBHOOK_URL": f"http://{told}/told", "WEBHOOK_LISTEN": told} if way == "webhook" else {}
    with BotApiServer() as server, running(server, variables | brought | {"WEB": "1"}, tmp_path / "log"):
        address = address_of(variables)
        asked = httpx.post(f"{address}/ask", data={"q": "면허 어떻게 따요"}, follow_redirects=True)
        assert "운전면허" in Read(asked.text).text
        assert "운전면허" in Newcomer(server, 81_001).says("면허 어떻게 따요")[-1].text
    assert shown_of(variables, "driving-licence") == 2


def test_counts_are_written_while_it_runs(variables: dict[str, str], tmp_path: Path) -> None:
    with started("web", variables, tmp_path / "log") as process:
        httpx.get(f"{address_of(variables)}/a/e:ko:driving-licence")
        assert eventually(lambda: shown_of(variables, "driving-licence") == 1)
        process.kill()
        process.wait(30)
    assert shown_of(variables, "driving-licence") == 1


def test_the_page_takes_up_what_is_changed_and_a_broken_or_dangerous_change_it_does_not(
    variables: dict[str, str], small_folder: Path, tmp_path: Path
) -> None:
    folder, log = tmp_path / "knowledge", tmp_path / "log"
    shutil.copytree(small_folder, folder)
    card, urgent = folder / entry_name("driving", "driving-licence"), folder / "urgent.yaml"
    text, safe = card.read_text(encoding="utf-8"), urgent.read_text(encoding="utf-8")

    def said(path: str) -> str:
        return httpx.get(f"{address}{path}").text

    with started("web", variables | {"KNOWLEDGE_DIR": str(folder)}, log):
        address = address_of(variables)
        card.write_text(text.replace("  ko: ", "  ko: 여는 값: ", 1), encoding="utf-8")
        assert eventually(lambda: f"{card.name}:2" in log.read_text(encoding="utf-8"))
        card.write_text(text.replace("  ko: ", "  ko: 손으로 고친 ", 1), encoding="utf-8")
        assert eventually(lambda: "손으로 고친" in said("/a/e:ko:driving-licence"))
        urgent.write_text(silencing(safe), encoding="utf-8")
        assert eventually(lambda: "위급 카드가 나오지 않게 되는 말" in log.read_text(encoding="utf-8"))
        asked = httpx.post(f"{address}/ask", data={"q": CRY}, follow_redirects=True)
        assert 'class="urgent"' in asked.text


def test_what_the_bot_and_the_page_take_up_both_is_kept_once(
    variables: dict[str, str], small_folder: Path, tmp_path: Path
) -> None:
    folder, log = tmp_path / "knowledge", tmp_path / "log"
    shutil.copytree(small_folder, folder)
    card, own = folder / entry_name("driving", "driving-licence"), variables | {"KNOWLEDGE_DIR": str(folder)}
    text = card.read_text(encoding="utf-8").replace("  ko: ", "  ko: 손으로 고친 ", 1)
    with BotApiServer() as server, running(server, own, log), started("web", own, log):
        page, somebody = f"{address_of(variables)}/a/e:ko:driving-licence", Newcomer(server, 81_003)
        somebody.says("면허 어떻게 따요")
        card.write_text(text, encoding="utf-8")
        assert eventually(lambda: "손으로 고친" in httpx.get(page).text)
        assert eventually(lambda: "손으로 고친" in somebody.says("면허 어떻게 따요")[-1].text)
    with closing(sqlite3.connect(variables["DATABASE_PATH"])) as database:
        assert database.execute("SELECT after FROM revisions").fetchall() == [(text,)]


def test_an_address_that_is_taken_ends_it_with_a_sentence(variables: dict[str, str], tmp_path: Path) -> None:
    with started("web", variables, tmp_path / "log"):
        address_of(variables)
        command = [sys.executable, "-m", "bot", "web"]
        second = subprocess.run(
            command, cwd=PROJECT, env=variables, capture_output=True, text=True, timeout=60, check=False
        )
        assert second.returncode == 2
        assert "Cannot listen" in second.stderr


def test_where_the_page_cannot_be_the_bot_beside_it_answers_without(variables: dict[str, str], tmp_path: Path) -> None:
    host, _, port = variables["WEB_LISTEN"].partition(":")
    log, told = tmp_path / "log", variables | {"WEB": "1"}
    with socket.create_server((host, int(port))), BotApiServer() as server, running(server, told, log):
        assert "운전면허" in Newcomer(server, 81_002).says("면허 어떻게 따요")[-1].text
    assert "WEB_LISTEN" in log.read_text(encoding="utf-8")
