"""The day counters in real SQLite files: no room for a person or their words, small counts unseen, faults said."""

import asyncio
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeAlias, TypeVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import store
from bot.core.model import Feedback, Language, Outcome
from bot.hiding import SHOWN_FROM, Published, beside_total

DAY = date(2026, 11, 21)
ALLOWED_COLUMNS = {
    "shown": ["day", "entry", "outcome", "language", "times"],
    "felt": ["day", "entry", "felt", "language", "times"],
    "revisions": ["number", "change", "day", "name", "before", "after"],
}
T = TypeVar("T")
Row: TypeAlias = tuple[str, str, str, str, int]
Work: TypeAlias = Callable[[store.Connection], Awaitable[None]]


def in_store(path: Path | str, work: Callable[[store.Connection], Awaitable[T]]) -> T:
    """Open the store at `path`, do `work` with it, close it again."""

    async def run() -> T:
        async with store.open_store(path) as connection:
            return await work(connection)

    return asyncio.run(run())


async def nothing(connection: store.Connection) -> None:
    return


def counted(times: int, entry: str = "work-find", outcome: Outcome | None = Outcome.ANSWERED) -> Work:
    async def work(connection: store.Connection) -> None:
        for _ in range(times):
            await store.add(connection, {(DAY, entry, outcome, Language.KO): 1}, {})

    return work


def shown(path: Path, since: date = DAY) -> list[tuple[str, str, int]]:
    found = in_store(path, lambda connection: store.published(connection, since, date(2026, 12, 31)))
    return [(*key, times) for key, times in found.entries.items()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deeper" / "counters.sqlite3"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in the newest schema, for looking at with SQLite alone."""
    path = tmp_path_factory.mktemp("made") / "counters.sqlite3"
    in_store(path, nothing)
    return path


# --- what there is room for --------------------------------------------------------------------------------------


def test_the_schema_has_the_allowed_columns_and_no_other(made: Path) -> None:
    with sqlite3.connect(made) as connection:
        kinds = connection.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
        columns = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for _, name in kinds}
    connection.close()
    assert {kind for kind, _ in kinds} == {"table"}
    assert columns == ALLOWED_COLUMNS


GOOD = ("2026-11-21", "work-find", "answered", "ko", 1)


def refused(made: Path, row: tuple[object, ...], table: str = "shown") -> bool:
    """Say whether the schema itself refuses `row`; nothing is kept either way."""
    connection = sqlite3.connect(made)
    try:
        connection.execute(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", row)
    except sqlite3.IntegrityError:
        return True
    else:
        return False
    finally:
        connection.rollback()
        connection.close()


def test_a_row_as_it_should_be_is_taken(made: Path) -> None:
    assert not refused(made, GOOD)
    assert not refused(made, ("2026-11-21", "", "opened", "en", 1))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (0, "yesterday"), (0, "2026-11-21 김철수"), (0, "2026-13-45"), (0, "2026-11-21\0김철수"), (0, None), (0, ""),
        (1, "알바 구하고 싶어요"), (1, "I want a job"), (1, "work_find"), (1, "Work-Find"), (1, "a" * 33), (1, None),
        (1, "work-find\0김철수 010-1234-5678"), (1, "김철수".encode()),
        (2, "알바"), (2, "ANSWERED"), (2, ""), (2, "answered\0x"), (2, None),
        (3, "zh"), (3, "한국어"), (3, ""), (3, None),
        (4, 0), (4, -1), (4, "김철수"), (4, b"x"), (4, 1.5), (4, None),
    ],
)  # fmt: skip
def test_the_schema_refuses_free_text_in_every_column(made: Path, column: int, value: object) -> None:
    assert refused(made, (*GOOD[:column], value, *GOOD[column + 1 :]))


@given(st.text(max_size=40))
@example("\0")
@example("a\0b")
def test_an_entry_is_a_short_id_or_nothing(made: Path, text: str) -> None:
    is_id = len(text) <= 32 and set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert refused(made, (GOOD[0], text, *GOOD[2:])) is not is_id


@given(st.integers(min_value=0, max_value=4), st.text(min_size=1, max_size=40) | st.binary(min_size=1, max_size=40))
def test_no_column_takes_any_text_but_its_own_few(made: Path, column: int, value: str | bytes) -> None:
    if column == 1 or value in {"urgent", "unsure", "unknown", "opened", "answered", "ko", "en"}:
        return
    integer = column == 4 and isinstance(value, str) and value.strip().isdecimal()
    assert integer or refused(made, (*GOOD[:column], value, *GOOD[column + 1 :]))


