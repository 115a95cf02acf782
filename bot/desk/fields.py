"""The places of the knowledge that a coordinator can change in the group, and how buttons name them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from bot.core.editing import Draft, Kind, at, entry_name
from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Knowledge
from bot.core.knowledge.yaml_text import Path
from bot.core.model import Language
from bot.core.overdue import CENTERS, CONTACTS, REGISTERS

_ENTRY_FIELDS: Final[Mapping[str, Kind]] = {
    "title.ko": Kind.LINE,
    "title.en": Kind.LINE,
    "answer.ko.lead": Kind.LINE,
    "answer.en.lead": Kind.LINE,
    "answer.ko.steps": Kind.LINES,
    "answer.en.steps": Kind.LINES,
    "voices": Kind.YAML,
    "facts": Kind.YAML,
    "contacts": Kind.LINES,
    "search_words": Kind.YAML,
    "show": Kind.YAML,
    "call": Kind.YAML,
    "origin": Kind.LINE,
    "related": Kind.LINES,
    "stages": Kind.LINES,
    "notes": Kind.LINE,
}
"""The fields of an entry that have buttons, by their paths; ways of asking are added and taken away by themselves."""


@dataclass(frozen=True, slots=True)
class Field:
    """A place in a file: `ref` names the entry or the record, `path` where in the file it stands."""

    ref: str
    name: str
    path: Path
    key: str
    kind: Kind

    @property
    def target(self) -> str:
        """How a button names it."""
        return f"{self.ref}.{self.key}" if self.key else self.ref


def mark(text: str) -> str:
    """Return eight letters by which a button knows that the text it speaks of is still the same."""
    return f"{crc32(text.encode()):08x}"


def number(text: str) -> int:
    """Return the number in a button's target, or 0 for what is none."""
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def field_of(knowledge: Knowledge, target: str, draft: Draft | None = None) -> Field | None:
    """Return the place that a button names, or None if there is none; a new entry is known by its `draft` alone."""
    first, *rest = target.split(".")
    if first in REGISTERS:
        record, *more = rest or [""]
        register: Mapping[str, object] = knowledge.contacts if first == CONTACTS else knowledge.centers
        if record not in register or more:
            return None
        return Field(f"{first}.{record}", REGISTERS[first], (record,), "", Kind.YAML)
    key = ".".join(rest)
    path: Path = tuple(int(part) if _is_number(part) else part for part in rest)
    kind = _ENTRY_FIELDS.get(key) or _kind_of_item(path)
    name = draft.name if draft and draft.id == first else name_of(knowledge, first)
    return Field(first, name, path, key, kind) if kind and name else None


def _kind_of_item(path: Path) -> Kind | None:
    """Return how one item of a list is written: a fact as YAML, a way of asking as a line."""
    if len(path) == 2 and path[0] == "facts" and isinstance(path[1], int):
        return Kind.YAML
    return Kind.LINE if len(path) == 3 and path[0] == "ask" and isinstance(path[2], int) else None


def records_named(knowledge: Knowledge, words: str, language: Language) -> list[tuple[str, str]]:
    """Return (button's name, label) of telephone numbers and Hana Centers with the words in id, name or number."""
    wanted = words.casefold()
    contacts = [
        (f"{CONTACTS}.{id_}", id_, f"{said(c.name, language)} {c.number}") for id_, c in knowledge.contacts.items()
    ]
    centers = [(f"{CENTERS}.{id_}", id_, said(center.name, language)) for id_, center in knowledge.centers.items()]
    return [(target, label) for target, id_, label in (*contacts, *centers) if wanted in f"{id_} {label}".casefold()]


def name_of(knowledge: Knowledge, id_: str) -> str:
    """Return the name of the file of an entry, or "" if there is no such entry."""
    entry = knowledge.entries.get(id_)
    return entry_name(entry.category, id_) if entry else ""


def fields_of(ref: str, draft: Draft) -> list[Field]:
    """Return the fields of an entry's draft that have buttons; each fact has one of its own."""
    found = [Field(ref, draft.name, tuple(key.split(".")), key, kind) for key, kind in _ENTRY_FIELDS.items()]
    facts: list[Any] = at(draft.value, ("facts",)) or []
    place = next(number for number, field in enumerate(found) if field.key == "facts") + 1
    single = [Field(ref, draft.name, ("facts", n), f"facts.{n}", Kind.YAML) for n in range(len(facts))]
    return [*found[:place], *single, *found[place:]]
