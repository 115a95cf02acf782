"""An entry is retired and everything follows its successor; what is overdue is found, and held to be right again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.core.building import opener_for
from bot.core.editing import Change, Draft, source_of
from bot.core.knowledge import yaml_text
from bot.core.knowledge.checks import problems_of
from bot.core.knowledge.loading import Source, assemble, canonical, read_folder, read_source
from bot.core.knowledge.models import FactKind
from bot.core.knowledge.whole import Knowledge, texts_of
from bot.core.language.normal import spaceless
from bot.core.model import Action, Feedback, Language, Verb
from bot.core.opening import _OF_ENTRIES, Opener
from bot.core.overdue import CENTER, CONTACT, FACT, SOON, dated, due, still_right
from bot.core.retiring import RETIRED, retiring
from bot.publishing import with_change

TODAY = date(2026, 11, 21)
RETIRED_ONES = {
    "work-choose": "work-find",
    "driving-worth": "driving-licence",
    "tax-insurance": "money-save",
    "hana-find": "hana-center",
}
"""Entries named by stages, people, concepts and other entries, each with a related one."""


@dataclass(frozen=True)
class Folder:
    """The files of a knowledge folder, read."""

    sources: Mapping[str, Source]

    @property
    def texts(self) -> Mapping[str, str]:
        return {name: source.text for name, source in self.sources.items()}

    @property
    def knowledge(self) -> Knowledge:
        return assemble(self.sources)

    def after(self, draft: Draft) -> "Folder":
        texts = with_change(self.texts, draft.change)
        kept = {name: source for name, source in self.sources.items() if texts.get(name) == source.text}
        return Folder({name: kept.get(name) or read_source(name, text.encode()) for name, text in texts.items()})

    def without(self, id_: str, successor: str) -> "Folder":
        return self.after(retiring(self.texts, self.knowledge, id_, successor))


@pytest.fixture(scope="module")
def before(small_folder: Path) -> Folder:
    return Folder(read_folder(small_folder))


@pytest.fixture(scope="module")
def after(before: Folder) -> Folder:
    """Return the knowledge without any of RETIRED_ONES, retired one after the other."""
    folder = before
    for id_, successor in RETIRED_ONES.items():
        folder = folder.without(id_, successor)
    return folder


@pytest.fixture(scope="module")
def opened_after(after: Folder) -> Opener:
    return opener_for(after.knowledge, lambda: TODAY)


def test_without_them_the_knowledge_passes_every_check(before: Folder, after: Folder) -> None:
    assert set(before.knowledge.entries) - set(after.knowledge.entries) == set(RETIRED_ONES)
    assert list(problems_of(after.sources)) == []


def test_those_retired_here_are_named_in_every_register_that_names_entries(before: Folder) -> None:
    for register in ("stages.yaml", "people.yaml", "concepts.yaml"):
        assert any(id_ in before.texts[register] for id_ in RETIRED_ONES), register


@pytest.mark.parametrize("id_", RETIRED_ONES)
def test_nothing_names_a_retired_entry_but_the_list_of_the_retired(after: Folder, id_: str) -> None:
    assert after.knowledge.current(id_) == RETIRED_ONES[id_]
    for name, text in after.texts.items():
        quoted = [line for line in text.splitlines() if line.strip().removeprefix("- ").removeprefix("entry: ") == id_]
        assert quoted == [], name


@pytest.mark.parametrize("id_", RETIRED_ONES)
@pytest.mark.parametrize("verb", sorted(_OF_ENTRIES))
@pytest.mark.parametrize("language", [Language.KO, Language.EN])
def test_an_old_button_shows_what_the_same_button_of_the_successor_shows(
    opened_after: Opener, id_: str, verb: Verb, language: Language
) -> None:
    more = {Verb.FEEDBACK: f".{Feedback.HELPFUL}", Verb.ASPECT: ".cost", Verb.CHOICES: ".bot-person"}.get(verb, "")
    way = "first-weeks.work." if verb is Verb.STAGE_CARD else ""
    old, new = (
        opened_after.open(Action(verb, language, f"{way}{each}{more}", below=True)) for each in (id_, RETIRED_ONES[id_])
    )
    assert old == new
    shown = (Verb.SHOW, Verb.CALL)  # not every card has something to hold up
    assert new or verb in shown


@pytest.mark.parametrize(("id_", "successor"), RETIRED_ONES.items())
def test_every_way_of_asking_moves_to_the_successor_once(
    before: Folder, after: Folder, id_: str, successor: str
) -> None:
    old = {spaceless(text) for _, text in texts_of(before.knowledge.entries[id_].content.ask)}
    own = {spaceless(text) for _, text in texts_of(before.knowledge.entries[successor].content.ask)}
    now = [spaceless(text) for _, text in texts_of(after.knowledge.entries[successor].content.ask)]
    assert set(now) == old | own
    assert len(now) == len(set(now))


def test_what_is_written_is_canonical_and_only_what_changes(before: Folder) -> None:
    draft = retiring(before.texts, before.knowledge, "work-choose", "work-find")
    assert draft.gone
    assert draft.change.after[draft.name] is None
    assert set(draft.change.before) == set(draft.change.after)
    for name, text in draft.others.after.items():
        assert draft.others.before[name] == before.texts[name] != text
        assert text == canonical(read_source(name, (text or "").encode()))


def test_an_old_button_leads_to_the_last_of_a_chain(before: Folder) -> None:
    folder = before.without("driving-worth", "driving-test-help").without("driving-test-help", "driving-licence")
    assert folder.knowledge.retired == {"driving-worth": "driving-licence", "driving-test-help": "driving-licence"}
    opener = opener_for(folder.knowledge, lambda: TODAY)
    cards = [opener.open(Action(Verb.CARD, Language.KO, id_)) for id_ in (*folder.knowledge.retired, "driving-licence")]
    assert cards[0] == cards[1] == cards[2] is not None


def test_retiring_can_be_taken_back(before: Folder) -> None:
    draft = retiring(before.texts, before.knowledge, "work-choose", "work-find")
    folder = before.after(draft)
    assert with_change(folder.texts, Change(draft.change.after, draft.change.before)) == before.texts


def test_the_list_of_the_retired_is_kept_beside_the_entries(before: Folder) -> None:
    folder = before.without("work-choose", "work-find")
    assert yaml_text.read(folder.texts[RETIRED]).value == {"work-choose": "work-find"}


# --- what is overdue ---


def test_what_is_due_comes_a_month_before_its_day_and_the_longest_overdue_first(before: Folder) -> None:
    every = sorted(dated(before.knowledge), key=lambda each: each.review_by)
    first, last = every[0].review_by, every[-1].review_by
    assert due(before.knowledge, first - timedelta(days=SOON)) == []
    assert {each.review_by for each in due(before.knowledge, first - timedelta(days=SOON - 1))} == {first}
    assert due(before.knowledge, first, ahead=0) == [], "on its day it still holds"
    assert {each.review_by for each in due(before.knowledge, first + timedelta(days=1), ahead=0)} == {first}
    found = due(before.knowledge, last + timedelta(days=1), ahead=0)
    assert [each.review_by for each in found] == [each.review_by for each in every]
    assert {each.kind for each in found} == {FACT, CONTACT, CENTER}


def test_everything_that_bears_a_date_is_looked_at(before: Folder) -> None:
    k = before.knowledge
    facts = [fact.id for entry in k.entries.values() for fact in entry.content.facts]
    assert sorted(each.id for each in dated(k)) == sorted([*facts, *k.contacts, *k.centers])


@pytest.mark.parametrize("kind", FactKind)
def test_a_fact_that_is_still_right_may_hold_for_as_long_as_its_kind_does(before: Folder, kind: FactKind) -> None:
    facts = [(fact, entry) for entry in before.knowledge.entries.values() for fact in entry.content.facts]
    found = next(((fact, entry) for fact, entry in facts if fact.kind is kind), None)
    if found is None:
        pytest.skip(f"no fact about {kind} in the knowledge")
    fact, entry = found
    draft = still_right(before.texts, before.knowledge, FACT, fact.id, TODAY)
    assert draft
    again = TODAY + timedelta(days=365 if kind is FactKind.PROCEDURE else 180)
    dates = {"checked": TODAY, "review_by": again}
    renewed = tuple(each.model_copy(update=dates) if each.id == fact.id else each for each in entry.content.facts)
    assert source_of(draft).value == entry.content.model_copy(update={"facts": renewed})


@pytest.mark.parametrize(("kind", "file"), [(CONTACT, "contacts.yaml"), (CENTER, "centers.yaml")])
def test_a_telephone_number_and_a_center_may_hold_for_half_a_year(before: Folder, kind: str, file: str) -> None:
    id_ = next(each.id for each in dated(before.knowledge) if each.kind == kind)
    draft = still_right(before.texts, before.knowledge, kind, id_, TODAY)
    assert draft
    assert list(draft.change.after) == [file]
    was = before.sources[file].value
    dates = {"checked": TODAY, "review_by": TODAY + timedelta(days=180)}
    assert source_of(draft).value == was | {id_: was[id_].model_copy(update=dates)}


def test_what_was_said_to_be_right_is_due_no_longer(before: Folder) -> None:
    then = max(each.review_by for each in dated(before.knowledge)) + timedelta(days=1)
    folder, first = before, due(before.knowledge, then)[0]
    draft = still_right(folder.texts, folder.knowledge, first.kind, first.id, then)
    assert draft
    left = due(folder.after(draft).knowledge, then)
    assert (first.kind, first.id) not in [(each.kind, each.id) for each in left]
    assert len(left) == len(due(folder.knowledge, then)) - 1


@pytest.mark.parametrize(
    ("kind", "id_"), [(FACT, "no-such-fact"), (CONTACT, "work-find-officer"), ("", ""), ("?", "x")]
)
def test_what_is_not_there_cannot_be_right(before: Folder, kind: str, id_: str) -> None:
    assert still_right(before.texts, before.knowledge, kind, id_, TODAY) is None
