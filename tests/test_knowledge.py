"""What the checks find in a knowledge folder, and what they leave in peace."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import KNOWLEDGE, PROJECT

from bot.core.knowledge.checks import load, problems_of
from bot.core.knowledge.loading import Unreadable, canonical, checksum, read_folder
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.problems import Problem

PAGE = "advice/driving/driving-licence.yaml"
Edit = Callable[[str, str, str], tuple[Problem, ...]]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Return a function that replaces a text in a copied file once and returns the problems that this makes."""
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)

    def edit(name: str, old: str, new: str) -> tuple[Problem, ...]:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return problems(folder)

    return edit


def problems(folder: Path) -> tuple[Problem, ...]:
    try:
        return tuple(problems_of(read_folder(folder)))
    except Unreadable as unreadable:
        return unreadable.problems


def test_the_projects_knowledge_has_no_problem() -> None:
    assert problems(KNOWLEDGE) == ()


def test_each_file_equals_its_own_canonical_form() -> None:
    for source in read_folder(KNOWLEDGE).values():
        assert canonical(source) == source.text, source.name


def test_the_checksum_changes_with_any_letter(edited: Edit, tmp_path: Path) -> None:
    before = checksum(read_folder(KNOWLEDGE))
    edited("voice/ko.yaml", "길동무입니다.", "길동무 입니다.")
    assert checksum(read_folder(tmp_path / "knowledge")) != before


def test_a_field_that_does_not_exist_and_one_that_is_missing_are_both_named_with_their_lines(edited: Edit) -> None:
    found = edited(PAGE, "notes:", "note:")
    assert {(p.field, p.file) for p in found} == {("note", PAGE), ("notes", PAGE)}
    line = next(p.line for p in found if p.field == "note")
    assert line > 1


def test_all_problems_of_all_files_come_at_once(edited: Edit) -> None:
    edited("people.yaml", "year: '2015'", "year: soon")
    found = edited("contacts.yaml", "number:", "numbr:")
    assert {p.file for p in found} == {"people.yaml", "contacts.yaml"}


def test_a_key_twice_is_refused(edited: Edit) -> None:
    found = edited("contacts.yaml", "police-112:", "suicide-109:")
    assert [(p.file, p.field) for p in found] == [("contacts.yaml", "suicide-109")]


def test_yaml_that_cannot_be_read_is_named_by_line(edited: Edit) -> None:
    (found,) = edited("stages.yaml", "later:", "later: [")
    assert found.file == "stages.yaml"
    assert "YAML" in found.expected_en


def test_words_that_yaml_would_turn_into_something_else_stay_text(edited: Edit, tmp_path: Path) -> None:
    edited(PAGE, "search_words:\n", "search_words:\n  - ko: '010'\n    en: 'no'\n")
    source = read_folder(tmp_path / "knowledge")[PAGE]
    assert (source.value.search_words[0].ko, source.value.search_words[0].en) == ("010", "no")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  ko: 운전면허", "  ko: <b>운전면허", "plain text without markup"),
        ("  ko: 운전면허", "  ko: ''\n  x: 운전면허", "a text that is not blank"),
        ("checked: '2026-11-01'", "checked: '1. November'", "a date written like"),
        ("checked: '2026-11-01'", "checked: '2031-11-01'", "later than checked"),
        ("kind: procedure", "kind: rumour", "one of"),
        ("related:\n", "related:\n  - no-such-entry\n", "an id that advice/ has"),
        ("related:\n", "related:\n  - driving-licence\n", "not the entry itself"),
        ("contacts:\n", "contacts:\n  - no-such-number\n", "an id that contacts.yaml has"),
        ("person: jimin", "person: nobody", "an id that people.yaml has"),
    ],
)
def test_what_is_wrong_in_an_entry_is_said_in_both_languages(edited: Edit, old: str, new: str, expected: str) -> None:
    found = edited(PAGE, old, new)
    assert any(expected in p.expected_en and p.expected_ko for p in found), found


def test_a_way_of_asking_in_two_entries_is_an_error_that_names_both(edited: Edit) -> None:
    found = edited(PAGE, "ask:\n  ko:\n", "ask:\n  ko:\n    - 취직 하고싶어요!\n")
    edited("advice/work/work-find.yaml", "ask:\n  ko:\n", "ask:\n  ko:\n    - 취직하고 싶어요.\n")
    found = tuple(p for p in edited(PAGE, "notes:", "notes:") if "취직" in p.found)
    assert found
    assert all("advice/" in p.expected_en for p in found)


def test_a_telephone_number_outside_the_register_is_an_error(edited: Edit) -> None:
    (found,) = edited("voice/ko.yaml", "1577-6635", "1577-9999")
    assert found.found == "1577-9999"


def test_an_urgent_wording_that_falls_silent_is_an_error(edited: Edit, tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    path = folder / "urgent.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("harmless:\n", "harmless:\n  - 죽고싶\n", 1), encoding="utf-8")
    assert any("must bring the card crisis-suicide" in p.expected_en for p in problems(folder))


def test_an_everyday_way_of_asking_that_brings_an_urgent_card_is_an_error(edited: Edit) -> None:
    found = edited(PAGE, "ask:\n  ko:\n", "ask:\n  ko:\n    - 죽고 싶어요 면허 때문에\n")
    assert any("must not bring an urgent card" in p.expected_en for p in found)


def test_a_missing_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (missing,) = problems(tmp_path / "nowhere")
    assert "nowhere" in missing.file
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    (folder / "urgent.yaml").unlink()
    assert [p.file for p in problems(folder)] == ["urgent.yaml"]


def test_load_refuses_knowledge_with_problems(edited: Edit, tmp_path: Path) -> None:
    edited("stages.yaml", "later:", "later : ")
    with pytest.raises(Unreadable):
        load(tmp_path / "knowledge")


def test_every_sentence_of_the_bot_is_said_somewhere() -> None:
    files = [path for path in (PROJECT / "bot").rglob("*.py") if path.name != "phrases.py"]
    said = " ".join(path.read_text(encoding="utf-8") for path in files)
    assert [name for name in Phrases.model_fields if f".{name}" not in said] == []
