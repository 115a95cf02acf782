"""YAML in and out: every scalar stays text, an equal key twice is refused, and each value knows its line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a file: keys and list positions, from the top."""


class BrokenYaml(ValueError):
    """A text that is not YAML, or that has one key twice. `line` counts from 1; `reason` is the reader's own word."""

    def __init__(self, line: int, reason: str, key: str | None = None) -> None:
        super().__init__(reason)
        self.line, self.reason, self.key = line, reason, key


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
_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Every scalar stays text, so no time is spent on finding out what else it might be."""

    def resolve(self, kind: object, value: object, implicit: object) -> str:
        return ""


def read(text: str) -> Document:
    """Read `text`; raise BrokenYaml when it cannot be read or repeats a key."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise BrokenYaml(mark.line + 1 if mark else 1, error.problem or str(error)) from None
    except yaml.YAMLError as error:
        raise BrokenYaml(1, str(error)) from None
    lines: dict[Path, int] = {}
    return Document({} if node is None else _value(node, (), lines), lines)


def _value(node: yaml.Node, path: Path, lines: dict[Path, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, at), lines) for at, item in enumerate(node.value)]
    return str(node.value)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 1
        if key in found:
            raise BrokenYaml(line, f"duplicate key {key}", key)
        found[key] = _value(value_node, (*path, key), lines)
        lines[(*path, key)] = line
    return found


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
