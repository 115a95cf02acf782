"""Words: what one means, what the other side calls it, which listed word may have been meant, those of a card."""

from collections.abc import Sequence

from bot.core.knowledge.models import Concept, Word, said
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.knowledge.words import WordBook, hard_words_beside, words_of_card
from bot.core.language.glossary import Glossary
from bot.core.language.normal import plain
from bot.core.model import Action, Block, Button, Language, Part, Reply, Verb
from bot.core.rows import other_language, person, related, titled, topics, way_out
from bot.core.spelling import nearest_words

MOST_OF_A_CARD = 12


def concept_card(knowledge: Knowledge, glossary: Glossary, concept: Concept, language: Language) -> Reply:
    """Return what a thing is, what it is nearest to, how it can harm and the first step, with the way to its entry."""
    phrases = knowledge.phrases[language]
    blocks = (
        Block(Part.TITLE, (said(concept.title, language),)),
        Block(Part.TEXT, (said(concept.what, language),)),
        Block(Part.TEXT, (said(concept.nearest, language),), phrases.concept_nearest),
        Block(Part.TEXT, (said(concept.harm, language),), phrases.concept_harm),
        Block(Part.TEXT, (said(concept.first, language),), phrases.concept_first),
        Block(Part.WORDS, hard_words_beside(glossary, concept) if language is Language.KO else (), phrases.words),
    )
    here = Action(Verb.CONCEPT, language, concept.id)
    rows = (related(knowledge, concept.entry, language), way_out(knowledge, here))
    return Reply(tuple(block for block in blocks if block.lines), rows, language)


def word_card(knowledge: Knowledge, asked: str, words: Sequence[Word], language: Language) -> Reply:
    """Return what a word means, what else it is called here and what in the North."""
    phrases = knowledge.phrases[language]
    blocks = [Block(Part.TITLE, (asked,))]
    for word in words:
        lines = [said(word, language)]
        for names, line in ((word.south, phrases.word_here), (word.north, phrases.word_north)):
            if others := [name for name in names if name != asked]:
                lines.append(line.format(words=", ".join(others)))
        blocks.append(Block(Part.TEXT, tuple(lines)))
    last = [topics(knowledge, language)]
    here = Action(Verb.WORD, language, asked)
    if here.fits:
        last.append(other_language(knowledge, here))
    return Reply(tuple(blocks), (tuple(last),), language)


def word(knowledge: Knowledge, book: WordBook, text: str, language: Language) -> Reply:
    """Return what the word in `text` means: a question about one or the word alone; else which may have been meant."""
    name, concept, words = book.asked(plain(text))
    if not name:
        name, (concept, words) = text.strip(), book.named(text)
    if concept:
        return concept_card(knowledge, book.glossary, concept, language)
    if words:
        return word_card(knowledge, name, words, language)
    return nearest(knowledge, name, nearest_words(book, name), language)


def nearest(knowledge: Knowledge, asked: str, names: Sequence[str], language: Language) -> Reply:
    """Return the listed words that may have been meant by the one that is asked about, or that there is none."""
    phrases = knowledge.phrases[language]
    actions = [Action(Verb.WORD, language, name) for name in names]
    rows = [(Button(action.target, action),) for action in actions if action.fits]
    first = phrases.word_near if rows else phrases.word_unknown
    here = Action(Verb.WORD, language, asked)
    here = here if here.fits else Action(Verb.WORD, language)
    last = way_out(knowledge, here)
    ways = () if rows else ((person(knowledge, language),),)
    return Reply((Block(Part.TEXT, first),), (*rows, *ways, last), language)


def how_to_ask(knowledge: Knowledge, language: Language) -> Reply:
    """Return how to ask about a word."""
    phrases = knowledge.phrases[language]
    return Reply((Block(Part.TEXT, phrases.word_ask),), (way_out(knowledge, Action(Verb.WORD, language)),), language)


def of_card(knowledge: Knowledge, book: WordBook, entry: Entry, language: Language) -> Reply:
    """Return the listed words of the entry's Korean card: what they mean, what they are called in the North."""
    phrases = knowledge.phrases[language]
    lines = []
    for name, found in words_of_card(book, entry.content)[:MOST_OF_A_CARD]:
        north = [each for each in found.north if each != name]
        line = phrases.card_word_and_north if north else phrases.card_word
        lines.append(line.format(word=name, north=", ".join(north), meaning=said(found, language)))
    here = Action(Verb.WORDS, language, entry.id)
    rows = (related(knowledge, entry.id, language), way_out(knowledge, here))
    blocks = titled(phrases.card_words, *(() if lines else (phrases.card_words_none,)))
    words = Block(Part.WORDS, tuple(lines))
    return Reply(tuple(block for block in (*blocks, words) if block.lines), rows, language)
