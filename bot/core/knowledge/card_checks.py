"""Checks on cards: short enough as they are shown, in short sentences, with few hard words."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bot.core.knowledge.figure_checks import figures_in
from bot.core.knowledge.loading import Source
from bot.core.knowledge.models import Both, EntryContent
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.places import Found, Sources, entries_in, words_in
from bot.core.knowledge.words import explanations, hard_words
from bot.core.knowledge.yaml_text import Path
from bot.core.language.glossary import glossary_of
from bot.core.model import Language

LONGEST_CARD: Final = {Language.KO: 900, Language.EN: 2000}
"""Letters of a card as it is shown, headings, dates and explanations included."""
LONGEST_CONCEPT: Final = 450
LONGEST_SENTENCE: Final = 60
LONGEST_ON_AVERAGE: Final = 40
MOST_HARD_WORDS: Final = 5

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def lengths(sources: Sources) -> Found:
    """Yield cards and sentences that are too long, and answers whose steps differ between the languages."""
    glossary = glossary_of(explanations(words_in(sources)))
    for source, entry in entries_in(sources):
        hard = hard_words(glossary, entry)
        if len(hard) > MOST_HARD_WORDS:
            yield source.problem(("answer", "ko"), "; ".join(hard), "hard_words", limit=MOST_HARD_WORDS)
        for language, limit in LONGEST_CARD.items():
            length = sum(map(len, _shown(sources, entry, language, hard if language is Language.KO else ())))
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


def _shown(sources: Sources, entry: EntryContent, language: Language, hard: Sequence[str]) -> Iterator[str]:
    """Yield every text of the card with what bot/core/replies.py puts around it."""
    phrases: Phrases = sources[f"voice/{language.value}.yaml"].value
    answer = entry.answer.en if language is Language.EN else entry.answer.ko
    yield from (_said(entry.title, language), answer.lead, phrases.steps, *answer.steps)
    people = sources["people.yaml"].value
    yield from [phrases.voice] * bool(entry.voices)
    for voice in entry.voices:
        text = voice.en if language is Language.EN else voice.ko
        if person := people.get(voice.person):
            yield phrases.voice_line.format(text=text, name=_said(person.name, language), year=person.year)
    yield from [phrases.facts] * bool(entry.facts)
    for fact in entry.facts:
        text = fact.en if language is Language.EN else fact.ko
        yield text if fact.as_of in text else phrases.fact_line.format(text=text, year=fact.as_of)
    yield from _below(sources, entry, language, phrases)
    yield from [phrases.words] * bool(hard)
    yield from hard
    yield phrases.checked.format(day="2026-11-01") if entry.facts else ""


def _below(sources: Sources, entry: EntryContent, language: Language, phrases: Phrases) -> Iterator[str]:
    """Yield the contacts and the search words of a card."""
    yield phrases.contacts
    register = sources["contacts.yaml"].value
    for contact in (register[id_] for id_ in entry.contacts if id_ in register):
        hours = f" ({_said(contact.hours, language)})" if contact.hours else ""
        yield phrases.contact_line.format(name=_said(contact.name, language), number=contact.number) + hours
    yield from [phrases.search] * bool(entry.search_words)
    for word in entry.search_words:
        yield f"{word.ko} ({word.en})" if language is Language.EN else word.ko


def _said(text: Both, language: Language) -> str:
    return text.en if language is Language.EN else text.ko
