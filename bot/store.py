"""Every line of SQL: how often what was shown on a day, and whether it helped. No column can hold a person or words."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import aiosqlite

from bot.core.model import Feedback, Language, Outcome

SHOWN_FROM: Final = 5
"""Smaller counts are never shown: one card on one day could point at one person."""

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
)
"""The schema, one step a version; `PRAGMA user_version` says how many were made.

Not GLOB, which stops at a NUL, and not `times > 0` alone, which is true of any text: both would let words in.
"""

OPENED: Final = "opened"
"""An entry opened by a button rather than by a question."""


Connection: TypeAlias = aiosqlite.Connection
StoreError: TypeAlias = aiosqlite.Error
"""What goes wrong while counting: a full disk, a file that was taken away."""


class NoStore(OSError):
    """The database cannot be opened or written; the message is SQLite's own."""


@asynccontextmanager
async def open_store(path: Path | str) -> AsyncIterator[Connection]:
    """Open the database at `path` (":memory:" for tests), in the newest schema; raise NoStore if it cannot be."""
    if isinstance(path, Path):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise NoStore(error.strerror) from None
    connection = await _opened(path)
    try:
        yield connection
    finally:
        await connection.close()


async def _opened(path: Path | str) -> Connection:
    try:  # aiosqlite leaves a thread behind when connecting fails, which may outlive the event loop: try without it
        sqlite3.connect(path).close()
    except sqlite3.Error as error:
        raise NoStore(str(error)) from None
    connection = await aiosqlite.connect(path)
    try:
        await _prepare(connection)
    except StoreError as error:
        await connection.close()
        raise NoStore(str(error)) from None
    return connection


async def _prepare(connection: Connection) -> None:
    await connection.execute("PRAGMA busy_timeout = 5000")
    await connection.execute("PRAGMA journal_mode = WAL")
    cursor = await connection.execute("PRAGMA user_version")
    row = await cursor.fetchone()
    for version in range(row[0] if row else 0, len(MIGRATIONS)):
        await connection.executescript(f"BEGIN;{MIGRATIONS[version]};PRAGMA user_version = {version + 1};COMMIT;")
    await connection.execute("BEGIN IMMEDIATE")  # a read-only file is found out now, not at the first question
    await connection.rollback()


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


async def counts(connection: Connection, since: date) -> list[tuple[str, str, int]]:
    """Return (entry, outcome, times) since a day, the most frequent first, only from SHOWN_FROM upwards."""
    cursor = await connection.execute(
        "SELECT entry, outcome, SUM(times) AS total FROM shown WHERE day >= ?"
        " GROUP BY entry, outcome HAVING total >= ? ORDER BY total DESC, entry, outcome",
        (since.isoformat(), SHOWN_FROM),
    )
    return [(str(entry), str(outcome), int(times)) for entry, outcome, times in await cursor.fetchall()]
