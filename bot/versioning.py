"""A commit for each publish, in the git repository that holds the knowledge folder, if there is to be one.

Git runs as a process of its own and on its own: without the variables that lead it elsewhere, without questions,
signatures and hooks. Hooks are for those who program: they may change files or take minutes, and what is live already
was checked before. Who wants to send commits elsewhere does it by a timer.
"""

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from bot.hardening import without_secrets
from bot.writing import path_in

SECONDS: Final = 30.0
"""All of a commit must be done in this time."""
PATIENCE: Final = 3.0
"""Seconds to wait for another git in the same repository: editors ask it for the state of things all the time."""

_NAME: Final = "길동무"
_ADDRESS: Final = "bot@localhost"
_SETTINGS: Final = (
    f"core.hooksPath={os.devnull}", "commit.gpgSign=false", "i18n.commitEncoding=utf-8", "core.fsmonitor=false",
)  # fmt: skip
_ENVIRONMENT: Final = {
    "GIT_AUTHOR_NAME": _NAME,
    "GIT_AUTHOR_EMAIL": _ADDRESS,
    "GIT_COMMITTER_NAME": _NAME,
    "GIT_COMMITTER_EMAIL": _ADDRESS,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
}

_NO_GIT: Final = "git 프로그램이 없어 기록하지 못했습니다. / Not committed: git is not installed."
_NO_REPOSITORY: Final = (
    "지식 폴더가 git 저장소 안에 있지 않거나 열 수 없는 저장소라 기록하지 못했습니다. / "
    "Not committed: the knowledge folder is in no git repository, or in one that may not be opened."
)
_LOCKED: Final = (
    "다른 git이 쓰고 있어 기록하지 못했습니다. 아무도 쓰지 않으면 .git 폴더의 index.lock 파일을 지우세요. / "
    "Not committed: another git is at work. If none is, remove the file index.lock in the folder .git."
)
_SLOW: Final = "git이 끝나지 않아 기록하지 못했습니다. / Not committed: git did not come to an end."
_REFUSED: Final = (
    "git이 받지 않아 기록하지 못했습니다. 지식 폴더에서 git status를 보세요. / "
    "Not committed: git refused. Look at `git status` in the knowledge folder."
)


class NotCommitted(Exception):
    """There is no commit; the message says why, in Korean and English, without a path. The knowledge itself stands."""


async def commit(folder: Path, names: Sequence[str], message: str) -> None:
    """Commit the files `names` of `folder` as they are on the disk, new and removed ones too, and nothing else.

    What somebody else has staged stays staged. No error if there is nothing to commit. Takes at most SECONDS seconds.
    Raises NotCommitted, and BadName for a name that is none of the folder.
    """
    for name in names:
        path_in(folder, name)
    if not names:  # to git, that would mean everything
        return
    try:
        async with asyncio.timeout(SECONDS):
            await _commit(_Repository(folder), list(names), message)
    except TimeoutError:
        raise NotCommitted(_SLOW) from None


async def _commit(git: "_Repository", names: Sequence[str], message: str) -> None:
    code, inside = await git.run("rev-parse", "--is-inside-work-tree")
    if code or inside.strip() != "true":
        raise NotCommitted(_NO_REPOSITORY)
    await git.wait_for_others()
    known = _split(await git.must("ls-files", "-z", "--", *names))
    present = [name for name in names if name in known or git.has(name)]
    if not present:
        return
    await git.must("add", "--all", "--", *present)
    changed = await git.must("diff", "--cached", "--name-only", "--no-renames", "--relative", "-z", "--", *present)
    if changed:
        await git.must("commit", "--quiet", "--no-verify", "--only", "--file=-", "--", *_split(changed), text=message)


def _split(printed: str) -> list[str]:
    return printed.split("\0")[:-1]


def _environment() -> dict[str, str]:
    """Return our environment without secrets and without what would lead git elsewhere: GIT_DIR, GIT_INDEX_FILE."""
    return {name: value for name, value in without_secrets().items() if not name.startswith("GIT_")} | _ENVIRONMENT


class _Repository:
    """Git, at work in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        program = shutil.which("git")
        if program is None:
            raise NotCommitted(_NO_GIT)
        if not folder.is_dir():
            raise NotCommitted(_NO_REPOSITORY)
        self._command = [program, *(word for setting in _SETTINGS for word in ("-c", setting))]

    async def run(self, *words: str, text: str = "") -> tuple[int | None, str]:
        """Return git's exit code and what it printed, `text` being what it reads."""
        process = await asyncio.create_subprocess_exec(
            *self._command, *words, cwd=self._folder, env=_environment(), stdin=PIPE, stdout=PIPE, stderr=DEVNULL
        )
        try:
            printed, _ = await process.communicate(text.encode(errors="replace"))
        finally:
            await _end(process)
        return process.returncode, os.fsdecode(printed)

    async def must(self, *words: str, text: str = "") -> str:
        """Return what git printed; raise NotCommitted if it fails."""
        code, printed = await self.run(*words, text=text)
        if code:
            raise NotCommitted(_LOCKED if await self._is_locked() else _REFUSED)
        return printed

    async def wait_for_others(self) -> None:
        """Wait until no other git holds the index, or PATIENCE is at its end: then git itself will say so."""
        for _ in range(round(PATIENCE / 0.1)):
            if not await self._is_locked():
                return
            await asyncio.sleep(0.1)

    def has(self, name: str) -> bool:
        """Say whether the folder has the file `name`."""
        return (self._folder / name).exists()

    async def _is_locked(self) -> bool:
        code, printed = await self.run("rev-parse", "--git-path", "index.lock")
        return code == 0 and self.has(printed.rstrip("\n"))


async def _end(process: Process) -> None:
    """End git if it still runs: kindly first, so that it takes its own locks away."""
    for end in (process.terminate, process.kill):
        if process.returncode is None:
            with suppress(ProcessLookupError):
                end()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), 1)
