"""Tries a change in a process of its own, so that answers never wait, and reads what that process says."""

import asyncio
import json
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir
from typing import TypeAlias

from bot.comparing import Report, from_json
from bot.core.editing import Change
from bot.core.knowledge.loading import contents
from bot.core.matching import weights as weights_file
from bot.core.matching.weights import Weights
from bot.hardening import without_secrets

LONGEST = 180.0
"""Seconds until a trial is given up: nine times what it takes on two cores."""
PREFIX = "gildongmu-"
LEFT = 3600.0
"""Seconds after which a temporary folder is no longer anybody's."""
KEY, REPORT, WEIGHTS = "key", "report.json", "weights.npz"
"""What bot.trial writes."""


class TrialFailed(RuntimeError):
    """A change could not be tried; the message is the last line that the process said, or that it took too long."""

    @property
    def kind(self) -> str:
        """What went wrong, without what it was about: that may be what somebody wrote."""
        return str(self).partition(":")[0]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a trial is: the step that is done ("checked", "learnt"), or "asked", going on: texts done of how many."""

    step: str
    done: int
    of: int


Said: TypeAlias = Callable[[Progress], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Tried:
    """What was found, and what was learnt with the change: None where there are problems, or only they were wanted."""

    report: Report
    learnt: Weights | None = None


async def tried(
    folder: Path,
    weights_path: Path,
    change: Change,
    *,
    said: Said | None = None,
    only_check: bool = False,
    longest: float = LONGEST,
    questions: Path | None = None,
) -> Tried:
    """Return what `change` does to the knowledge in `folder`, for which `weights_path` was learnt; raise TrialFailed.

    `questions` is a folder of files of questions (the project's own). Nothing stays written but, beside the weights,
    how these questions end, without their text. When it is cancelled, or takes `longest` seconds, the process and those
    that it began are ended.
    """
    options = [*(["--only-check"] if only_check else []), *(["--questions", str(questions)] if questions else [])]
    with TemporaryDirectory(prefix=PREFIX) as spare:
        await _run([str(folder), str(weights_path), "-", spare, *options], weights_path, change, said, longest)
        return await asyncio.to_thread(_found, Path(spare))


async def _run(
    arguments: Sequence[str], weights_path: Path, change: Change, said: Said | None, longest: float = LONGEST
) -> None:
    """Run bot.trial to its end; raise TrialFailed."""
    command = [sys.executable, "-m", "bot.trial", *arguments, "--asked", str(weights_path.parent)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True, env=without_secrets()
    )
    try:
        async with asyncio.timeout(longest):
            await _followed(process, json.dumps(dict(change.after)), said)
    except TimeoutError:
        raise TrialFailed(f"not done after {longest:g} seconds") from None
    finally:
        await _ended(process)


def sweep() -> None:
    """Take away what trials of a killed bot left in the temporary folder: texts that were never published, perhaps."""
    for folder in Path(gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime > LEFT:
                rmtree(folder, ignore_errors=True)


async def asked_beforehand(folder: Path, weights_path: Path) -> None:
    """Keep how the questions end with the knowledge in `folder`, so that the next trial is sooner done."""
    with TemporaryDirectory(prefix=PREFIX) as spare:
        await _run([str(folder), str(weights_path), "-", spare, "--only-ask"], weights_path, Change({}, {}), None)


async def differing(old: Path, new: Path, weights_path: Path, said: Said | None = None) -> Tried:
    """Return what is better and worse with the knowledge in `new` than with that in `old`.

    Raise TrialFailed, and OSError or Unreadable for folders that cannot be read.
    `weights_path` is used if it was learnt for `old`.
    """
    change = await asyncio.to_thread(change_between, old, new)
    return await tried(old, weights_path, change, said=said)


def change_between(old: Path, new: Path) -> Change:
    """Return the change that makes the YAML files of the folder `old` those of `new`; raise OSError, Unreadable."""
    before, after = _texts_in(old), _texts_in(new)
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return Change({name: before.get(name) for name in names}, {name: after.get(name) for name in names})


def _texts_in(folder: Path) -> dict[str, str]:
    """Return each file's text by its name; what is not UTF-8 stays as broken as it is, for the checks to find."""
    if not folder.is_dir():
        raise FileNotFoundError(2, "no folder", str(folder))
    return {name: content.decode("utf-8", "surrogateescape") for name, content in contents(folder).items()}


async def _followed(process: Process, change: str, said: Said | None) -> None:
    assert process.stdin
    assert process.stdout
    assert process.stderr
    complaint = asyncio.create_task(process.stderr.read())
    with suppress(ConnectionError):  # it ended before it read the change, and has said why
        process.stdin.write(change.encode())
        await process.stdin.drain()
        process.stdin.close()
    async for line in process.stdout:
        if said:
            await said(Progress(**json.loads(line)))
    lines = (await complaint).decode("utf-8", "replace").strip().splitlines()
    if await process.wait():
        raise TrialFailed(lines[-1] if lines else "?")


async def _ended(process: Process) -> None:
    """End the process, and those that it began, if it still runs."""
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    await process.wait()


def _found(out: Path) -> Tried:
    try:
        report = from_json((out / REPORT).read_text(encoding="utf-8"))
        key = (out / KEY).read_text(encoding="utf-8") if (out / KEY).exists() else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TrialFailed(type(error).__name__) from None
    return Tried(report, weights_file.load(out / WEIGHTS, key) if key else None)
