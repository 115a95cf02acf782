"""What is seen from afar tells nothing of the reader: each check finds its fault in a broken file and no other."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest
from conftest import KNOWLEDGE

from bot.core.knowledge.face_checks import buttons, origin, requests, telling
from bot.core.knowledge.loading import Source, read_folder, read_source
from bot.core.knowledge.offer_checks import offers
from bot.core.knowledge.problems import Problem
from bot.core.knowledge.voice_checks import feedback, voices
from bot.core.model import LONGEST_ACTION, Action, Language, Verb
from bot.core.opening import COMMANDS

Sources = Mapping[str, Source]
Check = Callable[[Sources], Iterator[Problem]]
PAGE = "advice/driving/driving-licence.yaml"
BOTH_TEXTS = "advice/money/bank-account.yaml"
"""An entry with a text to show and one to read out, neither of which tells."""
KO, EN = "voice/ko.yaml", "voice/en.yaml"


@pytest.fixture(scope="module")
def sources() -> Sources:
    return read_folder(KNOWLEDGE)


def broken(sources: Sources, name: str, pattern: str, new: str) -> Sources:
    """Return the files with the first place of `pattern` in one of them replaced, read as the bot reads them."""
    text, times = re.subn(pattern, new, sources[name].text, count=1, flags=re.MULTILINE)
    if not times:
        raise LookupError(f"{pattern} is not in {name}")
    return {**sources, name: read_source(name, text.encode())}


@pytest.mark.parametrize("check", [telling, origin, buttons, requests, offers, voices, feedback])
def test_the_projects_own_files_have_no_such_problem(sources: Sources, check: Check) -> None:
    assert list(check(sources)) == []


# --- titles and buttons ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pattern", "new", "field"),
    [
        (PAGE, r"^title:\n  ko: ", "title:\n  ko: 탈북민 ", "title.ko"),
        (PAGE, r"^(title:\n  ko: .*\n  en: )", r"\1For refugees, ", "title.en"),
        ("advice/categories.yaml", r"^    ko: ", "    ko: 하나원 ", "0.title.ko"),
        ("stages.yaml", r"^    ko: ", "    ko: 하나원 나온 지 ", "0.title.ko"),
        ("stages.yaml", r"(- entry: .*\n +ko: )", r"\g<1>북에서 ", "0.parts.0.questions.0.ko"),
        ("stages.yaml", r"(- entry: .*\n +ko: .*\n +en: )", r"\g<1>After HANAWON ", "0.parts.0.questions.0.en"),
        ("urgent.yaml", r"(    title:\n      ko: )", r"\1간첩 ", r"kinds\.[a-z-]+\.title\.ko"),
        ("offers.yaml", r"(    title:\n      ko: )", r"\1북한 가족 ", r"flags\.[a-z-]+\.title\.ko"),
        (KO, r"^menu_button: .*", "menu_button: 탈북민 차례", "menu_button"),
        (EN, r"^clear_button: .*", "clear_button: Delete what defectors wrote", "clear_button"),
        (KO, r"^  help: ", "  help: 북한 사람을 위한 ", "commands.help"),
        (KO, r"^description: ", "description: 새터민의 ", "description"),
        (EN, r"^short_description: ", "short_description: For the resettled. ", "short_description"),
        (KO, r"^start:\n  - ", "start:\n  - 이북에서 온 분께. ", "start.0"),
        (KO, r"^  too-hard: ", "  too-hard: 북쪽 말이 아니라 ", "feedback.too-hard"),
        (EN, r"^(feedback_heard:\n  helpful:\n    - )", r"\1Dear refugee. ", "feedback.helpful"),
    ],
)
def test_a_title_or_button_that_tells_who_is_asking_is_found(
    sources: Sources, name: str, pattern: str, new: str, field: str
) -> None:
    (found,) = telling(broken(sources, name, pattern, new))
    assert found.file == name
    assert re.fullmatch(field, found.field)
    assert found.line > 0
    assert "잠금 화면" in found.expected_ko
    assert "lock screen" in found.expected_en


def test_the_words_that_tell_are_named(sources: Sources) -> None:
    (found,) = telling(broken(sources, PAGE, r"^title:\n  ko: ", "title:\n  ko: 하나원 나온 새터민 "))
    assert "새터민, 하나원" in found.expected_ko
    assert "새터민, 하나원" in found.expected_en


@pytest.mark.parametrize(
    ("name", "pattern", "new"),
    [
        (KO, r"^(start:\n  - .*\n  - )", r"\1북한에서 온 분도 "),
        (EN, r"^(person:\n  - .*\n  - )", r"\1Refugees too, "),
        (KO, r"^telling:\n", "telling:\n  - 고향 사람\n"),
        (PAGE, r"^(    lead: )", r"\1북한에서 딴 면허는 쓸 수 없습니다. "),
    ],
)
def test_what_is_not_seen_from_afar_may_tell(sources: Sources, name: str, pattern: str, new: str) -> None:
    assert list(telling(broken(sources, name, pattern, new))) == []


@pytest.mark.parametrize(
    ("name", "pattern", "new"),
    [
        (KO, r"^menu: ", "menu: 탈북민 여러분, "),
        (KO, r"^stages: ", "stages: 하나원을 나온 지 얼마나 되었나요? "),
        (KO, r"^gone: ", "gone: 탈북민 여러분, "),
        (KO, r"^feedback_why: ", "feedback_why: 탈북민 여러분, "),
        (KO, r"^verdict_none: ", "verdict_none: 탈북민을 노린 "),
        ("concepts.yaml", r"^(  title:\n    ko: )", r"\1탈북민의 "),
        ("follow_ups.yaml", r"^(    title:\n      ko: )", r"\1탈북민의 "),
        ("urgent.yaml", r"^(    card:\n      ko:\n        - )", r"\1탈북민 여러분, "),
    ],
)
def test_any_other_first_line_that_tells_is_found_too(sources: Sources, name: str, pattern: str, new: str) -> None:
    assert list(telling(broken(sources, name, pattern, new)))


# --- texts to hold up and to read out ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "new", "field"),
    [
        (r"^show:\n  ko: ", "show:\n  ko: 북한에서 왔습니다. ", "show.ko"),
        (r"^(show:\n  ko: .*\n  en: )", r"\1I am from North Korea. ", "show.en"),
        (r"^call:\n  ko: ", "call:\n  ko: 새터민입니다. ", "call.ko"),
        (r"^(call:\n  ko: .*\n  en: )", r"\1I am a refugee. ", "call.en"),
        (r"^show:\n  ko: ", "show:\n  ko: 하나센터에서 왔습니다. ", "show.ko"),
        (r"^(call:\n  ko: .*\n  en: )", r"\1The hana foundation sent me. ", "call.en"),
    ],
)
def test_a_text_that_tells_where_somebody_comes_from_is_found_unless_that_is_needed(
    sources: Sources, pattern: str, new: str, field: str
) -> None:
    told = broken(sources, BOTH_TEXTS, pattern, new)
    (found,) = origin(told)
    assert (found.file, found.field) == (BOTH_TEXTS, field)
    assert "origin: needed" in found.expected_ko
    assert "origin: needed" in found.expected_en
    assert list(origin(broken(told, BOTH_TEXTS, r"^related:", "origin: needed\nrelated:"))) == []


def test_a_mark_that_nothing_needs_is_found(sources: Sources) -> None:
    (found,) = origin(broken(sources, BOTH_TEXTS, r"^related:", "origin: needed\nrelated:"))
    assert (found.file, found.field) == (BOTH_TEXTS, "origin")
    assert "only where" in found.expected_en


def test_every_mark_is_needed_where_it_stands(sources: Sources) -> None:
    marked = [name for name, source in sources.items() if re.search(r"^origin: needed$", source.text, re.MULTILINE)]
    assert marked
    for name in marked:
        found = list(origin(broken(sources, name, r"^origin: needed\n", "")))
        assert {problem.file for problem in found} == {name}


# --- what a button can carry -------------------------------------------------------------------------------------


def stage_of(stage: int, category: int, entry: int) -> Source:
    """Return stages with one question, whose ids have so many letters."""
    text = (
        f"- id: {'s' * stage}\n  title:\n    ko: 처음\n    en: First\n  parts:\n    - category: {'c' * category}\n"
        f"      questions:\n        - entry: {'e' * entry}\n          ko: 무엇부터요?\n          en: What first?\n"
    )
    return read_source("stages.yaml", text.encode())


@pytest.mark.parametrize(("sizes", "fits"), [((20, 20, 17), True), ((20, 20, 18), False), ((32, 32, 32), False)])
def test_the_ids_of_a_question_fit_a_button_together(sources: Sources, sizes: tuple[int, int, int], fits: bool) -> None:
    found = list(buttons({**sources, "stages.yaml": stage_of(*sizes)}))
    target = ".".join(letter * many for letter, many in zip("sce", sizes, strict=True))
    assert Action(Verb.STAGE_CARD, Language.KO, target).fits is fits
    assert [(problem.file, problem.field) for problem in found] == ([] if fits else [("stages.yaml", "0.parts.0")])
    assert all(str(LONGEST_ACTION) in problem.expected_en for problem in found)


@pytest.mark.parametrize(("size", "fits"), [(19, True), (20, False), (32, False)])
def test_the_longest_ids_fit_a_button_as_three_choices(sources: Sources, size: int, fits: bool) -> None:
    names = [f"advice/driving/{letter * size}.yaml" for letter in "abc"]
    with_long = {**sources, **{name: replace(sources[PAGE], name=name) for name in names}}
    found = list(buttons(with_long))
    assert [problem.file in names for problem in found] == ([] if fits else [True])


# --- commands, offers --------------------------------------------------------------------------------------------


def test_a_request_for_something_that_is_no_command_is_found(sources: Sources) -> None:
    (found,) = requests(broken(sources, "requests.yaml", r"^[a-z]+:$", "dance:"))
    assert (found.file, found.line, found.field, found.found) == ("requests.yaml", 1, "dance", "dance")


def test_every_command_is_described_in_both_languages_and_no_other(sources: Sources) -> None:
    for name in (KO, EN):
        assert set(sources[name].value.commands) == set(COMMANDS)


@pytest.mark.parametrize(
    ("pattern", "new", "field", "expected"),
    [
        (r"^    letter: b$", "    letter: a", r"flags\.[a-z-]+\.letter", "a letter of its own"),
        (
            r"^    triggers:\n",
            "    triggers:\n      - '@nothing 빌려'\n",
            r"flags\.[a-z-]+\.triggers\.0",
            "readable row",
        ),
        (r"^    triggers:\n", "    triggers:\n      - '!빌려'\n", r"flags\.[a-z-]+\.triggers\.0", "readable row"),
        (r"^harmless:\n", "harmless:\n  - '@nothing'\n", r"harmless\.0", "readable row"),
        (r"^contacts:\n", "contacts:\n  - nobody\n", r"contacts\.0", "contacts.yaml"),
        (r"^entry: .*", "entry: no-such-entry", "entry", "advice/"),
    ],
)
def test_what_is_wrong_with_the_signs_of_offers_is_found(
    sources: Sources, pattern: str, new: str, field: str, expected: str
) -> None:
    (found,) = offers(broken(sources, "offers.yaml", pattern, new))
    assert found.file == "offers.yaml"
    assert re.fullmatch(field, found.field)
    assert expected in found.expected_en


# --- the two voices ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "pattern", "new", "field"),
    [
        (KO, r"^page_button: .*", "page_button: 쪽", "page_button"),
        (EN, r"^page_button: .*", "page_button: Page {pages}", "page_button"),
        (EN, r"^verdict_line: .*", "verdict_line: '{flag}'", "verdict_line"),
        (EN, r"\{version\}", "{wersion}", "my_data"),
    ],
)
def test_a_name_in_braces_that_one_voice_lacks_is_found(
    sources: Sources, name: str, pattern: str, new: str, field: str
) -> None:
    (found,) = voices(broken(sources, name, pattern, new))
    assert (found.file, found.field) == (EN, field)
    assert "중괄호" in found.expected_ko


@pytest.mark.parametrize(("name", "file"), [(KO, KO), (EN, EN)])
@pytest.mark.parametrize("key", ["check", "clear"])
def test_a_command_that_one_voice_does_not_describe_is_found(sources: Sources, name: str, file: str, key: str) -> None:
    (found,) = voices(broken(sources, name, rf"^  {key}: .*\n", ""))
    assert (found.file, found.field, found.found) == (file, "commands", key)


def test_a_reason_that_cannot_be_chosen_or_is_not_answered_is_found(sources: Sources) -> None:
    (lost,) = feedback(broken(sources, KO, r"^  too-hard: .*\n", ""))
    assert (lost.file, lost.field, lost.found) == (KO, "feedback_reasons", "too-hard")
    (deaf,) = feedback(broken(sources, EN, r"^  other:\n    - .*\n    - .*\n", ""))
    assert (deaf.file, deaf.field, deaf.found) == (EN, "feedback_heard", "other")
