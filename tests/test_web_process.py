"""The page as a process of its own and beside the bot: asked, counted, stopped; nothing of anybody anywhere."""

import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from botapi.server import BotApiServer
from newcomer import PATIENCE, PROJECT, Newcomer, environment_with, free_port, running, started
from pages import Read

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
    with closing(sqlite3.connect(variables["DATABASE_PATH"])) as database:
        (shown,) = database.execute("SELECT sum(times) FROM shown WHERE entry = 'driving-licence'").fetchone()
    assert shown == 2


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
