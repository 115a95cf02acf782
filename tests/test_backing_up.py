"""All there is to lose in one file: taken while the bot runs, put back wholly or not at all."""

import asyncio
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile

import pytest
from botapi.server import BotApiServer
from conftest import KNOWLEDGE, PROJECT, TODAY
from newcomer import Newcomer, running

from bot import copying, store, writing
from bot.backing_up import Place, Refused, back_up, put_back, restore
from bot.core.editing import Change
from bot.core.knowledge.loading import Unreadable, contents, digest
from bot.core.knowledge.yaml_text import LARGEST
from bot.core.model import Language, Outcome
from bot.store import MIGRATIONS

TOGETHER = ("advice/categories.yaml", "requests.yaml")


@pytest.fixture
def place(tmp_path: Path, small_folder: Path) -> Place:
    """Return a knowledge of its own, and counters in which something was counted."""
    shutil.copytree(small_folder, tmp_path / "knowledge")
    made = Place(tmp_path / "knowledge", tmp_path / "data" / "counters.sqlite3")
    count(made, 7)
    return made


def count(place: Place, times: int) -> None:
    async def once() -> None:
        async with store.open_store(place.database) as connection:
            await store.add(connection, {(TODAY, "work-find", Outcome.ANSWERED, Language.KO): times}, {})

    asyncio.run(once())


def counted(place: Place) -> int:
    with closing(sqlite3.connect(place.database)) as connection:
        return int(connection.execute("SELECT coalesce(sum(times), 0) FROM shown").fetchone()[0])


def edit(place: Place, name: str, old: str, new: str) -> None:
    text = (place.folder / name).read_text(encoding="utf-8")
    assert old in text
    (place.folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def all_of(place: Place) -> tuple[dict[str, bytes], int]:
    return contents(place.folder), counted(place)


def test_what_was_lost_comes_back_and_what_was_there_before_is_kept(place: Place, tmp_path: Path) -> None:
    file, was = tmp_path / "backup.zip", all_of(place)
    made = back_up(place, file, "1.0", TODAY)
    assert (made.knowledge, made.schema) == (digest(was[0]), len(MIGRATIONS))
    edit(place, "people.yaml", "year: '2015'", "year: '2016'")
    (place.folder / "words" / "more.yaml").write_text("[]\n", encoding="utf-8")
    (place.folder / "stages.yaml").unlink()
    count(place, 5)
    later = all_of(place)
    found, before = restore(place, file, "1.0", TODAY)
    assert (found, all_of(place)) == (made, was)
    assert before
    assert before.parent == place.database.parent
    assert archived(before) == later[0]
    assert sorted(each.name for each in tmp_path.rglob(".*")) == [], "nothing is left beside"


def archived(file: Path) -> dict[str, bytes]:
    with ZipFile(file) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if name.startswith("knowledge/")]
        return {name.removeprefix("knowledge/"): archive.read(name) for name in names}


def test_a_backup_holds_the_same_bytes_for_the_same_state_and_nobody_else_can_read_it(
    place: Place, tmp_path: Path
) -> None:
    (place.folder / ".env").write_text("TELEGRAM_BOT_TOKEN=1:x", encoding="utf-8")
    (place.database.parent / "weights.npz").write_bytes(b"x")
    for name in ("one.zip", "other.zip", "one.zip"):
        back_up(place, tmp_path / name, "1.0", TODAY)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    assert os.name == "nt" or (tmp_path / "one.zip").stat().st_mode & 0o777 == 0o600
    with ZipFile(tmp_path / "one.zip") as archive:
        names = archive.namelist()
    assert names == ["manifest.json", "counters.sqlite3", *(f"knowledge/{name}" for name in contents(place.folder))]


def test_a_file_that_is_no_backup_is_never_written_over(place: Place) -> None:
    with pytest.raises(Refused, match=r"stages\.yaml .*다른 이름"):
        back_up(place, place.folder / "stages.yaml", "1.0", TODAY)


