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

    @property
    def other(self) -> "Language":
        """The other of the two languages the bot speaks."""
        return Language.KO if self is Language.EN else Language.EN


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
    QUOTE = "quote"
    CODE = "code"
    HIDDEN = "hidden"
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
    """What a button shows. The values are short: they travel in 64 bytes."""

    START = "s"
    HELP = "h"
    PRIVACY = "p"
    MY_DATA = "y"
    CLEAR = "z"
    MENU = "m"
    CATEGORY = "c"
    CARD = "e"
    LISTED_CARD = "l"
    STAGES = "g"
    STAGE_CARD = "q"
    CHOICES = "o"
    UNKNOWN = "u"
    NONE_OF_THESE = "n"
    COURTESY = "i"
    ASPECT = "a"
    CONCEPT = "w"
    WORD = "d"
    WORDS = "b"
    SHOW = "k"
    CALL = "t"
    FEEDBACK = "f"
    REASONS = "2"
    PERSON = "r"
    WRITE = "3"
    SEND = "4"
    SEND_WHOLE = "5"
    WRITE_BACK = "6"
    NOT_SEND = "7"
    CENTERS = "x"
    CENTER = "j"
    OFFER = "v"
    VERDICT = "1"


class Feedback(StrEnum):
    """What somebody says of a card with one tap: whether it helped, and if not, why."""

    HELPFUL = "helpful"
    UNHELPFUL = "unhelpful"
    WRONG_TOPIC = "wrong-topic"
    TOO_HARD = "too-hard"
    NOT_TRUE = "not-true"
    OTHER = "other"


LONGEST_ACTION = 64
"""Telegram's limit for what a button carries, in bytes."""
_BELOW = "+"


@dataclass(frozen=True, slots=True)
class Action:
    """The whole state of a conversation: what to show, in which language, and where.

    `target` names an entry, a word, a category with its page, a stage, ...; the parts of a target of several are
    joined by dots. `below` says that the message with the button stays: an answer is not taken away by looking further.
    """

    verb: Verb
    language: Language
    target: str = ""
    below: bool = False

    def encode(self) -> str:
        """Return the action as the text a button carries (at most LONGEST_ACTION bytes for every target we have)."""
        return f"{self.verb}{_BELOW if self.below else ''}:{self.language}:{self.target}"

    @classmethod
    def decode(cls, text: str) -> "Action | None":
        """Return the action in `text`, or None for what no button of ours carries."""
        verb, _, rest = text.partition(":")
        language, separator, target = rest.partition(":")
        below = verb.endswith(_BELOW)
        verb = verb.removesuffix(_BELOW)
        if not separator or verb not in set(Verb) or language not in (Language.KO, Language.EN):
            return None
        action = cls(Verb(verb), Language(language), target, below)
        return action if action.fits else None

    @property
    def fits(self) -> bool:
        """Whether a button can carry the action: words that people know are shorter than that, and made of letters."""
        carried = self.encode().encode(errors="replace")  # half a letter (a lone surrogate) travels nowhere
        return len(carried) <= LONGEST_ACTION and carried.decode() == self.encode()

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the target; none if it is empty."""
        return tuple(self.target.split(".")) if self.target else ()

    def turned(self) -> "Action":
        """Return the same in the other language, in the same place."""
        return Action(self.verb, self.language.other, self.target)


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
    `alert` is told at once, before the reply is read. `felt` is what was said of the card `shown`, to be counted.
    `clears` asks the face to take away the messages before this one.
    """

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    language: Language = Language.KO
    outcome: Outcome | None = None
    ids: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    shown: str = ""
    alert: str = ""
    felt: Feedback | None = None
    clears: bool = False
    also: "Reply | None" = field(default=None)
