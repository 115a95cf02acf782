"""Checks on what people read and write: enough ways of asking, short cards and sentences, known numbers."""

import re
from collections.abc import Iterable
from typing import Final

from bot.core.knowledge.figure_checks import figures_in
from bot.core.knowledge.loading import Source
from bot.core.knowledge.models import EntryContent
from bot.core.knowledge.places import Found, Group, Sources, entries_in, groups_in, words_in
from bot.core.knowledge.problems import problem
from bot.core.knowledge.words import explanations, hard_words
from bot.core.knowledge.yaml_text import Path
from bot.core.language.glossary import glossary_of
from bot.core.language.normal import spaceless
from bot.core.model import Language

FEWEST_ASKS: Final = {Language.KO: 100, Language.EN: 30, Language.ZH: 10}
LONGEST_CARD: Final = {Language.KO: 900, Language.EN: 1800}
LONGEST_CONCEPT: Final = 450
LONGEST_SENTENCE: Final = 60
MOST_HARD_WORDS: Final = 5
_LONG_ENOUGH: Final = 8
"""Shorter texts one letter apart may well mean different things."""
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


def lengths(sources: Sources) -> Found:
    """Yield cards and sentences that are too long, and answers whose steps differ between the languages."""
    glossary = glossary_of(explanations(words_in(sources)))
    for source, entry in entries_in(sources):
        hard = hard_words(glossary, entry)
        if len(hard) > MOST_HARD_WORDS:
            yield source.problem(("answer", "ko"), "; ".join(hard), "hard_words", limit=MOST_HARD_WORDS)
        for language, limit in LONGEST_CARD.items():
            explained = hard if language is Language.KO else ()
            length = sum(map(len, [*_card_texts(entry, language), *_below(sources, entry, language), *explained]))
            if length > limit:
                yield source.problem(("answer", language.value), length, "long_card", limit=limit)
        yield from _long_sentences(source, ("answer", "ko"), _card_texts(entry, Language.KO))
        if len(entry.answer.ko.steps) != len(entry.answer.en.steps):
            yield source.problem(("answer", "en", "steps"), len(entry.answer.en.steps), "steps_differ")


def _long_sentences(source: Source, path: Path, texts: Iterable[str]) -> Found:
    sentences = [sentence for text in texts for sentence in _SENTENCE_END.split(text)]
    for sentence in sentences:
        if len(sentence) > LONGEST_SENTENCE:
            yield source.problem(path, sentence, "long_sentence", limit=LONGEST_SENTENCE)
    average = sum(map(len, sentences)) // max(1, len(sentences))
    if average > LONGEST_ON_AVERAGE:
        yield source.problem(path, average, "long_sentences", limit=LONGEST_ON_AVERAGE)


def concept_cards(sources: Sources) -> Found:
    """Yield concept cards and sentences that are too long, and figures whose source is not named."""
    source = sources["concepts.yaml"]
    for at, concept in enumerate(source.value):
        texts = [each.ko for each in (concept.title, concept.what, concept.nearest, concept.harm, concept.first)]
        if sum(map(len, texts)) > LONGEST_CONCEPT:
            yield source.problem((at,), sum(map(len, texts)), "long_concept", limit=LONGEST_CONCEPT)
        yield from _long_sentences(source, (at,), texts[1:])
        if not concept.source and any(figures_in(text, Language.KO) for text in texts):
            yield source.problem((at,), concept.id, "figure_without_source")


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