def test_a_backup_taken_while_somebody_publishes_and_counts_is_one_state(place: Place, tmp_path: Path) -> None:
    stop, states = threading.Event(), [{name: (place.folder / name).read_text("utf-8") for name in TOGETHER}]
    states.append({name: f"{text}# changed\n" for name, text in states[0].items()})

    def publish() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            writing.write(place.folder, Change(states[number % 2], states[(number + 1) % 2]))
            count(place, 1)

    publishing = threading.Thread(target=publish)
    publishing.start()
    try:
        seen = []
        for number in range(6):
            back_up(place, tmp_path / f"{number}.zip", "1.0", TODAY)
            found = archived(tmp_path / f"{number}.zip")
            seen.append({name: found[name].decode() for name in TOGETHER})
    finally:
        stop.set()
        publishing.join()
    assert all(each in states for each in seen)


def test_a_publish_that_was_killed_is_finished_first(place: Place, tmp_path: Path) -> None:
    text = (place.folder / "requests.yaml").read_text("utf-8")
    moves = [("requests.yaml", text, writing._digest(f"{text}# new\n".encode()))]
    (place.folder / ".requests.yaml.partial").write_text(f"{text}# new\n", encoding="utf-8")
    (place.folder / writing.JOURNAL).write_text(json.dumps(moves), encoding="utf-8")
    back_up(place, tmp_path / "backup.zip", "1.0", TODAY)
    assert archived(tmp_path / "backup.zip")["requests.yaml"].endswith(b"# new\n")


def test_knowledge_alone_leaves_the_counters_as_they_are(place: Place, tmp_path: Path) -> None:
    empty = Place(place.folder, tmp_path / "none" / "counters.sqlite3")
    assert back_up(empty, tmp_path / "backup.zip", "1.0", TODAY).schema == 0
    edit(place, "people.yaml", "year: '2015'", "year: '2016'")
    with copying.held(place.database) as held:
        put_back(place, archived(tmp_path / "backup.zip"), held, None)
    assert all_of(place) == (archived(tmp_path / "backup.zip"), 7)


def test_on_an_empty_computer_all_comes_back(place: Place, tmp_path: Path) -> None:
    back_up(place, tmp_path / "backup.zip", "1.0", TODAY)
    new = Place(tmp_path / "new" / "knowledge", tmp_path / "new" / "data" / "counters.sqlite3")
    own = {"KNOWLEDGE_DIR": str(new.folder), "DATABASE_PATH": str(new.database), "COLUMNS": "200"}
    done = command({**os.environ, **own}, "restore", str(tmp_path / "backup.zip"))
    assert done.returncode == 0, done.stderr
    assert digest(contents(place.folder))[:12] in done.stdout
    assert "before" not in done.stdout
    assert all_of(new) == all_of(place)


def test_damaged_counters_are_put_aside_for_those_of_the_backup(place: Place, tmp_path: Path) -> None:
    back_up(place, tmp_path / "backup.zip", "1.0", TODAY)
    place.database.write_bytes(b"no database at all" * 1000)
    put_back_all(place, tmp_path / "backup.zip")
    assert counted(place) == 7
    assert [path.name for path in place.database.parent.glob("*.damaged")] == ["counters.sqlite3.damaged"]


def put_back_all(place: Place, file: Path) -> None:
    """Put back without looking through, which takes long."""
    with ZipFile(file) as archive:
        archive.extract("counters.sqlite3", file.parent / "out")
    put_back(place, archived(file), None, file.parent / "out" / "counters.sqlite3")


def test_counters_of_an_older_program_come_back_and_are_brought_up_to_date_by_the_next_start(
    place: Place, tmp_path: Path
) -> None:
    old = tmp_path / "old.sqlite3"
    with closing(sqlite3.connect(old)) as connection:
        connection.executescript(f"{MIGRATIONS[0]};PRAGMA user_version = 1;")
        connection.execute("INSERT INTO shown VALUES ('2026-01-01', 'work-find', 'answered', 'ko', 3)")
        connection.commit()
    assert copying.demand_sound(old) == 1
    with copying.held(place.database) as held:
        put_back(place, contents(place.folder), held, old)
    count(place, 1)
    assert counted(place) == 4


