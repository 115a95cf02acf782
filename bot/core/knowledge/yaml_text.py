"""YAML in and out: every scalar stays text, an equal key twice is refused, and each value knows its line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a file: keys and list positions, from the top."""


LARGEST: Final = 4 * 1024 * 1024
"""Bytes of a file, and letters of a text, that are read."""
MOST: Final = 100_000
"""Values of a text."""
DEEPEST: Final = 20
"""So many mappings and lists may stand in each other."""

_MERGE: Final = "<<"
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What is no part of a text: control letters, halves of letters, and what Unicode never gives a meaning."""

_DIRECTIVE: Final = re.compile("(?:\\A\ufeff?|[\n\r\x85\u2028\u2029])%(?:YAML|TAG)\\b")


class BrokenYaml(ValueError):
    """A text that is not YAML, or not of the plain kind that the knowledge is written in.

    `line` counts from 1. `code` names a sentence of bot.core.knowledge.problems; `reason` is the reader's own word.
    """

    def __init__(self, line: int, reason: str, key: str | None = None, code: str = "broken_yaml") -> None:
        super().__init__(reason)
        self.line, self.reason, self.key, self.code = line, reason, key, code


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML text holds: dicts, lists and strings, with the line (from 1) of each value by its path."""

    value: Any
    lines: Mapping[Path, int] = field(repr=False)

    def line_of(self, path: Path) -> int:
        """Return the line of `path`, or of the nearest value above it that the file has."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


# The C reader is ten times faster; the pure one stands in where PyYAML was built without it.
_Holder: TypeAlias = dict[str, Any] | list[Any]
_Event: TypeAlias = Any  # what PyYAML tells of its types leaves out the half
_Parser: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def read(text: str) -> Document:
    """Read `text` in time that grows with its length; raise BrokenYaml when it cannot be read or repeats a key.

    Refused is also what YAML has beyond mappings, lists and texts (aliases, tags, directives, several documents), and
    what is too long or too deep: a short text could mean a very long one, or bring the program to its end.
    """
    if len(text) > LARGEST:
        raise too_large()
    if "%" in text and (found := _DIRECTIVE.search(text)):  # many of them would take the parser hours
        raise BrokenYaml(_line(text, found.end()), "directive", code="yaml_directive")
    builder = _Builder()
    try:
        for event in iter(_Parser(text).get_event, None):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenYaml(mark.line + 1 if mark else 1, error.problem or str(error)) from None
    except (yaml.YAMLError, UnicodeEncodeError):  # what it cannot read is a letter
        found = _CONTROL.search(text)
        line = _line(text, found.start()) if found else 1
        raise BrokenYaml(line, "control character", code="yaml_control") from None
    return Document(builder.root, builder.lines)


def too_large() -> BrokenYaml:
    """Return what is said of a text that is longer than LARGEST."""
    return BrokenYaml(1, "too large", code="yaml_large")


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


class _Builder:
    """Puts values together from what the parser tells, one event after the other; never calls itself."""

    __slots__ = ("_documents", "_key", "_open", "lines", "root")

    def __init__(self) -> None:
        self.root: Any = {}
        self.lines: dict[Path, int] = {}
        self._documents = 0
        self._open: list[tuple[_Holder, Path]] = []
        """Mappings and lists that have not ended, each with its place."""
        self._key: str | None = None
        """What the next value of the innermost mapping is called, once it was told."""

    def take(self, event: _Event) -> None:
        """Take what comes next; raise BrokenYaml for what is refused."""
        kind = type(event)
        if kind is yaml.ScalarEvent:
            if event.style == '"' and _CONTROL.search(event.value):  # only there it can be written in other letters
                raise _refused(event, "control character", "yaml_control")
            self._node(event, event.value)
        elif kind is yaml.MappingStartEvent:
            self._node(event, {})
        elif kind is yaml.SequenceStartEvent:
            self._node(event, [])
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            self._open.pop()
        elif kind is yaml.AliasEvent:
            raise _refused(event, "alias", "yaml_alias")
        elif kind is yaml.DocumentStartEvent:
            self._document(event)

    def _document(self, event: _Event) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _refused(event, "second document", "yaml_documents")

    def _node(self, event: _Event, value: Any) -> None:
        if event.anchor is not None:
            raise _refused(event, "anchor", "yaml_alias")
        if event.tag is not None:
            raise _refused(event, "tag", "yaml_tag")
        path: Path = ()
        if not self._open:
            self.root = value
            self.lines[path] = event.start_mark.line + 1
        else:
            inside, path = self._open[-1]
            if isinstance(inside, list):
                path = (*path, len(inside))
                self.lines[path] = event.start_mark.line + 1
                inside.append(value)
            elif self._key is None:
                self._key = _key(event, value, inside)
                self.lines[(*path, self._key)] = event.start_mark.line + 1  # a value's line is that of its key
                return
            else:
                path = (*path, self._key)
                inside[self._key] = value
                self._key = None
        if type(value) is not str:
            self._begin(event, value, path)
        if len(self.lines) > MOST:
            raise _refused(event, "too many values", "yaml_many")

    def _begin(self, event: _Event, value: _Holder, path: Path) -> None:
        if len(self._open) == DEEPEST:
            raise _refused(event, "too deep", "yaml_deep")
        self._open.append((value, path))


def _key(event: _Event, value: Any, inside: dict[str, Any]) -> str:
    """Return what was told as the name of a value; raise BrokenYaml if it cannot be that."""
    if not isinstance(value, str):
        raise _refused(event, "a key that is no text", "yaml_key")
    if value == _MERGE and event.implicit[0]:
        raise _refused(event, "merge key", "yaml_merge")
    if value in inside:
        raise BrokenYaml(event.start_mark.line + 1, f"duplicate key {value}", value, "duplicate_key")
    return value


def _refused(event: _Event, reason: str, code: str) -> BrokenYaml:
    return BrokenYaml(event.start_mark.line + 1, reason, code=code)


class _Dumper(yaml.SafeDumper):
    """Lists stand two spaces in from their key, so that a moved item moves alone in a difference."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def write(value: Any) -> str:
    """Return the one canonical YAML text of dicts, lists and strings: one line a text, keys in the order given."""
    return yaml.dump(
        value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000, default_flow_style=False
    )