def test_nothing_of_a_question_can_be_counted(path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        in_store(path, counted(1, entry="제 이름은 김철수예요"))
    assert shown(path) == []


GOOD_FELT = ("2026-11-21", "work-find", "unhelpful", "ko", 1)


def test_everything_that_can_be_felt_is_taken(made: Path) -> None:
    for felt in Feedback:
        for language in ("ko", "en"):
            assert not refused(made, (*GOOD_FELT[:2], felt.value, language, 1), "felt")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (0, "yesterday"), (0, "2026-11-21 김철수"), (0, "2026-13-45"), (0, "2026-11-21\0김철수"), (0, None), (0, ""),
        (1, "알바 카드가 틀렸어요"), (1, "this is wrong"), (1, "Work-Find"), (1, "a" * 33), (1, None),
        (1, "work-find\0김철수 010-1234-5678"), (1, "김철수".encode()),
        (2, "answered"), (2, "HELPFUL"), (2, "helpful "), (2, "너무 어려워요"), (2, ""), (2, "other\0x"), (2, None),
        (3, "zh"), (3, "KO"), (3, ""), (3, None),
        (4, 0), (4, -1), (4, "김철수"), (4, b"x"), (4, 1.5), (4, None),
    ],
)  # fmt: skip
def test_what_was_felt_leaves_no_room_for_free_text(made: Path, column: int, value: object) -> None:
    assert not refused(made, GOOD_FELT, "felt")
    assert refused(made, (*GOOD_FELT[:column], value, *GOOD_FELT[column + 1 :]), "felt")


@given(st.text(max_size=40))
@example("\0")
@example("other\0김철수")
def test_only_what_can_be_felt_is_taken_whatever_is_written(made: Path, text: str) -> None:
    row = (*GOOD_FELT[:2], text, *GOOD_FELT[3:])
    assert refused(made, row, "felt") is (text not in set(Feedback))


@given(st.text(max_size=40))
@example("a\0b")
def test_what_was_felt_is_about_a_short_id_or_nothing(made: Path, text: str) -> None:
    is_id = len(text) <= 32 and set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert refused(made, (GOOD_FELT[0], text, *GOOD_FELT[2:]), "felt") is not is_id


# --- counting ----------------------------------------------------------------------------------------------------


def test_counts_below_five_are_not_shown(path: Path) -> None:
    in_store(path, counted(4))
    assert shown(path) == []
    in_store(path, counted(1))
    assert shown(path) == [("work-find", "answered", 5)]


def test_days_and_languages_are_added_up_before_anything_is_shown(path: Path) -> None:
    async def in_english(connection: store.Connection) -> None:
        for _ in range(3):
            await store.add(connection, {(date(2026, 11, 22), "work-find", Outcome.ANSWERED, Language.EN): 1}, {})

    in_store(path, counted(3))
    in_store(path, in_english)
    assert shown(path) == [("work-find", "answered", 6)]
    assert shown(path, date(2026, 11, 22)) == []


@pytest.mark.parametrize("outcome", [*Outcome, None])
@pytest.mark.parametrize("language", list(Language))
def test_every_outcome_in_every_language_can_be_counted(
    path: Path, outcome: Outcome | None, language: Language
) -> None:
    async def work(connection: store.Connection) -> None:
        await store.add(connection, {(DAY, "hana-find", outcome, language): 1}, {})

    in_store(path, work)


def test_two_at_once_lose_no_count(path: Path) -> None:
    async def both() -> None:
        async with store.open_store(path) as one, store.open_store(path) as other:
            await asyncio.gather(counted(20)(one), counted(20)(other))

    asyncio.run(both())
    assert shown(path) == [("work-find", "answered", 40)]


def test_a_count_is_there_for_others_at_once(path: Path) -> None:
    async def work(connection: store.Connection) -> int:
        await counted(1)(connection)
        other = sqlite3.connect(path)
        times = other.execute("SELECT SUM(times) FROM shown").fetchone()[0]
        other.close()
        return int(times)

    assert in_store(path, work) == 1


def felt(path: Path) -> list[tuple[str, str, str, str, int]]:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT day, entry, felt, language, times FROM felt ORDER BY 1, 2, 3, 4").fetchall()
    connection.close()
    return found


