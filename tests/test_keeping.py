"""The database while the bot runs: damaged, locked, taken away or out of reach, it never costs an answer."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from bot.core.model import Feedback, Language, Outcome
from bot.keeping import Keeper, Tally, kept

DAY = date(2026, 11, 22)
ROWS = "SELECT entry, outcome, times FROM shown ORDER BY entry"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "counters.sqlite3"


def rows(path: Path, query: str = ROWS) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def counting(path: Path, work: Callable[[Tally], Awaitable[None]]) -> None:
    async def main() -> None:
        async with kept(path) as tally:
            await work(tally)

    asyncio.run(main())


async def count_three(tally: Tally) -> None:
    for entry in ("work-find", "work-find", "bank-account"):
        tally.shown(DAY, entry, Outcome.ANSWERED, Language.ZH)
    tally.felt(DAY, "work-find", Feedback.HELPFUL, Language.EN)


def test_what_was_counted_is_written_at_the_end(path: Path) -> None:
    counting(path, count_three)
    counting(path, count_three)
    assert rows(path) == [("bank-account", "answered", 2), ("work-find", "answered", 4)]
    assert rows(path, "SELECT entry, felt, language, times FROM felt") == [("work-find", "helpful", "en", 2)]


def test_counting_itself_touches_no_file(path: Path) -> None:
    async def work(tally: Tally) -> None:
        before = path.stat().st_mtime_ns, path.with_name(f"{path.name}-wal").stat().st_size
        await count_three(tally)
        assert before == (path.stat().st_mtime_ns, path.with_name(f"{path.name}-wal").stat().st_size)
        assert tally.waiting == 4
        await tally.write()
        assert tally.waiting == 0

    counting(path, work)


def test_a_damaged_database_is_set_aside_and_a_new_one_begun(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database" * 300)
    path.with_name("counters.sqlite3.damaged-1").write_bytes(b"from another time")
    counting(path, count_three)
    assert len(rows(path)) == 2
    assert path.with_name("counters.sqlite3.damaged-2").read_bytes().startswith(b"this is no database")
    assert path.with_name("counters.sqlite3.damaged-1").read_bytes() == b"from another time"
    assert "set aside (.damaged-2)" in caplog.text


def test_pages_that_are_damaged_within_are_found_at_the_start(path: Path) -> None:
    counting(path, count_three)
    whole = bytearray(path.read_bytes())
    whole[4096 : 3 * 4096] = b"\xff" * 8192
    path.write_bytes(whole)
    counting(path, count_three)
    assert path.with_name("counters.sqlite3.damaged-1").exists()
    assert rows(path) == [("bank-account", "answered", 1), ("work-find", "answered", 2)]


def test_a_database_that_is_damaged_while_the_bot_runs_is_set_aside_too(path: Path) -> None:
    async def work(tally: Tally) -> None:
        await count_three(tally)
        await tally.write()
        await tally.keeper.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        whole = bytearray(path.read_bytes())
        whole[: len(whole)] = b"\xee" * len(whole)
        path.write_bytes(whole)
        await tally.keeper.connection.execute("PRAGMA shrink_memory")
        await count_three(tally)
        for _ in range(3):
            await tally.write()
        assert tally.works
        assert tally.waiting == 0

    counting(path, work)
    assert rows(path) == [("bank-account", "answered", 1), ("work-find", "answered", 2)]


def test_where_there_can_be_no_database_counts_wait_until_there_can(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.write_text("a file stands where the folder should be")
    path = folder / "counters.sqlite3"

    async def work(tally: Tally) -> None:
        assert not tally.works
        await count_three(tally)
        await tally.write()
        assert tally.waiting == 4
        folder.unlink()
        await tally.keeper.open()
        await tally.write()
        assert tally.works

    counting(path, work)
    assert len(rows(path)) == 2


def test_while_another_has_it_locked_counts_wait_and_the_log_says_so_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(tally: Tally) -> None:
        await tally.keeper.connection.execute("PRAGMA busy_timeout = 10")
        with closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            await count_three(tally)
            for _ in range(3):
                await tally.write()
            assert (tally.waiting, tally.works) == (4, False)
        await tally.write()
        assert (tally.waiting, tally.works) == (0, True)

    counting(path, work)
    assert len(rows(path)) == 2
    assert caplog.text.count("they wait") == 1


def test_a_count_that_the_database_will_never_take_holds_no_other_up(path: Path) -> None:
    async def work(tally: Tally) -> None:
        tally.shown(DAY, "김철수의 물음", Outcome.ANSWERED, Language.KO)
        await tally.write()
        assert tally.waiting == 0
        await count_three(tally)

    counting(path, work)
    assert len(rows(path)) == 2


def test_the_keeper_says_whether_what_is_written_lasts(path: Path) -> None:
    async def main() -> tuple[bool, bool]:
        good, bad = Keeper(path), Keeper(Path("/dev/null/counters.sqlite3"))
        await good.open()
        await bad.open()
        found = good.lasting, bad.lasting
        await good.close()
        await bad.close()
        return found

    assert asyncio.run(main()) == (True, False)
