"""Faults of the machine, preloaded into a plain Python process that knows nothing of them."""

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from preloaded.faults import Faults

DAY = 24 * 60 * 60
PROLOGUE = """
import datetime, os, pathlib, sqlite3, sys, threading, time
for line in sys.stdin:
    try:
        print(repr(eval(line)), flush=True)
    except Exception as error:
        print(repr((type(error).__name__, getattr(error, "errno", None) or str(error))), flush=True)
"""

Ask = Callable[[str], object]


@pytest.fixture
def ask(faults: Faults, tmp_path: Path) -> Iterator[Ask]:
    """Return what has a process with faults evaluate an expression."""
    command = [sys.executable, "-c", PROLOGUE]
    variables = {**os.environ, **faults.environment}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, env=variables, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        given, told = process.stdin, process.stdout

        def evaluated(expression: str) -> object:
            given.write(f"{expression}\n")
            given.flush()
            return eval(told.readline())

        yield evaluated
        given.close()


@pytest.fixture
def database(ask: Ask, tmp_path: Path) -> Path:
    """Return a database that the process has open and has written to, with a write-ahead log."""
    path = tmp_path / "counters.sqlite3"
    ask(f"globals().update(db=sqlite3.connect({str(path)!r}, isolation_level=None))")
    ask('db.execute("PRAGMA journal_mode=WAL").fetchall() + db.execute("CREATE TABLE shown (times)").fetchall()')
    assert ask(COUNT) == []
    return path


COUNT = 'db.execute("INSERT INTO shown VALUES (1)").fetchall()'
HOW_MANY = 'db.execute("SELECT count(*) FROM shown").fetchone()[0]'


@pytest.mark.parametrize(
    "clock", ["time.time()", "datetime.datetime.now().timestamp()", "time.mktime(time.localtime())"]
)
def test_the_wall_clock_jumps_while_the_process_runs(faults: Faults, ask: Ask, clock: str) -> None:
    for seconds in (0, DAY, -DAY, 0):
        faults.jump(seconds)
        assert ask(clock) == pytest.approx(time.time() + seconds, abs=60)


def test_the_date_and_the_clock_of_sqlite_jump_too(faults: Faults, ask: Ask) -> None:
    faults.jump(400 * DAY)
    assert ask("datetime.date.today().year") == date.fromtimestamp(time.time() + 400 * DAY).year
    told = ask("""sqlite3.connect(":memory:").execute("SELECT strftime('%s', 'now') + 0").fetchone()[0]""")
    assert told == pytest.approx(time.time() + 400 * DAY, abs=60)


def test_waits_are_not_touched_by_a_jump(faults: Faults, ask: Ask) -> None:
    before = ask("time.monotonic()")
    faults.jump(DAY)
    assert ask("threading.Event().wait(0.05) or time.sleep(0.05)") is None
    after = ask("time.monotonic()")
    assert isinstance(before, float)
    assert isinstance(after, float)
    assert 0.1 <= after - before < 60


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("disk_full", ("OperationalError", "database or disk is full")),
        ("broken", ("OperationalError", "disk I/O error")),
        ("read_only", ("OperationalError", "disk I/O error")),
    ],
)
def test_a_database_that_is_open_says_what_is_wrong_and_recovers(
    faults: Faults, ask: Ask, database: Path, fault: str, said: tuple[str, str]
) -> None:
    getattr(faults, fault)(database)
    assert ask(COUNT) == said
    assert ask(HOW_MANY) == 1
    assert faults.met > 0
    faults.mend()
    assert ask(COUNT) == []
    assert ask(HOW_MANY) == 2


def test_a_database_is_opened_read_only_where_nothing_can_be_written(faults: Faults, ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "plain.sqlite3"
    opened = f"globals().update(db=sqlite3.connect({str(path)!r}, isolation_level=None))"
    ask(opened)
    ask('db.execute("CREATE TABLE shown (times)").fetchall()')
    faults.read_only(path)
    assert ask(opened) is None
    assert ask(HOW_MANY) == 0
    assert ask(COUNT) == ("OperationalError", "attempt to write a readonly database")


def test_only_paths_with_the_text_are_concerned(faults: Faults, ask: Ask, tmp_path: Path) -> None:
    faults.read_only(tmp_path / "sealed")
    assert ask("pathlib.Path('free').write_text('a')") == 1
    (tmp_path / "sealed").write_text("a", encoding="utf-8")
    sealed = repr(str(tmp_path / "sealed"))
    assert ask(f"pathlib.Path({sealed}).read_text()") == "a"
    for act in (
        f"open({sealed}, 'a')", f"os.open({sealed}, os.O_WRONLY)", f"os.unlink({sealed})", f"os.mkdir({sealed} + 'x')",
        f"os.replace('free', {sealed})", f"os.replace({sealed}, 'free')",
    ):  # fmt: skip
        assert ask(act) == ("OSError", errno.EROFS), act
    assert faults.met == 6
    faults.mend()
    assert ask(f"open({sealed}, 'a').write('b')") == 1


def test_a_file_that_is_open_can_neither_grow_nor_be_cut_on_a_full_disk(faults: Faults, ask: Ask) -> None:
    ask("globals().update(file=os.open('report', os.O_RDWR | os.O_CREAT))")
    faults.disk_full("report")
    for act in ("os.write(file, b'a')", "os.pwrite(file, b'a', 9)", "os.truncate(file, 9)", "os.fsync(file)"):
        assert ask(act) == ("OSError", errno.ENOSPC), act
    assert ask("os.fstat(file).st_size") == 0


def test_a_text_must_be_said_and_not_too_long(faults: Faults) -> None:
    for wrong in ("", "a" * 256):
        with pytest.raises(ValueError, match="1 to 255 bytes"):
            faults.fail(wrong, writes=errno.EIO)


def test_a_process_that_is_not_told_of_faults_meets_none(faults: Faults, faults_library: Path) -> None:
    faults.jump(DAY)
    variables = {**os.environ, "LD_PRELOAD": str(faults_library)}
    command = [sys.executable, "-c", "import time; print(time.time())"]
    told = subprocess.run(command, env=variables, check=True, capture_output=True, text=True).stdout
    assert float(told) == pytest.approx(time.time(), abs=60)
