"""Where in the folder the entries and the groups of texts stand: what every check walks over."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from bot.core.knowledge import forms, yaml_text
from bot.core.knowledge.loading import Source
from bot.core.knowledge.models import Asks, EntryContent
from bot.core.knowledge.problems import Problem
from bot.core.model import Language

Sources: TypeAlias = Mapping[str, Source]
Found: TypeAlias = Iterator[Problem]


@dataclass(frozen=True, slots=True)
class Group:
    """A group of texts, and where it stands.

    `asked` says that they are ways of asking; `urgent` names the kind of emergency that each of them must bring;
    without `heard` it is left open whether they bring one.
    """

    source: Source
    path: yaml_text.Path
    asks: Asks
    asked: bool = False
    urgent: str = ""
    heard: bool = True

    def texts(self) -> Iterator[tuple[yaml_text.Path, str]]:
        """Yield each text with its path in the file."""
        for language in Language:
            yield from (((*self.path, language.value, at), text) for at, text in enumerate(self.asks.of(language)))


def entries_in(sources: Sources) -> Iterator[tuple[Source, EntryContent]]:
    """Yield each entry's file and what it says."""
    return ((s, s.value) for name, s in sources.items() if forms.form_of(name) is forms.ENTRY)


def groups_in(sources: Sources) -> Iterator[Group]:
    """Yield every group of texts of the folder: of entries, emergencies, courtesies, what is not covered."""
    for source, entry in entries_in(sources):
        yield Group(source, ("ask",), entry.ask, asked=True)
    urgent = sources["urgent.yaml"]
    for name, kind in urgent.value.kinds.items():
        yield Group(urgent, ("kinds", name, "heard"), kind.heard, urgent=name)
    texts = sources["urgent_texts.yaml"]
    for name, asks in texts.value.urgent.items():
        yield Group(texts, ("urgent", name), asks, asked=True, heard=False)
    yield Group(texts, ("lookalike",), texts.value.lookalike)
    courtesies = sources["courtesies.yaml"]
    yield Group(courtesies, ("hello",), courtesies.value.hello)
    yield Group(courtesies, ("thanks",), courtesies.value.thanks)
    asked_for = sources["requests.yaml"]
    for name, asks in asked_for.value.items():
        yield Group(asked_for, (name,), asks)
    not_covered = sources["not_covered.yaml"]
    for path, asks in not_covered.value.groups():
        yield Group(not_covered, path, asks)
