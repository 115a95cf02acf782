"""A change of the knowledge folder is taken up also if it came while the bot started, or could not be tried at once."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot import hand_edits
from bot.comparing import Report
from bot.core.editing import Change, entry_name
from bot.core.knowledge.loading import checksum, read_folder
from bot.core.matching import weights
from bot.current import Current
from bot.desk.model import Notice
from bot.hand_edits import follow
from bot.keeping import Keeper
from bot.publishing import Publisher
from bot.starting import built
from bot.trying import TrialFailed

CARD = entry_name("driving", "driving-licence")
SOON = 60.0


@pytest.fixture
def publisher(small_folder: Path, small_weights: Path, tmp_path: Path) -> Publisher:
    """Return what takes changes up of a folder of its own."""
    folder, kept = tmp_path / "knowledge", tmp_path / "weights.npz"
    shutil.copytree(small_folder, folder)
    shutil.copy(small_weights, kept)
    sources = read_folder(folder)
    learnt = weights.load(kept, weights.key_of(checksum(sources)))
    assert learnt is not None
    current = Current(built(sources, learnt), {name: source.text for name, source in sources.items()})
    database = tmp_path / "counters.sqlite3"
    return Publisher(folder, kept, current, built, Keeper(database), database, history=False)


def change(publisher: Publisher) -> None:
    path = publisher.folder / CARD
    path.write_text(path.read_text(encoding="utf-8").replace("  ko: ", "  ko: 손으로 고친 ", 1), encoding="utf-8")


def followed(publisher: Publisher, act: Callable[[], Awaitable[None]]) -> list[Notice]:
    """Return what was told until the change was taken up; `act` is done beside."""
    told: list[Notice] = []

    async def tell(notice: Notice) -> None:
        told.append(notice)

    def is_taken_up() -> bool:
        return publisher.current.engine.knowledge.entries["driving-licence"].content.title.ko.startswith("손으로 고친")

    async def main() -> None:
        stop = asyncio.Event()
        following = asyncio.create_task(follow(publisher, tell, stop))
        await act()
        async with asyncio.timeout(SOON):
            while not is_taken_up():
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.1)
        stop.set()
        await following

    asyncio.run(main())
    return told


async def _nothing() -> None:
    return


def test_what_was_changed_while_the_bot_started_is_taken_up(publisher: Publisher) -> None:
    change(publisher)
    assert len(followed(publisher, _nothing)) == 1


def test_what_could_not_be_tried_is_told_once_and_tried_again(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_edits, "AGAIN", 0.1)
    tried, left = Publisher.tried, [3]

    async def failing(self: Publisher, change: Change, said: None = None) -> Report:
        left[0] -= 1
        if left[0] >= 0:
            raise TrialFailed("no processor")
        return await tried(self, change, said)

    monkeypatch.setattr(Publisher, "tried", failing)

    async def act() -> None:
        change(publisher)

    untried, taken = followed(publisher, act)
    assert "untried" not in repr(taken)
    assert untried != taken
    assert left[0] < 0
