"""Buttons and blocks that many replies share."""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from unicodedata import east_asian_width

from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Block, Button, Language, Part, Verb

HALF_A_ROW = 20
"""So much room there is in half a row on a screen of 360 pixels, in the units of `width`."""


class _Labelled(Protocol):
    """Anything with a label: a button."""

    @property
    def label(self) -> str:
        """What stands on it."""


B = TypeVar("B", bound=_Labelled)


def title_of(knowledge: Knowledge, id_: str, language: Language) -> str:
    """Return the title of an entry or of a kind of emergency; raise KeyError if there is none of that id."""
    urgent = knowledge.urgent.kinds.get(id_)
    return said(urgent.title if urgent else knowledge.entries[id_].content.title, language)


def card_button(knowledge: Knowledge, action: Action) -> Button:
    """Return the button that opens the card its action points at, under the card's title."""
    return Button(title_of(knowledge, action.target, action.language), action)


def related(knowledge: Knowledge, id_: str, language: Language) -> tuple[Button, ...]:
    """Return a row with one card to open below what is shown."""
    return (card_button(knowledge, Action(Verb.CARD, language, id_, below=True)),)


def topics(knowledge: Knowledge, language: Language) -> Button:
    """Return the button to the menu, opened below what is shown."""
    return Button(knowledge.phrases[language].menu_button, Action(Verb.MENU, language, below=True))


def person(knowledge: Knowledge, language: Language) -> Button:
    """Return the button to people who can be asked."""
    return Button(knowledge.phrases[language].person_button, Action(Verb.PERSON, language, below=True))


def lost(knowledge: Knowledge, language: Language, *, below: bool = True) -> Button:
    """Return the button for those who do not know what to ask."""
    return Button(knowledge.phrases[language].stages_button, Action(Verb.STAGES, language, below=below))


def other_language(knowledge: Knowledge, here: Action) -> Button:
    """Return the button that shows the same in the other language."""
    return Button(knowledge.phrases[here.language].other_language_button, here.turned())


def way_out(knowledge: Knowledge, here: Action) -> tuple[Button, Button]:
    """Return the last row of most replies: the topics, opened below, and the same in the other language."""
    return topics(knowledge, here.language), other_language(knowledge, here)


def in_rows(buttons: Sequence[B]) -> tuple[tuple[B, ...], ...]:
    """Return the buttons two in a row, but for labels that half a row of an old phone would cut off."""
    rows: list[tuple[B, ...]] = []
    for button in buttons:
        beside = rows[-1] if rows else ()
        if len(beside) == 1 and all(width(each.label) <= HALF_A_ROW for each in (*beside, button)):
            rows[-1] = (*beside, button)
        else:
            rows.append((button,))
    return tuple(rows)


def width(label: str) -> int:
    """Return how much room a label takes: a Korean or Chinese letter as much as two Latin ones."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in label)


def titled(title: str, *lines: str) -> tuple[Block, ...]:
    """Return a title and plain lines below it."""
    return Block(Part.TITLE, (title,)), Block(Part.TEXT, lines)
