"""The figures of the last weeks, out of the database that counts them."""

from datetime import date
from pathlib import Path

from bot import store
from bot.statistics import WEEKS, Report, first_day, report


async def report_of(connection: store.Connection, today: date, weeks: int = WEEKS) -> Report:
    """Return the figures of the last `weeks` of an open database; raise StoreError."""
    return report(await store.published(connection, first_day(today, weeks), today), today, weeks)


async def report_at(path: Path, today: date, weeks: int = WEEKS) -> Report:
    """Return the figures of the last `weeks` of the database at `path`; raise NoStore if there is none to read."""
    async with store.read_only(path) as connection:
        return await report_of(connection, today, weeks)
