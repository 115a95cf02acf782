"""What the checks find in a knowledge folder, and what they leave in peace."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from conftest import KNOWLEDGE, PROJECT

from bot.core.engine import Engine
from bot.core.knowledge.checks import CHECKS, load
from bot.core.knowledge.figure_checks import figures_in, overdue
from bot.core.knowledge.loading import Source, Unreadable, canonical, checksum, read_folder
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.problems import Problem
from bot.core.knowledge.text_checks import FEWEST_ASKS, WANTED_ASKS, few, wanted
from bot.core.knowledge.urgent_checks import urgent_wordings
from bot.core.knowledge.whole import Knowledge
from bot.core.knowledge.words import explanations
from bot.core.model import Action, Language, Part, Verb

PAGE = "advice/driving/driving-licence.yaml"
Edit = Callable[[str, str, str], tuple[Problem, ...]]
Check = Callable[[Mapping[str, Source]], Iterator[Problem]]
QUICK = tuple(check for check in CHECKS if check is not urgent_wordings)
"""Every check but the one that reads each of thousands of texts for urgent wordings: seconds, where it is not asked."""


@pytest.fixture
def edited(tmp_path: Path, small_folder: Path) -> Edit:
    """Return a function that replaces a text in a copied file once and returns the problems that this makes."""
    folder = tmp_path / "knowledge"
    shutil.copytree(small_folder, folder)

    def edit(name: str, old: str, new: str) -> tuple[Problem, ...]:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return problems(folder, QUICK)

    return edit


def problems(folder: Path, checks: Sequence[Check] = CHECKS) -> tuple[Problem, ...]:
    try:
        sources = read_folder(folder)
    except Unreadable as unreadable:
        return unreadable.problems
    return tuple(problem for check in checks for problem in check(sources))


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
    (found,) = edited("stages.yaml", "- id: later", "- id: [later")
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


def test_a_way_of_asking_one_letter_from_another_entrys_is_an_error(edited: Edit) -> None:
    edited("advice/work/work-find.yaml", "ask:\n  ko:\n", "ask:\n  ko:\n    - 가나다라마바사아자차\n")
    found = edited(PAGE, "ask:\n  ko:\n", "ask:\n  ko:\n    - 가나다라 마바사하자차\n")
    (near,) = (p for p in found if "one letter away" in p.expected_en)
    assert {near.found, *re.findall("“(.*?)”", near.expected_ko)} == {"가나다라마바사아자차", "가나다라 마바사하자차"}


def test_a_figure_that_only_one_language_has_is_an_error(edited: Edit) -> None:
    found = edited(
        "advice/support/hana-center.yaml", "a first course of 8 days (50 hours)", "a first course of 8 days (60 hours)"
    )
    assert [(p.field, p.found) for p in found] == [("facts.0", "ko 50 / en 60")]


def test_a_figure_in_an_answer_needs_a_fact_that_bears_it(edited: Edit) -> None:
    found = edited(PAGE, "    lead: ", "    lead: 99만 원입니다. ")
    assert any("figure that a fact" in p.expected_en and p.found == "990,000" for p in found)


@pytest.mark.parametrize(
    ("korean", "english", "figures"),
    [
        ("약 150만 원 (2026년 기준)", "about 1.5 million won (as of 2026)", {1_500_000, 2026}),
        ("1만 5천 원", "15,000 won", {15_000}),
        ("1억 2,000만 원", "120 million won", {120_000_000}),
        ("9시~18시", "9 am to 6 pm", set()),
        ("하루 24시간", "24 hours a day", {24}),
        ("정부24에서 두 번", "twice on Government24", set()),
    ],
)
def test_figures_are_the_same_numbers_in_both_languages(korean: str, english: str, figures: set[float]) -> None:
    assert figures_in(korean, Language.KO) == figures_in(english, Language.EN) == figures


def test_what_is_to_be_looked_at_again_is_listed_from_its_day_on(edited: Edit, tmp_path: Path) -> None:
    edited(PAGE, "review_by: '2027-04-30'", "review_by: '2027-02-03'")
    sources = read_folder(tmp_path / "knowledge")
    assert [p for p in overdue(sources, date(2027, 2, 3)) if p.file == PAGE] == []
    assert [p.found for p in overdue(sources, date(2027, 2, 4)) if p.file == PAGE] == ["2027-02-03"]


def test_a_stage_of_an_entry_and_a_question_of_that_stage_belong_together(edited: Edit) -> None:
    found = edited(PAGE, "stages:\n  - first-months\n", "stages:\n  - first-weeks\n")
    assert {p.file for p in found} == {PAGE, "stages.yaml"}


def test_a_voice_that_the_ledger_does_not_know_is_an_error_and_so_is_advice_that_no_entry_carries(edited: Edit) -> None:
    found = edited(PAGE, "person: jimin", "person: hyunkyung")
    assert {p.file for p in found} == {PAGE, "people.yaml"}


def test_a_word_twice_is_an_error(edited: Edit) -> None:
    word = "- north:\n    - 리력서\n  south:\n    - 이력서\n  ko: 글입니다.\n  en: resume\n  kind: spelling\n"
    found = edited("words/spelling.yaml", "- north:", f"{word}{word}- north:")
    assert any(p.found == "리력서" for p in found)


def test_a_card_with_too_many_hard_words_is_an_error(edited: Edit) -> None:
    found = edited(PAGE, "    lead: ", "    lead: 등본, 초본, 해고, 소송, 대출, 보증금. ")
    assert any("words that need explaining" in p.expected_en for p in found)


def test_a_concept_needs_its_entry_and_a_source_for_a_figure(edited: Edit) -> None:
    edited("concepts.yaml", "  entry: ", "  entry: no-such-entry #")
    found = edited("concepts.yaml", "  what:\n    ko: ", "  what:\n    ko: 500만 원입니다. ")
    assert {"an id that advice/ has", "a source where there is a figure"} <= {p.expected_en for p in found}


def test_every_listed_word_is_explained_in_the_card_that_uses_it(knowledge: Knowledge, engine: Engine) -> None:
    """Looked for in another way than the card does: a listed word standing alone is bracketed, or explained below."""
    hard = explanations(knowledge.words)
    for entry in knowledge.entries.values():
        card = engine.open(Action(Verb.CARD, Language.KO, entry.id))
        assert card is not None
        told = (Part.TITLE, Part.TEXT, Part.STEPS, Part.VOICE, Part.FACTS)
        text = "\n".join(line for block in card.blocks if block.part in told for line in block.lines)
        shown = "\n".join(line for block in card.blocks if block.part is Part.WORDS for line in block.lines)
        for word in set(re.findall(r"[가-힣]+", text)) & set(hard):
            names = "|".join(name for name in hard if hard[name] == hard[word])
            before = rf"(?<![가-힣])({names})"
            bracketed = re.search(rf"{before} ?\(|\([^)]*{before}(?![가-힣])[^(]*\)", text)
            longer = any(word in term.split() and term in text for term in hard if " " in term)
            assert bracketed or hard[word] in shown or longer, (entry.id, word)


def test_a_telephone_number_outside_the_register_is_an_error(edited: Edit) -> None:
    (found,) = edited("voice/ko.yaml", "1577-6635", "1577-9999")
    assert found.found == "1577-9999"


def test_an_urgent_wording_that_falls_silent_is_an_error(edited: Edit, tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    path = folder / "urgent.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("harmless:\n", "harmless:\n  - 죽고싶\n", 1), encoding="utf-8")
    assert any("must bring the card crisis-suicide" in p.expected_en for p in problems(folder))


def test_an_everyday_way_of_asking_that_brings_an_urgent_card_is_an_error(edited: Edit, tmp_path: Path) -> None:
    edited(PAGE, "ask:\n  ko:\n", "ask:\n  ko:\n    - 죽고 싶어요 면허 때문에\n")
    found = problems(tmp_path / "knowledge", [urgent_wordings])
    assert any("must not bring an urgent card" in p.expected_en for p in found)


def test_a_missing_folder_and_a_missing_file_are_named(tmp_path: Path) -> None:
    (missing,) = problems(tmp_path / "nowhere")
    assert "nowhere" in missing.file
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    (folder / "urgent.yaml").unlink()
    assert [p.file for p in problems(folder)] == ["urgent.yaml"]


def test_load_refuses_knowledge_with_problems(edited: Edit, tmp_path: Path) -> None:
    edited("stages.yaml", "- id: later", "- id: 'later'")
    with pytest.raises(Unreadable):
        load(tmp_path / "knowledge")


def test_every_sentence_of_the_bot_is_said_somewhere() -> None:
    files = [path for path in (PROJECT / "bot").rglob("*.py") if path.name != "phrases.py"]
    said = " ".join(path.read_text(encoding="utf-8") for path in files)
    assert [name for name in Phrases.model_fields if f".{name}" not in said] == []


def test_the_knowledge_is_whole(knowledge: Knowledge) -> None:
    """What is never to become less: topics, words in both directions, texts for the counters and the telephone."""
    assert len(knowledge.entries) + len(knowledge.urgent.kinds) >= 72
    assert sum(bool(word.north) for word in knowledge.words) >= 450
    assert len(knowledge.concepts) >= 40
    counters = (
        "id-papers",
        "bank-account",
        "phone-open",
        "health-care",
        "work-unpaid",
        "hana-center",
        "driving-licence",
    )
    assert all(knowledge.entries[id_].content.show for id_ in counters)
    calls = (
        "work-unpaid",
        "health-care",
        "phone-open",
        "bank-account",
        "work-parttime",
        "housing",
        "scam",
        "legal-help",
    )
    assert all(knowledge.entries[id_].content.call for id_ in calls)


def test_every_entry_can_be_found_by_who_does_not_know_what_to_ask(knowledge: Knowledge) -> None:
    asked = {question.entry for stage in knowledge.stages for part in stage.parts for question in part.questions}
    assert asked == set(knowledge.entries)


def test_every_entry_of_ours_has_as_many_ways_of_asking_as_it_takes_to_be_understood_well() -> None:
    assert WANTED_ASKS == {Language.KO: 100, Language.EN: 30, Language.ZH: 10}
    assert list(wanted(read_folder(KNOWLEDGE))) == []


def test_an_entry_that_nobody_could_find_is_a_mistake_and_one_hard_to_find_is_told_of(tmp_path: Path) -> None:
    folder = tmp_path / "knowledge"
    shutil.copytree(KNOWLEDGE, folder)
    text = (folder / PAGE).read_text(encoding="utf-8")
    start, end = text.index("ask:\n  ko:\n"), text.index("  en:\n", text.index("ask:\n"))
    lines = text[start:end].splitlines(keepends=True)
    for kept, mistakes in ((FEWEST_ASKS[Language.KO] - 1, 1), (FEWEST_ASKS[Language.KO], 0)):
        (folder / PAGE).write_text(text[:start] + "".join(lines[: 2 + kept]) + text[end:], encoding="utf-8")
        sources = read_folder(folder)
        assert [(each.file, each.found) for each in few(sources)] == [(PAGE, str(kept))] * mistakes
        assert [(each.file, each.found) for each in wanted(sources)] == [(PAGE, str(kept))]


@pytest.mark.parametrize(
    ("ask", "shown"),
    [("제 번호 010-1234-5678로 면허 알려 주세요", "○○○"), ("900101-1234567 면허 되나요", "○○○")],
)
def test_a_way_of_asking_with_personal_data_is_a_mistake_that_does_not_repeat_it(
    edited: Edit, ask: str, shown: str
) -> None:
    found = [
        each for each in edited(PAGE, "ask:\n  ko:\n", f"ask:\n  ko:\n    - {ask}\n") if "personal" in each.expected_en
    ]
    assert [each.found for each in found] == [shown]


def test_what_is_retired_is_gone_and_its_successor_is_there(edited: Edit) -> None:
    found = edited("advice/retired.yaml", "{}\n", "work-find: work-choose\nlong-gone: nowhere\n")
    assert {(each.field, each.found) for each in found} == {("work-find", "work-find"), ("long-gone", "nowhere")}
