"""Checks on figures: the same ones in both languages, none without a dated source, and none too old unnoticed."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain
from typing import Final

from bot.core.knowledge.models import EntryContent
from bot.core.knowledge.places import Found, Sources, entries_in
from bot.core.knowledge.yaml_text import Path
from bot.core.model import Language

_FIGURE: Final = {
    Language.KO: re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(억|천만|백만|만|천)?(시(?!간))?"),
    Language.EN: re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(thousand|million|billion)?()"),
}
_TIMES: Final = {
    "": 1, "천": 10**3, "만": 10**4, "백만": 10**6, "천만": 10**7, "억": 10**8,
    "thousand": 10**3, "million": 10**6, "billion": 10**9,
}  # fmt: skip
_NAMES: Final = re.compile(r"[가-힣A-Za-z]+24|4대 ?보험")
"""정부24, 고용24 and 4대보험 are names."""
_SMALL: Final = 12
"""Up to here a number may be a digit in one language and a word in the other: "두 번", "twice"."""


def figures_in(text: str, language: Language) -> frozenset[float]:
    """Return the numbers above _SMALL in `text`: "1만 5천 원" is 15000, "18시" is 6 o'clock and so too small."""
    return frozenset(value for value in _numbers(text, language) if value > _SMALL)


def _numbers(text: str, language: Language) -> frozenset[float]:
    found: list[float] = []
    end, last = -1, 0
    text = _NAMES.sub("", text)
    for match in _FIGURE[language].finditer(text):
        times = _TIMES[match[2] or ""]
        value = float(match[1].replace(",", "") or 0) * times
        if match[3] and _SMALL < value <= 2 * _SMALL:
            value -= _SMALL
        if found and times < last and not text[end : match.start()].strip():
            found[-1] += value
        else:
            found.append(value)
        end, last = match.end(), times
    return frozenset(round(value, 2) for value in found)


def figures(sources: Sources) -> Found:
    """Yield each line whose figures differ between the languages, and each figure that no fact of the entry bears."""
    contacts = sources["contacts.yaml"].value.values()
    known = frozenset(chain.from_iterable(_numbers(contact.number, Language.KO) for contact in contacts))
    for source, entry in entries_in(sources):
        borne = known.union(*(_numbers(fact.ko, Language.KO) for fact in entry.facts))
        for path, korean, english in _lines(entry):
            told, said = figures_in(korean, Language.KO), figures_in(english, Language.EN)
            if told != said:
                found = f"ko {_listed(told - said)} / en {_listed(said - told)}"
                yield source.problem(path, found, "figures_differ")
            if path[0] == "answer" and (bare := _numbers(korean, Language.KO) - borne):
                yield source.problem(path, _listed(bare), "figure_without_fact")


def _lines(entry: EntryContent) -> Iterator[tuple[Path, str, str]]:
    """Yield (path, Korean, English) for each line of an entry that can bear a figure."""
    korean, english = entry.answer.ko, entry.answer.en
    yield ("answer", "ko", "lead"), korean.lead, english.lead
    for at, (told, said) in enumerate(zip(korean.steps, english.steps, strict=False)):
        yield ("answer", "ko", "steps", at), told, said
    for at, voice in enumerate(entry.voices):
        yield ("voices", at), voice.ko, voice.en
    for at, fact in enumerate(entry.facts):
        yield ("facts", at), fact.ko, fact.en


def _listed(values: frozenset[float]) -> str:
    return ", ".join(f"{value:,.2f}".removesuffix(".00") for value in sorted(values)) or "-"


def overdue(sources: Sources, today: date) -> Found:
    """Yield everything that was to be looked at again by `today`: no mistake, but work for a coordinator."""
    for source, entry in entries_in(sources):
        for at, fact in enumerate(entry.facts):
            if today > fact.review_by:
                yield source.problem(("facts", at, "review_by"), fact.review_by, "overdue")
    for name in ("contacts.yaml", "centers.yaml"):
        for id_, dated in sources[name].value.items():
            if today > dated.review_by:
                yield sources[name].problem((id_, "review_by"), dated.review_by, "overdue")
