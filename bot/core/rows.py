"""Buttons and blocks that many replies share."""

from collections.abc import Sequence

from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Block, Button, Language, Part, Verb


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


def lost(knowledge: Knowledge, language: Language) -> Button:
    """Return the button for those who do not know what to ask."""
    return Button(knowledge.phrases[language].stages_button, Action(Verb.STAGES, language, below=True))


def other_language(knowledge: Knowledge, here: Action) -> Button:
    """Return the button that shows the same in the other language."""
    return Button(knowledge.phrases[here.language].other_language_button, here.turned())


def in_rows(buttons: Sequence[Button], wide: int = 2) -> tuple[tuple[Button, ...], ...]:
    """Return the buttons in rows of at most `wide`."""
    return tuple(tuple(buttons[at : at + wide]) for at in range(0, len(buttons), wide))


def titled(title: str, *lines: str) -> tuple[Block, ...]:
    """Return a title and plain lines below it."""
    return Block(Part.TITLE, (title,)), Block(Part.TEXT, lines)
