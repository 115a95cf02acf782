"""Noticing that somebody changed the knowledge folder by hand, with git, or by putting another folder in its place.

The only door to watchfiles, which tells when something happens below the folder and when it is quiet again. What has
changed is seen by looking at the files themselves, now and then even if nothing was told. So neither reading nor git's
own files nor ours count; and where the system tells nothing (network folders, folders that a container shares with its
host) it only takes LOOK seconds. `WATCHFILES_FORCE_POLLING=1` makes watchfiles look by itself, too.
"""

import asyncio
import logging
import os
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Final, TypeAlias

from watchfiles import awatch

QUIET: Final = 0.3
"""Seconds of quiet after which a change is told: editors save twice, git writes many files."""
LONGEST: Final = 3.0
"""Seconds after which a change is told even if it has not become quiet."""
LOOK: Final = 2.0
"""Seconds between two looks at the files while nothing is heard."""

Seen: TypeAlias = Mapping[Path, tuple[int, int, int]]
"""Of each file its number, its size in bytes and when it was written (nanoseconds): another save, another value."""

log = logging.getLogger("gildongmu.watching")


async def changes(folder: Path, stop: asyncio.Event, known: Seen | None = None) -> AsyncGenerator[None, None]:
    """Yield once after YAML files below `folder` changed and it became quiet; end soon after `stop` was set.

    What was changed before they looked as `known` says, or else before the first step of the loop, is not told; what
    changes while the caller is busy is told once, afterwards. Names that begin with a dot do not count. A folder that
    is gone is told, and so is the one that comes in its place. Leaving the loop never sets `stop`.
    """
    known = seen_in(folder) if known is None else known
    async with aclosing(_moments(folder, stop)) as moments:
        async for _ in moments:
            now = seen_in(folder)
            if now != known:
                known = now
                yield None


async def _moments(folder: Path, stop: asyncio.Event) -> AsyncGenerator[None, None]:
    """Yield when it is time to look, whatever becomes of the folder and of watchfiles."""
    polling = None  # as the environment says
    while not stop.is_set():
        try:
            async with aclosing(_quiet_moments(folder, stop, polling=polling)) as moments:
                async for _ in moments:
                    yield None
        except (FileNotFoundError, NotADirectoryError):
            pass  # it may come back
        except (
            OSError,
            RuntimeError,
            ExceptionGroup,
        ) as error:  # no more watches in this system; watchfiles' own faults
            if not polling:
                log.warning("watching the knowledge by looking at its files: %s", type(error).__name__)
            polling = True
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), QUIET)
        yield None


async def _quiet_moments(folder: Path, stop: asyncio.Event, *, polling: bool | None) -> AsyncGenerator[None, None]:
    """Yield when it is time to look at the folder that is there now, until it is another."""
    was = _number(folder)
    milliseconds = round(1000 * QUIET)
    watch = awatch(
        folder,
        watch_filter=None,
        debounce=milliseconds,
        rust_timeout=milliseconds,
        poll_delay_ms=milliseconds,
        yield_on_timeout=True,
        stop_event=_Stop(stop),
        force_polling=polling,
        ignore_permission_denied=True,
    )
    looked = time.monotonic()
    heard: float | None = None
    async with aclosing(watch):
        async for found in watch:
            now = time.monotonic()
            if found:
                heard = heard or now
            is_over = heard is not None and (not found or now - heard > LONGEST)
            if is_over or (heard is None and now - looked > LOOK):
                looked, heard = now, None
                yield None
            if _number(folder) != was:
                return


class _Stop(asyncio.Event):
    """Set when `other` is. watchfiles sets its event when it is cancelled, and that must not stop the whole bot."""

    def __init__(self, other: asyncio.Event) -> None:
        super().__init__()
        self._other = other

    def is_set(self) -> bool:
        return self._other.is_set() or super().is_set()


def seen_in(folder: Path) -> Seen:
    """Return how the YAML files of `folder` look; nothing if there is no folder."""
    seen = {}
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for path in (Path(place, name) for name in names if name.endswith(".yaml") and not name.startswith(".")):
            with suppress(OSError):  # gone in between: another look will follow
                is_ = path.stat()
                seen[path] = is_.st_ino, is_.st_size, is_.st_mtime_ns
    return seen


def _number(folder: Path) -> tuple[int, int]:
    """Return what tells this folder from another in its place, behind a link, too; (0, 0) if there is none."""
    try:
        is_ = folder.stat()
    except OSError:
        return 0, 0
    return is_.st_dev, is_.st_ino
