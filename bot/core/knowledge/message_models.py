"""What a knowledge file may hold of messages that are no plain question: urgent, polite, not covered, following."""

from collections.abc import Iterator
from typing import Annotated, Literal

from bot.core.knowledge.fields import Id, Letter, Line, Record, many
from bot.core.knowledge.models import Asks, Both


class Lines(Record):
    """A card's fixed lines in both languages."""

    ko: Annotated[tuple[Line, ...], many(1, 6)]
    en: Annotated[tuple[Line, ...], many(1, 6)]


class UrgentKind(Record):
    """One kind of emergency: its card, the wordings that bring it, and those that only look alike.

    `triggers` bring the card whatever else is said; every text of `heard` is heard by one.
    """

    title: Both
    card: Lines
    contacts: Annotated[tuple[Id, ...], many(1)]
    triggers: Annotated[tuple[Line, ...], many(1)]
    heard: Asks


class UrgentFile(Record):
    """knowledge/urgent.yaml: see bot/core/safety.py for how triggers are read. Kinds stand gravest first."""

    pieces: dict[str, tuple[Line, ...]]
    harmless: tuple[Line, ...]
    kinds: dict[Id, UrgentKind]


class UrgentTexts(Record):
    """knowledge/urgent_texts.yaml: cries for help of each kind, and harmless texts with alarming words.

    The alarm learns from them what a trigger does not hear; no trigger hears a harmless one.
    """

    urgent: dict[Id, Asks]
    lookalike: Asks


class Courtesies(Record):
    """Whole messages that ask nothing: a greeting, a word of thanks."""

    hello: Asks
    thanks: Asks


class NotCovered(Record):
    """Texts that no entry answers: far from the scope, near it, harmless but alarming."""

    far: Asks
    near: Asks
    harmless: Asks

    def groups(self) -> Iterator[tuple[tuple[str, ...], Asks]]:
        """Yield each group of texts with where it stands in the file."""
        for name in ("far", "near", "harmless"):
            yield (name,), getattr(self, name)


class Marks(Record):
    """Words by which a line of a card is known to be about something."""

    ko: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()


class Aspect(Record):
    """Something that is asked about a topic just answered, and which lines of its card answer that.

    `blocks` are parts of the card that answer whole, or what can be shown or read out; `marks` find single lines among
    its steps and facts.
    """

    title: Both
    asks: Asks
    marks: Marks
    blocks: tuple[Literal["steps", "contacts", "call", "show"], ...] = ()


class FollowUps(Record):
    """knowledge/follow_ups.yaml: short questions about the last topic; `openers` may stand before them."""

    openers: Asks
    aspects: dict[Id, Aspect]


class Flag(Record):
    """A danger sign of an offer: what is wanted, why that is dangerous, and the wordings by which it is heard.

    `letter` stands for it in buttons and never changes its meaning. See bot/core/safety.py for how triggers are read.
    """

    letter: Letter
    title: Both
    why: Both
    triggers: Annotated[tuple[Line, ...], many(1)]


class OffersFile(Record):
    """knowledge/offers.yaml: the danger signs of offers, what to do when there are some, and whom to call."""

    pieces: dict[str, tuple[Line, ...]]
    harmless: tuple[Line, ...]
    flags: dict[Id, Flag]
    steps: Lines
    contacts: Annotated[tuple[Id, ...], many(1)]
    entry: Id
