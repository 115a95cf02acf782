"""Checks on what the bot itself says: the same sentences in both languages, with the same names to fill in."""

import re
from collections.abc import Iterator
from typing import Final

from bot.core.knowledge.desk_phrases import DeskPhrases
from bot.core.knowledge.fields import Record
from bot.core.knowledge.loading import Source
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.places import Found, Sources
from bot.core.knowledge.web_phrases import WebPhrases
from bot.core.knowledge.yaml_text import Path
from bot.core.model import Feedback

_NAME: Final = re.compile(r"\{(\w*)\}")
_KO, _EN = "voice/ko.yaml", "voice/en.yaml"
_PAIRS: Final[tuple[tuple[str, str, type[Record]], ...]] = (
    (_KO, _EN, Phrases),
    ("voice/desk_ko.yaml", "voice/desk_en.yaml", DeskPhrases),
    ("voice/web_ko.yaml", "voice/web_en.yaml", WebPhrases),
)
REASONS: Final = frozenset(Feedback) - {Feedback.HELPFUL, Feedback.UNHELPFUL}
"""What may be said of a card that did not help."""


def voices(sources: Sources) -> Found:
    """Yield each sentence of one language that the other lacks, or whose names in braces differ."""
    for korean, english, form in _PAIRS:
        for field in form.model_fields:
            yield from _compared(field, sources[korean], sources[english])


def _compared(field: str, korean: Source, english: Source) -> Found:
    here, there = getattr(korean.value, field), getattr(english.value, field)
    if isinstance(here, dict):
        for key in sorted(here.keys() ^ there.keys()):
            yield (korean if key in there else english).problem((field,), key, "missing")
    for path, text, other in _pairs((field,), here, there):
        names, wanted = (sorted(set(_NAME.findall(each))) for each in (other, text))
        if names != wanted:
            shown = ", ".join(f"{{{name}}}" for name in wanted) or "-"
            yield english.problem(path, other, "names_differ", names=shown)


def feedback(sources: Sources) -> Found:
    """Yield each reason why a card did not help that cannot be chosen, or that is not answered."""
    for name in (_KO, _EN):
        phrases: Phrases = sources[name].value
        for field, wanted in (("feedback_reasons", REASONS), ("feedback_heard", REASONS | {Feedback.HELPFUL})):
            for felt in sorted(wanted ^ getattr(phrases, field).keys()):
                yield sources[name].problem((field,), felt.value, "missing" if felt in wanted else "extra_forbidden")


def _pairs(path: Path, here: object, there: object) -> Iterator[tuple[Path, str, str]]:
    """Yield the sentences of both languages side by side, lists as one text: they need not have as many lines."""
    if isinstance(here, str) and isinstance(there, str):
        yield path, here, there
    if isinstance(here, tuple) and isinstance(there, tuple):
        yield path, "\n".join(here), "\n".join(there)
    if isinstance(here, dict) and isinstance(there, dict):
        for key in here.keys() & there.keys():
            yield from _pairs((*path, str(key)), here[key], there[key])
