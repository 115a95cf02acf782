"""A coordinator's change to the knowledge: what stood in which files, and what is to stand there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from bot.core.knowledge import yaml_text
from bot.core.knowledge.loading import Source, Unreadable, canonical, read_source
from bot.core.knowledge.problems import Problem, of_broken
from bot.core.knowledge.yaml_text import Path
from bot.core.language.normal import spaceless
from bot.core.language.reading import language_of
from bot.core.model import Language


@dataclass(frozen=True, slots=True)
class Change:
    """What files of the knowledge folder held when the change was begun, and what they are to hold; the same names.

    None stands for "no such file": before, of a new file; after, of one that is to go.
    """

    before: Mapping[str, str | None]
    after: Mapping[str, str | None]


class Kind(StrEnum):
    """How a value is written in a message: as one line, as a list of lines, or as YAML."""

    LINE = "line"
    LINES = "lines"
    YAML = "yaml"


class BadText(ValueError):
    """A text that cannot be read as a value; `line` counts from 1. The message is the reader's own word."""

    def __init__(self, broken: yaml_text.BrokenYaml) -> None:
        super().__init__(broken.reason)
        self.line, self._broken = broken.line, broken

    def said(self, language: Language) -> str:
        """Return the reason in the words of coordinators, as far as there are any."""
        if self._broken.code == "broken_yaml":
            return str(self)
        told = of_broken("", self._broken)
        sentence = told.expected_en if language is Language.EN else told.expected_ko
        return f"{told.found}: {sentence}" if self._broken.key is not None else sentence


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as somebody wants it: its text `before` (None for a new one) and the plain value it is to hold.

    `others` are files that follow, with their texts; `gone` says that the file itself is to go. `told` are the sealed
    ways back to those who asked for it, each after the language they asked in ("ko:…").
    """

    name: str
    before: str | None
    value: Any
    others: Change = field(default_factory=lambda: Change({}, {}))
    gone: bool = False
    told: tuple[str, ...] = ()
    _made: list[tuple[str, tuple[Problem, ...]]] = field(default_factory=list, init=False, compare=False, repr=False)
    """The text and its problems, once they were made: that takes a tenth of a second for a large entry."""

    @property
    def id(self) -> str:
        """The id of the entry, or the name of the register."""
        return PurePosixPath(self.name).stem

    @property
    def text(self) -> str | None:
        """The text the file is to have: canonical if it fits its form, None if it is to go."""
        return None if self.gone else self.made[0]

    @property
    def made(self) -> tuple[str, tuple[Problem, ...]]:
        """The text of the value, and what keeps it from fitting its form."""
        if not self._made:
            written = yaml_text.write(self.value)
            try:
                self._made.append((canonical(read_source(self.name, written.encode())), ()))
            except Unreadable as unreadable:
                self._made.append((written, unreadable.problems))
        return self._made[0]

    @property
    def change(self) -> Change:
        """All files that it touches."""
        return Change({self.name: self.before, **self.others.before}, {self.name: self.text, **self.others.after})

    @property
    def changes_something(self) -> bool:
        """Whether anything is to be different."""
        return self.change.before != self.change.after


def draft_of(name: str, text: str) -> Draft:
    """Return a draft that changes nothing yet; raise BrokenYaml for a file that cannot be read."""
    return Draft(name, text, yaml_text.read(text).value)


def form_problems(draft: Draft) -> tuple[Problem, ...]:
    """Return what keeps a draft from fitting its form."""
    return () if draft.gone else draft.made[1]


def source_of(draft: Draft) -> Source:
    """Return a draft as a file that was read; raise Unreadable if it does not fit its form."""
    return read_source(draft.name, (draft.text or "").encode())


def at(value: Any, path: Path) -> Any:
    """Return what stands at `path` of a plain value, or None if nothing does."""
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def put(value: Any, path: Path, new: Any) -> Any:
    """Return a copy of a plain value with `new` at `path`; None takes away what stands there.

    Raise KeyError for a path that leads nowhere.
    """
    if not path:
        return new
    first, rest = path[0], path[1:]
    if isinstance(value, list) and isinstance(first, int) and first < len(value):
        items = [put(each, rest, new) if place == first else each for place, each in enumerate(value)]
        return [each for each in items if each is not None]
    if not (value is None or isinstance(value, dict)) or not isinstance(first, str):
        raise KeyError(first)
    inner = put((value or {}).get(first, {} if rest else None), rest, new)
    kept = {key: each for key, each in (value or {}).items() if key != first or inner is not None}
    return kept if inner is None else kept | {first: inner}


def written(value: Any, kind: Kind) -> str:
    """Return a plain value as somebody may copy it, change it and send it back."""
    if value is None:
        return ""
    if kind is Kind.LINES and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "\n".join(value)
    return str(value) if kind is Kind.LINE else yaml_text.write(value).rstrip("\n")


class Clash(ValueError):
    """Two people changed the same place in different ways."""


def merged(base: Any, mine: Any, theirs: Any) -> Any:
    """Return a plain value with what changed from `base` to `mine` made in `theirs` too; raise Clash if it cannot be.

    Mappings are merged key by key, lists of as many items item by item; of lists of texts, what one side added or took
    away is added or taken away.
    """
    if mine in (theirs, base):
        return theirs
    if theirs == base:
        return mine
    if all(isinstance(each, dict) for each in (base, mine, theirs)):
        keys = dict.fromkeys((*theirs, *mine))
        found = {key: merged(base.get(key), mine.get(key), theirs.get(key)) for key in keys}
        return {key: each for key, each in found.items() if each is not None}
    if all(_is_texts(each) for each in (base, mine, theirs)):
        gone, come = [each for each in base if each not in mine], [each for each in mine if each not in base]
        return [*(each for each in theirs if each not in gone), *(each for each in come if each not in theirs)]
    if all(isinstance(each, list) and len(each) == len(base) for each in (base, mine, theirs)):
        return [merged(*each) for each in zip(base, mine, theirs, strict=True)]
    raise Clash


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value) and len(set(value)) == len(value)


def rebased(draft: Draft, texts: Mapping[str, str]) -> Draft:
    """Return an edit as a change of what the files hold now; raise Clash where it speaks of the same places.

    An edit of several files, a new one, or one of a file that is gone is not merged: Clash.
    """
    now = texts.get(draft.name)
    if draft.before is None or now is None or draft.gone or draft.others.after:
        raise Clash
    value = merged(yaml_text.read(draft.before).value, draft.value, yaml_text.read(now).value)
    return replace(draft, before=now, value=value)


NOTHING = "-"
"""Sent alone, it takes away what may be missing."""


def meant(text: str, kind: Kind) -> Any:
    """Return the value that a message means, None for NOTHING; raise BadText where it cannot be read."""
    if text.strip() == NOTHING:
        return [] if kind is Kind.LINES else None
    if kind is Kind.LINES:
        return list(lines_of(text))
    if kind is Kind.LINE:
        return " ".join(text.split())
    try:
        return yaml_text.read(text).value
    except yaml_text.BrokenYaml as broken:
        raise BadText(broken) from None


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of a message that say something, without what marks a list."""
    for line in text.splitlines():
        said = " ".join(line.removeprefix("- ").removeprefix("· ").split())
        if said:
            yield said


