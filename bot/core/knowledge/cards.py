"""An entry as the parts of its card: what a face shows, and what the checks measure."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.core.knowledge.models import Both, Contact, EntryContent, Fact, FactKind, Voice, said
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.whole import Knowledge
from bot.core.knowledge.words import hard_words
from bot.core.language.glossary import Glossary
from bot.core.model import Block, Language, Part

_WITHHELD_WHEN_OVERDUE = frozenset([FactKind.MONEY, FactKind.ELIGIBILITY, FactKind.PHONE])


def card_blocks(
    knowledge: Knowledge, content: EntryContent, glossary: Glossary, language: Language, today: date
) -> tuple[Block, ...]:
    """Return the parts of a card from top to bottom; raise KeyError for a person or a contact that nobody knows."""
    phrases = knowledge.phrases[language]
    answer = said(content.answer, language)
    blocks = (
        Block(Part.TITLE, (said(content.title, language),)),
        Block(Part.TEXT, (answer.lead,)),
        Block(Part.STEPS, answer.steps, phrases.steps),
        Block(Part.VOICE, tuple(_voices(knowledge, content.voices, language)), phrases.voice),
        Block(Part.FACTS, _facts(content.facts, language, phrases, today), phrases.facts),
        _contacts(knowledge, content.contacts, language),
        Block(Part.SEARCH, tuple(_search_words(content.search_words, language)), phrases.search),
        Block(Part.WORDS, hard_words(glossary, content) if language is Language.KO else (), phrases.words),
        Block(Part.SMALL, _checked(content.facts, phrases)),
    )
    return tuple(block for block in blocks if block.lines)


def _voices(knowledge: Knowledge, voices: Sequence[Voice], language: Language) -> Iterable[str]:
    line = knowledge.phrases[language].voice_line
    for voice in voices:
        person = knowledge.people[voice.person]
        yield line.format(text=said(voice, language), name=said(person.name, language), year=person.year)


def _facts(facts: Sequence[Fact], language: Language, phrases: Phrases, today: date) -> tuple[str, ...]:
    shown = [_fact(fact, language, phrases, today) for fact in facts]
    return tuple(dict.fromkeys(shown))  # several withheld facts are said once


def _fact(fact: Fact, language: Language, phrases: Phrases, today: date) -> str:
    text = said(fact, language)
    if today > fact.review_by:
        withheld = fact.kind in _WITHHELD_WHEN_OVERDUE
        return phrases.fact_withheld if withheld else phrases.fact_overdue.format(text=text, year=fact.as_of)
    if fact.as_of in text:  # the year stands in the sentence already
        return text
    return phrases.fact_line.format(text=text, year=fact.as_of)


def _contacts(knowledge: Knowledge, ids: Sequence[str], language: Language) -> Block:
    phrases = knowledge.phrases[language]
    found = tuple(_contact_line(knowledge.contacts[id_], phrases, language) for id_ in ids)
    return Block(Part.CONTACTS, found, phrases.contacts)


def _contact_line(contact: Contact, phrases: Phrases, language: Language) -> str:
    """Return a contact as one line: who, number, and the hours if they are known."""
    name = said(contact.name, language)
    if contact.hours is None:
        return phrases.contact_line.format(name=name, number=contact.number)
    hours = said(contact.hours, language)
    return phrases.contact_line_with_hours.format(name=name, number=contact.number, hours=hours)


def _search_words(words: Sequence[Both], language: Language) -> Iterable[str]:
    return (f"{word.ko} ({word.en})" if language is Language.EN else word.ko for word in words)


def _checked(facts: Sequence[Fact], phrases: Phrases) -> tuple[str, ...]:
    if not facts:
        return ()
    return (phrases.checked.format(day=min(fact.checked for fact in facts).isoformat()),)
