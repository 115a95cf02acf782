"""From what was decided to what is shown, in the words of knowledge/voice. Faces decide how it looks."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from bot.core.following import blocks_about
from bot.core.knowledge.cards import card_blocks
from bot.core.knowledge.message_models import Aspect
from bot.core.knowledge.models import Center, Concept, Word, said
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.knowledge.words import hard_words_beside
from bot.core.language.glossary import Glossary
from bot.core.model import Action, Block, Button, Courtesy, Language, Part, Reply, Verb

_MOST_RELATED = 3
URGENT_CATEGORY = "safety"


def other(language: Language) -> Language:
    """Return the other of the two languages the bot speaks."""
    return Language.KO if language is Language.EN else Language.EN


def card(knowledge: Knowledge, glossary: Glossary, entry: Entry, verb: Verb, language: Language, today: date) -> Reply:
    """Return the entry's card: what to do, who said so, the rules, whom to ask, what to search for, hard words.

    `verb` says how it was opened: a LISTED_CARD has a button back to its list.
    """
    phrases = knowledge.phrases[language]
    blocks = card_blocks(knowledge, entry.content, glossary, language, today)
    here = Action(verb, language, entry.id)
    buttons = (
        *_related(knowledge, entry, language),
        *_shown(phrases, here, entry),
        _under(phrases, here, entry.category),
    )
    return Reply(blocks, buttons, language, shown=entry.id)


def to_show(knowledge: Knowledge, entry: Entry, language: Language) -> Reply:
    """Return what to hold up at a counter and what to read out on the telephone: always in Korean, told in English."""
    phrases = knowledge.phrases[language]
    blocks = [
        Block(Part.TEXT, (text.ko,) if language is Language.KO else (text.ko, text.en), heading)
        for text, heading in ((entry.content.show, phrases.show), (entry.content.call, phrases.call))
        if text
    ]
    return Reply(tuple(blocks), ((_open(knowledge, entry.id, Verb.RELATED_CARD, language),),), language)


def _shown(phrases: Phrases, here: Action, entry: Entry) -> tuple[tuple[Button, ...], ...]:
    """Return the row with the way to what can be shown or read out, if the entry has that."""
    if not (entry.content.show or entry.content.call):
        return ()
    return ((Button(phrases.show_button, replace(here, verb=Verb.SHOW)),),)


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
    entry = (_open(knowledge, concept.entry, Verb.RELATED_CARD, language),)
    return Reply(tuple(block for block in blocks if block.lines), (entry, _under(phrases, here)), language)


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
    return Reply(tuple(blocks), ((_topics(phrases, language),),), language)


def about_last(knowledge: Knowledge, entry: Entry, aspect: Aspect, card: Reply, language: Language) -> Reply:
    """Return what the card of the topic just answered says about `aspect`, or that it says nothing and whom to ask."""
    title = Block(Part.TITLE, (f"{said(entry.content.title, language)} · {said(aspect.title, language)}",))
    found = blocks_about(aspect, card.blocks, language)
    if not found:
        none = Block(Part.TEXT, (knowledge.phrases[language].follow_up_none,))
        found = (none, *(block for block in card.blocks if block.part is Part.CONTACTS))
    button = _open(knowledge, entry.id, Verb.RELATED_CARD, language)
    return Reply(
        (title, *found), ((button,), (_topics(knowledge.phrases[language], language),)), language, shown=entry.id
    )


def urgent_card(knowledge: Knowledge, kind: str, verb: Verb, language: Language) -> Reply:
    """Return the fixed card of one kind of emergency."""
    found = knowledge.urgent.kinds[kind]
    phrases = knowledge.phrases[language]
    buttons = (_under(phrases, Action(verb, language, kind), URGENT_CATEGORY),)
    return Reply((Block(Part.TEXT, said(found.card, language)),), buttons, language, shown=kind)


def choices(knowledge: Knowledge, ids: Sequence[str], language: Language) -> Reply:
    """Return "did you mean": one button an entry, and "none of these"."""
    phrases = knowledge.phrases[language]
    rows = tuple((_open(knowledge, id_, Verb.CARD, language),) for id_ in ids)
    none = Button(phrases.none_of_these_button, Action(Verb.NONE_OF_THESE, language))
    return Reply((Block(Part.TEXT, phrases.unsure),), (*rows, (none,)), language)


def unknown(knowledge: Knowledge, language: Language) -> Reply:
    """Return the honest "I do not know", with ways on."""
    phrases = knowledge.phrases[language]
    return Reply((Block(Part.TEXT, phrases.unknown),), ((_topics(phrases, language),),), language)


def courteous(knowledge: Knowledge, courtesy: Courtesy, language: Language) -> Reply:
    """Return the answer to a greeting or to thanks, with the way to the topics."""
    phrases = knowledge.phrases[language]
    texts = phrases.hello if courtesy is Courtesy.HELLO else phrases.thanks
    return Reply((Block(Part.TEXT, texts),), ((_topics(phrases, language),),), language)


def none_of_these(knowledge: Knowledge, language: Language) -> Reply:
    """Return what is said when none of the choices was right."""
    phrases = knowledge.phrases[language]
    return Reply((Block(Part.TEXT, phrases.none_of_these),), ((_topics(phrases, language),),), language)


def lines(knowledge: Knowledge, texts: Iterable[str], action: Action) -> Reply:
    """Return plain lines (greeting, help, privacy) with the way to the menu and to the other language."""
    phrases = knowledge.phrases[action.language]
    return Reply((Block(Part.TEXT, tuple(texts)),), (_under(phrases, action),), action.language)


def greeting(knowledge: Knowledge, language: Language) -> Reply:
    """Return the first meeting: three lines and the parts of life."""
    phrases = knowledge.phrases[language]
    rows = (*_category_rows(knowledge, language), _under(phrases, Action(Verb.START, language))[1:])
    return Reply((Block(Part.TEXT, phrases.start),), rows, language)


def menu(knowledge: Knowledge, language: Language) -> Reply:
    """Return the parts of life to choose from."""
    phrases = knowledge.phrases[language]
    last = (
        Button(phrases.help_button, Action(Verb.HELP, language)),
        Button(phrases.privacy_button, Action(Verb.PRIVACY, language)),
        Button(phrases.other_language_button, Action(Verb.MENU, other(language))),
    )
    return Reply((Block(Part.TEXT, (phrases.menu,)),), (*_category_rows(knowledge, language), last), language)


def category(knowledge: Knowledge, id_: str, language: Language) -> Reply:
    """Return the entries of one part of life; raise KeyError if there is no such part."""
    found = {category.id: category for category in knowledge.categories}[id_]
    phrases = knowledge.phrases[language]
    rows = [(_open(knowledge, each, Verb.LISTED_CARD, language),) for each in ids_of(knowledge, id_)]
    last = (
        Button(phrases.back_button, Action(Verb.MENU, language)),
        Button(phrases.other_language_button, Action(Verb.CATEGORY, other(language), id_)),
    )
    blocks = (Block(Part.TITLE, (said(found.title, language),)), Block(Part.TEXT, (phrases.category,)))
    return Reply(blocks, (*rows, last), language)


def ids_of(knowledge: Knowledge, category_id: str) -> tuple[str, ...]:
    """Return the ids under a category; the urgent kinds stand first under theirs."""
    urgent = tuple(knowledge.urgent.kinds) if category_id == URGENT_CATEGORY else ()
    return (*urgent, *(entry.id for entry in knowledge.entries_of(category_id)))


def centers_block(centers: Sequence[Center], phrases: Phrases, language: Language) -> Block:
    """Return what is known of the given Hana Centers."""
    found = tuple(f"{said(center.name, language)}: {said(center.known, language)}" for center in centers)
    return Block(Part.CONTACTS, found, phrases.centers)


def title_of(knowledge: Knowledge, id_: str, language: Language) -> str:
    """Return the title of an entry or of a kind of emergency."""
    urgent = knowledge.urgent.kinds.get(id_)
    return said(urgent.title if urgent else knowledge.entries[id_].content.title, language)


def _open(knowledge: Knowledge, id_: str, verb: Verb, language: Language) -> Button:
    return Button(title_of(knowledge, id_, language), Action(verb, language, id_))


def _topics(phrases: Phrases, language: Language) -> Button:
    return Button(phrases.menu_button, Action(Verb.TOPICS, language))


def _under(phrases: Phrases, here: Action, category_id: str = "") -> tuple[Button, ...]:
    """Return the last row of a reply: the way back or to the topics, and the same in the other language."""
    language = here.language
    first = _topics(phrases, language)
    if here.verb is Verb.LISTED_CARD:
        first = Button(phrases.back_button, Action(Verb.CATEGORY, language, category_id))
    turned = Action(here.verb, other(language), here.target)
    return first, Button(phrases.other_language_button, turned)


def _category_rows(knowledge: Knowledge, language: Language) -> tuple[tuple[Button, ...], ...]:
    filled = [category for category in knowledge.categories if ids_of(knowledge, category.id)]
    buttons = [Button(said(c.title, language), Action(Verb.CATEGORY, language, c.id)) for c in filled]
    return tuple(tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2))


def _related(knowledge: Knowledge, entry: Entry, language: Language) -> tuple[tuple[Button, ...], ...]:
    shown = entry.content.related[:_MOST_RELATED]
    return tuple((_open(knowledge, id_, Verb.RELATED_CARD, language),) for id_ in shown)
