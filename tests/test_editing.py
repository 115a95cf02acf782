"""An edit of a file of the knowledge: values found, put, written for people and read back, and what that changes."""

from contextlib import suppress
from copy import deepcopy
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.core.editing import (
    BadText,
    Change,
    Clash,
    Draft,
    Kind,
    asks_with,
    at,
    blank_entry,
    difference,
    draft_of,
    entry_name,
    form_problems,
    lines_of,
    meant,
    merged,
    put,
    source_of,
    with_asks,
    written,
)
from bot.core.knowledge import yaml_text
from bot.core.knowledge.loading import Unreadable, canonical, read_source
from bot.core.knowledge.yaml_text import Path
from bot.core.model import Language

KNOWLEDGE = FilePath(__file__).parent.parent / "knowledge"
NAME = entry_name("work", "work-find")
_NO_TEXT = "".join(map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xFFFE, 0xFFFF)))
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=_NO_TEXT), max_size=12)
"""No control letters, which are refused, nor NEL, the one line break that YAML folds within a line."""
KEYS = st.sampled_from(["title", "ko", "en", "ask", "facts", "a b", "가"]) | WORDS
PLAIN = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
LINES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20).filter(
    lambda text: text != "-" and not text.startswith(("- ", "· "))
)
ALIKE = "면허 어떻게 따요"


