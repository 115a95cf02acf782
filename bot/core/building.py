"""From knowledge to a reader, to texts to learn from, to an engine."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from bot.core.centers import doubtful_names, names_of_places
from bot.core.engine import Engine
from bot.core.following import follower_of
from bot.core.knowledge.message_models import UrgentKind
from bot.core.knowledge.models import Answer, Answers, WordKind
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.urgent_checks import urgent_check
from bot.core.knowledge.web_phrases import Instead, WebPhrases, as_on_a_page, in_the_book, on_the_page
from bot.core.knowledge.whole import Entry, Knowledge, texts_of
from bot.core.knowledge.words import word_book
from bot.core.language.normal import spaceless
from bot.core.language.reading import Reader, reader_of
from bot.core.matching.ranking import matcher_of
from bot.core.matching.weights import LOOKALIKE, NONE_OF_THEM, Weights
from bot.core.model import Courtesy, Language
from bot.core.offers import offer_check
from bot.core.opening import Opener

_ADDED = frozenset([WordKind.NORTHERN])
_REPLACED = frozenset([WordKind.SPELLING])
ABOUT_THE_BOT: Mapping[str, Callable[[Instead], tuple[str, ...]]] = {
    "bot-about": lambda said: (*said.start[:1], *said.help),
    "bot-privacy": lambda said: said.privacy,
}
"""Cards that tell of a messenger, and what the page tells instead."""


def reader_for(knowledge: Knowledge) -> Reader:
    """Return the reader that knows the words of `knowledge`."""
    asks = [(language, text) for _, language, text in knowledge.asks()]
    return reader_of(
        spellings=_pairs(knowledge, _REPLACED),
        synonyms=_pairs(knowledge, _ADDED),
        korean=(text for language, text in asks if language is Language.KO),
        english=(text for language, text in asks if language is Language.EN),
    )


def texts_to_learn(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """Yield (label, text) for each way of asking, then for lookalikes, then for what nothing covers."""
    yield from ((id_, text) for id_, _, text in knowledge.asks())
    yield from ((LOOKALIKE, text) for _, text in texts_of(knowledge.urgent_texts.lookalike))
    polite = knowledge.courtesies
    for asks in (*(asks for _, asks in knowledge.not_covered.groups()), polite.hello, polite.thanks):
        yield from ((NONE_OF_THEM, text) for _, text in texts_of(asks))


def learnt_texts(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Return (label, text) in the order in which the fitted weights know them: texts without letters are not learnt."""
    return [(label, text) for label, text in texts_to_learn(knowledge) if spaceless(text)]


def engine_for(
    knowledge: Knowledge, weights: Weights, today: Callable[[], date], version: str = "", *, desk: bool = False
) -> Engine:
    """Return an engine over `knowledge` with `weights` fitted for it; `version` is told to whoever asks for it.

    `desk` says that there is a group of coordinators, so that a person can be asked in writing.
    """
    reader = reader_for(knowledge)
    return Engine(
        opener=opener_for(knowledge, today, version, desk=desk),
        reader=reader,
        urgent=urgent_check(knowledge.urgent),
        matcher=matcher_of(weights),
        courtesies=courtesies_of(knowledge),
        requests=requests_of(knowledge),
        follower=follower_of(knowledge.follow_ups, reader),
    )


def opener_for(knowledge: Knowledge, today: Callable[[], date], version: str = "", *, desk: bool = False) -> Opener:
    """Return what opens every button over `knowledge`: it needs no weights."""
    knowledge = _with_desk(knowledge) if desk else knowledge
    words = word_book(knowledge.words, knowledge.concepts)
    places = names_of_places(knowledge.centers, knowledge.places)
    doubtful = doubtful_names(knowledge.places)
    return Opener(knowledge, words, offer_check(knowledge.offers), places, doubtful, today, version, desk)


def _with_desk(knowledge: Knowledge) -> Knowledge:
    """Return `knowledge` with the words for asking a person in writing: the button calls nobody by telephone then."""
    phrases = {language: _desk_words(each) for language, each in knowledge.phrases.items()}
    return replace(knowledge, phrases=phrases)


