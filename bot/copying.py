"""Whole databases: copied as one state while somebody writes, looked through, and put in the place of another.

The second door to sqlite3, beside bot.store, which alone knows what the tables hold.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.store import MIGRATIONS, Damaged, NoStore, is_damage


class InUse(NoStore):
    """Another connection has the database open: the bot runs."""


class Newer(NoStore):
    """The database was made by a newer program than this one."""


def copy(path: Path, target: Path) -> int:
    """Copy the database at `path` to the new file `target`, also while the bot writes; return its version.

    Raise NoStore, or Damaged.
    """
    with _said(), closing(_opened(path)) as source:
        return _copied(source, target)


def demand_sound(path: Path) -> int:
    """Return the version of the database at `path`; raise Damaged or Newer for one that this program cannot use.

    It must have our tables and nothing else, and hold in them only what they take.
    """
    with _said(), closing(_opened(path)) as found, closing(sqlite3.connect(":memory:")) as ours:
        found.execute("PRAGMA trusted_schema = OFF")
        ((version,),) = found.execute("PRAGMA user_version")
        if version > len(MIGRATIONS):
            raise Newer(f"version {version}")
        for step in MIGRATIONS[:version]:
            ours.execute(step)
        if _schema(found) != _schema(ours):
            raise Damaged("other tables")
        ((said,),) = found.execute("PRAGMA integrity_check(1)")
        if said != "ok":
            raise Damaged(said)
        return int(version)


class Held:
    """A database that nobody else has open, nor can open while it is held."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def copy(self, target: Path) -> int:
        """Copy it to the new file `target`; return its version."""
        with _said():
            return _copied(self._connection, target)

    def become(self, path: Path) -> None:
        """Make it what the database at `path` is, in one transaction: a kill leaves it as it was, or all of it new."""
        with _said(), closing(_opened(path)) as source:
            source.backup(self._connection)


@contextmanager
def held(path: Path, *, create: bool = False) -> Iterator[Held]:
    """Keep everybody else out of the database at `path`; raise InUse while the bot runs, Damaged, NoStore."""
    with _said(), closing(_opened(path, "rwc" if create else "rw")) as connection:
        # A database with a write-ahead log is shared by all that have it open, even if they do nothing.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("ROLLBACK")
        yield Held(connection)


def _opened(path: Path, mode: str = "rw") -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=1, isolation_level=None)


def _copied(source: sqlite3.Connection, target: Path) -> int:
    with closing(_opened(target, "rwc")) as made:
        source.backup(made)
        made.execute("PRAGMA journal_mode = DELETE")  # one file, without a log beside it
        ((version,),) = made.execute("PRAGMA user_version")
    return int(version)


def _schema(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master ORDER BY 1, 2")
    return [(kind, name, " ".join(sql.split())) for kind, name, sql in rows]


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        busy = code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
        raise (InUse if busy else Damaged if is_damage(error) else NoStore)(str(error)) from None
