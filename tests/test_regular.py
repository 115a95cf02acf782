"""Every regular expression of the program is linear or bounded: proven from its parse tree, else measured."""

import ast
import re
import time
from collections.abc import Iterator, Mapping

import pytest
from patterns import PROJECT, Made, calls_of_re, in_source
from regular import Growth, choices, growth

from bot.core import safety
from bot.core.building import reader_for
from bot.core.knowledge.urgent_checks import urgent_check
from bot.core.knowledge.whole import Knowledge
from bot.core.language.normal import MAX_LETTERS
from bot.core.opening import Opener
from bot.core.safety import Row, UrgentCheck
from bot.web.showing import numbers_of

MESSAGE = 4096
FEW = 100
"""In so many ways the bounded repeats of an expression may share a text from one start without being looked at."""
WHOLE_ONLY = ("bot.settings", "bot.core.language.word_question", "bot.core.knowledge.loading")
"""Modules that match whole texts only: nothing stands before an expression."""
OF_KNOWLEDGE = {
    "bot.core.knowledge.fields": "<a" * (MESSAGE // 2),
    "bot.core.knowledge.figure_checks": "가" * MESSAGE,
    "bot.core.language.glossary": "(" * MESSAGE,
}
"""Modules with an expression that is quadratic and reads texts of the knowledge alone; a text of the worst kind."""
BY_LENGTH = {"bot.core.language.word_question": 60}
"""Modules with an expression that is polynomial; how many letters they let it read."""
MADE = {
    Made("bot.core.language.glossary", "_compiled", "regex"),
    Made("bot.core.safety", "compiled", "regex"),
    Made("bot.web.showing", "numbers_of", r"f'(?<![\\d-])(?:{known})(?![\\d-]|{_COUNTED})'"),
    Made(
        "bot.core.language.reading", "reader_of",
        "'(?<![가-힣])(?:' + ('|'.join(map(re.escape, known)) or '(?!)') + ')'",
    ),
}  # fmt: skip
"""Calls of `re` whose expression is made of the knowledge: each is looked at below."""
MOST_CHOICES = 50_000_000
"""So many at most for a rule of urgent texts or of offers, which reads MAX_LETTERS letters."""
ALLOWED = 1.0
"""Seconds, on a busy machine, for the worst text of an expression that is bounded only."""

SUPERLINEAR: Mapping[str, Growth] = {
    "(a+)+$": Growth.EXPONENTIAL, "(a|a)*b": Growth.EXPONENTIAL, "(a*)*b": Growth.EXPONENTIAL,
    "(ab|a|b)*c": Growth.EXPONENTIAL, r"(\w+\s?)+$": Growth.EXPONENTIAL, r"\s+$": Growth.POLYNOMIAL,
    ".*.*=.*": Growth.POLYNOMIAL, "a+b": Growth.POLYNOMIAL, r"\([^)]*\)": Growth.POLYNOMIAL,
    "x*y*z": Growth.POLYNOMIAL, "(?=.*a).*b": Growth.POLYNOMIAL, r"^(\d+\.)*\d+$": Growth.POLYNOMIAL,
}  # fmt: skip
LINEAR = (
    "abc", r"\s+", r"[.!?]\s+", r"(.)\1{2,}", r"(?<![a-z])[a-z]+x", r"(?<!\d)\d+x", "(a|ab)(c|bcd)*d*",
    r"[가-힣]+", "a?b?c", r"(?: [^# ]+){0,4}? x",
)  # fmt: skip
BOUNDED = {"x{0,80}y": 1, ".{0,80}y": 81, ".{0,18}?a.{0,18}?b": 361, r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}": 1}


@pytest.mark.parametrize("regex", SUPERLINEAR)
def test_an_expression_that_takes_long_is_found_out(regex: str) -> None:
    assert growth(regex) is SUPERLINEAR[regex]


@pytest.mark.parametrize("regex", LINEAR)
def test_an_expression_that_does_not_is_let_through(regex: str) -> None:
    assert growth(regex) is Growth.LINEAR


@pytest.mark.parametrize("regex", [r"\s+$", "a+b", r"(\w+\s)+$", r"^(\d+\.)*\d+$"])
def test_what_only_a_search_makes_slow_is_linear_from_the_start_of_a_text(regex: str) -> None:
    assert growth(regex) is Growth.POLYNOMIAL
    assert growth(regex, whole=True) is Growth.LINEAR


@pytest.mark.parametrize("regex", BOUNDED)
def test_the_ways_in_which_bounded_repeats_share_a_text_are_counted(regex: str) -> None:
    assert choices(regex) == BOUNDED[regex]
    assert choices("(a{1,64}){1,64}b") > 10**100


def test_every_expression_in_the_source_is_linear_or_bounded() -> None:
    found, _ = in_source()
    wrong = {}
    for each in found:
        module = each.where.partition(":")[0]
        grows = growth(each.regex, each.flags, whole=module in WHOLE_ONLY)
        known = module in OF_KNOWLEDGE or module in BY_LENGTH
        if (grows is not Growth.LINEAR and not known) or choices(each.regex, each.flags) > FEW:
            other = growth(each.regex, each.flags, whole=True)
            if other is not Growth.LINEAR or "fullmatch" not in line_of(each.where):
                wrong[each.where] = grows
    assert len(found) > 50
    assert wrong == {}


def line_of(where: str) -> str:
    module, _, line = where.partition(":")
    path = PROJECT / (module.replace(".", "/") + ".py")
    return path.read_text(encoding="utf-8").splitlines()[int(line) - 1]


@pytest.mark.parametrize("module", WHOLE_ONLY)
def test_modules_that_match_whole_texts_do_nothing_else_with_their_expressions(module: str) -> None:
    tree = ast.parse((PROJECT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert "fullmatch" in used
    assert not used & {"search", "match", "finditer", "findall", "sub", "subn", "scanner"}


def test_every_call_of_re_is_looked_at() -> None:
    _, made = in_source()
    assert set(made) == MADE


def test_a_call_of_re_would_be_found() -> None:
    tree = ast.parse("import re\nA = re.compile('a')\ndef f(x, y):\n    return [re.sub(x, '', y)]")
    assert [(function, call.lineno) for function, call in calls_of_re(tree)] == [("", 2), ("f", 4)]


def test_what_reads_the_words_of_the_knowledge_is_linear(knowledge: Knowledge, opener: Opener) -> None:
    expressions = (
        reader_for(knowledge).pattern.pattern, opener.words.glossary.regex, opener.words.southern.regex,
        numbers_of(knowledge).pattern.pattern,
    )  # fmt: skip
    for regex in expressions:
        assert growth(regex) is Growth.LINEAR
        assert choices(regex) == 1


@pytest.mark.parametrize("module", OF_KNOWLEDGE)
def test_what_is_quadratic_and_reads_the_knowledge_alone_takes_no_time_for_a_field_of_it(module: str) -> None:
    found, _ = in_source()
    slow = [each for each in found if each.where.startswith(f"{module}:") and growth(each.regex) is not Growth.LINEAR]
    assert slow
    for each in slow:
        assert growth(each.regex) is Growth.POLYNOMIAL
        assert seconds(each.regex, OF_KNOWLEDGE[module]) < ALLOWED


def test_what_is_polynomial_reads_few_letters() -> None:
    found, _ = in_source()
    for module, letters in BY_LENGTH.items():
        for each in (one for one in found if one.where.startswith(module)):
            assert growth(each.regex, whole=True) is not Growth.EXPONENTIAL
            for piece in ("뭐", "여기서뭐이가", "what is a ", "a ", "是什么"):
                assert seconds(each.regex, (piece * letters)[:letters], whole=True) < ALLOWED


def seconds(regex: str, text: str, *, whole: bool = False) -> float:
    compiled = re.compile(regex)
    began = time.perf_counter()
    (compiled.fullmatch if whole else compiled.search)(text)
    return time.perf_counter() - began


# --- the rules of urgent texts and of offers -----------------------------------------------------------------------

_GAPS = re.compile("|".join(re.escape(gap) for gap in (
    safety._GAP, safety._HARMLESS_GAP, safety._WIDE_GAP, safety._LATIN_GAP, safety._LATIN_WIDE_GAP,
)))  # fmt: skip


def rows_of(check: UrgentCheck) -> Iterator[Row]:
    yield from check.harmless
    for triggers in check.kinds.values():
        for trigger in triggers:
            yield from (trigger.wanted, *trigger.unwanted)


def test_every_rule_is_linear_and_its_gaps_are_bounded(knowledge: Knowledge, opener: Opener) -> None:
    """A rule is words with gaps between; words hold no repeat but an optional space, so the gaps decide."""
    rows = {row.regex for check in (urgent_check(knowledge.urgent), opener.offers.rules) for row in rows_of(check)}
    assert all(re.search(r"[*+{]", re.sub(r"\\.", "", _GAPS.sub("", regex))) is None for regex in rows)
    shapes = {(tuple(_GAPS.findall(regex)), "[a-z]" if regex.startswith("(?<= )") else "[가-힣]") for regex in rows}
    assert len(shapes) > 10
    for gaps, letter in shapes:
        shape = f"{letter}{letter}" + "".join(f"{gap}{letter}{letter}" for gap in gaps)
        assert growth(shape) is Growth.LINEAR, shape
        assert choices(shape) <= MOST_CHOICES, shape


def test_the_worst_text_for_each_rule_with_three_gaps_is_read_in_time(opener: Opener) -> None:
    """Each word of a rule over and over, and the last of all at the beginning only: every gap is tried in every way."""
    slowest = 0.0
    for row in sorted(set(rows_of(opener.offers.rules)), key=lambda row: -row.regex.count("{0,"))[:25]:
        words = [atom[0] for atom in row.needed]
        pumped = (" ".join(words[:-1]) + " ") * MAX_LETTERS
        text = f" {words[-1]} {pumped}"[:MAX_LETTERS]
        slowest = max(slowest, seconds(row.regex, text))
    assert slowest < ALLOWED
