"""Changes of a real folder are noticed, once, whoever makes them and however; and nothing else is."""

import asyncio
import logging
import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from bot import watching
from bot.core.editing import Change
from bot.watching import changes
from bot.writing import JOURNAL, write

QUIET = 0.1
LONGEST = 0.8
LOOK = 0.8
SOON = 5.0
"""Seconds in which a change is surely told."""
ENTRY = "advice/work/work-find.yaml"
Work = Callable[[], object]


@pytest.fixture(autouse=True)
def shorter_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "QUIET", QUIET)
    monkeypatch.setattr(watching, "LONGEST", LONGEST)
    monkeypatch.setattr(watching, "LOOK", LOOK)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path / "knowledge")


@pytest.fixture(params=["told by the system", "by looking"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "by looking":
        monkeypatch.setenv("WATCHFILES_FORCE_POLLING", "1")


def filled(folder: Path) -> Path:
    (folder / ENTRY).parent.mkdir(parents=True)
    (folder / ENTRY).write_text("title: 일자리 찾기\n", encoding="utf-8")
    (folder / "contacts.yaml").write_text("[]\n", encoding="utf-8")
    return folder


def move(old: Path, new: Path) -> None:
    old.rename(new)


def unreadable_name(folder: Path) -> Path:
    return Path(os.fsdecode(bytes(folder) + b"/\xff.yaml"))


class Heard:
    """How often a change was told, and whether the watching ended."""

    def __init__(self) -> None:
        self.times = 0
        self.more = asyncio.Event()

    async def until(self, times: int) -> None:
        async with asyncio.timeout(SOON):
            while self.times < times:
                self.more.clear()
                await self.more.wait()

    async def settled(self) -> int:
        """Return how often something was told, some time after the last."""
        await asyncio.sleep(4 * QUIET)
        return self.times


@asynccontextmanager
async def listening(folder: Path) -> AsyncIterator[Heard]:
    """Watch `folder` as the bot does, and stop in the end, promptly."""
    heard, stop = Heard(), asyncio.Event()

    async def listen() -> None:
        async for _ in changes(folder, stop):
            heard.times += 1
            heard.more.set()

    task = asyncio.create_task(listen())
    await asyncio.sleep(0.15)  # until it listens
    try:
        yield heard
    finally:
        stop.set()
        async with asyncio.timeout(1):
            await task


def told_after(folder: Path, *works: Work) -> int:
    """Return how often a change was told after each of `works`, done one after the other at once."""

    async def run() -> int:
        async with listening(folder) as heard:
            for work in works:
                work()
            await heard.until(1)
            return await heard.settled()

    return asyncio.run(run())


def ignored(folder: Path, *works: Work) -> bool:
    """Say whether nothing was told of `works`, and something after a real change at last."""

    async def run() -> bool:
        async with listening(folder) as heard:
            for work in works:
                work()
            silent = await heard.settled() == 0
            (folder / ENTRY).write_text("title: 정말\n", encoding="utf-8")
            await heard.until(1)
            return silent

    return asyncio.run(run())


# --- what counts -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("either_way")
def test_an_edited_a_new_and_a_removed_file_are_noticed(folder: Path) -> None:
    async def run() -> int:
        async with listening(folder) as heard:
            (folder / ENTRY).write_text("title: 일\n", encoding="utf-8")
            await heard.until(1)
            (folder / "new.yaml").write_text("[]\n", encoding="utf-8")
            await heard.until(2)
            (folder / "new.yaml").unlink()
            await heard.until(3)
            return await heard.settled()

    assert asyncio.run(run()) == 3


@pytest.mark.usefixtures("either_way")
def test_an_editor_that_saves_beside_the_file_and_renames_is_noticed_once(folder: Path) -> None:
    def save() -> None:
        (folder / "advice/work/4913").write_text("", encoding="utf-8")
        (folder / "advice/work/4913").unlink()
        (folder / ENTRY).rename(folder / f"{ENTRY}~")
        (folder / ENTRY).write_text("title: 일\n", encoding="utf-8")
        (folder / f"{ENTRY}~").unlink()

    assert told_after(folder, save, save) == 1


def test_many_files_written_over_a_while_are_told_once(folder: Path) -> None:
    async def run() -> int:
        async with listening(folder) as heard:
            for number in range(12):
                (folder / ENTRY).write_text(f"title: {number}\n", encoding="utf-8")
                (folder / f"words-{number}.yaml").write_text("[]\n", encoding="utf-8")
                await asyncio.sleep(QUIET / 10)
            return await heard.settled()

    assert asyncio.run(run()) == 1


def test_a_change_is_told_even_where_it_never_becomes_quiet(folder: Path) -> None:
    async def run() -> float:
        async with listening(folder) as heard:
            began = time.monotonic()
            while not heard.times and time.monotonic() - began < 3 * LONGEST:
                (folder / ENTRY).write_text(f"title: {time.monotonic()}\n", encoding="utf-8")
                await asyncio.sleep(QUIET / 10)
            return time.monotonic() - began

    assert LONGEST <= asyncio.run(run()) < 2 * LONGEST


@pytest.mark.usefixtures("either_way")
def test_a_folder_inside_that_comes_or_goes_is_noticed_with_what_is_in_it(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/new-one.yaml").write_text("title: 새것\n", encoding="utf-8")
    assert told_after(folder, lambda: (tmp_path / "elsewhere").rename(folder / "advice/new")) == 1
    assert told_after(folder, lambda: (folder / "advice/new").rename(tmp_path / "away")) == 1


def test_a_file_in_a_folder_just_made_is_noticed(folder: Path) -> None:
    def make() -> None:
        (folder / "advice/new/newer").mkdir(parents=True)
        (folder / "advice/new/newer/one.yaml").write_text("title: 새것\n", encoding="utf-8")

    assert told_after(folder, make) == 1


def test_a_change_that_the_system_does_not_tell_is_found_by_looking(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text("[]\n", encoding="utf-8")
    (folder / "link.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    assert told_after(folder, lambda: (tmp_path / "elsewhere.yaml").write_text("- 1\n", encoding="utf-8")) == 1


def test_what_git_writes_is_noticed_once(folder: Path) -> None:
    def git(*words: str) -> None:
        command = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@localhost", *words]
        subprocess.run(command, check=True, capture_output=True)

    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "old")
    (folder / ENTRY).write_text("title: 일\n", encoding="utf-8")
    (folder / "contacts.yaml").unlink()
    git("commit", "--quiet", "-a", "-m", "new")
    assert told_after(folder, lambda: git("checkout", "--quiet", "HEAD~1")) == 1
    assert ignored(folder, lambda: git("status"), lambda: git("gc", "--quiet"))


@pytest.mark.usefixtures("either_way")
def test_what_is_published_is_told_once(folder: Path) -> None:
    before = {ENTRY: "title: 일자리 찾기\n", "contacts.yaml": "[]\n", "advice/new/new-one.yaml": None}
    after = {ENTRY: "title: 일\n", "contacts.yaml": "- 1\n", "advice/new/new-one.yaml": "title: 새것\n"}
    assert told_after(folder, lambda: write(folder, Change(before=before, after=after))) == 1


# --- what does not -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("either_way")
def test_partial_files_the_journal_and_whatever_is_not_yaml_do_not_count(folder: Path) -> None:
    def scribble() -> None:
        for name in (JOURNAL, f"{JOURNAL}.partial", "advice/work/.work-find.yaml.partial", "notes.txt", ".hidden.yaml"):
            (folder / name).write_text("x", encoding="utf-8")
            (folder / name).unlink()
        (folder / ".git").mkdir()
        (folder / ".git/index.lock").write_text("x", encoding="utf-8")

    assert ignored(folder, scribble)


def test_reading_does_not_count(folder: Path) -> None:
    assert ignored(folder, lambda: [path.read_bytes() for path in folder.rglob("*.yaml")])


# --- another folder in its place ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("either_way")
def test_a_folder_moved_away_and_another_moved_in_its_place_is_told_and_watched(folder: Path, tmp_path: Path) -> None:
    async def run() -> None:
        async with listening(folder) as heard:
            filled(tmp_path / "other")
            move(folder, tmp_path / "away")
            move(tmp_path / "other", folder)
            await heard.until(1)
            assert await heard.settled() == 1
            (folder / ENTRY).write_text("title: 다른 것\n", encoding="utf-8")
            await heard.until(2)
            (tmp_path / "away" / ENTRY).write_text("title: 옛것\n", encoding="utf-8")
            assert await heard.settled() == 2

    asyncio.run(run())


def test_a_link_switched_to_another_folder_is_told_and_followed(folder: Path, tmp_path: Path) -> None:
    async def run() -> None:
        link, other = tmp_path / "link", filled(tmp_path / "other")
        link.symlink_to(folder)
        async with listening(link) as heard:
            (tmp_path / "next").symlink_to(other)
            (tmp_path / "next").rename(link)
            await heard.until(1)
            (other / ENTRY).write_text("title: 다른 것\n", encoding="utf-8")
            await heard.until(2)

    asyncio.run(run())


def test_a_folder_removed_and_made_anew_at_once_is_told_and_watched(folder: Path) -> None:
    async def run() -> None:
        async with listening(folder) as heard:
            for _ in range(3):
                shutil.rmtree(folder)
                filled(folder)
            await heard.until(1)
            times = await heard.settled()
            (folder / ENTRY).write_text("title: 다른 것\n", encoding="utf-8")
            await heard.until(times + 1)

    asyncio.run(run())


def test_a_folder_that_is_gone_is_told_once_and_again_when_it_is_back(folder: Path, tmp_path: Path) -> None:
    async def run() -> None:
        async with listening(folder) as heard:
            move(folder, tmp_path / "away")
            await heard.until(1)
            assert await heard.settled() == 1
            move(tmp_path / "away", folder)
            await heard.until(2)
            assert await heard.settled() == 2

    asyncio.run(run())


def test_a_folder_that_was_never_there_is_told_when_it_comes(tmp_path: Path) -> None:
    assert told_after(tmp_path / "knowledge", lambda: filled(tmp_path / "knowledge")) == 1


# --- the end, and troubles ---------------------------------------------------------------------------------------


def test_nothing_is_told_where_nothing_changes_and_the_end_comes_at_once(folder: Path) -> None:
    async def run() -> float:
        async with listening(folder) as heard:
            assert await heard.settled() == 0
            ending = time.monotonic()
        return time.monotonic() - ending

    assert asyncio.run(run()) < 0.5


def test_watching_that_is_cancelled_or_left_does_not_stop_the_rest_of_the_bot(folder: Path) -> None:
    async def listen(stop: asyncio.Event) -> None:
        async for _ in changes(folder, stop):
            pass

    async def run() -> bool:
        stop = asyncio.Event()
        task = asyncio.create_task(listen(stop))
        await asyncio.sleep(QUIET)
        task.cancel()
        await asyncio.wait([task], timeout=1)
        assert task.cancelled()
        async with aclosing(changes(folder, stop)) as told:
            step: Awaitable[None] = anext(told)
            waiting = asyncio.ensure_future(step)
            await asyncio.sleep(QUIET)
            (folder / ENTRY).write_text("title: 일\n", encoding="utf-8")
            await waiting
        return stop.is_set()

    assert not asyncio.run(run())


def test_changes_while_the_listener_is_busy_are_told_once_afterwards(folder: Path) -> None:
    async def run() -> int:
        stop, times = asyncio.Event(), 0
        async with aclosing(changes(folder, stop)) as told:
            waiting: asyncio.Future[None] = asyncio.ensure_future(anext(told))
            for number in range(3):
                await asyncio.sleep(QUIET)
                (folder / ENTRY).write_text(f"title: {number}\n", encoding="utf-8")
                if number == 0:
                    await waiting  # then busy, while the others are written
                    times += 1
            async with asyncio.timeout(SOON):
                await anext(told)
            waiting = asyncio.ensure_future(anext(told))
            await asyncio.sleep(3 * QUIET)
            assert not waiting.done()
            stop.set()
            await asyncio.wait([waiting], timeout=1)
            assert isinstance(waiting.exception(), StopAsyncIteration)
            return times

    assert asyncio.run(run()) == 1


def test_a_name_that_is_no_text_does_not_end_the_watching(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with listening(folder) as heard:
            with caplog.at_level(logging.DEBUG, logger="gildongmu"):
                unreadable_name(folder).write_text("x", encoding="utf-8")
                await asyncio.sleep(4 * QUIET)
            times = heard.times
            (folder / ENTRY).write_text("title: 다른 것\n", encoding="utf-8")
            await heard.until(times + 1)

    asyncio.run(run())
    assert str(folder) not in "".join(record.getMessage() for record in caplog.records if "gildongmu" in record.name)
