"""From what was decided to what is shown, in the words of knowledge/voice. Faces decide how it looks."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.core.following import blocks_about
from bot.core.knowledge.cards import card_blocks
from bot.core.knowledge.message_models import Aspect
from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.language.glossary import Glossary
from bot.core.menus import URGENT_CATEGORY, back_to_list
from bot.core.model import Action, Block, Button, Courtesy, Feedback, Language, Part, Reply, Verb
from bot.core.rows import card_button, in_rows, lost, other_language, person, related, topics, way_out

_MOST_RELATED = 3


def card(knowledge: Knowledge, glossary: Glossary, entry: Entry, action: Action, today: date) -> Reply:
    """Return the entry's card: what to do, who said so, the rules, whom to ask, what to search for, hard words.

    `action` says how it was opened: a LISTED_CARD or a STAGE_CARD has a button back to its list.
    """
    language = action.language
    blocks = card_blocks(knowledge, entry.content, glossary, language, today)
    near = tuple(related(knowledge, id_, language) for id_ in entry.content.related[:_MOST_RELATED])
    rows = (*near, *_further(knowledge, entry, language), _felt(knowledge, entry, language))
    return Reply(blocks, (*rows, _last_row(knowledge, entry, action)), language, shown=entry.id)


def _further(knowledge: Knowledge, entry: Entry, language: Language) -> Sequence[tuple[Button, ...]]:
    """Return the rows with what can be shown or read out, the words of the card, and people to ask."""
    phrases, content = knowledge.phrases[language], entry.content
    offered = ((phrases.show_button, Verb.SHOW, content.show), (phrases.call_button, Verb.CALL, content.call))
    found = [Button(label, Action(verb, language, entry.id, below=True)) for label, verb, there in offered if there]
    return in_rows([*found, card_words_button(knowledge, entry, language), person(knowledge, language)])


def _felt(knowledge: Knowledge, entry: Entry, language: Language) -> tuple[Button, ...]:
    phrases = knowledge.phrases[language]
    labels = ((phrases.helpful_button, Feedback.HELPFUL), (phrases.unhelpful_button, Feedback.UNHELPFUL))
    return tuple(
        Button(label, Action(Verb.FEEDBACK, language, f"{entry.id}.{felt}", below=True)) for label, felt in labels
    )


def _last_row(knowledge: Knowledge, entry: Entry, action: Action) -> tuple[Button, ...]:
    """Return the way back to the list a card was opened from, or to the topics; and the card in the other language."""
    first = topics(knowledge, action.language)
    if action.verb is Verb.LISTED_CARD:
        first = back_to_list(knowledge, entry.id, entry.category, action.language)
    if action.verb is Verb.STAGE_CARD:
        back = Action(Verb.STAGES, action.language, ".".join(action.parts[:2]))
        first = Button(knowledge.phrases[action.language].back_button, back)
    return first, other_language(knowledge, action)


def feedback(knowledge: Knowledge, entry: Entry, felt: Feedback, language: Language) -> Reply:
    """Return thanks for what was said of a card; after "it did not help" the reasons to choose from."""
    phrases = knowledge.phrases[language]
    if felt is Feedback.UNHELPFUL:
        return replace(reasons(knowledge, entry, language), shown=entry.id, felt=felt)
    ways = {
        Feedback.HELPFUL: (),
        Feedback.WRONG_TOPIC: (lost(knowledge, language),),
        Feedback.TOO_HARD: (card_words_button(knowledge, entry, language), person(knowledge, language)),
        Feedback.NOT_TRUE: (person(knowledge, language),),
        Feedback.OTHER: (lost(knowledge, language), person(knowledge, language)),
    }
    rows = (*((button,) for button in ways[felt]), (topics(knowledge, language),))
    thanks = Block(Part.TEXT, phrases.feedback_heard[felt])
    return Reply((thanks,), rows, language, shown=entry.id, felt=felt)


def card_words_button(knowledge: Knowledge, entry: Entry, language: Language) -> Button:
    """Return the button to the words of a card."""
    action = Action(Verb.WORDS, language, entry.id, below=True)
    return Button(knowledge.phrases[language].card_words_button, action)


def reasons(knowledge: Knowledge, entry: Entry, language: Language) -> Reply:
    """Return the question why a card did not help, with reasons to tap: nothing has to be typed."""
    phrases = knowledge.phrases[language]
    rows = [
        (Button(phrases.feedback_reasons[felt], Action(Verb.FEEDBACK, language, f"{entry.id}.{felt}")),)
        for felt in Feedback
        if felt in phrases.feedback_reasons
    ]
    last = other_language(knowledge, Action(Verb.REASONS, language, entry.id))
    return Reply((Block(Part.TEXT, (phrases.feedback_why,)),), (*rows, (last,)), language)


def to_hold_up(knowledge: Knowledge, entry: Entry, action: Action) -> Reply | None:
    """Return what to hold up at a counter (SHOW) or to read out on the telephone (CALL), or None if there is neither.

    The text stands alone, in Korean, so that it can be shown; in English it is followed by what it means. Where it
    tells where the person comes from, that is said before.
    """
    text = entry.content.show if action.verb is Verb.SHOW else entry.content.call
    if text is None:
        return None
    language = action.language
    phrases = knowledge.phrases[language]
    blocks = [Block(Part.TEXT, (text.ko,))]
    if language is Language.EN:
        blocks.append(Block(Part.TEXT, (text.en,), phrases.in_english))
    alert = phrases.origin_told if entry.content.origin else ""
    rows = (related(knowledge, entry.id, language), way_out(knowledge, action))
    return Reply(tuple(blocks), rows, language, alert=alert)


def about_last(knowledge: Knowledge, entry: Entry, aspect_id: str, card: Reply, language: Language) -> Reply:
    """Return what the card of a topic says about an aspect of it, or that it says nothing and whom to ask."""
    aspect = knowledge.follow_ups.aspects[aspect_id]
    title = Block(Part.TITLE, (f"{said(entry.content.title, language)} · {said(aspect.title, language)}",))
    found = (*_to_say(knowledge, entry, aspect, language), *blocks_about(aspect, card.blocks, language))
    if not found:
        none = Block(Part.TEXT, (knowledge.phrases[language].follow_up_none,))
        found = (none, *(block for block in card.blocks if block.part is Part.CONTACTS))
    here = Action(Verb.ASPECT, language, f"{entry.id}.{aspect_id}")
    rows = (related(knowledge, entry.id, language), way_out(knowledge, here))
    return Reply((title, *found), rows, language, shown=entry.id)


def _to_say(knowledge: Knowledge, entry: Entry, aspect: Aspect, language: Language) -> tuple[Block, ...]:
    """Return what can be read out or shown, if an aspect is about that: the Korean text, and in English its meaning."""
    phrases = knowledge.phrases[language]
    told = {"call": (phrases.call_button, entry.content.call), "show": (phrases.show_button, entry.content.show)}
    blocks = [(heading, text) for name in aspect.blocks if name in told for heading, text in (told[name],) if text]
    lines = [(heading, (text.ko,) if language is Language.KO else (text.ko, text.en)) for heading, text in blocks]
    told_so = (Block(Part.SMALL, (phrases.origin_told,)),) if blocks and entry.content.origin else ()
    return (*told_so, *(Block(Part.TEXT, each, heading) for heading, each in lines))


def urgent_card(knowledge: Knowledge, kind: str, action: Action) -> Reply:
    """Return the fixed card of one kind of emergency."""
    language = action.language
    first = topics(knowledge, language)
    if action.verb is Verb.LISTED_CARD:
        first = back_to_list(knowledge, kind, URGENT_CATEGORY, language)
    card = Block(Part.TEXT, said(knowledge.urgent.kinds[kind].card, language))
    return Reply((card,), ((first, other_language(knowledge, action)),), language, shown=kind)


def choices(knowledge: Knowledge, ids: Sequence[str], language: Language) -> Reply:
    """Return "did you mean": one button an entry, and "none of these"."""
    phrases = knowledge.phrases[language]
    rows = tuple((card_button(knowledge, Action(Verb.CARD, language, id_)),) for id_ in ids)
    none = Button(phrases.none_of_these_button, Action(Verb.NONE_OF_THESE, language))
    here = Action(Verb.CHOICES, language, ".".join(ids))
    last = (none, other_language(knowledge, here))
    return Reply((Block(Part.TEXT, phrases.unsure),), (*rows, last), language)


def unknown(knowledge: Knowledge, action: Action) -> Reply:
    """Return the honest "I do not know", with ways on; after "none of these" in other words."""
    phrases = knowledge.phrases[action.language]
    texts = phrases.none_of_these if action.verb is Verb.NONE_OF_THESE else phrases.unknown
    return Reply((Block(Part.TEXT, texts),), _ways_on(knowledge, action), action.language)


def courteous(knowledge: Knowledge, courtesy: Courtesy, language: Language) -> Reply:
    """Return the answer to a greeting or to thanks, with ways on."""
    phrases = knowledge.phrases[language]
    texts = phrases.hello if courtesy is Courtesy.HELLO else phrases.thanks
    here = Action(Verb.COURTESY, language, courtesy)
    return Reply((Block(Part.TEXT, texts),), _ways_on(knowledge, here), language)


def gone(knowledge: Knowledge, menu: Reply) -> Reply:
    """Return that a button is too old, above the menu."""
    first = Block(Part.TEXT, (knowledge.phrases[menu.language].gone,))
    return replace(menu, blocks=(first, *menu.blocks))


def only(knowledge: Knowledge, sentence: str, language: Language) -> Reply:
    """Return one sentence with the way to the topics."""
    return Reply((Block(Part.TEXT, (sentence,)),), ((topics(knowledge, language),),), language)


def _ways_on(knowledge: Knowledge, here: Action) -> tuple[tuple[Button, ...], ...]:
    language = here.language
    first = (lost(knowledge, language),)
    return (
        first,
        (person(knowledge, language),),
        way_out(knowledge, here),
    )
