"""Faults of network, Telegram, machine and neighbours, against the real process: every question is answered.

The numbers can be raised: FAULT_KILLS=50 FAULT_GONE=60 pytest -n 0 tests/test_faults.py
"""

import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from botapi.server import BotApiServer
from botapi.wire import Fault, Kind, Wire
from newcomer import PATIENCE, Newcomer, environment_with, running
from preloaded.faults import Faults

KILLS = int(os.environ.get("FAULT_KILLS", "4"))
GONE = float(os.environ.get("FAULT_GONE", "6"))
"""Seconds for which nothing can be reached."""
CHATS = iter(range(71_001, 80_000))
LICENCE, RESUME = ("면허 어떻게 따요", "운전면허"), ("이력서 쓰는 법 알려주세요", "이력서")
WORDS = "비밀열쇠말"


@dataclass(frozen=True, slots=True)
class Street:
    """A server, the wire before it, and the log of the bot that runs against it."""

    server: BotApiServer
    wire: Wire
    log: Path

    def asks(self, question: tuple[str, str] = LICENCE, within: float = PATIENCE) -> int:
        """Have somebody ask; return how often the answer came."""
        chat = next(CHATS)
        update = self.server.say(chat, f"{question[0]} {WORDS}")
        self.server.wait_for(lambda server: server.acknowledged(update), timeout=within)
        return len(self.server.sent_to(chat))


@pytest.fixture(scope="module")
def knowledge_of_few(small_folder: Path) -> dict[str, str]:
    return {"KNOWLEDGE_DIR": str(small_folder)}


