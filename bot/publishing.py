"""From a change to the knowledge that answers: tried, written, taken up whole, kept as a revision. One at a time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from bot import memory, store, versioning, writing
from bot.comparing import Report
from bot.core.editing import Change
from bot.core.engine import Engine
from bot.core.knowledge.loading import Source, checksum, files_in, read_files, read_source
from bot.core.knowledge.problems import Problem
from bot.core.matching import weights as weights_file
from bot.core.matching.weights import Weights
from bot.current import Current
from bot.keeping import Keeper
from bot.trying import PREFIX, Said, asked_beforehand, tried

log = logging.getLogger("gildongmu.publishing")

Build: TypeAlias = Callable[[Mapping[str, Source], Weights], Engine]
"""How an engine is made of files that were read, and of the weights learnt for them."""


class Stale(RuntimeError):
    """The knowledge has changed since the change was tried: it must be tried again."""


@dataclass(frozen=True, slots=True)
class Publisher:
    """Tries changes and publishes them; `folder` holds the knowledge, `weights_path` what was learnt for it.

    With `git` each change is committed to the repository that holds the folder. Only one process writes the `history`.
    """

    folder: Path
    weights_path: Path
    current: Current
    build: Build
    keeper: Keeper
    database: Path
    git: bool = False
    history: bool = True
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _trial: asyncio.Lock = field(default_factory=asyncio.Lock)
    _learnt: list[Weights] = field(default_factory=list)
    """What was learnt for the change tried last: at most one, for it is large."""

    @property
    def connection(self) -> store.Connection:
        """The database now."""
        return self.keeper.connection

    @property
    def base(self) -> str:
        """The checksum of the knowledge that answers now."""
        return self.current.engine.knowledge.checksum

    async def problems(self, change: Change) -> tuple[Problem, ...]:
        """Return what every check says of the whole knowledge with `change` in it; raise TrialFailed."""
        async with self._trial, self._copy() as folder:
            found = await tried(folder, self.weights_path, change, said=None, only_check=True)
        return found.report.problems

    async def settled(self) -> None:
        """Wait until nothing is being published."""
        async with self._one:
            return

    async def tried(self, change: Change, said: Said | None = None) -> Report:
        """Return what `change` makes better and worse of the knowledge that answers now; raise TrialFailed."""
        async with self._trial, self._copy() as folder:
            found = await tried(folder, self.weights_path, change, said=said)
        self._learnt[:] = [found.learnt] if found.learnt else []
        return found.report

    async def get_ready(self) -> None:
        """Ask the questions of what answers now, so that the first change is sooner measured; raise TrialFailed."""
        async with self._trial, self._copy() as folder:
            await asked_beforehand(folder, self.weights_path)

    async def publish(self, change: Change, base: str) -> None:
        """Write a change that was tried on `base` and answer from it; as it stood if anything goes wrong.

        Raise Stale, TrialFailed, writing.Outdated, writing.CannotWrite; versioning.NotCommitted when all else was done.
        """
        async with self._one:
            engine, weights, texts = await self._ready(change, base)
            await asyncio.to_thread(writing.write, self.folder, change)
            await self._take_up(engine, weights, texts, change)
            if self.git:
                names = sorted(change.after)
                await versioning.commit(self.folder, names, f"길동무: {', '.join(Path(name).stem for name in names)}")

    async def by_hand(self) -> Change | None:
        """Return what was changed in the folder itself, or None if it holds what answers now.

        Raise Unreadable for files that cannot be read.
        """
        async with self._one:
            await asyncio.to_thread(writing.finish, self.folder)
            sources = await asyncio.to_thread(_read_if_changed, self.folder, self.current.texts)
        if sources is None:
            return None
        now = {name: source.text for name, source in sources.items()}
        before, names = self.current.texts, sorted({*now, *self.current.texts})
        changed = [name for name in names if now.get(name) != before.get(name)]
        if not changed:
            return None
        return Change({name: before.get(name) for name in changed}, {name: now.get(name) for name in changed})

    async def take_up(self, change: Change, base: str) -> None:
        """Answer from what was changed by hand and tried on `base`; raise Stale or TrialFailed."""
        async with self._one:
            engine, weights, texts = await self._ready(change, base)
            await self._take_up(engine, weights, texts, change)

    async def _take_up(self, engine: Engine, weights: Weights, texts: Mapping[str, str], change: Change) -> None:
        self.current.engine, self.current.texts = engine, texts
        try:
            await asyncio.to_thread(weights_file.save, weights, self.weights_path)
        except OSError as error:  # they are learnt anew at the next start then
            log.warning("the weights could not be kept (%s)", type(error).__name__)
        try:
            if self.history:
                await store.revise(self.connection, engine.opener.today(), change)
        except store.StoreError as error:
            log.warning("a revision could not be kept (%s)", type(error).__name__)
        await asyncio.to_thread(memory.give_back)

    async def _ready(self, change: Change, base: str) -> tuple[Engine, Weights, dict[str, str]]:
        """Return the engine with `change`, its weights and texts; raise Stale or TrialFailed.

        What was learnt for the change tried last is still there; for an earlier one it is learnt again, the same.
        """
        if base != self.base:
            raise Stale
        texts = with_change(self.current.texts, change)
        sources = await asyncio.to_thread(_read, texts)
        key = weights_file.key_of(checksum(sources))
        if [each.key for each in self._learnt] != [key] and (await self.tried(change)).refused:
            raise Stale
        (weights,) = self._learnt
        self._learnt.clear()
        return await asyncio.to_thread(self.build, sources, weights), weights, texts

    @asynccontextmanager
    async def _copy(self) -> AsyncIterator[Path]:
        """Write the knowledge that answers now into a folder of its own: the real one may be changed meanwhile."""
        spare = TemporaryDirectory(prefix=PREFIX)
        writing_it = asyncio.create_task(asyncio.to_thread(_write_into, Path(spare.name), self.current.texts))
        try:
            await asyncio.shield(writing_it)
            yield Path(spare.name)
        finally:
            await asyncio.wait({writing_it})  # stopped meanwhile: it would write what is taken away
            await asyncio.to_thread(spare.cleanup)


def _write_into(folder: Path, texts: Mapping[str, str]) -> None:
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _read_if_changed(folder: Path, texts: Mapping[str, str]) -> Mapping[str, Source] | None:
    """Return the files of `folder`, or None if they hold these texts: telling that takes no time; raise Unreadable."""
    files, problems = files_in(folder)
    if problems or files.keys() != texts.keys() or any(files[name] != text.encode() for name, text in texts.items()):
        return read_files(files, problems)
    del files
    memory.give_back()
    return None


def _read(texts: Mapping[str, str]) -> dict[str, Source]:
    return {name: read_source(name, text.encode()) for name, text in sorted(texts.items())}


def with_change(texts: Mapping[str, str], change: Change) -> dict[str, str]:
    """Return the texts of all files once `change` is made."""
    wanted: dict[str, str | None] = {**texts, **change.after}
    return {name: text for name, text in wanted.items() if text is not None}
