"""Trying a change before it is published: the real process on a small knowledge, and its parts."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from conftest import PROJECT

from bot.asking_both import KEPT, Answers, questions_in
from bot.comparing import Ended as Way
from bot.core.building import engine_for
from bot.core.editing import Change
from bot.core.knowledge import checks
from bot.core.knowledge.loading import Unreadable, assemble, checksum, contents, read_folder
from bot.core.knowledge.problems import Problem
from bot.core.matching import weights
from bot.core.model import Outcome
from bot.evaluation import Question
from bot.sharing import Ended, begun
from bot.trial import FILE_BY_FILE, laid_over, read
from bot.trying import Progress, TrialFailed, Tried, change_between, differing, tried

ENTRY = "advice/money/money-debt.yaml"
NEW = "빌린 돈을 갚으라고 자꾸 문자가 오는데 무서워요"
FIRST_ASK = "ask:\n  ko:\n"


@pytest.fixture(scope="module")
def learnt(small_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("learnt")
    shutil.copy(small_weights, folder / "weights.npz")
    return folder / "weights.npz"


@pytest.fixture(scope="module")
def folder(small_folder: Path) -> Path:
    return small_folder


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with some of the project's questions, one that only the change answers, and another form."""
    folder = tmp_path_factory.mktemp("questions")
    for name in ("newcomers", "urgent"):
        lines = (PROJECT / "tests" / "questions" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        (folder / f"{name}.jsonl").write_text("\n".join(lines[::40]) + "\n", encoding="utf-8")
    (folder / "offers.jsonl").write_text('{"text": "?", "lang": "ko", "flags": []}\n', encoding="utf-8")
    return folder


def with_ask(folder: Path, *texts: str) -> str:
    text = (folder / ENTRY).read_text(encoding="utf-8")
    assert FIRST_ASK in text
    return text.replace(FIRST_ASK, FIRST_ASK + "".join(f"    - {each}\n" for each in texts))


def change_of(folder: Path, after: Mapping[str, str | None]) -> Change:
    before = {name: (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else None for name in after}
    return Change(before, after)


def changed(folder: Path, tmp_path: Path, after: Mapping[str, str | None]) -> Path:
    """Return a copy of the folder in which the change is made."""
    copy = Path(shutil.copytree(folder, tmp_path / "changed"))
    for name, text in after.items():
        if text is None:
            (copy / name).unlink()
        else:
            (copy / name).write_text(text, encoding="utf-8")
    return copy


@pytest.fixture
def spare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which temporary folders are made during the test."""
    folder = tmp_path / "spare"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def trial(
    folder: Path, learnt: Path, after: Mapping[str, str | None], questions: Path, steps: list[Progress] | None = None
) -> Tried:
    async def said(progress: Progress) -> None:
        if steps is not None:
            steps.append(progress)

    return asyncio.run(tried(folder, learnt, change_of(folder, after), said=said, questions=questions))


def problems(folder: Path, learnt: Path, after: Mapping[str, str | None]) -> tuple[Problem, ...]:
    return asyncio.run(tried(folder, learnt, change_of(folder, after), only_check=True)).report.problems


def problems_on_disk(folder: Path) -> tuple[Problem, ...]:
    try:
        checks.load(folder)
    except Unreadable as unreadable:
        return unreadable.problems
    return ()


# --- the whole way -----------------------------------------------------------------------------------------------


def test_a_change_is_tried_measured_and_learnt(
    folder: Path, learnt: Path, questions: Path, spare: Path, tmp_path: Path
) -> None:
    before, after = checksum(read_folder(folder)), {ENTRY: with_ask(folder, NEW)}
    steps: list[Progress] = []
    found = trial(folder, learnt, after, questions, steps)
    asked = questions_in(questions)
    assert [each.step for each in steps[:2]] == ["checked", "learnt"]
    assert {each.step for each in steps[2:]} == {"asked"}
    assert steps[-1].done == steps[-1].of >= 2 * len(asked)
    assert not found.report.refused
    assert (found.report.questions, found.report.asks > 1_000) == (len(asked), True)
    assert all(each.is_ask or each.text in {one.text for one in asked} for each in found.report.worse)
    assert found.report.before.first is not None
    assert found.report.before.first.of > 10
    assert 0 < found.report.seconds < 100
    assert checksum(read_folder(folder)) == before
    assert list(spare.iterdir()) == []

    knowledge = assemble(read_folder(changed(folder, tmp_path, after)))
    assert found.learnt
    assert found.learnt.key == weights.key_of(knowledge.checksum) != weights.key_of(before)
    engine = engine_for(knowledge, found.learnt, date.today)
    assert engine.answer(NEW).ids[0] == "money-debt"

    again: list[Progress] = []
    second = trial(folder, learnt, after, questions, again)
    assert again[-1].of == steps[-1].of - len(asked)
    assert (second.report.better, second.report.worse) == (found.report.better, found.report.worse)
    kept = [path for path in learnt.parent.iterdir() if path != learnt]
    assert [path.name.split("-")[0] for path in kept] == ["asked", "asked"]
    assert all(each.text not in path.read_text(encoding="utf-8") for path in kept for each in asked)


def test_what_changes_no_understanding_is_not_measured_but_can_go_live(
    folder: Path, learnt: Path, questions: Path, tmp_path: Path
) -> None:
    text = (folder / ENTRY).read_text(encoding="utf-8")
    title = text.splitlines()[1]
    after = {ENTRY: text.replace(title, f"{title} 이야기", 1)}
    found = trial(folder, learnt, after, questions)
    assert found.report.problems == problems_on_disk(changed(folder, tmp_path, after)) == ()
    assert (found.report.questions, found.report.asks) == (0, 0)
    key = weights.key_of(checksum(read_folder(tmp_path / "changed")))
    assert found.learnt
    assert found.learnt.key == key


# --- only checks -------------------------------------------------------------------------------------------------


def test_the_same_problems_are_found_as_in_the_folder(folder: Path, learnt: Path, tmp_path: Path) -> None:
    """Not canonical, an urgent wording, one that is somebody else's, an unknown number: each check still sees all."""
    taken = next(iter(assemble(read_folder(folder)).entries["work-find"].content.ask.ko))
    text = with_ask(folder, NEW, "죽고 싶어요 빚 때문에", taken).replace("    - ", "    -  ", 1) + "# 010-0000-0000\n"
    found = problems(folder, learnt, {ENTRY: text})
    assert found == problems_on_disk(changed(folder, tmp_path, {ENTRY: text}))
    expected = " ".join(each.expected_en for each in found)
    for part in ("canonical form", "must not bring an urgent card", "each way of asking once", "telephone number"):
        assert part in expected


def test_a_change_of_the_urgent_rules_is_checked_on_every_wording(folder: Path, learnt: Path, tmp_path: Path) -> None:
    text = (folder / "urgent.yaml").read_text(encoding="utf-8")
    assert "harmless:\n" in text
    silent = {"urgent.yaml": text.replace("harmless:\n", "harmless:\n  - 죽고 싶|싶어\n", 1)}
    found = problems(folder, learnt, silent)
    assert found == problems_on_disk(changed(folder, tmp_path, silent)) != ()


def test_problems_of_form_are_all_told(folder: Path, learnt: Path, tmp_path: Path) -> None:
    broken = {ENTRY: "title: [", "voice/ko.yaml": None, "advice/money/new.yaml": "title: 1\n", "x.yaml": "a: b\n"}
    found = problems(folder, learnt, broken)
    assert found == problems_on_disk(changed(folder, tmp_path, broken))
    assert {each.file for each in found} == set(broken)


def test_what_would_be_on_the_disk_is_read(folder: Path, tmp_path: Path) -> None:
    after = {ENTRY: with_ask(folder, NEW), "advice/work/work-find.yaml": None}
    ours, theirs = read(laid_over(contents(folder), after), {}), read_folder(changed(folder, tmp_path, after))
    assert list(ours) == list(theirs)
    assert (checksum(ours), assemble(ours)) == (checksum(theirs), assemble(theirs))


def test_the_checks_that_look_at_one_file_after_the_other_exist() -> None:
    assert set(FILE_BY_FILE) <= {check.__name__ for check in checks.CHECKS}


# --- what goes wrong ---------------------------------------------------------------------------------------------


def running(folder: Path) -> list[str]:
    """Return the processes that were given `folder`."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            said = path.read_bytes()
        except OSError:
            continue
        if str(folder).encode() in said:
            found.append(path.parent.name)
    return found


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are looked for in /proc")
@pytest.mark.parametrize("seconds", [0.1, 3.0])
def test_a_cancelled_trial_leaves_no_process_and_no_file(
    folder: Path, learnt: Path, spare: Path, seconds: float
) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(tried(folder, learnt, change_of(folder, {ENTRY: with_ask(folder, NEW)})))
        await asyncio.sleep(seconds)
        assert running(folder)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.1)

    asyncio.run(cancelled())
    assert running(folder) == []
    assert list(spare.iterdir()) == []


def test_a_trial_that_takes_too_long_fails(folder: Path, learnt: Path, spare: Path) -> None:
    with pytest.raises(TrialFailed, match=r"not done after 0\.2 seconds"):
        asyncio.run(tried(folder, learnt, Change({}, {}), longest=0.2))
    assert list(spare.iterdir()) == []


def test_a_trial_that_breaks_tells_the_last_line_of_it(folder: Path, learnt: Path) -> None:
    with pytest.raises(TrialFailed, match=r"^AttributeError: "):
        asyncio.run(tried(folder, learnt, Change({}, {ENTRY: 1}), only_check=True))  # type: ignore[dict-item]


# --- two folders -------------------------------------------------------------------------------------------------


def test_two_folders_differ_by_what_is_new_gone_and_changed(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for name, there, here in (("same", "1", "1"), ("changed", "1", "2"), ("gone", "1", None), ("new", None, "가")):
        for place, text in ((old / "words", there), (new / "words", here)):
            place.mkdir(parents=True, exist_ok=True)
            if text is not None:
                (place / f"{name}.yaml").write_text(text, encoding="utf-8")
    names = ("words/changed.yaml", "words/gone.yaml", "words/new.yaml")
    assert change_between(old, new) == Change(
        dict(zip(names, ("1", "1", None), strict=True)), dict(zip(names, ("2", None, "가"), strict=True))
    )
    with pytest.raises(FileNotFoundError):
        change_between(old, tmp_path / "none")


def test_a_folder_with_a_file_that_is_no_text_is_told_so(folder: Path, learnt: Path, tmp_path: Path) -> None:
    new = changed(folder, tmp_path, {})
    (new / ENTRY).write_bytes("제목".encode("cp949"))
    (found,) = asyncio.run(differing(folder, new, learnt)).report.problems
    assert (found.file, found.expected_en) == (ENTRY, "text saved as UTF-8")


# --- answers that are kept, work that is shared ------------------------------------------------------------------


def test_answers_are_kept_for_the_weights_and_the_questions_they_came_from(
    folder: Path, learnt: Path, tmp_path: Path
) -> None:
    key = weights.key_of(checksum(read_folder(folder)))
    one = weights.load(learnt, key)
    assert one is not None
    asked = [Question(text, frozenset("a"), "ko", "plain") for text in ("가", "나")]
    ways = [Way(Outcome.ANSWERED, ("a", "b"), (0.5, 0.25)), Way(Outcome.UNKNOWN, (), ())]
    Answers(tmp_path, asked).save(one, ways)
    assert Answers(tmp_path, asked).load(one) == ways
    assert Answers(tmp_path, asked[::-1]).load(one) is None
    for at in range(2 * KEPT):
        Answers(tmp_path, [Question(str(at), frozenset(), "ko", "plain")]).save(one, ways[:1])
    assert len(list(tmp_path.iterdir())) == KEPT
    for path in tmp_path.iterdir():
        path.write_text(json.dumps([["answered", ["a"]]]), encoding="utf-8")
    assert Answers(tmp_path, asked[:1]).load(one) is None
    Answers(tmp_path / "none", asked).save(one, ways)


def test_files_of_another_form_and_no_folder_are_no_questions(questions: Path, tmp_path: Path) -> None:
    assert len(questions_in(questions)) == sum(len((questions / name).read_text().splitlines()) for name in (
        "newcomers.jsonl", "urgent.jsonl",
    ))  # fmt: skip
    assert questions_in(tmp_path / "none") == ()


@pytest.mark.parametrize(("many", "processes"), [(0, 2), (1, 2), (50, 1), (50, 3)])
def test_every_piece_of_work_is_done_once(many: int, processes: int) -> None:
    assert sorted(begun(lambda at: at * at, many, processes)) == [(at, at * at) for at in range(many)]


def test_work_that_breaks_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Ended):
        list(begun(lambda at: 1 // at, 3, 2))
    assert "ZeroDivisionError" in capfd.readouterr().err
