"""An entry as the parts of its card: what a face shows, and what the checks measure."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.core.knowledge.models import Both, EntryContent, Fact, FactKind, Voice, said
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
        contacts_block(knowledge, content.contacts, language),
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


def contacts_block(knowledge: Knowledge, ids: Sequence[str], language: Language) -> Block:
    """Return the contacts of the given ids; raise KeyError for one that the register does not know."""
    phrases = knowledge.phrases[language]
    contacts = [knowledge.contacts[id_] for id_ in ids]
    found = tuple(
        contact_line(said(c.name, language), c.number, said(c.hours, language) if c.hours else "", phrases)
        for c in contacts
    )
    return Block(Part.CONTACTS, found, phrases.contacts)


def contact_line(name: str, number: str, hours: str, phrases: Phrases) -> str:
    """Return a contact as one line: who, number, and the hours if they are known."""
    line = phrases.contact_line_with_hours if hours else phrases.contact_line
    return line.format(name=name, number=number, hours=hours)


def _search_words(words: Sequence[Both], language: Language) -> Iterable[str]:
    return (f"{word.ko} ({word.en})" if language is Language.EN else word.ko for word in words)


def _checked(facts: Sequence[Fact], phrases: Phrases) -> tuple[str, ...]:
    if not facts:
        return ()
    return (phrases.checked.format(day=day_line(min(fact.checked for fact in facts), phrases)),)


def day_line(day: date, phrases: Phrases) -> str:
    """Return a day as people write it."""
    return phrases.date.format(year=day.year, month=day.month, day=day.day)
