"""A day of use with marked names, numbers and texts, faults and a crash in it: nothing of anybody is left anywhere."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import connect
from zipfile import ZipFile

import httpx
import pytest
from botapi import updates
from botapi.server import BotApiServer
from botapi.wire import Fault, Kind, Wire
from coordinator import GROUP, ONE, OTHER, Coordinator, desk_settings, has
from newcomer import PATIENCE, PROJECT, Newcomer, environment_with, free_port, running
from test_asking import traces

from bot.sealing import new_key

MARK, PHONE, RESIDENT, PLACE = "비밀열쇠말", "010-9876-5432", "900101-2345678", "은하아파트 101동 1203호"
PEOPLE = range(5_417_290_001, 5_417_290_013)
KEY = new_key()
QUESTIONS = (
    "면허 어떻게 따요", "그만 살고 싶슴다", "오늘 날씨 어때", "how do I open a bank account", "리력서가 뭐예요",
    "통장 어떻게 만들어요? 면허는요?", "수원", "돈을 보내면 두 배로 준다며 비밀번호를 달래요", "/word 로임",
    "/check 계좌를 빌려 달래요",
)  # fmt: skip


@dataclass(slots=True)
class Day:
    """What the day left: where its files are, and what could be seen from outside while the bot ran."""

    folder: Path
    outside: list[bytes] = field(default_factory=list)
    people: set[int] = field(default_factory=set)


def somebody_asks(server: BotApiServer, chat: int, number: int) -> None:
    """Ask, look round, open, say that it helped, ask a person, write what should not be written."""
    anna = Newcomer(server, chat, "en" if number % 4 == 3 else "ko")
    anna.says("/start")
    card = anna.says(f"{QUESTIONS[number % len(QUESTIONS)]} {MARK}")
    anna.says(f"{MARK} 제 번호는 {PHONE}이고 {RESIDENT}, {PLACE}에 살아요")
    answer = anna.says("면허 어떻게 따요")[-1]
    anna.presses_kind("f+:", on=answer)
    server.edit(chat, server.message_id_of(server.say(chat, f"{MARK} 고치기 전")), f"면허 {MARK}")
    server.inline(chat, MARK)
    anna.does(lambda: server.location(chat))
    anna.does(lambda: server.contact(chat))
    assert card
    if number % 3 == 0:
        ticket(anna)
    if number % 5 == 0:
        anna.says("/clear")


def ticket(anna: Newcomer) -> None:
    """Ask a person in writing."""
    anna.says(f"{MARK} 사람에게 묻고 싶어요 {PHONE}")
    anna.presses_kind("r+:")
    anna.presses_kind("3")
    anna.presses_kind("4:")


def everything_goes_wrong(wire: Wire, server: BotApiServer) -> None:
    """Spoil what is sent and fetched in every way that could bring a text into a log."""
    for method in ("sendMessage", "getUpdates"):
        for kind in (Kind.GARBAGE, Kind.PAGE, Kind.RESET, Kind.CUT):
            wire.spoil(Fault(kind), method, times=1)
    for chat in PEOPLE[:4]:
        server.say(chat, f"면허 어떻게 따요 {MARK}")
    server.send_update("message", {"message_id": 1, "date": 1, "chat": {"id": PEOPLE[0], "type": MARK}, "text": MARK})
    last = server.say(PEOPLE[5], f"이력서 {MARK}")
    server.wait_for(lambda server: server.acknowledged(last), timeout=2 * PATIENCE)
    wire.mend()
    server.fail_next("sendMessage", 400, f"Bad Request: {MARK}")
    server.fail_next("sendMessage", 403, f"Forbidden: {MARK}")
    last = server.say(PEOPLE[6], f"이력서 {MARK}")
    server.wait_for(lambda server: server.acknowledged(last), timeout=PATIENCE)


def looked_at_from_outside(address: str, pid: int) -> Iterator[bytes]:
    """Yield all that others on the machine could see of the running bot."""
    for path in ("/metrics", "/healthz", "/nothing"):
        yield httpx.get(f"http://{address}{path}", timeout=10).content
    if sys.platform == "linux":
        for name in ("cmdline", "status", "maps", "io"):
            yield Path(f"/proc/{pid}/{name}").read_bytes()
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):  # closed since it was listed
                yield str(link.readlink()).encode()


@pytest.fixture(scope="module")
def day(small_folder: Path, small_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Live through a day: people ask, coordinators answer, everything goes wrong, the bot crashes and is backed up."""
    folder = tmp_path_factory.mktemp("day")
    (folder / "temporary").mkdir()
    address = f"127.0.0.1:{free_port()}"
    environment = environment_with(small_weights.parent, folder) | {
        **desk_settings(small_folder, KEY), "LOG_LEVEL": "DEBUG", "TMPDIR": str(folder / "temporary"),
        "MONITOR_LISTEN": address,
    }  # fmt: skip
    day = Day(folder, people={*PEOPLE, ONE, OTHER, updates.GROUP_MEMBER})
    with BotApiServer() as server, Wire(server) as wire:
        server.add_group(GROUP)
        with running(wire, environment, folder / "log") as process:
            for number, chat in enumerate(PEOPLE):
                somebody_asks(server, chat, number)
            server.wait_for(lambda server: server.sent_to(GROUP), timeout=PATIENCE)
            Coordinator(server).says(f"{MARK} 답입니다", reply_to=server.sent_to(GROUP)[-1], until=has("전했습니다"))
            Coordinator(server, OTHER).says(f"/find {MARK}")
            everything_goes_wrong(wire, server)
            day.outside += looked_at_from_outside(address, process.pid)
            server.delay("sendMessage", 1.0)
            for chat in PEOPLE:
                server.say(chat, f"통장 어떻게 만들어요 {MARK}")
            server.wait_for(lambda server: len(server.pending) > 5, timeout=PATIENCE)
            process.send_signal(signal.SIGABRT)  # as a fault in C would: a core, if it may
            process.wait(30)
            server.delay("sendMessage", 0)
        with running(wire, environment, folder / "log"):
            server.wait_for(lambda server: not server.pending, timeout=2 * PATIENCE)
            command = [sys.executable, "-m", "bot", "backup", str(folder / "backup.zip")]
            subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True, timeout=60)
    return day


