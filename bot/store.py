"""Every line of SQL: how often what was shown on a day, whether it helped, and how the knowledge was changed.

No column can hold a person or what people write: `revisions` holds the files of the knowledge, which is public, without
who changed them.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias

import aiosqlite

from bot.core.editing import Change
from bot.core.model import Feedback, Language, Outcome
from bot.hiding import Published, Table, publishable

MIGRATIONS: Final = (
    """
    CREATE TABLE shown (
        day TEXT NOT NULL CHECK (day IS date(day)),
        entry TEXT NOT NULL CHECK (length(entry) <= 32 AND trim(entry, 'abcdefghijklmnopqrstuvwxyz0123456789-') = ''),
        outcome TEXT NOT NULL CHECK (outcome IN ('urgent', 'answered', 'unsure', 'unknown', 'opened')),
        language TEXT NOT NULL CHECK (language IN ('ko', 'en')),
        times INTEGER NOT NULL CHECK (typeof(times) = 'integer' AND times > 0),
        PRIMARY KEY (day, entry, outcome, language)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE felt (
        day TEXT NOT NULL CHECK (day IS date(day)),
        entry TEXT NOT NULL CHECK (length(entry) <= 32 AND trim(entry, 'abcdefghijklmnopqrstuvwxyz0123456789-') = ''),
        felt TEXT NOT NULL CHECK (
            felt IN ('helpful', 'unhelpful', 'wrong-topic', 'too-hard', 'not-true', 'other')
        ),
        language TEXT NOT NULL CHECK (language IN ('ko', 'en')),
        times INTEGER NOT NULL CHECK (typeof(times) = 'integer' AND times > 0),
        PRIMARY KEY (day, entry, felt, language)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE revisions (
        number INTEGER PRIMARY KEY,
        change INTEGER NOT NULL,
        day TEXT NOT NULL CHECK (day IS date(day)),
        name TEXT NOT NULL CHECK (
            length(name) <= 100 AND trim(name, 'abcdefghijklmnopqrstuvwxyz0123456789-_/.') = ''
        ),
        before TEXT,
        after TEXT
    )
    """,
)
"""The schema, one step a version; `PRAGMA user_version` says how many were made.

Not GLOB, which stops at a NUL, and not `times > 0` alone, which is true of any text: both would let words in.
"""

HISTORY: Final = 20
"""So many changes of an entry are shown."""
OPENED: Final = "opened"
"""An entry opened by a button rather than by a question."""

Connection: TypeAlias = aiosqlite.Connection
StoreError: TypeAlias = aiosqlite.Error
"""What goes wrong while counting: a full disk, a file that was taken away."""
_Preparing: TypeAlias = Callable[[Connection], Awaitable[None]]


class NoStore(OSError):
    """The database cannot be opened or written; the message is SQLite's own."""


class Damaged(NoStore):
    """What stands in the file is no database of ours any more."""


def is_damage(error: StoreError) -> bool:
    """Say whether `error` tells that the file is damaged, rather than full, locked or out of reach."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF  # the lower byte: the rest are details
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def is_refusal(error: StoreError) -> bool:
    """Say whether `error` tells that the database takes no such count, today or ever."""
    return isinstance(error, sqlite3.IntegrityError)


@asynccontextmanager
async def open_store(path: Path | str) -> AsyncIterator[Connection]:
    """Open the database at `path` (":memory:" for none), in the newest schema; raise NoStore or Damaged."""
    if isinstance(path, Path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NoStore(error.strerror) from None
    connection = await _opened(path, _prepare)
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def read_only(path: Path) -> AsyncIterator[Connection]:
    """Open the database at `path` to look at it, also while the bot runs; raise NoStore if there is none to read."""
    connection = await _opened(_uri_to_look_at(path), _look, uri=True)
    try:
        yield connection
    finally:
        await connection.close()


def _uri_to_look_at(path: Path) -> str:
    # While nobody has it open there is no -wal file, and looking would leave one behind: "immutable" makes none.
    alone = not path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"


async def _opened(path: Path | str, prepare: _Preparing, *, uri: bool = False) -> Connection:
    try:  # aiosqlite leaves a thread behind when connecting fails, which may outlive the event loop: try without it
        sqlite3.connect(path, uri=uri).close()
    except sqlite3.Error as error:
        raise NoStore(str(error)) from None
    connection = await aiosqlite.connect(path, uri=uri)
    try:
        await prepare(connection)
    except StoreError as error:
        await connection.close()
        raise (Damaged if is_damage(error) else NoStore)(str(error)) from None
    except NoStore:
        await connection.close()
        raise
    return connection


async def _prepare(connection: Connection) -> None:
    await connection.execute("PRAGMA busy_timeout = 5000")
    ((said,),) = await connection.execute_fetchall("PRAGMA quick_check(1)")
    if said != "ok":
        raise Damaged(said)
    await connection.execute("PRAGMA journal_mode = WAL")
    for version in range(await _version(connection), len(MIGRATIONS)):
        await connection.executescript(f"BEGIN;{MIGRATIONS[version]};PRAGMA user_version = {version + 1};COMMIT;")
    await connection.execute("BEGIN IMMEDIATE")  # a read-only file is found out now, not at the first question
    await connection.rollback()


async def _look(connection: Connection) -> None:
    await connection.execute("PRAGMA busy_timeout = 5000")
    if await _version(connection) < len(MIGRATIONS):
        raise NoStore("the database is of an older version: start the bot once")


async def _version(connection: Connection) -> int:
    row = await (await connection.execute("PRAGMA user_version")).fetchone()
    return int(row[0]) if row else 0


Shown: TypeAlias = tuple[date, str, Outcome | None, Language]
"""A day, an entry ("" for none), how a question ended (None: opened by a button), a language."""
Felt: TypeAlias = tuple[date, str, Feedback, Language]
"""A day, an entry, what somebody said of its card, a language."""


async def add(connection: Connection, shown: Mapping[Shown, int], felt: Mapping[Felt, int]) -> None:
    """Add to what is counted, all or nothing."""
    try:
        await connection.executemany(
            "INSERT INTO shown VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (day, entry, outcome, language) DO UPDATE SET times = times + excluded.times",
            [
                (day.isoformat(), entry, outcome.value if outcome else OPENED, language.spoken.value, times)
                for (day, entry, outcome, language), times in shown.items()
            ],
        )
        await connection.executemany(
            "INSERT INTO felt VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (day, entry, felt, language) DO UPDATE SET times = times + excluded.times",
            [
                (day.isoformat(), entry, feeling.value, language.spoken.value, times)
                for (day, entry, feeling, language), times in felt.items()
            ],
        )
        await connection.commit()
    except StoreError:
        with suppress(StoreError):
            await connection.rollback()
        raise


async def published(connection: Connection, first: date, last: date) -> Published:
    """Return what may be shown of the days from `first` to `last`; the counts themselves go nowhere else."""
    days = (first.isoformat(), last.isoformat())
    shown = await connection.execute_fetchall(
        "SELECT date(day, 'weekday 0', '-6 days'), entry, outcome, SUM(times) FROM shown"  # the Monday of its week
        " WHERE day BETWEEN ? AND ? GROUP BY 1, 2, 3",
        days,
    )
    felt = await connection.execute_fetchall(
        "SELECT entry, felt, SUM(times) FROM felt WHERE day BETWEEN ? AND ? GROUP BY 1, 2", days
    )
    weeks: Table[date] = defaultdict(Counter)
    entries: Table[str] = defaultdict(Counter)
    for monday, entry, outcome, often in shown:
        weeks[str(outcome)][date.fromisoformat(monday)] += int(often)
        entries[str(outcome)][str(entry)] += int(often)
    opinions: Table[str] = defaultdict(Counter)
    for entry, feeling, often in felt:
        opinions[str(feeling)][str(entry)] += int(often)
    return publishable(weeks, entries, opinions)


@dataclass(frozen=True, slots=True)
class Revision:
    """What a change made of one file, on which day: its text before and after, None where there was or is no file."""

    number: int
    day: str
    name: str
    before: str | None
    after: str | None

    @property
    def id(self) -> str:
        """The id of the entry, or the name of the register."""
        return PurePosixPath(self.name).stem


_OF_ID: Final = "(name = ?1 || '.yaml' OR substr(name, -length(?1) - 6) = '/' || ?1 || '.yaml')"


async def revise(connection: Connection, day: date, change: Change) -> None:
    """Keep what a change made of each file that it touched, in the order of `change`."""
    newest = await connection.execute_fetchall("SELECT coalesce(max(change), 0) + 1 FROM revisions")
    (number,) = next(iter(newest))
    rows = [(number, day.isoformat(), name, change.before[name], text) for name, text in change.after.items()]
    await connection.executemany(
        "INSERT INTO revisions (change, day, name, before, after) VALUES (?, ?, ?, ?, ?)", rows
    )
    await connection.commit()


async def revisions(connection: Connection, id_: str) -> list[Revision]:
    """Return the changes of an entry or a register by its id, the newest first; of the last HISTORY ones."""
    found = await connection.execute_fetchall(
        f"SELECT number, day, name, before, after FROM revisions WHERE {_OF_ID} ORDER BY number DESC LIMIT ?2",  # noqa: S608
        (id_, HISTORY),
    )
    return [Revision(*row) for row in found]


async def forget(connection: Connection, id_: str) -> int:
    """Delete for good what is kept of the changes of an entry or a register; return of how many changes of a file."""
    await connection.execute("PRAGMA secure_delete = ON")
    cursor = await connection.execute(f"DELETE FROM revisions WHERE {_OF_ID}", (id_,))  # noqa: S608
    await connection.commit()
    await connection.execute("VACUUM")
    await connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return cursor.rowcount


async def revision(connection: Connection, number: int) -> list[Revision]:
    """Return all that was changed together with the revision of that number, that one first; nothing for no number."""
    found = await connection.execute_fetchall(
        "SELECT number, day, name, before, after FROM revisions"
        " WHERE change = (SELECT change FROM revisions WHERE number = ?1) ORDER BY number <> ?1, number",
        (number,),
    )
    return [Revision(*row) for row in found]