Spoil = Callable[[dict[str, bytes], Path], None]


def no_zip(files: dict[str, bytes], _: Path) -> None:
    files.clear()


def another_text(files: dict[str, bytes], _: Path) -> None:
    files["knowledge/people.yaml"] += b"# x\n"


def a_way_out(files: dict[str, bytes], _: Path) -> None:
    files["knowledge/../../evil.yaml"] = b"[]\n"


def an_absolute_name(files: dict[str, bytes], _: Path) -> None:
    files["/tmp/evil.yaml"] = b"[]\n"


def settings_in_it(files: dict[str, bytes], _: Path) -> None:
    files[".env"] = b"TELEGRAM_BOT_TOKEN=1:x"


def a_bomb(files: dict[str, bytes], _: Path) -> None:
    files["knowledge/words/bomb.yaml"] = b"\n" * (LARGEST + 1)


def no_manifest(files: dict[str, bytes], _: Path) -> None:
    del files["manifest.json"]


def a_manifest_of_something_else(files: dict[str, bytes], _: Path) -> None:
    files["manifest.json"] = b"[" * 5000


def of_a_newer_program(files: dict[str, bytes], _: Path) -> None:
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps(manifest | {"format": 2}).encode()


def no_counters_though_it_says_so(files: dict[str, bytes], _: Path) -> None:
    del files["counters.sqlite3"]


def counters_that_are_none(files: dict[str, bytes], _: Path) -> None:
    files["counters.sqlite3"] = b"x" * 5000


def with_counters(statement: str) -> Spoil:
    def spoil(files: dict[str, bytes], spare: Path) -> None:
        (spare / "spoilt.sqlite3").write_bytes(files["counters.sqlite3"])
        with closing(sqlite3.connect(spare / "spoilt.sqlite3")) as connection:
            connection.executescript(statement)
        files["counters.sqlite3"] = (spare / "spoilt.sqlite3").read_bytes()

    return spoil


