"""Checks on what people read and write: enough ways of asking, short cards and sentences, known numbers."""

import re
from typing import Final

from bot.core.knowledge.models import EntryContent
from bot.core.knowledge.places import Found, Group, Sources, entries_in, groups_in
from bot.core.knowledge.problems import problem
from bot.core.language.normal import spaceless
from bot.core.model import Language

FEWEST_ASKS: Final = {Language.KO: 60, Language.EN: 16, Language.ZH: 5}
LONGEST_CARD: Final = {Language.KO: 900, Language.EN: 1800}
LONGEST_SENTENCE: Final = 60
LONGEST_ON_AVERAGE: Final = 40

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_NUMBER = re.compile(r"(?<![\d.,-])(?:0\d{1,2}-\d{3,4}-\d{4}|1[5689]\d{2}-\d{4})(?![\d-])")


def few(sources: Sources) -> Found:
    """Yield each group with fewer ways of asking than it needs."""
    for group in (group for group in groups_in(sources) if group.asked):
        for language, least in FEWEST_ASKS.items():
            many = len(group.asks.of(language))
            if many < least:
                path = (*group.path, language.value)
                yield group.source.problem(path, many, "few_asks", language=language.value, least=least)


def doubled(sources: Sources) -> Found:
    """Yield each text that stands in two places, spaces and punctuation aside."""
    seen: dict[str, str] = {}
    for group in groups_in(sources):
        for path, text in group.texts():
            here = _place(group, path)
            other = seen.setdefault(spaceless(text), here)
            if other != here:
                yield group.source.problem(path, text, "same_ask", other=other)


def _place(group: Group, path: tuple[str | int, ...]) -> str:
    return f"{group.source.name}:{group.source.document.line_of(path)}"


def lengths(sources: Sources) -> Found:
    """Yield cards and sentences that are too long, and answers whose steps differ between the languages."""
    for source, entry in entries_in(sources):
        for language, limit in LONGEST_CARD.items():
            length = sum(map(len, [*_card_texts(entry, language), *_below(sources, entry, language)]))
            if length > limit:
                yield source.problem(("answer", language.value), length, "long_card", limit=limit)
        sentences = [s for text in _card_texts(entry, Language.KO) for s in _SENTENCE_END.split(text)]
        for sentence in sentences:
            if len(sentence) > LONGEST_SENTENCE:
                yield source.problem(("answer", "ko"), sentence, "long_sentence", limit=LONGEST_SENTENCE)
        average = sum(map(len, sentences)) // max(1, len(sentences))
        if average > LONGEST_ON_AVERAGE:
            yield source.problem(("answer", "ko"), average, "long_sentences", limit=LONGEST_ON_AVERAGE)
        if len(entry.answer.ko.steps) != len(entry.answer.en.steps):
            yield source.problem(("answer", "en", "steps"), len(entry.answer.en.steps), "steps_differ")


def _card_texts(entry: EntryContent, language: Language) -> list[str]:
    """Return the sentences of an entry's card in one language."""
    english = language is Language.EN
    answer = entry.answer.en if english else entry.answer.ko
    voices = [voice.en if english else voice.ko for voice in entry.voices]
    facts = [fact.en if english else fact.ko for fact in entry.facts]
    return [answer.lead, *answer.steps, *voices, *facts]


def _below(sources: Sources, entry: EntryContent, language: Language) -> list[str]:
    """Return the title, contacts and search words of a card, as far as they count as its length."""
    contacts = [contact for id_ in entry.contacts if (contact := sources["contacts.yaml"].value.get(id_))]
    both = [entry.title, *entry.search_words, *(c.name for c in contacts), *(c.hours for c in contacts if c.hours)]
    return [*(getattr(text, language.value) for text in both), *(contact.number for contact in contacts)]


def numbers(sources: Sources) -> Found:
    """A telephone number stands in the register first: elsewhere it can only be repeated."""
    known = {contact.number for contact in sources["contacts.yaml"].value.values()}
    for source in sources.values():
        if source.name in ("contacts.yaml", "not_covered.yaml"):
            continue
        for at, line in enumerate(source.text.splitlines(), 1):
            for number in _NUMBER.findall(line):
                if number not in known:
                    yield problem(source.name, at, (), number, "unknown_number")
