"""What is printed or carried away: a sheet with a code for a camera, and everything in one file. No markup yet."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.centers import regions_of
from bot.core.knowledge.cards import day_line
from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Knowledge
from bot.core.menus import ids_of
from bot.core.model import Action, Language, Verb
from bot.core.opening import Opener
from bot.core.rows import title_of
from bot.web.showing import Numbers, Shown, numbers_of, shown


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sentences under a title, in a language: that of the page if none is named."""

    language: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to hang up: what it says in both languages, and the address in its code."""

    title: str
    address: str
    spoken: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Ref:
    """A way to another card of the book."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card of the book: what it shows, what can be said or held up, the cards beside it."""

    anchor: str
    title: str
    shown: Shown
    said: tuple[Spoken, ...]
    related: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of life and its cards."""

    anchor: str
    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word with its other names, and what it means."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Tongue:
    """The whole book in one language."""

    language: str
    title: str
    about: tuple[str, ...]
    contents: str
    chapters: tuple[Chapter, ...]
    words_title: str
    words: tuple[Meaning, ...]
    back: str


@dataclass(frozen=True, slots=True)
class Book:
    """The knowledge in both languages."""

    parts: tuple[Tongue, ...]


def sheet(knowledge: Knowledge, address: str) -> Sheet:
    """Return the sheet that leads to `address`."""
    spoken = tuple(Spoken(str(at), words.poster_title, words.poster) for at, words in knowledge.web.items())
    return Sheet(knowledge.web[Language.KO].name, address, spoken)


def book(opener: Opener) -> Book:
    """Return everything there is to show."""
    numbers = numbers_of(opener.knowledge)
    return Book(tuple(_Writer(opener, numbers, language).tongue() for language in opener.knowledge.web))


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the book in one language."""

    opener: Opener
    numbers: Numbers
    language: Language

    def tongue(self) -> Tongue:
        """Return the whole."""
        knowledge, language = self.opener.knowledge, self.language
        web, phrases = knowledge.web[language], knowledge.phrases[language]
        day = day_line(self.opener.today(), phrases)
        parts = [
            Chapter(self._anchor(each.id), said(each.title, language), tuple(self._cards(ids_of(knowledge, each.id))))
            for each in knowledge.categories
        ]
        centers = tuple(
            self._card(Verb.CENTERS, key, said(name, language)) for key, name in regions_of(knowledge.centers).items()
        )
        concepts = tuple(self._card(Verb.CONCEPT, c.id, said(c.title, language)) for c in knowledge.concepts)
        more = (
            Chapter(self._anchor("centers"), web.book_centers, centers),
            Chapter(self._anchor("concepts"), web.book_concepts, concepts),
        )
        return Tongue(
            language=str(language), title=web.book_title, about=tuple(line.format(day=day) for line in web.book),
            contents=web.book_contents, chapters=(*parts, *more), words_title=web.book_words,
            words=tuple(self._words()), back=web.book_back,
        )  # fmt: skip

    def _anchor(self, name: str) -> str:
        return f"{self.language}-{name}"

    def _cards(self, ids: tuple[str, ...]) -> Iterator[Card]:
        for id_ in ids:
            yield self._card(Verb.CARD, id_, title_of(self.opener.knowledge, id_, self.language))

    def _card(self, verb: Verb, target: str, title: str) -> Card:
        """Return the card that a button opens."""
        reply = self.opener.open(Action(verb, self.language, target))
        assert reply is not None, "there is a card for everything that is listed"
        (first, *_) = shown(reply, self.numbers, ())
        cards = [each.action.target for row in reply.buttons for each in row if each.action.verb is Verb.CARD]
        near = [id_ for id_ in cards if id_ != target]  # a card has a button to itself in the other language
        related = (
            Ref(self._anchor(f"card-{id_}"), title_of(self.opener.knowledge, id_, self.language)) for id_ in near
        )
        anchor = self._anchor(f"{verb.name.lower()}-{target}")
        return Card(anchor, title, first, tuple(self._said(verb, target)), tuple(related))

    def _said(self, verb: Verb, target: str) -> Iterator[Spoken]:
        """Yield what can be held up at a counter and what can be said on the telephone."""
        entry = self.opener.knowledge.entries.get(target)
        if verb is not Verb.CARD or entry is None:
            return
        phrases = self.opener.knowledge.phrases[self.language]
        warned = (phrases.origin_told,) if entry.content.origin else ()
        for title, text in ((phrases.show_button, entry.content.show), (phrases.call_button, entry.content.call)):
            if text:
                yield Spoken("", title, warned)
                yield Spoken("ko", "", (text.ko,))
                if self.language is not Language.KO:
                    yield Spoken("", "", (text.en,))

    def _words(self) -> Iterator[Meaning]:
        phrases = self.opener.knowledge.phrases[self.language]
        for word in sorted(self.opener.knowledge.words, key=lambda each: each.south[0]):
            north = f" ({phrases.word_north.format(words=', '.join(word.north))})" if word.north else ""
            yield Meaning(", ".join(word.south) + north, said(word, self.language))
