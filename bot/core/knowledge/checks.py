"""Every check on content that needs more than one field: the same for the command line, the start and a preview."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from bot.core.knowledge import yaml_text
from bot.core.knowledge.loading import Source, Unreadable, assemble, canonical, read_folder
from bot.core.knowledge.models import UrgentFile
from bot.core.knowledge.places import Found, Sources, entries_in
from bot.core.knowledge.problems import problem
from bot.core.knowledge.text_checks import doubled, few, lengths, numbers
from bot.core.knowledge.urgent_checks import urgent_wordings
from bot.core.knowledge.whole import Knowledge


def load(folder: Path) -> Knowledge:
    """Return the knowledge in `folder`; raise Unreadable with every problem of every file."""
    sources = read_folder(folder)
    problems = list(problems_of(sources))
    if problems:
        raise Unreadable(problems)
    return assemble(sources)


def problems_of(sources: Sources) -> Found:
    """Yield every problem of content in files whose form is right."""
    for check in CHECKS:
        yield from check(sources)


def _canonical(sources: Sources) -> Found:
    for source in sources.values():
        if canonical(source) != source.text:
            at = _first_difference(source.text, canonical(source))
            found = "".join(source.text.splitlines()[at : at + 1]).strip()
            yield problem(source.name, at + 1, (), found or "-", "not_canonical")


def _first_difference(text: str, wanted: str) -> int:
    pairs = zip(text.splitlines(), wanted.splitlines(), strict=False)
    return next((at for at, (have, want) in enumerate(pairs) if have != want), 0)


def _categories(sources: Sources) -> Found:
    known = {category.id for category in sources["advice/categories.yaml"].value}
    for source, _ in entries_in(sources):
        category = source.name.split("/")[1]
        if category not in known:
            yield source.problem((), category, "unknown_category")


def _references(sources: Sources) -> Found:
    """Yield each id that points at nothing."""
    urgent: UrgentFile = sources["urgent.yaml"].value
    names = {Path(source.name).stem for source, _ in entries_in(sources)} | set(urgent.kinds)
    contacts, people = sources["contacts.yaml"].value, sources["people.yaml"].value
    for source, entry in entries_in(sources):
        yield from _unknown(source, ("contacts",), entry.contacts, contacts, "contacts.yaml")
        yield from _unknown(source, ("stages",), entry.stages, sources["stages.yaml"].value, "stages.yaml")
        yield from _unknown(source, ("related",), entry.related, names, "advice/")
        yield from _unknown(source, ("voices",), (voice.person for voice in entry.voices), people, "people.yaml")
        if Path(source.name).stem in entry.related:
            yield source.problem(("related",), Path(source.name).stem, "itself")
    for name, kind in urgent.kinds.items():
        where = ("kinds", name, "contacts")
        yield from _unknown(sources["urgent.yaml"], where, kind.contacts, contacts, "contacts.yaml")


def _unknown(source: Source, path: yaml_text.Path, ids: Iterable[str], known: Iterable[str], register: str) -> Found:
    for at, id_ in enumerate(ids):
        if id_ not in set(known):
            yield source.problem((*path, at), id_, "unknown_id", register=register)


def _facts(sources: Sources) -> Found:
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


CHECKS: Final[tuple[Callable[[Sources], Found], ...]] = (
    _canonical, _categories, _references, _facts, few, doubled, lengths, numbers, urgent_wordings,
)  # fmt: skip
"""The checks in the order in which they run."""
