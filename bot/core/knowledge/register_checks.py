"""Checks on the registers: every id points at something, and what is said in two places agrees."""

from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from bot.core.knowledge import yaml_text
from bot.core.knowledge.figure_checks import figures_in
from bot.core.knowledge.loading import Source
from bot.core.knowledge.message_models import UrgentFile
from bot.core.knowledge.models import WordKind
from bot.core.knowledge.places import Found, Sources, entries_in
from bot.core.language.normal import spaceless
from bot.core.model import Language


def ids_in(sources: Sources) -> frozenset[str]:
    """Return the id of every entry and of every kind of emergency."""
    entries = (Path(source.name).stem for source, _ in entries_in(sources))
    return frozenset(chain(entries, sources["urgent.yaml"].value.kinds))


def categories(sources: Sources) -> Found:
    """Yield each entry that stands in a folder which is no category."""
    known = {category.id for category in sources["advice/categories.yaml"].value}
    for source, _ in entries_in(sources):
        category = source.name.split("/")[1]
        if category not in known:
            yield source.problem((), category, "unknown_category")


def references(sources: Sources) -> Found:
    """Yield each id that points at nothing."""
    urgent: UrgentFile = sources["urgent.yaml"].value
    names = ids_in(sources)
    contacts, people = sources["contacts.yaml"].value, sources["people.yaml"].value
    stage_ids = [stage.id for stage in sources["stages.yaml"].value]
    for source, entry in entries_in(sources):
        yield from unknown(source, ("contacts",), entry.contacts, contacts, "contacts.yaml")
        yield from unknown(source, ("stages",), entry.stages, stage_ids, "stages.yaml")
        yield from unknown(source, ("related",), entry.related, names, "advice/")
        yield from unknown(source, ("voices",), (voice.person for voice in entry.voices), people, "people.yaml")
        if Path(source.name).stem in entry.related:
            yield source.problem(("related",), Path(source.name).stem, "itself")
    for name, kind in urgent.kinds.items():
        where = ("kinds", name, "contacts")
        yield from unknown(sources["urgent.yaml"], where, kind.contacts, contacts, "contacts.yaml")


def retired(sources: Sources) -> Found:
    """Yield each retired id that is still an entry, and each whose successor is none."""
    source, names = sources["advice/retired.yaml"], ids_in(sources)
    for id_, successor in source.value.items():
        if id_ in names:
            yield source.problem((id_,), id_, "not_retired")
        if successor not in names:
            yield source.problem((id_,), successor, "unknown_id", register="advice/")


def unknown(source: Source, path: yaml_text.Path, ids: Iterable[str], known: Iterable[str], register: str) -> Found:
    """Yield each of `ids`, a list at `path`, that is none of those `known` to a register."""
    for at, id_ in enumerate(ids):
        if id_ not in set(known):
            yield source.problem((*path, at), id_, "unknown_id", register=register)


def facts(sources: Sources) -> Found:
    """Yield each fact id that is used twice, and each date of review that is not after the last look."""
    seen: dict[str, str] = {}
    for source, entry in entries_in(sources):
        for at, fact in enumerate(entry.facts):
            other = seen.setdefault(fact.id, source.name)
            if other != source.name or fact.id in [earlier.id for earlier in entry.facts[:at]]:
                yield source.problem(("facts", at, "id"), fact.id, "same_fact", other=other)
            if fact.review_by <= fact.checked:
                yield source.problem(("facts", at, "review_by"), fact.review_by, "review_order")
    for name in ("contacts.yaml", "centers.yaml"):
        for id_, dated in sources[name].value.items():
            if dated.review_by <= dated.checked:
                yield sources[name].problem((id_, "review_by"), dated.review_by, "review_order")


def stages(sources: Sources) -> Found:
    """Yield each question of stages.yaml whose entry does not name that stage, and each stage without a question."""
    source = sources["stages.yaml"]
    named = {Path(each.name).stem: entry.stages for each, entry in entries_in(sources)}
    listed: set[tuple[str, str]] = set()
    parts = {category.id for category in sources["advice/categories.yaml"].value}
    for at, stage in enumerate(source.value):
        for part_at, part in enumerate(stage.parts):
            where: yaml_text.Path = (at, "parts", part_at)
            if part.category not in parts:
                yield source.problem((*where, "category"), part.category, "unknown_id", register="categories.yaml")
            for question_at, question in enumerate(part.questions):
                listed.add((question.entry, stage.id))
                if stage.id not in named.get(question.entry, ()):
                    path = (*where, "questions", question_at, "entry")
                    yield source.problem(path, question.entry, "stage_differs", stage=stage.id)
    for each, entry in entries_in(sources):
        for at, stage_id in enumerate(entry.stages):
            if (Path(each.name).stem, stage_id) not in listed:
                yield each.problem(("stages", at), stage_id, "stage_without_question")


def ledger(sources: Sources) -> Found:
    """Yield each piece of advice that an entry does not carry, and each voice that the ledger does not know."""
    source = sources["people.yaml"]
    voices = {(Path(each.name).stem, voice.person) for each, entry in entries_in(sources) for voice in entry.voices}
    known: set[tuple[str, str]] = set()
    for name, person in source.value.items():
        for at, advice in enumerate(person.advice):
            for entry_at, entry_id in enumerate(advice.entries):
                known.add((entry_id, name))
                if (entry_id, name) not in voices:
                    path = (name, "advice", at, "entries", entry_at)
                    yield source.problem(path, entry_id, "advice_not_carried", person=name)
    for each, entry in entries_in(sources):
        for at, voice in enumerate(entry.voices):
            if (Path(each.name).stem, voice.person) not in known:
                yield each.problem(("voices", at), voice.person, "voice_not_in_ledger")


def concepts(sources: Sources) -> Found:
    """Yield each concept of an unknown entry, and each name that two concepts have."""
    source = sources["concepts.yaml"]
    names = ids_in(sources)
    seen: dict[str, str] = {}
    for at, concept in enumerate(source.value):
        if concept.entry not in names:
            yield source.problem((at, "entry"), concept.entry, "unknown_id", register="advice/")
        for field in ("words", "english"):
            for word_at, word in enumerate(getattr(concept, field)):
                other = seen.setdefault(spaceless(word), concept.id)
                if other != concept.id:
                    yield source.problem((at, field, word_at), word, "same_word", other=other)


def words(sources: Sources) -> Found:
    """Yield each northern and each hard word that stands in the lists twice, and each explanation with a figure."""
    lists = [source for name, source in sources.items() if name.startswith("words/")]
    kept = (WordKind.LOANWORD, WordKind.ABBREVIATION)
    every = [
        (source, at, word.kind in kept, name)
        for source in lists
        for at, word in enumerate(source.value)
        for name in {spaceless(name) for name in (*word.north, *(word.south if word.kind in kept else ()))}
    ]
    often = Counter((new, name) for _, _, new, name in every)
    for source, at, new, name in every:
        if often[new, name] > 1:
            yield source.problem((at,), name, "same_word", other="words/")
    for source in lists:
        for at, word in enumerate(source.value):
            if figures_in(word.ko, Language.KO):
                yield source.problem((at, "ko"), word.ko, "figure_in_word")