@pytest.fixture(scope="module")
def street(
    small_weights: Path, knowledge_of_few: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("faults")
    environment = environment_with(small_weights.parent, folder) | knowledge_of_few | {"LOG_LEVEL": "DEBUG"}
    with BotApiServer() as server, Wire(server) as wire, running(wire, environment, folder / "log"):
        server.wait_for(lambda server: server.calls_of("getUpdates"), timeout=PATIENCE)
        yield Street(server, wire, folder / "log")


@pytest.fixture(autouse=True)
def _mended(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "street" in request.fixturenames:
        request.getfixturevalue("street").wire.mend()


SPOILT = {
    "500": Fault(Kind.PAGE, arrives=False, status=500),
    "502": Fault(Kind.PAGE, arrives=False, status=502),
    "504, though it was sent": Fault(Kind.PAGE, status=504),
    "reset": Fault(Kind.RESET, arrives=False),
    "reset, though it was sent": Fault(Kind.RESET),
    "half an answer, then a reset": Fault(Kind.BROKEN),
    "half an answer, then the end": Fault(Kind.CUT),
    "no answer on an open connection": Fault(Kind.SILENCE, arrives=False),
    "no answer, though it was sent": Fault(Kind.SILENCE),
    "an answer that takes two seconds": Fault(Kind.SLOW, seconds=2.0),
    "garbage in place of JSON": Fault(Kind.GARBAGE, arrives=False),
    "garbage, though it was sent": Fault(Kind.GARBAGE),
}


@pytest.mark.parametrize("name", SPOILT)
def test_an_answer_that_goes_wrong_on_the_way_is_given_again(street: Street, name: str) -> None:
    fault = SPOILT[name]
    street.wire.spoil(fault, "sendMessage", times=1)
    arrived_twice = fault.arrives and fault.kind is not Kind.SLOW
    assert street.asks() == (2 if arrived_twice else 1), "what may not have arrived is said again, and nothing else"


@pytest.mark.parametrize("name", [name for name in SPOILT if not name.startswith("no answer")])
def test_a_request_for_updates_that_goes_wrong_loses_none(street: Street, name: str) -> None:
    street.wire.spoil(SPOILT[name], "getUpdates", times=2)
    assert street.asks(RESUME) == 1


def test_updates_whose_connection_falls_silent_come_all_the_same(street: Street) -> None:
    street.wire.spoil(Fault(Kind.SILENCE), "getUpdates", times=1)
    street.wire.cut_off()
    assert street.asks(RESUME, within=60) == 1


def test_while_one_answer_hangs_others_are_given(street: Street) -> None:
    hanging = next(CHATS)
    street.wire.spoil(Fault(Kind.SILENCE, arrives=False), "sendMessage", times=1)
    held = street.server.say(hanging, LICENCE[0])
    street.wire.wait_for(len(street.wire.spoilt) + 1, timeout=PATIENCE)
    began = time.monotonic()
    ben = Newcomer(street.server, next(CHATS))
    update = street.server.say(ben.chat, "그만 살고 싶슴다")
    street.server.wait_for(lambda server: server.sent_to(ben.chat), timeout=PATIENCE)
    assert time.monotonic() - began < 3
    assert not street.server.acknowledged(update), "nothing is acknowledged before what came earlier is answered"
    street.server.wait_for(lambda server: server.acknowledged(held), timeout=PATIENCE)
    assert len(street.server.sent_to(ben.chat)) == 1


def test_telegram_asking_one_chat_to_wait_holds_no_other_back(street: Street) -> None:
    waiting = next(CHATS)
    street.server.fail_next("sendMessage", 429, "Too Many Requests: retry after 4", 1, retry_after=4)
    held = street.server.say(waiting, LICENCE[0])
    street.server.wait_for(lambda server: len(server.calls_of("sendMessage")), timeout=PATIENCE)
    time.sleep(0.3)
    began = time.monotonic()
    other = next(CHATS)
    street.server.say(other, RESUME[0])
    street.server.wait_for(lambda server: server.sent_to(other), timeout=PATIENCE)
    assert time.monotonic() - began < 3
    street.server.wait_for(lambda server: server.acknowledged(held), timeout=PATIENCE)
    assert time.monotonic() - began > 2
    assert len(street.server.sent_to(waiting)) == 1


def test_when_all_connections_are_reset_in_the_middle_of_many_answers_none_is_lost(street: Street) -> None:
    street.server.delay("sendMessage", 0.2)
    updates = {next(CHATS): 0 for _ in range(40)}
    for chat in updates:
        updates[chat] = street.server.say(chat, LICENCE[0])
    time.sleep(0.4)
    street.wire.cut_off()
    street.server.delay("sendMessage", 0)
    street.server.wait_for(lambda server: all(server.sent_to(chat) for chat in updates), timeout=PATIENCE)


def test_while_nothing_can_be_reached_questions_wait_and_all_are_answered_after(street: Street) -> None:
    before = [next(CHATS) for _ in range(10)]
    street.server.delay("sendMessage", 0.5)
    for chat in before:
        street.server.say(chat, LICENCE[0])
    street.wire.wait_for(len(street.wire.spoilt))
    time.sleep(0.2)
    street.wire.hang_up()
    street.server.delay("sendMessage", 0)
    during = [next(CHATS) for _ in range(10)]
    for chat in during:
        street.server.say(chat, RESUME[0])
    time.sleep(GONE)
    street.wire.listen()
    asked = before + during
    street.server.wait_for(lambda server: all(server.sent_to(chat) for chat in asked), timeout=PATIENCE + GONE)


def test_no_fault_brings_what_people_write_into_the_log(street: Street) -> None:
    street.wire.spoil(Fault(Kind.GARBAGE), "getUpdates", times=1)
    assert street.asks() == 1
    street.wire.spoil(Fault(Kind.GARBAGE), "sendMessage", times=1)
    assert street.asks() == 2
    log = street.log.read_text(encoding="utf-8")
    assert "TelegramError" in log, "the fault itself is told"
    for words in (WORDS, LICENCE[0], street.server.token, "Testname"):
        assert words not in log


# --- killed, started twice ---


def test_killed_and_stopped_at_random_moments_under_load_it_answers_every_question(
    small_weights: Path, knowledge_of_few: dict[str, str], tmp_path: Path
) -> None:
    environment = environment_with(small_weights.parent, tmp_path) | knowledge_of_few
    moments, asked = random.Random(7), []
    with BotApiServer() as server:
        server.delay("sendMessage", 0.03)
        for number in range(KILLS):
            with running(server, environment, tmp_path / "log") as process:
                for _ in range(60):
                    asked.append(next(CHATS))
                    server.say(asked[-1], LICENCE[0])
                shown = len(server.sent)
                server.wait_for(shown + moments.randint(1, 50), timeout=PATIENCE)
                time.sleep(moments.uniform(0, 0.05))
                process.send_signal(signal.SIGKILL if number % 2 == 0 else signal.SIGTERM)
                process.wait(30)
        with running(server, environment, tmp_path / "log"):
            server.wait_for(lambda server: not server.pending, timeout=2 * PATIENCE)
        often = [len(server.sent_to(chat)) for chat in asked]
    twice = sum(times > 1 for times in often)
    print(f"{KILLS} kills, {len(asked)} questions, 0 lost, {twice} answered twice")
    assert min(often) == 1
    assert twice <= 60 * (KILLS // 2 + 1), "only what was in hand when it was killed comes twice"


def test_of_two_copies_with_one_token_the_older_says_so_and_stops(
    small_weights: Path, knowledge_of_few: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "older").mkdir()
    (tmp_path / "newer").mkdir()
    older = environment_with(small_weights.parent, tmp_path / "older") | knowledge_of_few
    newer = environment_with(small_weights.parent, tmp_path / "newer") | knowledge_of_few
    with BotApiServer() as server, running(server, older, tmp_path / "log") as first:
        server.wait_for(lambda server: server.calls_of("getUpdates"), timeout=PATIENCE)
        with running(server, newer, tmp_path / "log-of-newer") as second:
            assert first.wait(PATIENCE) == 75
            assert "Another copy" in (tmp_path / "log").read_text(encoding="utf-8")
            assert Newcomer(server, next(CHATS)).says(LICENCE[0])
            assert second.poll() is None


# --- the machine ---


def quickly(server: BotApiServer) -> None:
    """Ask something; the answer must not wait for anything."""
    server.wait_for(lambda server: server.calls_of("getUpdates"), timeout=PATIENCE)
    began, anna = time.monotonic(), Newcomer(server, next(CHATS))
    assert LICENCE[1] in anna.says(LICENCE[0])[-1].text
    assert time.monotonic() - began < 3


def counted(path: Path) -> int:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT coalesce(SUM(times), 0) FROM shown").fetchone()[0])
    except sqlite3.Error:
        return -1


def eventually(met: Callable[[], bool], seconds: float = 15) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not met():
        time.sleep(0.1)
    return met()


def test_a_disk_that_is_full_or_read_only_and_a_locked_or_damaged_database_hold_no_answer_up(
    small_weights: Path, knowledge_of_few: dict[str, str], tmp_path: Path, faults: Faults
) -> None:
    environment = environment_with(small_weights.parent, tmp_path) | knowledge_of_few | faults.environment
    database = tmp_path / "counters.sqlite3"
    database.write_bytes(b"no database at all" * 500)
    with BotApiServer() as server, running(server, environment, tmp_path / "log"):
        quickly(server)
        assert eventually(lambda: counted(database) == 1)
        assert (tmp_path / "counters.sqlite3.damaged-1").exists()
        faults.disk_full(database)
        quickly(server)
        assert eventually(lambda: faults.met > 0)
        assert counted(database) == 1
        faults.mend()
        assert eventually(lambda: counted(database) == 2), "what could not be written was not lost"
        faults.read_only(database)
        quickly(server)
        assert eventually(lambda: faults.met > 0)
        faults.mend()
        assert eventually(lambda: counted(database) == 3)
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            quickly(server)
            time.sleep(1.5)
            quickly(server)
        assert eventually(lambda: counted(database) == 5)
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert "set aside (.damaged-1)" in log
    assert "counts cannot be written" in log


def test_it_starts_and_answers_where_no_database_can_be(
    small_weights: Path, knowledge_of_few: dict[str, str], tmp_path: Path
) -> None:
    environment = environment_with(small_weights.parent, tmp_path) | knowledge_of_few
    (tmp_path / "counters.sqlite3").mkdir()
    with BotApiServer() as server, running(server, environment, tmp_path / "log"):
        quickly(server)
    assert "DATABASE_PATH cannot be written" in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_clock_that_jumps_holds_nothing_up_and_counts_on_the_day_that_it_tells(
    small_weights: Path, knowledge_of_few: dict[str, str], tmp_path: Path, faults: Faults
) -> None:
    environment = environment_with(small_weights.parent, tmp_path) | knowledge_of_few | faults.environment
    database = tmp_path / "counters.sqlite3"
    day = 24 * 60 * 60
    with BotApiServer() as server, running(server, environment, tmp_path / "log"):
        for jump in (0, 3 * day, -2 * day, 400 * day, 0):
            faults.jump(jump)
            quickly(server)
        assert eventually(lambda: counted(database) == 5)
    with closing(sqlite3.connect(database)) as connection:
        days = connection.execute("SELECT times FROM shown ORDER BY day").fetchall()
    assert days == [(1,), (2,), (1,), (1,)]


def test_knowledge_put_in_place_of_the_old_in_the_middle_of_a_question_spoils_no_answer(
    small_folder: Path, small_weights: Path, tmp_path: Path
) -> None:
    folder, broken = tmp_path / "knowledge", tmp_path / "broken"
    for copy in (folder, broken):
        shutil.copytree(small_folder, copy)
    (broken / "contacts.yaml").write_text("{ broken", encoding="utf-8")
    environment = environment_with(small_weights.parent, tmp_path) | {"KNOWLEDGE_DIR": str(folder)}
    with BotApiServer() as server, running(server, environment, tmp_path / "log"):
        server.delay("sendMessage", 1.0)
        anna = next(CHATS)
        update = server.say(anna, LICENCE[0])
        server.wait_for(lambda server: server.calls_of("sendMessage"), timeout=PATIENCE)
        folder.rename(tmp_path / "old")
        broken.rename(folder)
        server.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
        assert LICENCE[1] in server.sent_to(anna)[-1].text
        server.delay("sendMessage", 0)
        assert eventually(lambda: "contacts.yaml" in (tmp_path / "log").read_text(encoding="utf-8"), PATIENCE)
        quickly(server)
        shutil.rmtree(folder)
        quickly(server)


def test_a_token_that_is_refused_once_is_asked_with_again_and_one_withdrawn_stops_it_with_a_sentence(
    small_weights: Path, knowledge_of_few: dict[str, str], tmp_path: Path
) -> None:
    environment = environment_with(small_weights.parent, tmp_path) | knowledge_of_few
    with BotApiServer() as server, running(server, environment, tmp_path / "log") as process:
        server.wait_for(lambda server: server.calls_of("getUpdates"), timeout=PATIENCE)
        server.fail_next("getUpdates", 404, "Not Found")  # a proxy's word, perhaps
        quickly(server)
        server.fail_next("getUpdates", 401, "Unauthorized", times=20)
        server.say(next(CHATS), LICENCE[0])
        assert process.wait(PATIENCE) == 75
    log = (tmp_path / "log").read_text(encoding="utf-8")
    assert "does not accept TELEGRAM_BOT_TOKEN" in log
    assert server.token not in log
