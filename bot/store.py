"""Every line of SQL: how often what was shown on a day, whether it helped, and how the knowledge was changed.

No column can hold a person or what people write: `revisions` holds the files of the knowledge, which is public, without
who changed them.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Final, TypeAlias, TypeVar

import aiosqlite

from bot.core.editing import Change
from bot.core.model import Feedback, Language, Outcome
from bot.hiding import SHOWN_FROM, beside_total

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

REASONS: Final = tuple(felt.value for felt in Feedback if felt not in (Feedback.HELPFUL, Feedback.UNHELPFUL))
"""Why a card did not help: said after "unhelpful", which is counted by itself."""

_NO_REASON: Final = ""
_Part = TypeVar("_Part")
_Table: TypeAlias = defaultdict[str, Counter[_Part]]
"""Columns (outcomes, feelings), each with its parts (weeks, entries)."""


Connection: TypeAlias = aiosqlite.Connection
StoreError: TypeAlias = aiosqlite.Error
"""What goes wrong while counting: a full disk, a file that was taken away."""
_Preparing: TypeAlias = Callable[[Connection], Awaitable[None]]


class NoStore(OSError):
    """The database cannot be opened or written; the message is SQLite's own."""


@dataclass(frozen=True, slots=True)
class Published:
    """All that may be shown of a stretch of days: no count below SHOWN_FROM, and none that can be worked out.

    What is missing is hidden: zero, small, or taken out so that a small one cannot be told by subtraction. Zero is
    hidden like the rest: shown, it would tell the one small part beside it. Weeks are named by their Monday.
    """

    totals: Mapping[str, int]
    weeks: Mapping[tuple[date, str], int]
    entries: Mapping[tuple[str, str], int]
    felt_totals: Mapping[str, int]
    felt: Mapping[tuple[str, str], int]
    reasons: Mapping[tuple[str, str], int]


@asynccontextmanager
async def open_store(path: Path | str) -> AsyncIterator[Connection]:
    """Open the database at `path` (":memory:" for tests), in the newest schema; raise NoStore if it cannot be."""
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
    except (StoreError, NoStore) as error:
        await connection.close()
        raise NoStore(str(error)) from None
    return connection


async def _prepare(connection: Connection) -> None:
    await connection.execute("PRAGMA busy_timeout = 5000")
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


async def count(connection: Connection, day: date, entry: str, outcome: Outcome | None, language: Language) -> None:
    """Add one to the times that `entry` ("" for no entry) was shown on `day`."""
    await connection.execute(
        "INSERT INTO shown VALUES (?, ?, ?, ?, 1)"
        " ON CONFLICT (day, entry, outcome, language) DO UPDATE SET times = times + 1",
        (day.isoformat(), entry, outcome.value if outcome else OPENED, language.spoken.value),
    )
    await connection.commit()


async def count_felt(connection: Connection, day: date, entry: str, felt: Feedback, language: Language) -> None:
    """Add one to the times that somebody said on `day` that the card of `entry` helped, or why it did not."""
    await connection.execute(
        "INSERT INTO felt VALUES (?, ?, ?, ?, 1)"
        " ON CONFLICT (day, entry, felt, language) DO UPDATE SET times = times + 1",
        (day.isoformat(), entry, felt.value, language.spoken.value),
    )
    await connection.commit()


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
    weeks: _Table[date] = defaultdict(Counter)
    entries: _Table[str] = defaultdict(Counter)
    for monday, entry, outcome, often in shown:
        weeks[str(outcome)][date.fromisoformat(monday)] += int(often)
        entries[str(outcome)][str(entry)] += int(often)
    opinions: _Table[str] = defaultdict(Counter)
    for entry, feeling, often in felt:
        opinions[str(feeling)][str(entry)] += int(often)
    return _published(weeks, entries, opinions)


def _published(weeks: _Table[date], entries: _Table[str], opinions: _Table[str]) -> Published:
    """Return what may be shown of the counts in columns, each of which has a total."""
    verdicts = {column: opinions[column] for column in (Feedback.HELPFUL.value, Feedback.UNHELPFUL.value)}
    said = _parts(verdicts)
    return Published(
        totals=_totals(entries),
        weeks=_parts(weeks),
        entries=_parts(entries),
        felt_totals=_totals(verdicts),
        felt=said,
        reasons=_reasons(opinions, said),
    )


def _totals(table: Mapping[str, Counter[_Part]]) -> dict[str, int]:
    return {column: parts.total() for column, parts in table.items() if parts.total() >= SHOWN_FROM}


def _parts(table: Mapping[str, Counter[_Part]]) -> dict[tuple[_Part, str], int]:
    return {(part, column): often for column, parts in table.items() for part, often in beside_total(parts).items()}


def _reasons(opinions: _Table[str], said: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Return why cards did not help: parts of those times, the rest of which was without a reason."""
    found: dict[tuple[str, str], int] = {}
    for (entry, verdict), often in said.items():
        why = Counter({reason: opinions[reason][entry] for reason in REASONS})
        why[_NO_REASON] = often - why.total()  # below 0 if some gave theirs a day later: then nothing can be said
        if verdict == Feedback.UNHELPFUL and why[_NO_REASON] >= 0:
            found |= {(entry, reason): n for reason, n in beside_total(why).items() if reason != _NO_REASON}
    return found


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
