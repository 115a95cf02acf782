"""Frozen data that travels between rooms: what came in, what goes out."""

from dataclasses import dataclass, field
from enum import StrEnum


class Language(StrEnum):
    """A language people write in; the bot itself speaks Korean and English."""

    KO = "ko"
    EN = "en"
    ZH = "zh"

    @property
    def spoken(self) -> "Language":
        """The language the bot answers in: English in English, everything else in Korean."""
        return Language.EN if self is Language.EN else Language.KO


class Outcome(StrEnum):
    """How a question ended."""

    URGENT = "urgent"
    ANSWERED = "answered"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


class Courtesy(StrEnum):
    """A message that asks nothing."""

    HELLO = "hello"
    THANKS = "thanks"


class Part(StrEnum):
    """What a block of a reply is; each face decides how it looks."""

    TITLE = "title"
    TEXT = "text"
    STEPS = "steps"
    VOICE = "voice"
    FACTS = "facts"
    CONTACTS = "contacts"
    SEARCH = "search"
    WORDS = "words"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a reply: lines of plain text without markup, under an optional heading."""

    part: Part
    lines: tuple[str, ...]
    heading: str = ""


class Verb(StrEnum):
    """What a button does. The values are short: they travel in 64 bytes.

    A card opened from a list has a way back to it; a related card, what to show or say, and the
    topics under an answer open below it.
    """

    START = "s"
    HELP = "h"
    PRIVACY = "p"
    MENU = "m"
    CATEGORY = "c"
    CARD = "e"
    LISTED_CARD = "l"
    RELATED_CARD = "r"
    TOPICS = "t"
    NONE_OF_THESE = "n"
    CONCEPT = "w"
    SHOW = "k"

    @property
    def keeps_message(self) -> bool:
        """Whether the message with the button stays as it is: an answer is not taken away by looking further."""
        return self in (Verb.RELATED_CARD, Verb.TOPICS, Verb.SHOW)


@dataclass(frozen=True, slots=True)
class Action:
    """The whole state of a conversation: what to show (an entry, a concept, a category, nothing), in which language."""

    verb: Verb
    language: Language
    target: str = ""

    def encode(self) -> str:
        """Return the action as the text a button carries (ASCII, at most 64 bytes)."""
        return f"{self.verb}:{self.language}:{self.target}"

    @classmethod
    def decode(cls, text: str) -> "Action | None":
        """Return the action in `text`, or None for what no button of ours carries."""
        verb, _, rest = text.partition(":")
        language, separator, target = rest.partition(":")
        if not separator or verb not in set(Verb) or language not in (Language.KO, Language.EN):
            return None
        return cls(Verb(verb), Language(language), target)


@dataclass(frozen=True, slots=True)
class Button:
    """A choice under a reply."""

    label: str
    action: Action


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything a face needs to show: blocks from top to bottom, buttons in rows.

    `ids` are the entries the question came nearest to, best first (at most five), with their `scores`: probabilities
    from 0 to 1. `outcome` is None where nothing was asked (a menu). `shown` is the entry on the card, if there is one.
    """

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    language: Language = Language.KO
    outcome: Outcome | None = None
    ids: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    shown: str = ""
    also: "Reply | None" = field(default=None)
