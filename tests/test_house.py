"""The rules of the house, read from the source itself: who may import whom, and how large a room may be."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
FILES = {
    ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((PROJECT / "bot").rglob("*.py"))
}
MODULES = sorted(FILES)
CORE = [name for name in MODULES if name.startswith("bot.core")]
LONGEST_FUNCTION = 40
LONGEST_MODULE = 300

STAYS_OUT_OF: Mapping[str, tuple[str, ...]] = {
    "bot.core.model": ("bot",),
    "bot.core.language": (
        "bot.core.matching", "bot.core.knowledge", "bot.core.safety", "bot.core.privacy", "bot.core.centers",
        "bot.core.replies", "bot.core.engine", "bot.core.building",
    ),
    "bot.core.matching": (
        "bot.core.knowledge", "bot.core.safety", "bot.core.privacy", "bot.core.centers", "bot.core.replies",
        "bot.core.engine", "bot.core.building",
    ),
    "bot.core.knowledge": (
        "bot.core.matching", "bot.core.centers", "bot.core.menus", "bot.core.replies", "bot.core.opening",
        "bot.core.engine", "bot.core.building",
    ),
    "bot.core.safety": ("bot.core.knowledge", "bot.core.matching", "bot.core.engine", "bot.core.replies"),
    "bot.core.privacy": ("bot.core.knowledge", "bot.core.matching", "bot.core.engine", "bot.core.replies"),
    "bot.core.centers": ("bot.core.matching", "bot.core.engine", "bot.core.replies"),
    "bot.core.rows": (
        "bot.core.matching", "bot.core.safety", "bot.core.menus", "bot.core.replies", "bot.core.opening",
        "bot.core.composing", "bot.core.engine", "bot.core.building",
    ),
    "bot.core.menus": (
        "bot.core.matching", "bot.core.safety", "bot.core.replies", "bot.core.opening", "bot.core.composing",
        "bot.core.engine", "bot.core.building",
    ),
    "bot.core.replies": (
        "bot.core.matching", "bot.core.opening", "bot.core.composing", "bot.core.engine", "bot.core.building",
    ),
    "bot.core.word_replies": ("bot.core.opening", "bot.core.composing", "bot.core.engine", "bot.core.building"),
    "bot.core.center_replies": (
        "bot.core.matching", "bot.core.opening", "bot.core.composing", "bot.core.engine", "bot.core.building",
    ),
    "bot.core.offer_replies": (
        "bot.core.matching", "bot.core.opening", "bot.core.composing", "bot.core.engine", "bot.core.building",
    ),
    "bot.core.opening": ("bot.core.matching.ranking", "bot.core.composing", "bot.core.engine", "bot.core.building"),
    "bot.core.composing": ("bot.core.engine", "bot.core.building"),
    "bot.core.engine": ("bot.core.building",),
    "bot.settings": ("bot.terminal", "bot.telegram", "bot.web", "bot.store", "bot.core", "bot.evaluation", "bot.fit"),
    "bot.store": (
        "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.evaluation", "bot.fit", "bot.statistics",
        "bot.plotting", "bot.publishing", "bot.desk",
    ),
    "bot.statistics": (
        "bot.plotting", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.evaluation", "bot.fit",
        "bot.desk",
    ),
    "bot.plotting": (
        "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.evaluation", "bot.fit", "bot.desk",
    ),
    "bot.keeping": ("bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.publishing", "bot.desk"),
    "bot.limiting": ("bot.core", "bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings"),
    "bot.faults": ("bot.core", "bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings"),
    "bot.hardening": ("bot.core", "bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings"),
    "bot.sealing": ("bot.core", "bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.writing": ("bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.locking": ("bot.core", "bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.copying": ("bot.core", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.backing_up": ("bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.watching": ("bot.core", "bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.versioning": ("bot.core", "bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.comparing": ("bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.desk": ("bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.publishing", "bot.plotting"),
    "bot.publishing": ("bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk", "bot.plotting"),
    "bot.serving": ("bot.core", "bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.metrics": ("bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.monitoring": ("bot.core", "bot.store", "bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.desk"),
    "bot.recent": (
        "bot.terminal", "bot.telegram", "bot.web", "bot.core", "bot.store", "bot.settings", "bot.evaluation",
    ),
    "bot.evaluation": ("bot.terminal", "bot.telegram", "bot.web", "bot.settings", "bot.store"),
    "bot.terminal": ("bot.telegram", "bot.web"),
    "bot.telegram": ("bot.terminal", "bot.web"),
    "bot.web": ("bot.terminal", "bot.telegram"),
}  # fmt: skip
"""A room, and the rooms above or beside it that it does not know."""

DOORS: Mapping[str, tuple[str, ...]] = {
    "yaml": ("bot.core.knowledge.yaml_text",),
    "pydantic": ("bot.core.knowledge.fields",),
    "pydantic_core": ("bot.core.knowledge.fields",),
    "rapidfuzz": ("bot.core.matching.fuzzy",),
    "sklearn": ("bot.core.matching.learning",),
    "joblib": ("bot.core.matching.learning",),
    "scipy": ("bot.core.matching.learning",),
    "numpy": ("bot.core.matching",),
    "aiosqlite": ("bot.store",),
    "sqlite3": ("bot.store", "bot.copying"),
    "zipfile": ("bot.backing_up", "bot.telegram.desk_looking"),
    "telegram": ("bot.telegram",),
    "aiohttp": ("bot.telegram.requesting",),
    "cryptography": ("bot.sealing",),
    "watchfiles": ("bot.watching",),
    "jinja2": ("bot.web.rendering",),
    "markupsafe": ("bot.web.rendering",),
    "segno": ("bot.web.codes",),
    "starlette": ("bot.serving",),
    "uvicorn": ("bot.serving",),
    "prometheus_client": ("bot.metrics",),
    "matplotlib": ("bot.plotting",),
    "multiprocessing": ("bot.sharing",),
    "bot.trial": (),
    "rich": ("bot.terminal", "bot.tables", "bot.console"),
    "typer": ("bot.__main__", "bot.coordinating", "bot.console"),
    "dotenv": ("bot.settings",),
    "platformdirs": ("bot.settings",),
    "bot.core.matching.fitting": ("bot.fit", "bot.trial", "bot.core.matching.refitting"),
    "bot.core.matching.learning": ("bot.core.matching.fitting", "bot.core.matching.refitting", "bot.fit"),
    "bot.core.matching.refitting": ("bot.trial", "bot.asking_both"),
    "bot.terminal": ("bot.__main__",),
    "bot.telegram": ("bot.__main__", "bot.telegram"),
    "bot.web": ("bot.__main__", "bot.web"),
}
"""A library or a room of ours, and the only modules (or packages) that open it."""

OUTSIDE_THE_CORE = (
    "os", "time", "socket", "random", "secrets", "asyncio", "threading", "subprocess", "sys", "http", "urllib",
    "httpx", "logging", "telegram", "aiosqlite", "sqlite3", "dotenv", "platformdirs", "watchfiles", "fcntl",
    "starlette", "uvicorn", "prometheus_client", "jinja2", "markupsafe", "segno",
)  # fmt: skip
CLOCK_CALLS = frozenset(["now", "utcnow", "today"])


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def is_within(name: str, place: str) -> bool:
    return name == place or name.startswith(f"{place}.")


def names_in(node: ast.stmt) -> Iterator[str]:
    """Yield what an import statement may mean: `from a import b` means `a.b` if that is a module of ours, else `a`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        assert node.module is not None
        for alias in node.names:
            inner = f"{node.module}.{alias.name}"
            yield inner if inner in FILES else node.module