def _desk_words(phrases: Phrases) -> Phrases:
    commands = phrases.commands | {"person": phrases.person_desk_command}
    return phrases.model_copy(update={"person_button": phrases.person_desk_button, "commands": commands})


def on_a_page(knowledge: Knowledge) -> Knowledge:
    """Return `knowledge` with what the web page says instead where the bot speaks of a messenger."""
    phrases = {language: as_on_a_page(each, knowledge.web[language]) for language, each in knowledge.phrases.items()}
    entries = {id_: _entry_on_a_page(knowledge, entry) for id_, entry in knowledge.entries.items()}
    return _saying(replace(knowledge, phrases=phrases, entries=entries), on_the_page)


def in_a_book(knowledge: Knowledge) -> Knowledge:
    """Return `knowledge` as a file has it, which says at its beginning what it is: without the cards about the bot."""
    entries = {id_: _beside(entry) for id_, entry in knowledge.entries.items() if id_ not in ABOUT_THE_BOT}
    return replace(_saying(knowledge, in_the_book), phrases=on_a_page(knowledge).phrases, entries=entries)


def _beside(entry: Entry) -> Entry:
    """Return a card without ways to the cards about the bot."""
    related = tuple(id_ for id_ in entry.content.related if id_ not in ABOUT_THE_BOT)
    return replace(entry, content=entry.content.model_copy(update={"related": related}))


def _entry_on_a_page(knowledge: Knowledge, entry: Entry) -> Entry:
    """Return a card about the bot with what is true of the page; any other as it is."""
    said = ABOUT_THE_BOT.get(entry.id)
    if said is None:
        return entry
    told = {str(language): said(words.instead) for language, words in knowledge.web.items()}
    answers = {language: Answer(lead=lines[0], steps=lines[1:]) for language, lines in told.items()}
    update = {"answer": Answers(**answers), "search_words": ()}
    return replace(entry, content=entry.content.model_copy(update=update))


def _saying(knowledge: Knowledge, said: Callable[[tuple[str, ...], WebPhrases], tuple[str, ...]]) -> Knowledge:
    """Return `knowledge` with the lines of its urgent cards as they are `said`."""

    def kind_of(kind: UrgentKind) -> UrgentKind:
        lines = {str(at): said(getattr(kind.card, at), words) for at, words in knowledge.web.items()}
        return kind.model_copy(update={"card": kind.card.model_copy(update=lines)})

    kinds = {id_: kind_of(kind) for id_, kind in knowledge.urgent.kinds.items()}
    return replace(knowledge, urgent=knowledge.urgent.model_copy(update={"kinds": kinds}))


def for_a_page(engine: Engine) -> Engine:
    """Return `engine` as the web page speaks, without a desk: nobody can be written to from there."""
    return replace(engine, opener=replace(engine.opener, knowledge=on_a_page(engine.knowledge), desk=False))


def requests_of(knowledge: Knowledge) -> dict[str, str]:
    """Return each message that is a command in words, spaces and punctuation aside, with the command's name."""
    return {spaceless(text): name for name, asks in knowledge.requests.items() for _, text in texts_of(asks)}


def courtesies_of(knowledge: Knowledge) -> dict[str, Courtesy]:
    """Return each courtesy, spaces and punctuation aside, with what it is."""
    polite = ((Courtesy.HELLO, knowledge.courtesies.hello), (Courtesy.THANKS, knowledge.courtesies.thanks))
    return {spaceless(text): courtesy for courtesy, asks in polite for _, text in texts_of(asks)}


def _pairs(knowledge: Knowledge, kinds: frozenset[WordKind]) -> dict[str, str]:
    """Return northern word -> first southern word, for words of one piece."""
    found = ((north, word.south[0]) for word in knowledge.words if word.kind in kinds for north in word.north)
    return {north: south for north, south in found if " " not in north}