def secrets(day: Day) -> set[str]:
    return {
        MARK, PHONE, PHONE.replace("-", ""), RESIDENT, PLACE, updates.FIRST_NAME, updates.USERNAME,
        updates.PHONE_NUMBER, KEY, "37.5665", "126.978", *map(str, day.people),
    }  # fmt: skip


def test_no_file_of_the_day_holds_anything_of_anybody(day: Day) -> None:
    files = [path for path in day.folder.rglob("*") if path.is_file()]
    assert {"counters.sqlite3", "log", "backup.zip"} <= {path.name for path in files}
    left = {path.name: found for path in files if (found := traces(path.read_bytes(), secrets(day), set(PEOPLE)))}
    assert left == {}
    assert not [path for path in files if traces(str(path).encode(), secrets(day), set())]


def test_the_log_told_of_the_faults_all_the_same(day: Day) -> None:
    log = (day.folder / "log").read_text(encoding="utf-8")
    for told in ("listening", "BadRequest", "TelegramError", "NetworkError"):
        assert told in log
    assert "Traceback" not in log


def test_nothing_can_be_seen_from_outside_while_it_runs(day: Day) -> None:
    assert len(day.outside) >= 3
    assert [found for content in day.outside if (found := traces(content, secrets(day), set(PEOPLE)))] == []


def test_a_backup_holds_counters_and_knowledge_and_nothing_of_anybody(day: Day) -> None:
    with ZipFile(day.folder / "backup.zip") as backup:
        names = backup.namelist()
        assert len(names) > 50
        for name in names:
            assert traces(backup.read(name), secrets(day), set(PEOPLE)) == [], name


def test_the_database_counts_by_the_day_and_by_nothing_finer(day: Day) -> None:
    with closing(connect(day.folder / "counters.sqlite3")) as connection:
        days = connection.execute("SELECT DISTINCT day FROM shown UNION SELECT DISTINCT day FROM felt").fetchall()
        told = connection.execute("SELECT SUM(times) FROM shown").fetchone()[0]
    assert all(len(when) == 10 for (when,) in days)
    assert told > len(PEOPLE)


def test_the_crash_left_no_core_and_no_temporary_file(day: Day) -> None:
    cores = [path for place in (PROJECT, day.folder) for path in place.glob("core*") if path.is_file()]
    assert cores == []
    assert [path for path in (day.folder / "temporary").rglob("*") if path.is_file()] == []


def test_what_was_planted_would_be_found(tmp_path: Path) -> None:
    assert traces(f"… {MARK} …".encode(), {MARK}, set()) == [MARK]
    assert traces(MARK.encode("utf-16-le"), {MARK}, set()) == [MARK]
    assert traces(b"\x01" + (5_417_290_001).to_bytes(6, "big"), set(), {5_417_290_001}) == ["5417290001"]
    assert os.fspath(tmp_path)
