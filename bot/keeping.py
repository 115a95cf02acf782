"""The database while the bot runs: set aside when it is damaged, done without while it cannot be had.

A counter is never worth an answer: what is counted waits in memory and is written beside the answers.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Final

from bot import store
from bot.core.model import Feedback, Language, Outcome

log = logging.getLogger("gildongmu.store")

EVERY: Final = 1.0
"""Seconds between two times of writing what was counted."""
AGAIN: Final = 60.0
"""Seconds between two tries to open a database that could not be."""


class Keeper:
    """The database at `path`, or one in memory that stands in for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open = AsyncExitStack()
        self.connection: store.Connection
        self.lasting = False
        """Whether what is written outlives this process."""

    async def open(self) -> None:
        """Open the database, a new one if it is damaged; another in memory if there can be none."""
        await self._open.aclose()
        self.lasting = True
        try:
            self.connection = await self._open.enter_async_context(store.open_store(self._path))
        except store.NoStore as error:
            if isinstance(error, store.Damaged) and self._set_aside():
                await self.open()
                return
            log.warning(
                "DATABASE_PATH 에 쓸 수 없어 세지 않고 답합니다(%s). / "
                "DATABASE_PATH cannot be written, the bot answers without counting (%s).",
                error,
                error,
            )
            self.lasting = False
            self.connection = await self._open.enter_async_context(store.open_store(":memory:"))

    async def close(self) -> None:
        """Close the database."""
        await self._open.aclose()

    def _set_aside(self) -> bool:
        """Rename a damaged database, and what SQLite keeps beside it; say whether that could be done."""
        free = next(n for n in count(1) if not self._path.with_name(f"{self._path.name}.damaged-{n}").exists())
        try:
            for end in ("", "-wal", "-shm"):
                part = self._path.with_name(self._path.name + end)
                if part.exists():
                    part.rename(self._path.with_name(f"{self._path.name}.damaged-{free}{end}"))
        except OSError:
            return False
        log.error(
            "데이터베이스가 망가져 옆에 치워 두고(.damaged-%d) 새로 시작합니다. / "
            "The database was damaged: it is set aside (.damaged-%d) and a new one begun.",
            free,
            free,
        )
        return True


@dataclass(slots=True)
class Tally:
    """What is counted and waits to be written to the database that `keeper` has."""

    keeper: Keeper
    _shown: Counter[store.Shown] = field(default_factory=Counter)
    _felt: Counter[store.Felt] = field(default_factory=Counter)
    _failing: bool = False

    def shown(self, day: date, entry: str, outcome: Outcome | None, language: Language) -> None:
        """Count that `entry` ("" for none) was shown."""
        self._shown[day, entry, outcome, language.spoken] += 1

    def felt(self, day: date, entry: str, feedback: Feedback, language: Language) -> None:
        """Count that somebody said that the card of `entry` helped, or why it did not."""
        self._felt[day, entry, feedback, language.spoken] += 1

    @property
    def waiting(self) -> int:
        """How much waits to be written."""
        return self._shown.total() + self._felt.total()

    @property
    def works(self) -> bool:
        """Whether the last writing succeeded, to a database that lasts."""
        return self.keeper.lasting and not self._failing

    async def write(self) -> None:
        """Write what waits; what cannot be written waits on, and the log says so once."""
        if not self.waiting or not self.keeper.lasting:
            return
        shown, felt = self._shown, self._felt
        self._shown, self._felt = Counter(), Counter()
        try:
            await store.add(self.keeper.connection, shown, felt)
        except store.StoreError as error:
            if store.is_refusal(error):
                log.error("counts were refused and are lost (%s)", type(error).__name__)  # noqa: TRY400
                return
            self._shown.update(shown)
            self._felt.update(felt)
            if not self._failing:
                log.warning("counts cannot be written (%s); they wait", type(error).__name__)
            self._failing = True
            if store.is_damage(error):
                await self.keeper.open()
        else:
            self._failing = False

    async def keep_writing(self) -> None:
        """Write now and then, for ever; try again to open what could not be opened."""
        for tick in count(1):
            await asyncio.sleep(EVERY)
            if not self.keeper.lasting and tick % (AGAIN // EVERY) == 0:
                await self.keeper.open()
            await self.write()


@asynccontextmanager
async def kept(path: Path) -> AsyncIterator[Tally]:
    """Open the database at `path` and count into it; write the rest at the end."""
    keeper = Keeper(path)
    await keeper.open()
    tally = Tally(keeper)
    try:
        yield tally
    finally:
        await tally.write()
        await keeper.close()
