"""Checks on ways of asking: enough of them, each in one place; and on telephone numbers in any text."""

import re
from collections.abc import Mapping
from typing import Final

from bot.core.knowledge.places import Found, Group, Sources, groups_in
from bot.core.knowledge.problems import problem
from bot.core.language.normal import spaceless
from bot.core.model import Language
from bot.core.privacy import MASK, masked, personal_data

FEWEST_ASKS: Final = {Language.KO: 10, Language.EN: 3, Language.ZH: 0}
"""An entry with fewer ways of asking would hardly ever be found."""
WANTED_ASKS: Final = {Language.KO: 100, Language.EN: 30, Language.ZH: 10}
"""With so many, from many pens, an entry is understood well; fewer are told of, and no mistake."""
_LONG_ENOUGH: Final = 8
"""Shorter texts one letter apart may well mean different things."""

_NUMBER = re.compile(r"(?<![\d.,-])(?:0\d{1,2}-\d{3,4}-\d{4}|1[5689]\d{2}-\d{4})(?![\d-])")


def few(sources: Sources) -> Found:
    """Yield each group with fewer ways of asking than it needs."""
    yield from _fewer(sources, FEWEST_ASKS, "few_asks")


def wanted(sources: Sources) -> Found:
    """Yield each entry with fewer ways of asking than it takes to be understood well: no mistake, but work."""
    yield from _fewer(sources, WANTED_ASKS, "more_asks")


def _fewer(sources: Sources, least: Mapping[Language, int], code: str) -> Found:
    for group in (group for group in groups_in(sources) if group.asked):
        for language, wanted_of_it in least.items():
            many = len(group.asks.of(language))
            if many < wanted_of_it:
                path = (*group.path, language.value)
                yield group.source.problem(path, many, code, language=language.value, least=wanted_of_it)


def personal(sources: Sources) -> Found:
    """Yield each way of asking that seems to hold personal data: it would be kept, and shown to whoever looks."""
    for group in (group for group in groups_in(sources) if group.asked):
        for path, text in group.texts():
            if any(letter.isdigit() or letter == "@" for letter in text) and personal_data(text):
                yield group.source.problem(path, MASK, "personal")


def doubled(sources: Sources) -> Found:
    """Yield each text that stands in two places, spaces and punctuation aside."""
    seen: dict[str, str] = {}
    for group in groups_in(sources):
        for path, text in group.texts():
            here = _place(group, path)
            other = seen.setdefault(spaceless(text), here)
            if other != here:
                yield group.source.problem(path, text, "same_ask", other=other)


def nearly_doubled(sources: Sources) -> Found:
    """Yield each way of asking that is one letter away from a way of asking another entry, spaces aside.

    Texts one letter apart are equal when one letter is left out of one of them or of both.
    """
    seen: dict[str, tuple[str, str]] = {}
    for group in (group for group in groups_in(sources) if group.asked):
        owner = f"{group.source.name}{group.path}"
        for path, text in group.texts():
            letters = spaceless(text)
            if len(letters) < _LONG_ENOUGH:
                continue
            forms = {letters, *(letters[:at] + letters[at + 1 :] for at in range(len(letters)))}
            near = [seen[form] for form in forms if form in seen and seen[form][0] != owner]
            if near and letters != spaceless(near[0][1]):
                yield group.source.problem(path, text, "near_ask", other=near[0][1], place=near[0][0])
            for form in forms:
                seen.setdefault(form, (owner, text))


def _place(group: Group, path: tuple[str | int, ...]) -> str:
    return f"{group.source.name}:{group.source.document.line_of(path)}"


def numbers(sources: Sources) -> Found:
    """A telephone number stands in the register first: elsewhere it can only be repeated."""
    known = {contact.number for contact in sources["contacts.yaml"].value.values()}
    for source in sources.values():
        if source.name in ("contacts.yaml", "not_covered.yaml"):
            continue
        for at, line in enumerate(source.text.splitlines(), 1):
            for number in _NUMBER.findall(line):
                if number not in known:
                    yield problem(source.name, at, (), masked(number), "unknown_number")