def paths_in(value: Any, before: Path = ()) -> list[Path]:
    """Return the paths of everything within `value`."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for step, each in steps for path in ((*before, step), *paths_in(each, (*before, step)))]


@st.composite
def places(draw: st.DrawFn) -> tuple[Any, Path]:
    """Draw a value that holds something, and the path of a part of it."""
    value = draw(PLAIN.filter(paths_in))
    return value, draw(st.sampled_from(paths_in(value)))


@given(places(), PLAIN)
def test_what_was_put_somewhere_stands_there_and_all_else_stays(place: tuple[Any, Path], new: Any) -> None:
    value, path = place
    was = deepcopy(value)
    changed = put(value, path, new)
    assert at(changed, path) == new
    assert put(changed, path, at(was, path)) == was
    assert value == was, "the value that was handed over is not touched"


@given(places())
def test_nothing_put_somewhere_takes_away_what_stands_there_and_no_more(place: tuple[Any, Path]) -> None:
    value, path = place
    was, holder = deepcopy(value), at(value, path[:-1])
    left = at(put(value, path, None), path[:-1])
    assert value == was
    if isinstance(holder, dict):
        assert left == {key: each for key, each in holder.items() if key != path[-1]}
    else:
        assert left == [each for place, each in enumerate(holder) if place != path[-1]]


def test_what_is_missing_is_made_on_the_way_and_what_was_is_found_no_more() -> None:
    assert put({}, ("show", "ko"), "글") == {"show": {"ko": "글"}}
    assert put({"show": {"ko": "글"}}, ("show",), None) == {}
    assert put({}, ("show",), None) == {}
    assert put("whatever", (), ["all of it"]) == ["all of it"]


def test_a_new_key_comes_last_and_a_changed_one_stays_in_its_place() -> None:
    assert list(put({"a": "1", "b": "2"}, ("a",), "3")) == ["a", "b"]
    assert list(put({"a": "1", "b": "2"}, ("c",), "3")) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"facts": ["one"]}, ("facts", 1)),
        ({"facts": ["one"]}, ("facts", "ko")),
        ({"facts": {"ko": "one"}}, ("facts", 0)),
        ({"ask": {"ko": ["하나"]}}, ("ask", "ko", 3)),
        ({"ask": {}}, ("ask", "ko", 0)),
        ([], (0,)),
        ({"title": "a text"}, ("title", "ko")),
        ("a text", ("ask",)),
    ],
)
def test_a_path_that_leads_nowhere_is_an_error_of_its_own_kind(value: Any, path: Path) -> None:
    with pytest.raises(KeyError):
        put(value, path, "new")
    assert at(value, path) is None


@given(PLAIN, st.lists(KEYS | st.integers(0, 5), max_size=4).map(tuple))
def test_looking_never_fails_whatever_the_value_and_the_path(value: Any, path: Path) -> None:
    found = at(value, path)
    assert found is None or path == () or path in paths_in(value)


@given(LINES.map(lambda text: " ".join(text.split())).filter(bool))
def test_a_line_that_was_shown_comes_back_the_same(line: str) -> None:
    assert meant(written(line, Kind.LINE), Kind.LINE) == line


@given(st.lists(LINES.map(lambda text: " ".join(text.split())).filter(bool), max_size=5))
def test_lines_that_were_shown_come_back_the_same(lines: list[str]) -> None:
    assume(not any(line.startswith(("- ", "· ")) for line in lines))
    assert meant(written(lines, Kind.LINES), Kind.LINES) == lines


@given(PLAIN)
@example("hello")
@example([])
@example({"a": ["", {"b": "- "}]})
def test_yaml_that_was_shown_comes_back_the_same(value: Any) -> None:
    assume(written(value, Kind.YAML).strip() != "-")
    assert meant(written(value, Kind.YAML), Kind.YAML) == value


@pytest.mark.parametrize("kind", Kind)
def test_nothing_is_shown_for_what_is_missing(kind: Kind) -> None:
    assert written(None, kind) == ""


def test_a_hyphen_alone_takes_away() -> None:
    assert [meant(" - \n", kind) for kind in Kind] == [None, [], None]


def test_lines_may_be_sent_as_a_list_with_blanks_between() -> None:
    assert meant("- 하나\n\n·  둘   셋 \n넷", Kind.LINES) == ["하나", "둘 셋", "넷"]
    assert list(lines_of("\n \n- \n")) in ([], ["-"])


@pytest.mark.parametrize(
    ("text", "line"), [("ko: 하나\nen: one: two", 2), ("a: [1", 1), ("ko: 하나\nko: 둘", 2), ("a:\n\t- b", 2), ("'", 1)]
)
def test_what_is_no_yaml_is_told_with_its_line_and_a_reason(text: str, line: int) -> None:
    with pytest.raises(BadText) as bad:
        meant(text, Kind.YAML)
    assert bad.value.line in (line, line + 1)
    assert str(bad.value)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(Kind))
def test_whatever_is_sent_is_a_value_or_a_bad_text(text: str, kind: Kind) -> None:
    with suppress(BadText):
        meant(text, kind)


LISTS = st.lists(st.sampled_from(["가", "나", "다 라", "- 마", "title:", "  ko: x"]), max_size=12)


@given(LISTS)
def test_equal_texts_have_no_difference(lines: list[str]) -> None:
    assert difference("\n".join(lines), "\n".join(lines)) == []


@given(LISTS, LISTS)
def test_a_difference_holds_every_line_that_goes_or_comes(old: list[str], new: list[str]) -> None:
    found = difference("\n".join(old), "\n".join(new))
    said = {line: line.strip().removeprefix("- ") for line in {*old, *new}}
    for line in {*old, *new}:
        more = new.count(line) - old.count(line)
        assert found.count(f"+ {said[line]}") - found.count(f"- {said[line]}") == more
    assert bool(found) == (old != new)


def test_a_file_that_is_new_comes_whole_and_one_that_goes_goes_whole() -> None:
    assert difference(None, "a: b\nc: d\n") == ["+ a: b", "+ c: d"]
    assert difference("a: b\n", None) == ["- a: b"]


def entry(**asks: list[str]) -> Draft:
    value = blank_entry() | {"ask": asks}
    return Draft(NAME, yaml_text.write(value), value)


def test_ways_of_asking_go_under_the_language_they_are_written_in() -> None:
    lines = ["어디서 일해요", "where can I work at night", "哪里有工作", "ㅋㅋ 나도 알바"]
    wider, added = with_asks(entry(ko=["일자리 찾기"]), lines)
    assert list(added) == lines
    assert wider.value["ask"] == {
        "ko": ["일자리 찾기", "어디서 일해요", "ㅋㅋ 나도 알바"],
        "en": ["where can I work at night"],
        "zh": ["哪里有工作"],
    }


@pytest.mark.parametrize("again", [ALIKE, "면허어떻게따요", "면허  어떻게 따 요", " 면허 어떻게 따요 "])
def test_what_is_asked_already_is_not_added_again(again: str) -> None:
    wider, added = with_asks(entry(ko=[ALIKE]), [again])
    assert (wider.value["ask"], added) == ({"ko": [ALIKE]}, ())


def test_capitals_do_not_make_another_way_of_asking() -> None:
    _, added = with_asks(entry(en=["How do I get a licence"]), ["how do i get a LICENCE", "HOWDOIGETALICENCE"])
    assert added == ()


def test_what_is_sent_twice_at_once_is_added_once_and_nothing_is_not_added() -> None:
    _, added = with_asks(entry(), [ALIKE, "면허어떻게따요", "", "   "])
    assert added == (ALIKE,)


@pytest.mark.parametrize(
    "value",
    [
        {"ask": "a text"},
        "a text",
        {"ask": {"ko": "a text"}},
        {"ask": {"ko": [["a"]]}},
    ],
)
def test_ways_of_asking_can_be_added_to_what_does_not_fit_its_form_and_nothing_is_torn_apart(value: Any) -> None:
    wider, added = with_asks(Draft(NAME, "", value), [ALIKE])
    assert added == (ALIKE,)
    assert wider.value["ask"]["ko"][-1] == ALIKE
    assert "a" not in wider.value["ask"]["ko"]


@given(st.lists(WORDS, max_size=5))
def test_adding_ways_of_asking_twice_adds_nothing_the_second_time(lines: list[str]) -> None:
    once, _ = with_asks(entry(ko=[ALIKE]), lines)
    twice, added = with_asks(once, lines)
    assert (twice.value, added) == (once.value, ())


def test_ways_of_asking_are_found_by_their_words_whatever_the_spaces() -> None:
    draft = entry(ko=["면허 어떻게 따요", "운전 면허비 얼마"], en=["driving licence"])
    ko, en = Language.KO, Language.EN
    assert asks_with(draft, "어떻게따") == [(ko, 0, "면허 어떻게 따요")]
    assert [place for _, place, _ in asks_with(draft, "면 허")] == [0, 1]
    assert asks_with(draft, "LICENCE") == [(en, 0, "driving licence")]
    assert asks_with(draft, "없는 말") == []


@given(PLAIN)
@settings(max_examples=200)
def test_an_edit_has_a_text_whatever_its_value_and_problems_where_it_does_not_fit(value: Any) -> None:
    draft = Draft(NAME, "title: {}\n", value)
    assert isinstance(draft.text, str)
    assert yaml_text.read(draft.text).value == value
    assert form_problems(draft)
    with pytest.raises(Unreadable):
        source_of(draft)


def test_the_text_of_an_edit_that_fits_is_canonical_however_it_was_typed() -> None:
    from_file = (KNOWLEDGE / f"{NAME}").read_text(encoding="utf-8")
    value = yaml_text.read(from_file).value
    shuffled = dict(reversed(value.items())) | {"title": dict(reversed(value["title"].items()))}
    draft = Draft(NAME, from_file, shuffled)
    assert draft.text == from_file == canonical(source_of(draft))
    assert not draft.changes_something
    assert form_problems(draft) == ()
    assert source_of(draft).value == read_source(NAME, from_file.encode()).value


def test_an_edit_that_was_only_begun_changes_nothing() -> None:
    text = (KNOWLEDGE / NAME).read_text(encoding="utf-8")
    draft = draft_of(NAME, text)
    assert (draft.id, draft.text, draft.changes_something) == ("work-find", text, False)


def test_a_file_that_is_to_go_has_no_text_and_no_problems() -> None:
    draft = Draft(NAME, "title: x\n", {"title": "x"}, Change({"stages.yaml": "a"}, {"stages.yaml": "b"}), gone=True)
    assert (draft.text, form_problems(draft), draft.changes_something) == (None, (), True)
    assert draft.change.after == {NAME: None, "stages.yaml": "b"}


def test_a_new_entry_names_every_blank_that_must_be_filled_in() -> None:
    blanks = {".".join(map(str, path)) for path in paths_in(blank_entry()) if at(blank_entry(), path) == ""}
    problems = form_problems(Draft(entry_name("work", "work-night"), None, blank_entry()))
    fields = {problem.field for problem in problems}
    assert blanks
    assert blanks <= fields
    assert {problem.file for problem in problems} == {"advice/work/work-night.yaml"}
    assert all(problem.expected_ko and problem.expected_en and problem.line for problem in problems)


# --- two edits of one file -----------------------------------------------------------------------------------------


def test_two_edits_that_do_not_touch_are_put_together() -> None:
    base = {"title": {"ko": "가", "en": "a"}, "ask": {"ko": ["하나", "둘", "셋"]}, "notes": "n"}
    mine = {"title": {"ko": "나", "en": "a"}, "ask": {"ko": ["하나", "셋", "넷"]}, "notes": "n"}
    theirs = {"title": {"ko": "가", "en": "b"}, "ask": {"ko": ["하나", "둘", "셋", "다섯"]}, "notes": "n"}
    assert merged(base, mine, theirs) == {
        "title": {"ko": "나", "en": "b"}, "ask": {"ko": ["하나", "셋", "다섯", "넷"]}, "notes": "n",
    }  # fmt: skip


def test_two_edits_of_one_place_are_not() -> None:
    with pytest.raises(Clash):
        merged({"notes": "n"}, {"notes": "m"}, {"notes": "o"})


@given(PLAIN, PLAIN)
def test_an_edit_of_what_nobody_else_changed_stands_as_it_is(base: Any, mine: Any) -> None:
    assert merged(base, mine, base) == mine
    assert merged(base, base, mine) == mine
    assert merged(base, mine, mine) == mine
