"""Checks on cards: short enough as they are shown, in short sentences, with few hard words."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final

from bot.core.knowledge.cards import card_blocks
from bot.core.knowledge.figure_checks import figures_in
from bot.core.knowledge.loading import Source, assemble
from bot.core.knowledge.models import EntryContent
from bot.core.knowledge.places import Found, Sources, entries_in
from bot.core.knowledge.whole import Knowledge
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
NOTHING_OVERDUE: Final = date.min
"""The day on which every fact is shown whole: cards are measured as they are meant."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def lengths(sources: Sources) -> Found:
    """Yield cards and sentences that are too long, and answers whose steps differ between the languages."""
    knowledge = assemble(sources)
    glossary = glossary_of(explanations(knowledge.words))
    for source, entry in entries_in(sources):
        hard = hard_words(glossary, entry)
        if len(hard) > MOST_HARD_WORDS:
            yield source.problem(("answer", "ko"), "; ".join(hard), "hard_words", limit=MOST_HARD_WORDS)
        for language, limit in LONGEST_CARD.items():
            shown = card_blocks(knowledge, _known_alone(knowledge, entry), glossary, language, NOTHING_OVERDUE)
            length = sum(len(line) for block in shown for line in (block.heading, *block.lines))
            if length > limit:
                yield source.problem(("answer", language.value), length, "long_card", limit=limit)
        yield from _long_sentences(source, ("answer", "ko"), _sentences_in(entry))
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


def _sentences_in(entry: EntryContent) -> tuple[str, ...]:
    """Return the Korean texts of a card that are made of sentences."""
    voices, facts = (voice.ko for voice in entry.voices), (fact.ko for fact in entry.facts)
    return (entry.answer.ko.lead, *entry.answer.ko.steps, *voices, *facts)


def _known_alone(knowledge: Knowledge, entry: EntryContent) -> EntryContent:
    """Return the entry without people and contacts that nobody knows: another check speaks of those."""
    voices = tuple(voice for voice in entry.voices if voice.person in knowledge.people)
    contacts = tuple(id_ for id_ in entry.contacts if id_ in knowledge.contacts)
    return entry.model_copy(update={"voices": voices, "contacts": contacts})