def test_what_was_felt_is_counted_up_apart_by_day_entry_feeling_and_language(path: Path) -> None:
    taps = [
        (DAY, "work-find", Feedback.HELPFUL, Language.KO),
        (DAY, "work-find", Feedback.HELPFUL, Language.KO),
        (DAY, "work-find", Feedback.HELPFUL, Language.ZH),  # answered in Korean
        (DAY, "work-find", Feedback.TOO_HARD, Language.KO),
        (DAY, "housing", Feedback.HELPFUL, Language.KO),
        (DAY, "work-find", Feedback.HELPFUL, Language.EN),
        (date(2026, 11, 22), "work-find", Feedback.HELPFUL, Language.KO),
    ]

    async def work(connection: store.Connection) -> None:
        for tap in taps:
            await store.add(connection, {}, {tap: 1})

    in_store(path, work)
    assert felt(path) == [
        ("2026-11-21", "housing", "helpful", "ko", 1),
        ("2026-11-21", "work-find", "helpful", "en", 1),
        ("2026-11-21", "work-find", "helpful", "ko", 3),
        ("2026-11-21", "work-find", "too-hard", "ko", 1),
        ("2026-11-22", "work-find", "helpful", "ko", 1),
    ]
    assert shown(path) == []


@pytest.mark.parametrize("feeling", list(Feedback))
@pytest.mark.parametrize("language", list(Language))
def test_every_feeling_in_every_language_can_be_counted(path: Path, feeling: Feedback, language: Language) -> None:
    in_store(path, lambda connection: store.add(connection, {}, {(DAY, "hana-find", feeling, language): 1}))
    assert felt(path) == [("2026-11-21", "hana-find", feeling.value, language.spoken.value, 1)]


