"""What travels at the coordinators' desk: buttons that carry their state, and messages for the group."""

from dataclasses import dataclass
from enum import StrEnum

from bot.core.model import LONGEST_ACTION, Block, Language

_MARK = "#"
"""Before the data of each button of the desk: no button of a newcomer's begins so."""


class DeskVerb(StrEnum):
    """What a button of the desk does. The values are short: a seal of 56 letters must fit beside them."""

    SHOW = "s"
    FIELDS = "f"
    FIELD = "e"
    ASKS = "q"
    ASK_DROP = "x"
    FILE = "y"
    FILE_PASTE = "w"
    PREVIEW = "p"
    DRAFT = "g"
    DISCARD = "d"
    PROPOSE = "b"
    CONFIRM = "c"
    REJECT = "j"
    HISTORY = "i"
    REVISION = "v"
    UNDO = "u"
    RETIRE = "r"
    RETIRE_TO = "z"
    NEW_FROM_TICKET = "t"
    ADD_FROM_TICKET = "a"
    OVERDUE = "o"
    STILL_RIGHT = "k"
    STATS = "m"
    GAPS = "l"
    EXPORT = "n"
    INERT = "0"
    # what is written in reply to a message with one of these goes where it says; pressed, the message goes
    INPUT_FIELD = "E"
    INPUT_ASKS = "A"
    INPUT_DROP = "X"
    INPUT_FILE = "W"
    INPUT_NEW = "N"
    INPUT_RETIRE = "R"


INPUTS = frozenset(verb for verb in DeskVerb if verb.name.startswith("INPUT_")) | {DeskVerb.NEW_FROM_TICKET}
"""Buttons that say what a reply to their message means; a ticket's says that it goes to whoever asked."""


@dataclass(frozen=True, slots=True)
class DeskAction:
    """What a button of the desk does, and to what: an entry, a field of it, a proposal, a ticket's sealed way back."""

    verb: DeskVerb
    target: str = ""

    def encode(self) -> str:
        """Return the action as the text a button carries."""
        return f"{_MARK}{self.verb}:{self.target}"

    @classmethod
    def decode(cls, text: str) -> "DeskAction | None":
        """Return the action in `text`, or None for what no button of the desk carries."""
        verb, separator, target = text.removeprefix(_MARK).partition(":")
        if not text.startswith(_MARK) or not separator or verb not in set(DeskVerb):
            return None
        action = cls(DeskVerb(verb), target)
        return action if action.fits else None

    @property
    def fits(self) -> bool:
        """Whether a button can carry the action: it is short enough, and made of letters."""
        carried = self.encode().encode(errors="replace")
        return len(carried) <= LONGEST_ACTION and carried.decode() == self.encode()


@dataclass(frozen=True, slots=True)
class DeskButton:
    """A choice under a message of the desk."""

    label: str
    action: DeskAction


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for the coordinators: blocks from top to bottom, buttons in rows."""

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[DeskButton, ...], ...] = ()
    language: Language = Language.KO
