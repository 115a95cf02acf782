"""A change of the knowledge on real files: wholly there or not at all, killed at any moment, on a full disk."""

import errno
import fcntl
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import locking
from bot.core.editing import Change
from bot.writing import JOURNAL, BadName, CannotWrite, Outdated, finish, path_in, write

PROJECT = Path(__file__).parent.parent
TESTS = Path(__file__).parent
KNOWLEDGE = PROJECT / "knowledge"

OLD: Mapping[str, str | None] = {
    "contacts.yaml": "- 옛 번호\n",
    "advice/work/work-find.yaml": "title: 일자리 찾기\n",
    "advice/work/work-old.yaml": "title: 없앨 것\n",
    "advice/new/new-one.yaml": None,
}
NEW: Mapping[str, str | None] = {
    "contacts.yaml": "- 새 번호\n",
    "advice/work/work-find.yaml": "title: 일자리\n" * 2000,
    "advice/work/work-old.yaml": None,
    "advice/new/new-one.yaml": "title: 새로 온 것\n",
}
ONE = "contacts.yaml"
STEPS = {"open", "write", "flush", "fsync", "replace", "unlink", "mkdir", "chmod", "chown", "flock"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return filled(tmp_path / "knowledge")


@pytest.fixture
def quick(folder: Path) -> Iterator[Path]:
    """Return a folder in memory where there is such a thing: writing hundreds of times waits for no disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else folder.parent) as place:
        yield filled(Path(place) / "knowledge")


def filled(folder: Path, texts: Mapping[str, str | None] = OLD) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, text in texts.items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def on_disk(folder: Path) -> dict[str, str | None]:
    found = {name: (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else None for name in OLD}
    others = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()} - OLD.keys()
    return {**found, **dict.fromkeys(others, "")}


def one(before: str | None, after: str | None, name: str = ONE) -> Change:
    return Change(before={name: before}, after={name: after})


# --- what is written ---------------------------------------------------------------------------------------------


def test_a_change_edits_makes_and_removes_files_and_leaves_nothing_else(folder: Path) -> None:
    write(folder, Change(before=OLD, after=NEW))
    assert on_disk(folder) == NEW
    write(folder, Change(before=NEW, after=OLD))
    assert on_disk(folder) == OLD


def test_a_file_that_says_something_else_by_now_stops_the_whole_change_and_is_named(folder: Path) -> None:
    (folder / ONE).write_text("- 손으로 고친 번호\n", encoding="utf-8")
    (folder / "advice/new").mkdir()
    (folder / "advice/new/new-one.yaml").write_text("", encoding="utf-8")
    found = on_disk(folder)
    with pytest.raises(Outdated) as outdated:
        write(folder, Change(before=OLD, after=NEW))
    assert outdated.value.names == ("advice/new/new-one.yaml", ONE)
    assert "contacts.yaml" in str(outdated.value)
    assert on_disk(folder) == found


def test_a_file_that_is_gone_or_is_not_text_is_not_what_the_change_was_made_from(folder: Path) -> None:
    with pytest.raises(Outdated):
        write(folder, one("- 다른 번호\n", "x", "advice/none/none.yaml"))
    (folder / ONE).write_bytes(b"\xff\xfe")
    with pytest.raises(Outdated):
        write(folder, one(OLD[ONE], "x"))


def test_a_file_that_the_change_leaves_as_it_is_is_compared_but_not_touched(folder: Path) -> None:
    was = (folder / ONE).stat()
    same = {ONE: OLD[ONE]}
    write(folder, Change(before={**same, "a.yaml": None}, after={**same, "a.yaml": "1\n"}))
    assert (folder / ONE).stat().st_ino == was.st_ino
    (folder / ONE).write_text("", encoding="utf-8")
    with pytest.raises(Outdated):
        write(folder, Change(before={**same, "a.yaml": "1\n"}, after={**same, "a.yaml": "2\n"}))


def test_somebody_who_saves_while_the_change_is_being_written_is_not_overwritten(folder: Path) -> None:
    def save(function: Any) -> None:
        if function.__name__ == "fsync" and not (folder / JOURNAL).exists():
            (folder / ONE).write_text("- 방금 저장한 번호\n", encoding="utf-8")

    with watched(save), pytest.raises(Outdated) as outdated:
        write(folder, Change(before=OLD, after=NEW))
    assert outdated.value.names == (ONE,)
    assert on_disk(folder) == {**OLD, ONE: "- 방금 저장한 번호\n"}


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664])
def test_a_file_keeps_its_rights(folder: Path, mode: int) -> None:
    (folder / ONE).chmod(mode)
    write(folder, one(OLD[ONE], NEW[ONE]))
    assert (folder / ONE).stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_bot_that_runs_as_root_does_not_take_the_files_from_their_owner(folder: Path) -> None:
    os.chown(folder / ONE, 1234, 1235)
    write(folder, one(OLD[ONE], NEW[ONE]))
    assert ((folder / ONE).stat().st_uid, (folder / ONE).stat().st_gid) == (1234, 1235)


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o002, 0o644)])
def test_a_new_file_can_be_read_by_all_whom_the_mask_lets(folder: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        write(folder, one(None, "1\n", "new.yaml"))
    finally:
        os.umask(before)
    assert (folder / "new.yaml").stat().st_mode & 0o7777 == mode


# --- names -------------------------------------------------------------------------------------------------------

BAD_NAMES = [
    "../contacts.yaml", "advice/../../x.yaml", "/etc/x.yaml", "advice/work", "contacts.yml", "", ".yaml", ".x.yaml",
    "a//b.yaml", "./contacts.yaml", "advice\\x.yaml", "C:x.yaml", "x.yaml\n", "x\0.yaml", "일.yaml", "x.yaml/",
    ".publishing.json", " x.yaml", ".git/x.yaml",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_is_none_of_the_folder_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(BadName):
        write(folder, Change(before={ONE: OLD[ONE], name: None}, after={ONE: NEW[ONE], name: "x"}))
    assert on_disk(folder) == OLD


@given(st.text(alphabet="ab/.\\:~ 가\0\n-_", max_size=12).map(lambda text: f"{text}.yaml") | st.text(max_size=12))
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    folder = Path("/somewhere/knowledge")
    try:
        path = path_in(folder, name)
    except BadName:
        return
    assert path.resolve() == path
    assert path.is_relative_to(folder)
    assert path.suffix == ".yaml"


def test_every_name_of_our_own_knowledge_is_a_good_one() -> None:
    names = [path.relative_to(KNOWLEDGE).as_posix() for path in KNOWLEDGE.rglob("*.yaml")]
    assert len(names) > 80
    assert [path_in(KNOWLEDGE, name) for name in names] == [KNOWLEDGE / name for name in names]


@pytest.mark.parametrize("name", ["linked/x.yaml", "linked/deeper/x.yaml", "link.yaml", "lost.yaml", "round.yaml"])
def test_a_link_leads_nowhere(folder: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.yaml").write_text("ours\n", encoding="utf-8")
    (folder / "linked").symlink_to(outside)
    (folder / "link.yaml").symlink_to(outside / "x.yaml")
    (folder / "lost.yaml").symlink_to(outside / "not-there.yaml")
    (folder / "round.yaml").symlink_to(folder / "round.yaml")
    for before in ("ours\n", None):
        with pytest.raises(BadName):
            write(folder, one(before, "theirs\n", name))
    assert [path.read_text(encoding="utf-8") for path in outside.iterdir()] == ["ours\n"]


def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder)
    write(tmp_path / "link", Change(before=OLD, after=NEW))
    assert on_disk(folder) == NEW


def test_a_link_laid_where_the_partial_file_goes_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("theirs", encoding="utf-8")
    (folder / ".contacts.yaml.partial").symlink_to(tmp_path / "outside")
    write(folder, one(OLD[ONE], NEW[ONE]))
    assert (tmp_path / "outside").read_text(encoding="utf-8") == "theirs"
    assert on_disk(folder) == {**OLD, ONE: NEW[ONE]}


# --- killed at every step ----------------------------------------------------------------------------------------


class Killed(BaseException):
    """The end of the program, as far as it can be played inside of one."""


@contextmanager
def watched(look: Callable[[Any], None]) -> Iterator[None]:
    """Call `look` with each function that opens, writes or moves files, right before the system is asked."""

    def profile(frame: FrameType, event: str, function: Any) -> None:
        if event == "c_call" and function.__name__ in STEPS and is_of_the_system(function):
            look(function)

    sys.setprofile(profile)
    try:
        yield
    finally:
        sys.setprofile(None)


def is_of_the_system(function: Any) -> bool:
    of = function.__self__
    return of.__name__ in ("posix", "fcntl") if isinstance(of, ModuleType) else isinstance(of, io.IOBase)


def stopped_at(step: int, error: BaseException, work: Callable[[], object]) -> bool:
    """Do `work`, with `error` in place of its call number `step`; say whether there was such a call."""
    steps = count(1)

    def look(function: Any) -> None:
        if next(steps) == step:
            raise error

    with watched(look):
        try:
            work()
        except Killed:
            return True
        except CannotWrite:
            return True
    return next(steps) > step


def kills(quick: Path) -> Iterator[int]:
    """Yield after each step at which the change can be killed, the folder left so."""
    for step in count(1):
        filled(quick)
        if not stopped_at(step, Killed(), lambda: write(quick, Change(before=OLD, after=NEW))):
            return
        yield step


def test_killed_at_any_step_a_change_is_wholly_there_or_not_at_all(quick: Path) -> None:
    ends, halves = [], 0
    for _ in kills(quick):
        found = on_disk(quick)
        halves += {name: found[name] for name in OLD} not in (OLD, NEW)
        finish(quick)
        assert on_disk(quick) in (OLD, NEW)
        ends.append(on_disk(quick) == NEW)
        assert finish(quick) == ()
    assert ends == sorted(ends), "from the journal on it is there, before it is not"
    assert ends.count(False) >= 20
    assert ends.count(True) >= 8
    assert halves >= 3, "some were killed between two renames"


def kills_of_finishing(quick: Path) -> Iterator[int]:
    """Yield after each step at which finishing what was left can itself be killed, the folder finished after all."""
    left = quick.parent / "left"
    shutil.rmtree(left, ignore_errors=True)
    quick.rename(left)
    for step in count(1):
        shutil.rmtree(quick, ignore_errors=True)
        shutil.copytree(left, quick)
        if not stopped_at(step, Killed(), lambda: finish(quick)):
            return
        finish(quick)
        yield step


def test_finishing_may_itself_be_killed_at_any_step(quick: Path) -> None:
    tried = 0
    for _ in kills(quick):
        for _ in kills_of_finishing(quick) if (quick / JOURNAL).exists() else ():
            assert on_disk(quick) == NEW
            tried += 1
    assert tried >= 30


def test_the_next_change_finishes_what_was_left(quick: Path) -> None:
    half = next(step for step in kills(quick) if on_disk(quick)[ONE] == NEW[ONE])
    assert half
    write(quick, one(NEW[ONE], "- 그다음 번호\n"))
    assert on_disk(quick) == {**NEW, ONE: "- 그다음 번호\n"}


def test_finishing_tells_what_it_put_in_place(quick: Path) -> None:
    for _ in kills(quick):
        found = on_disk(quick)
        waiting = {name for name in OLD if found[name] != NEW[name]}
        (quick / "advice/.stray.yaml.partial").write_text("of an older kill", encoding="utf-8")
        assert set(finish(quick)) == (waiting if JOURNAL in found else set())
        assert on_disk(quick) in (OLD, NEW)


def test_what_lost_its_text_is_taken_back(quick: Path) -> None:
    for _ in kills(quick):
        left = on_disk(quick)
        partials = [name for name in left if name.endswith(".yaml.partial")]
        if JOURNAL in left and len(partials) == 1:  # the others are in place
            (quick / partials[0]).unlink()
            assert finish(quick) == ()
            assert on_disk(quick) == OLD
            return
    pytest.fail("no kill left one partial file")


def test_taking_back_may_itself_be_killed_at_any_step(quick: Path) -> None:
    tried = 0
    for _ in kills(quick):
        partials = [path for path in quick.rglob(".*.yaml.partial") if (quick / JOURNAL).exists()]
        if len(partials) not in (1, 2):  # others are in place
            continue
        partials[0].unlink()
        for _ in kills_of_finishing(quick):
            assert on_disk(quick) in (OLD, NEW)
            tried += 1
    assert tried >= 30


def test_all_is_brought_to_the_disk_before_the_step_that_relies_on_it(folder: Path) -> None:
    steps: list[str] = []
    with watched(lambda function: steps.append(function.__name__)):
        write(folder, one(OLD[ONE], NEW[ONE]))
    assert [step for step in steps if step in ("fsync", "replace", "unlink")] == [
        *("unlink", "fsync", "fsync"),  # the text beside its file, and the folder that holds it
        *("unlink", "fsync", "replace", "fsync"),  # the journal
        *("replace", "fsync"),  # the file in its place
        *("unlink", "fsync"),  # the journal again
    ]


def test_a_file_edited_by_hand_after_the_kill_stays_so_and_the_rest_is_taken_back(quick: Path) -> None:
    for _ in kills(quick):
        if JOURNAL in on_disk(quick) and on_disk(quick)[ONE] == NEW[ONE]:
            (quick / "advice/work/work-find.yaml").write_text("title: 손으로\n", encoding="utf-8")
            assert finish(quick) == ()
            assert on_disk(quick) == {**OLD, "advice/work/work-find.yaml": "title: 손으로\n"}
            return
    pytest.fail("no kill left the first file in place")


def test_partial_files_without_a_journal_are_removed(folder: Path) -> None:
    for name in ("advice/work/.work-find.yaml.partial", ".contacts.yaml.partial", ".publishing.json.partial"):
        (folder / name).write_text("half", encoding="utf-8")
    assert finish(folder) == ()
    assert on_disk(folder) == OLD


def test_there_is_nothing_to_finish_where_nothing_is(tmp_path: Path) -> None:
    assert finish(tmp_path / "not-there") == ()


@pytest.mark.parametrize(
    "journal",
    [
        b"", b"{", b"null", b"7", b"[1]", b'{"abc": 1}', b"\xff", b"[" * 100_000, b'[["contacts.yaml", null]]',
        b'[[[], null, null]]', b'[[7, null, null]]', b'[["contacts.yaml", 7, null]]', b'[["contacts.yaml", "x", 7]]',
        b'[["contacts.yaml", "\\ud800", "x"]]', json.dumps([["../outside.yaml", "theirs", None]]).encode(),
        json.dumps([["/tmp/x.yaml", None, None]]).encode(),
    ],
)  # fmt: skip
def test_a_journal_that_is_not_ours_moves_nothing(folder: Path, tmp_path: Path, journal: bytes) -> None:
    (tmp_path / "outside.yaml").write_text("theirs", encoding="utf-8")
    (folder / JOURNAL).write_bytes(journal)
    assert finish(folder) == ()
    assert on_disk(folder) == OLD
    assert (tmp_path / "outside.yaml").read_text(encoding="utf-8") == "theirs"


# --- killed at random moments ------------------------------------------------------------------------------------


def test_killed_two_hundred_times_at_random_moments_no_change_is_ever_half_there(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    folder.mkdir()
    command = [sys.executable, str(TESTS / "kill_publishing.py"), str(KNOWLEDGE), str(folder), "200"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    ran = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr.decode()
    found = json.loads(ran.stdout)
    print(found)
    assert found["whole"] == found["clean"] == 200
    assert found["partial"] >= 40, "the kills fell into the writing"
    assert found["journal"] >= 15
    assert found["finished"] >= 5


# --- a disk that does not want, and others who write -------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_where_the_system_refuses_any_step_the_old_files_are_whole_and_nothing_is_left(quick: Path, code: int) -> None:
    for step in count(1):
        filled(quick)
        error = OSError(code, os.strerror(code), "/home/somebody/knowledge")
        refused: list[CannotWrite] = []
        if not stopped_at(step, error, lambda into=refused: keep_refusal(quick, into)):  # type: ignore[misc]
            break
        assert on_disk(quick) == (OLD if refused else NEW)
        for cannot in refused:
            assert os.strerror(code) in str(cannot)
            assert "somebody" not in f"{cannot!r}{cannot}"
            assert cannot.__suppress_context__
    assert step > 30


def keep_refusal(folder: Path, refused: list[CannotWrite]) -> None:
    try:
        write(folder, Change(before=OLD, after=NEW))
    except CannotWrite as cannot:
        refused.append(cannot)


def test_a_text_too_large_for_the_disk_leaves_the_old_files_whole(folder: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(CannotWrite, match=os.strerror(errno.EFBIG)):
            write(folder, Change(before=OLD, after=NEW))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert on_disk(folder) == OLD


def test_a_folder_that_is_not_there_or_in_the_way_of_which_a_file_stands_cannot_be_written(folder: Path) -> None:
    with pytest.raises(CannotWrite):
        write(folder / "not-there", one(None, "x"))
    (folder / "words").write_text("a file", encoding="utf-8")
    with pytest.raises(CannotWrite):
        write(folder, one(None, "x", "words/northern.yaml"))
    assert (folder / "words").read_text(encoding="utf-8") == "a file"
    assert finish(folder) == ()


def test_while_another_process_publishes_one_waits_and_then_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locking, "PATIENCE", 0.1)
    other = os.open(folder, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(CannotWrite):
        write(folder, one(OLD[ONE], NEW[ONE]))
    assert on_disk(folder) == OLD
    waiting = threading.Timer(0.05, os.close, [other])
    waiting.start()
    write(folder, one(OLD[ONE], NEW[ONE]))
    waiting.join()
    assert on_disk(folder)[ONE] == NEW[ONE]


def test_of_many_who_change_the_same_text_at_once_one_does_and_the_others_are_told(folder: Path) -> None:
    told: list[str] = []

    def change(number: int) -> None:
        try:
            write(folder, one(OLD[ONE], f"- {number}\n"))
            told.append(f"- {number}\n")
        except Outdated:
            told.append("")

    threads = [threading.Thread(target=change, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told)[:7] == [""] * 7
    assert on_disk(folder) == {**OLD, ONE: max(told)}