def test_nothing_that_was_written_can_be_counted_as_felt(path: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        in_store(
            path,
            lambda connection: store.add(connection, {}, {(DAY, "제 이름은 김철수", Feedback.OTHER, Language.KO): 1}),
        )
    assert felt(path) == []


def test_two_at_once_lose_no_feeling(path: Path) -> None:
    async def twenty(connection: store.Connection) -> None:
        for _ in range(20):
            await store.add(connection, {}, {(DAY, "work-find", Feedback.HELPFUL, Language.KO): 1})

    async def both() -> None:
        async with store.open_store(path) as one, store.open_store(path) as other:
            await asyncio.gather(twenty(one), twenty(other))

    asyncio.run(both())
    assert [times for *_, times in felt(path)] == [40]


# --- what may be shown -------------------------------------------------------------------------------------------

MONDAY = date(2026, 11, 16)


def filled(shown: Iterable[Row] = (), felt: Iterable[Row] = ()) -> Published:
    """Return what is published of the days 2 to 22 November from a store with these rows."""

    async def work(connection: store.Connection) -> Published:
        await connection.executemany("INSERT INTO shown VALUES (?, ?, ?, ?, ?)", shown)
        await connection.executemany("INSERT INTO felt VALUES (?, ?, ?, ?, ?)", felt)
        return await store.published(connection, date(2026, 11, 2), date(2026, 11, 22))

    return in_store(":memory:", work)


def test_a_week_begins_on_monday_and_only_the_days_asked_for_count() -> None:
    days = ("2026-11-01", "2026-11-02", "2026-11-08", "2026-11-09", "2026-11-15", "2026-11-22", "2026-11-23")
    found = filled((day, "work-find", "answered", "ko", 10 + n) for n, day in enumerate(days))
    assert found.weeks == {
        (date(2026, 11, 2), "answered"): 11 + 12,
        (date(2026, 11, 9), "answered"): 13 + 14,
        (MONDAY, "answered"): 15,
    }
    assert found.totals == {"answered": 11 + 12 + 13 + 14 + 15}


def test_a_part_is_not_told_by_what_a_total_and_the_other_parts_leave() -> None:
    rows = [("2026-11-16", entry, "answered", "ko", times) for entry, times in (("a", 6), ("b", 3), ("c", 8))]
    found = filled([*rows, ("2026-11-09", "c", "answered", "ko", 20)])
    assert found.totals == {"answered": 37}
    assert found.entries == {("c", "answered"): 28}
    assert found.weeks == {(MONDAY, "answered"): 17, (date(2026, 11, 9), "answered"): 20}


def test_several_small_parts_hide_one_another_if_they_are_five_together() -> None:
    assert beside_total(Counter(a=9, b=3, c=4)) == {"a": 9}
    assert beside_total(Counter(a=9, b=1, c=1, d=7)) == {"a": 9}
    assert beside_total(Counter(a=9, b=0)) == {"a": 9}


def test_two_fours_are_not_told_by_their_being_eight() -> None:
    assert beside_total(Counter(a=9, b=4, c=4, d=12)) == {"d": 12}


def test_of_equal_parts_none_is_chosen_to_be_hidden() -> None:
    assert beside_total(Counter(a=5, b=5, c=3, d=6)) == {"d": 6}


def test_why_a_card_did_not_help_is_part_of_how_often_it_did_not() -> None:
    taps = {"helpful": 7, "unhelpful": 20, "wrong-topic": 8, "too-hard": 6, "other": 5}
    found = filled(felt=[("2026-11-16", "work-find", felt, "ko", times) for felt, times in taps.items()])
    assert found.felt_totals == {"helpful": 7, "unhelpful": 20}
    assert found.felt == {("work-find", "helpful"): 7, ("work-find", "unhelpful"): 20}
    assert found.reasons == {("work-find", "wrong-topic"): 8, ("work-find", "too-hard"): 6}  # one gave none: 5 + 1


def test_no_reason_is_shown_where_the_whole_is_hidden() -> None:
    felt = [("a", "unhelpful", 6), ("a", "too-hard", 6), ("b", "unhelpful", 3), ("c", "unhelpful", 9)]
    found = filled(felt=[("2026-11-16", entry, why, "ko", times) for entry, why, times in felt])
    assert found.felt == {("c", "unhelpful"): 9}
    assert found.reasons == {}


@pytest.mark.parametrize(("parts", "most"), [(1, 40), (2, 40), (3, 28), (4, 22), (5, 17)])
def test_whoever_knows_the_rule_and_all_that_is_shown_can_name_no_hidden_part(parts: int, most: int) -> None:
    """Every table there is: what looks the same outside must be able to be several things inside."""
    looks: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for table in tables(parts, most):
        total = sum(table)
        seen = tuple(sorted(beside_total(Counter(dict(enumerate(table)))).items()))
        assert total >= SHOWN_FROM or not seen
        assert total - sum(times for _, times in seen) not in range(1, 5) or total < SHOWN_FROM
        looks[seen, total if total >= SHOWN_FROM else None].append(table)
    for alike in looks.values():
        for values in zip(*alike, strict=True):
            assert len(set(values)) > 1 or values[0] not in range(1, 5)


def tables(parts: int, most: int) -> Iterator[tuple[int, ...]]:
    """Yield every way to share at most `most` among `parts`."""
    if parts == 0:
        yield ()
        return
    for first in range(most + 1):
        for others in tables(parts - 1, most - first):
            yield (first, *others)


# --- looking without writing -------------------------------------------------------------------------------------


def look(path: Path) -> Published:
    async def run() -> Published:
        async with store.read_only(path) as connection:
            return await store.published(connection, DAY, DAY)

    return asyncio.run(run())


@pytest.mark.parametrize("name", ["counters.sqlite3", "길 동무 100%?mode=rw#.sqlite3", "file:counters"])
def test_looking_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    in_store(path, counted(6))
    before = path.read_bytes()
    assert look(path).totals == {"answered": 6}
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before


def test_looking_sees_what_the_running_bot_has_just_counted_and_takes_nothing_away(path: Path) -> None:
    async def run() -> tuple[Published, set[Path], set[Path]]:
        async with store.open_store(path) as connection:
            await counted(6)(connection)
            before = set(path.parent.iterdir())
            async with store.read_only(path) as reader:
                found = await store.published(reader, DAY, DAY)
                await counted(1)(connection)
            after = set(path.parent.iterdir())
            await counted(1)(connection)
        return found, before, after

    found, before, after = asyncio.run(run())
    assert found.totals == {"answered": 6}
    assert before == after
    assert list(path.parent.iterdir()) == [path]
    assert look(path).totals == {"answered": 8}


def test_looking_after_the_bot_was_killed_sees_all_and_leaves_all(path: Path) -> None:
    in_store(path, counted(6))
    insert = "INSERT INTO shown VALUES ('2026-11-21', 'a', 'answered', 'ko', 7)"
    killed = f"import os, sqlite3; c = sqlite3.connect({str(path)!r}); c.execute({insert!r}); c.commit(); os._exit(9)"
    subprocess.run([sys.executable, "-c", killed], check=False)
    before = {each.name: each.stat().st_size for each in path.parent.iterdir()}
    assert len(before) == 3
    assert look(path).totals == {"answered": 13}
    assert {each.name: each.stat().st_size for each in path.parent.iterdir()} == before


def test_who_looks_cannot_write(path: Path) -> None:
    async def run() -> None:
        async with store.read_only(path) as connection:
            await counted(1)(connection)

    in_store(path, nothing)
    with pytest.raises(sqlite3.OperationalError):
        asyncio.run(run())


def test_where_there_is_no_store_looking_says_so_and_makes_none(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("이 파일은 데이터베이스가 아닙니다. " * 100, encoding="utf-8")
    (tmp_path / "empty").touch()
    with sqlite3.connect(tmp_path / "older") as older:
        older.executescript(f"{store.MIGRATIONS[0]};PRAGMA user_version = 1")
    older.close()
    before = set(tmp_path.iterdir())
    for name in ("missing", "folder/missing", ".", "text", "empty", "older"):
        with pytest.raises(store.NoStore):
            look(tmp_path / name)
    assert set(tmp_path.iterdir()) == before


# --- opening -----------------------------------------------------------------------------------------------------


def version(path: Path) -> int:
    connection = sqlite3.connect(path)
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    connection.close()
    return found


def test_an_empty_file_is_brought_to_the_newest_schema(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    in_store(path, counted(5))
    assert version(path) == len(store.MIGRATIONS)
    assert shown(path) == [("work-find", "answered", 5)]


def test_reopening_keeps_what_was_counted(path: Path) -> None:
    for _ in range(5):
        in_store(path, counted(1))
    assert shown(path) == [("work-find", "answered", 5)]
    assert version(path) == len(store.MIGRATIONS)


def test_a_database_of_the_first_version_is_brought_to_the_newest_without_loss(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.executescript(f"BEGIN;{store.MIGRATIONS[0]};PRAGMA user_version = 1;COMMIT;")
    connection.executemany(
        "INSERT INTO shown VALUES (?, ?, ?, ?, ?)", [(*GOOD[:4], 7), ("2026-11-20", "", "unknown", "en", 9)]
    )
    connection.commit()
    before = connection.execute("SELECT * FROM shown").fetchall()
    connection.close()
    in_store(path, lambda opened: store.add(opened, {}, {(DAY, "work-find", Feedback.HELPFUL, Language.KO): 1}))
    assert version(path) == len(store.MIGRATIONS) == 3
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT * FROM shown").fetchall() == before
    connection.close()
    assert felt(path) == [("2026-11-21", "work-find", "helpful", "ko", 1)]
    in_store(path, counted(1))
    assert shown(path) == [("work-find", "answered", 8)]


def test_a_store_in_memory_needs_no_file() -> None:
    assert in_store(":memory:", lambda connection: store.published(connection, DAY, DAY)).totals == {}


def test_a_step_that_was_cut_short_is_made_anew(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.executescript(f"BEGIN;{store.MIGRATIONS[0]};")  # killed before the version was written
    connection.close()
    in_store(path, counted(5))
    assert shown(path) == [("work-find", "answered", 5)]


def test_a_folder_in_the_place_of_the_database_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(store.NoStore):
        in_store(tmp_path, nothing)


def test_a_path_under_a_file_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(store.NoStore):
        in_store(tmp_path / "file" / "counters.sqlite3", nothing)
    with pytest.raises(store.NoStore):
        in_store(tmp_path / "file" / "deeper" / "counters.sqlite3", nothing)


def test_a_file_that_is_no_database_is_said_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("이 파일은 데이터베이스가 아닙니다. " * 100, encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(store.NoStore):
        in_store(path, nothing)
    assert path.read_bytes() == before


def test_a_damaged_database_is_said(path: Path) -> None:
    in_store(path, counted(1))
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 4000)
    with pytest.raises(store.NoStore):
        in_store(path, nothing)


def test_a_fault_while_it_is_open_is_not_taken_for_a_store_that_cannot_be_opened(path: Path) -> None:
    async def work(connection: store.Connection) -> None:
        await connection.execute("SELECT nothing FROM nowhere")

    with pytest.raises(sqlite3.OperationalError):
        in_store(path, work)