def with_asks(draft: Draft, lines: Sequence[str]) -> tuple[Draft, tuple[str, ...]]:
    """Return an entry's draft with more ways of asking, each under the language it is written in, and those added."""
    whole = draft.value if isinstance(draft.value, dict) else {}
    asks = {code: _texts(at(whole, ("ask", code))) for code in Language}
    known = {spaceless(text) for texts in asks.values() for text in texts}
    added = []
    for line in lines:
        if spaceless(line) and spaceless(line) not in known:
            known.add(spaceless(line))
            asks[language_of(line)].append(line)
            added.append(line)
    kept = {code.value: texts for code, texts in asks.items() if texts}
    return replace(draft, value=put(whole, ("ask",), kept)), tuple(added)


def _texts(found: Any) -> list[str]:
    """Return the texts of a list, of whatever else somebody pasted none."""
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def asks_with(draft: Draft, words: str) -> list[tuple[Language, int, str]]:
    """Return the ways of asking that have these words in them, as (language, position, text); spaces do not count."""
    wanted = spaceless(words)
    return [
        (code, place, text)
        for code in Language
        for place, text in enumerate(_texts(at(draft.value, ("ask", code))))
        if wanted in spaceless(text)
    ]


def difference(before: str | None, after: str | None) -> list[str]:
    """Return the lines that go (`- …`) and come (`+ …`), in the order of the file."""
    old, new = (before or "").splitlines(), (after or "").splitlines()
    found: list[str] = []
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            found += [f"- {_said(line)}" for line in old[old_start:old_end]]
            found += [f"+ {_said(line)}" for line in new[new_start:new_end]]
    return found


def _said(line: str) -> str:
    """Return a line of a file without what marks an item of a list."""
    return line.strip().removeprefix("- ")


def blank_entry() -> dict[str, Any]:
    """Return the value of a new entry in which everything that must be filled in is blank."""
    both, answer = {"ko": "", "en": ""}, {"lead": "", "steps": ["", ""]}
    return {
        "title": both, "answer": {"ko": answer, "en": answer}, "voices": [], "facts": [], "contacts": [],
        "search_words": [], "related": [], "stages": [], "notes": "", "ask": {"ko": [], "en": []},
    }  # fmt: skip


def entry_name(category: str, id_: str) -> str:
    """Return the name of an entry's file."""
    return f"advice/{category}/{id_}.yaml"
