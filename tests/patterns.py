"""Every regular expression of the program, found in its source: each call of `re` is read, and each must be known."""

import ast
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Final

PROJECT: Final = Path(__file__).parent.parent
CALLS: Final = frozenset(["compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"])


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression, its flags, and where in the source it stands: "bot.core.privacy:21"."""

    regex: str
    flags: int
    where: str


@dataclass(frozen=True, slots=True)
class Made:
    """A call of `re` whose expression is made while the program runs: the function it stands in, its first argument."""

    module: str
    function: str
    argument: str


@cache
def in_source() -> tuple[tuple[Pattern, ...], tuple[Made, ...]]:
    """Return the expressions that stand in the source of `bot`, and the calls whose expression is made at run time."""
    found: list[Pattern] = []
    made: list[Made] = []
    for path in sorted((PROJECT / "bot").rglob("*.py")):
        name = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function, call in calls_of_re(tree):
            pattern = value_of(importlib.import_module(name), call)
            if pattern is None:
                made.append(Made(name, function, ast.unparse(call.args[0])))
            else:
                found.append(Pattern(pattern.pattern, pattern.flags, f"{name}:{call.lineno}"))
    return tuple(found), tuple(made)


def calls_of_re(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield each call of a function of `re`, with the name of the function around it ("" at the top of the module)."""
    inside = {
        id(node): function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        named = node.func if isinstance(node, ast.Call) else None
        if isinstance(named, ast.Attribute) and ast.unparse(named.value) == "re" and named.attr in CALLS:
            assert isinstance(node, ast.Call)
            yield inside.get(id(node), ""), node


def value_of(module: ModuleType, call: ast.Call) -> re.Pattern[str] | None:
    """Return the expression of a call if its module alone tells it, or None if it depends on what comes in."""
    flags = [each.value for each in call.keywords if each.arg == "flags"]
    flags += call.args[1:2] if isinstance(call.func, ast.Attribute) and call.func.attr == "compile" else []
    flags += [each for each in call.args[1:] if ast.unparse(each).startswith("re.")]
    try:
        regex, *given = (_evaluated(module, each) for each in (call.args[0], *flags))
    except NameError:
        return None
    assert isinstance(regex, str)
    return re.compile(regex, *(int(str(int(each))) for each in given[:1] if isinstance(each, int)))


def _evaluated(module: ModuleType, node: ast.expr) -> object:
    return eval(compile(ast.Expression(node), module.__name__, "eval"), vars(module))