@cache
def imports_of(module: str) -> frozenset[str]:
    return frozenset(
        name for node in ast.walk(tree_of(module)) if isinstance(node, ast.stmt) for name in names_in(node)
    )


def functions_of(module: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree_of(module)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_the_house_has_the_rooms_that_the_rules_speak_of() -> None:
    assert {"bot.__main__", "bot.store", "bot.settings", "bot.core.engine", "bot.telegram.handlers"} <= set(MODULES)


@pytest.mark.parametrize("module", CORE)
def test_the_core_knows_nothing_of_the_rest_of_the_house(module: str) -> None:
    assert [name for name in imports_of(module) if is_within(name, "bot") and not is_within(name, "bot.core")] == []


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_downwards_only(module: str) -> None:
    forbidden = [place for room, places in STAYS_OUT_OF.items() if is_within(module, room) for place in places]
    assert [name for name in imports_of(module) for place in forbidden if is_within(name, place)] == []


@pytest.mark.parametrize("module", MODULES)
def test_each_library_and_each_face_has_one_door(module: str) -> None:
    for library, doors in DOORS.items():
        opened = [name for name in imports_of(module) if is_within(name, library)]
        assert not opened or any(is_within(module, door) for door in doors), f"{library} is opened by {module}"


def test_the_command_line_takes_nothing_of_rich_but_the_console() -> None:
    assert [name for name in imports_of("bot.console") if is_within(name, "rich")] == ["rich.console"]


@pytest.mark.parametrize("module", MODULES)
def test_no_import_hides_inside_a_function(module: str) -> None:
    hidden = [
        f"line {node.lineno}"
        for function in functions_of(module)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


@pytest.mark.parametrize("module", MODULES)
def test_no_module_imports_by_name_at_run_time(module: str) -> None:
    calls = [node.func for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call)]
    assert "importlib" not in imports_of(module)
    assert "__import__" not in [call.id for call in calls if isinstance(call, ast.Name)]


@pytest.mark.parametrize("path", [path for path in FILES.values() if path.name == "__init__.py"], ids=str)
def test_the_files_that_make_packages_are_empty(path: Path) -> None:
    assert path.read_bytes() == b""


@pytest.mark.parametrize("module", CORE)
def test_the_core_has_no_clock_no_environment_and_no_network(module: str) -> None:
    outside = [name for name in imports_of(module) for library in OUTSIDE_THE_CORE if is_within(name, library)]
    calls = [node.func for node in ast.walk(tree_of(module)) if isinstance(node, ast.Call)]
    clocks = [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCK_CALLS]
    own_today = clocks == ["today"] * len(clocks) and module == "bot.core.opening"  # the opener is handed its `today`
    assert outside == []
    assert own_today or clocks == []


def test_the_opener_asks_nobody_but_its_own_field_for_the_date() -> None:
    asked = [
        ast.unparse(node)
        for node in ast.walk(tree_of("bot.core.opening"))
        if isinstance(node, ast.Attribute) and node.attr in CLOCK_CALLS
    ]
    assert set(asked) <= {"self.today"}


@pytest.mark.parametrize("module", MODULES)
def test_no_function_is_longer_than_a_screen(module: str) -> None:
    lengths = {function.name: (function.end_lineno or 0) - function.lineno + 1 for function in functions_of(module)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("module", MODULES)
def test_no_module_is_too_long_to_read_at_once(module: str) -> None:
    assert len(FILES[module].read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


@pytest.mark.parametrize("module", [name for name, path in FILES.items() if path.name != "__init__.py"])
def test_each_module_says_what_it_is_for(module: str) -> None:
    assert ast.get_docstring(tree_of(module))


def test_no_import_leads_back_to_where_it_came_from() -> None:
    assert first_cycle({module: imports_of(module) & FILES.keys() for module in MODULES}) == []


def test_a_cycle_would_be_found() -> None:
    assert first_cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c", "a"]


def first_cycle(graph: Mapping[str, frozenset[str] | set[str]]) -> list[str]:
    """Return the modules of one cycle of `graph`, the first again at the end; nothing if there is none."""
    done: set[str] = set()

    def visit(module: str, way: list[str]) -> list[str]:
        if module in way:
            return [*way[way.index(module) :], module]
        if module in done:
            return []
        found = next((cycle for name in sorted(graph[module]) if (cycle := visit(name, [*way, module]))), [])
        done.add(module)
        return found

    return next((cycle for module in sorted(graph) if (cycle := visit(module, []))), [])


SAYING = [
    name
    for name in MODULES
    if name in ("bot.core.menus", "bot.core.rows", "bot.core.replies", "bot.core.opening", "bot.core.composing")
    or name in ("bot.core.engine", "bot.core.following", "bot.core.knowledge.cards")
    or is_within(name, "bot.desk")
    or name.endswith("_replies")
    or (is_within(name, "bot.telegram") and name != "bot.telegram.running")  # what stops a start is said to operators
]


@pytest.mark.parametrize("module", SAYING)
def test_every_sentence_that_people_read_comes_from_the_voice(module: str) -> None:
    assert [text for text in texts_in(tree_of(module)) if reads_as_language(text)] == []


@pytest.mark.parametrize("text", ["안녕", "Hello there", "위험 신호 {count}개", "ok, go on"])
def test_a_sentence_in_the_code_would_be_found(text: str) -> None:
    assert list(
        filter(reads_as_language, texts_in(ast.parse(f"def f():\n    '''Docs are fine.'''\n    return {text!r}")))
    )


def reads_as_language(text: str) -> bool:
    return re.search(r"[가-힣一-鿿]|[A-Za-z]{2,}[,.]? [A-Za-z]{2,}", text) is not None


def texts_in(tree: ast.Module) -> Iterator[str]:
    """Yield the strings of the code, but for docstrings and for what is logged, asserted or raised."""
    aside = {id(each) for node in ast.walk(tree) if is_aside(node) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside:
            yield node.value


def is_aside(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        call = node.value
        logged = isinstance(call, ast.Call) and ast.unparse(call.func).startswith("log.")
        return logged or isinstance(call, ast.Constant)
    return isinstance(node, ast.Assert | ast.Raise | ast.Compare)  # what Telegram says is compared with