ADDED = ("a way out", "an absolute name", "settings", "a bomb")
OUTSIDE = ("manifest.json", "counters.sqlite3")
SPOILT: Mapping[str, Spoil] = {
    "no zip": no_zip,
    "another text": another_text,
    "a way out": a_way_out,
    "an absolute name": an_absolute_name,
    "settings": settings_in_it,
    "a bomb": a_bomb,
    "no manifest": no_manifest,
    "another manifest": a_manifest_of_something_else,
    "a newer format": of_a_newer_program,
    "no counters": no_counters_though_it_says_so,
    "no database": counters_that_are_none,
    "a newer database": with_counters("PRAGMA user_version = 99"),
    "another table": with_counters("CREATE TABLE people (name TEXT)"),
    "a trigger": with_counters("CREATE TRIGGER t AFTER INSERT ON shown BEGIN DELETE FROM felt; END"),
    "words where counts stand": with_counters(
        "PRAGMA ignore_check_constraints = ON; INSERT INTO shown VALUES ('2026-01-01', '홍길동', 'answered', 'ko', 1)"
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_backup_that_somebody_spoilt_changes_nothing(place: Place, tmp_path: Path, what: str) -> None:
    file, was = tmp_path / "backup.zip", all_of(place)
    back_up(place, file, "1.0", TODAY)
    with ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    SPOILT[what](files, tmp_path)
    if what in ADDED:  # so that the sum is right, and the name or the size is what must be seen
        inside = {name.removeprefix("knowledge/"): data for name, data in files.items() if name not in OUTSIDE}
        manifest = json.loads(files["manifest.json"]) | {"knowledge": digest(inside)}
        files["manifest.json"] = json.dumps(manifest).encode()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    refused(place, file, was)


def refused(place: Place, file: Path, was: tuple[dict[str, bytes], int]) -> None:
    with pytest.raises(Refused, match="아무것도 바꾸지 않았습니다"):
        restore(place, file, "1.0", TODAY)
    assert all_of(place) == was
    assert sorted(path.name for path in place.database.parent.iterdir()) == ["counters.sqlite3"]


def test_a_backup_with_broken_bytes_or_other_ways_of_packing_changes_nothing(place: Place, tmp_path: Path) -> None:
    file, was = tmp_path / "backup.zip", all_of(place)
    back_up(place, file, "1.0", TODAY)
    good = file.read_bytes()
    for at in (0, 300, len(good) // 2, len(good) - 10):
        file.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
        if at:  # the first letter tells a zip to others, not to us
            refused(place, file, was)
        file.write_bytes(good[:at])
        refused(place, file, was)
    for extra, how in (("manifest.json", ZIP_DEFLATED), ("knowledge/words/x.yaml", ZIP_BZIP2)):
        file.write_bytes(good)
        with ZipFile(file, "a") as archive, warnings.catch_warnings(action="ignore"):
            archive.writestr(extra, b"[]\n", how)
        refused(place, file, was)


def test_knowledge_that_would_not_pass_the_checks_is_not_put_back(place: Place, tmp_path: Path) -> None:
    edit(place, "people.yaml", "year: '2015'", "year: soon")
    back_up(place, tmp_path / "backup.zip", "1.0", TODAY)
    was = all_of(place)
    with pytest.raises(Unreadable):
        restore(place, tmp_path / "backup.zip", "1.0", TODAY)
    assert all_of(place) == was


def test_killed_at_any_moment_each_is_old_or_new_and_the_same_again_mends_it(place: Place, tmp_path: Path) -> None:
    states = []
    for name, times in (("one", 7), ("other", 5)):
        state = Place(tmp_path / name / "knowledge", tmp_path / name / "counters.sqlite3")
        shutil.copytree(place.folder, state.folder)
        for changed in TOGETHER:
            with (state.folder / changed).open("a", encoding="utf-8") as file:
                file.write(f"# {name}\n")
        count(state, times)
        states.append(state)
    with copying.held(place.database) as held:
        put_back(place, contents(states[0].folder), held, states[0].database)
    moments, whole = random.Random(7), [all_of(state) for state in states]
    for _ in range(5):
        kill_after(moments.uniform(0, 0.3), place, states)
        writing.finish(place.folder)
        texts, times = all_of(place)
        assert texts in [each[0] for each in whole]
        assert times in [each[1] for each in whole]
    with copying.held(place.database) as held:
        put_back(place, contents(states[1].folder), held, states[1].database)
    assert all_of(place) == whole[1]


def kill_after(seconds: float, place: Place, states: list[Place]) -> None:
    script = str(Path(__file__).with_name("kill_restoring.py"))
    command = [sys.executable, script, str(place.folder), str(place.database), *(str(s.folder.parent) for s in states)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(PROJECT)}) as process:
        assert process.stdout
        process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        assert process.wait() == -9, "it put back until it was killed"


def test_the_running_bot_is_backed_up_and_never_restored_under(environment: Mapping[str, str], tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    with BotApiServer() as server, running(server, environment, tmp_path / "log"):
        assert Newcomer(server, 900).says("면허 어떻게 따요")
        made = command(environment, "backup", str(file))
        assert made.returncode == 0, made.stderr
        under = command(environment, "restore", str(file))
        assert under.returncode == 2
        assert "봇이 켜져 있습니다" in under.stderr
        assert Newcomer(server, 901).says("통장 어떻게 만들어요")
    assert archived(file) == contents(KNOWLEDGE)
    with ZipFile(file) as archive:
        archive.extract("counters.sqlite3", tmp_path / "out")
    assert copying.demand_sound(tmp_path / "out" / "counters.sqlite3") == len(MIGRATIONS)
    with copying.held(tmp_path / "counters.sqlite3"):
        pass  # the bot has ended: nobody has it open


def command(environment: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *words], env=dict(environment), cwd=PROJECT, capture_output=True, text=True,
        check=False, timeout=200,
    )  # fmt: skip
