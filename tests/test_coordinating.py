"""The command line for coordinators who prefer files: tables for people, JSON for machines, mistakes in a sentence."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TypeAlias

import pytest
from conftest import PROJECT

from bot import store
from bot.core.editing import Change, blank_entry
from bot.core.knowledge import yaml_text
from bot.core.model import Language, Outcome

Variables: TypeAlias = Mapping[str, str]
WORK = "advice/work/work-find.yaml"


@pytest.fixture(scope="module")
def variables(small_folder: Path, small_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Variables:
    """Return an environment over the small knowledge, with what was learnt for it beside the database."""
    folder = tmp_path_factory.mktemp("coordinating")
    shutil.copy(small_weights, folder / "weights.npz")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("TELEGRAM_", "COORDINATORS_"))}
    return own | {
        "DATABASE_PATH": str(folder / "counters.sqlite3"), "KNOWLEDGE_DIR": str(small_folder), "COLUMNS": "200",
        "PYTHONPATH": str(PROJECT),
    }  # fmt: skip


def bot(variables: Variables, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, env=dict(variables), cwd=PROJECT, capture_output=True, text=True, timeout=200, check=False
    )


def changed(folder: Path, copy: Path, name: str, old: str, new: str) -> Path:
    """Return a copy of a knowledge folder in which one file reads otherwise."""
    shutil.copytree(folder, copy)
    text = (copy / name).read_text(encoding="utf-8")
    assert old in text
    (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


def test_a_template_has_every_field_and_is_not_yet_an_entry(variables: Variables) -> None:
    made = bot(variables, "new", "work/work-night")
    assert made.returncode == 0
    assert yaml_text.read(made.stdout).value == yaml_text.read(yaml_text.write(blank_entry())).value
    assert "advice/work/work-night.yaml" in made.stderr


@pytest.mark.parametrize("wrong", ["work-night", "nowhere/work-night", "work/Work Night", "work/work-find", "work/"])
def test_a_template_is_refused_where_it_would_not_fit(variables: Variables, wrong: str) -> None:
    made = bot(variables, "new", wrong)
    assert (made.returncode, made.stdout) == (2, "")
    assert made.stderr.strip()


def test_two_folders_are_compared_by_name(variables: Variables, small_folder: Path, tmp_path: Path) -> None:
    ask = "일감 구하는 데 좀 대주시라요"
    new = changed(small_folder, tmp_path / "new", WORK, "ask:\n  ko:\n", f"ask:\n  ko:\n    - {ask}\n")
    found = bot(variables, "diff", str(small_folder), str(new), "--json")
    assert found.returncode == 0, found.stderr
    report = json.loads(found.stdout)
    assert report["problems"] == []
    assert report["questions"] > 1000
    assert 0 < report["before"]["first"]["hits"] <= report["before"]["first"]["of"]


def test_a_folder_with_a_mistake_is_refused_with_its_place(
    variables: Variables, small_folder: Path, tmp_path: Path
) -> None:
    new = changed(small_folder, tmp_path / "new", WORK, "contacts:\n", "contacts:\n  - nobody\n")
    found = bot(variables, "diff", str(small_folder), str(new))
    assert found.returncode == 1
    assert WORK in found.stdout
    assert "nobody" in found.stdout


def test_checks_are_told_to_machines_too(variables: Variables, small_folder: Path, tmp_path: Path) -> None:
    new = changed(small_folder, tmp_path / "new", WORK, "contacts:\n", "contacts:\n  - nobody\n")
    found = bot({**variables, "KNOWLEDGE_DIR": str(new)}, "check", "--json")
    problems = [json.loads(line) for line in found.stdout.splitlines()]
    assert found.returncode == 1
    assert [(each["file"], each["found"]) for each in problems] == [(WORK, "nobody")]


def test_fewer_ways_of_asking_than_wanted_are_told_and_no_mistake(variables: Variables) -> None:
    found = bot(variables, "check")
    assert found.returncode == 0
    assert "[ask.ko]" in found.stdout
    assert "문제가 없습니다" in found.stdout


def test_what_is_overdue_is_listed(variables: Variables, small_folder: Path, tmp_path: Path) -> None:
    new = changed(small_folder, tmp_path / "new", WORK, "review_by: '2027-11-01'", "review_by: '2026-11-02'")
    overdue = {**variables, "KNOWLEDGE_DIR": str(new)}
    assert [each["review_by"] for each in json.loads(bot(overdue, "overdue", "--json").stdout)] == ["2026-11-02"]
    assert "work-find-officer" in bot(overdue, "overdue").stdout


def test_statistics_hide_what_is_small_and_earlier_texts_can_be_deleted_for_good(
    variables: Variables, tmp_path: Path
) -> None:
    path = tmp_path / "counters.sqlite3"
    own = {**variables, "DATABASE_PATH": str(path)}
    assert bot(own, "stats").returncode == 2, "nothing is counted yet"

    async def fill() -> None:
        async with store.open_store(path) as connection:
            for entry, times in (("work-find", 7), ("housing", 3)):
                for _ in range(times):
                    await store.add(connection, {(date.today(), entry, Outcome.ANSWERED, Language.KO): 1}, {})
            leak = Change({WORK: "a"}, {WORK: "꿹뛟쌻훍"})
            await store.revise(connection, date.today(), leak)

    asyncio.run(fill())
    told = json.loads(bot(own, "stats", "--json").stdout)
    shown = {row["entry"]: row["answered"] for row in told["entries"]}
    assert shown == {} or "housing" not in shown
    assert "answered" in bot(own, "stats").stdout
    held = [name for name in path.parent.iterdir() if "꿹뛟쌻훍".encode() in name.read_bytes()]
    assert held, "it is there before"
    assert bot(own, "forget", "work-find").returncode == 0
    assert [name for name in path.parent.iterdir() if "꿹뛟쌻훍".encode() in name.read_bytes()] == []


def test_a_new_key_is_one_that_the_settings_take(variables: Variables) -> None:
    made = {bot(variables, "key").stdout.strip() for _ in range(2)}
    assert len(made) == 2
    for key in made:
        desk = {**variables, "COORDINATORS_CHAT_ID": "-1001", "TICKET_KEY": key}
        assert bot(desk, "overdue", "--json").returncode == 0
