"""A Reply as Telegram shows it: HTML that cannot be wrong, in pieces that fit, with buttons under the last."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final, Protocol

from telegram import InlineKeyboardMarkup

from bot.core.model import Block, Part

LONGEST = 4096
"""Telegram's limit for a message, in UTF-16 units after the markup is read."""
LINKED_BELOW = 1000
"""Telegram for Android makes telephone numbers ready to call only in shorter messages (MessageObject.addLinks)."""
_NUMBER = re.compile(r"(?<![\d-])\d{3,4}(?:-\d{3,4}){0,2}(?![\d-])")
_TAGS = {
    Part.TITLE: "b", Part.VOICE: "blockquote", Part.QUOTE: "blockquote", Part.CODE: "pre", Part.HIDDEN: "tg-spoiler",
    Part.SMALL: "i",
}  # fmt: skip
_BULLETED = (Part.FACTS, Part.CONTACTS, Part.SEARCH, Part.WORDS)
_SENSE = (re.compile(r"[.!?。！？]\s+"), re.compile(r"[,;:，、]\s*"), re.compile(r"\s+"))
"""Where a line that is too long is cut, the best place first: after a sentence, after a part of one, between words."""


class _Carried(Protocol):
    """What a button does, as it is carried in a message."""

    @property
    def fits(self) -> bool:
        """Whether a button can carry it."""

    def encode(self) -> str:
        """Return the text a button carries."""


class _Pressable(Protocol):
    """A button: a label, and what it does."""

    @property
    def label(self) -> str:
        """What stands on it."""

    @property
    def action(self) -> _Carried:
        """What it does."""


class Shown(Protocol):
    """Anything with blocks and buttons: a reply, a notice of the desk."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What it says, from top to bottom."""

    @property
    def buttons(self) -> Sequence[Sequence[_Pressable]]:
        """Its buttons in rows."""


def messages(reply: Shown) -> tuple[str, ...]:
    """Return the reply as HTML texts, each within Telegram's limit, split between blocks or lines.

    In a message that is too long for Telegram to link them, telephone numbers are set so that a tap copies them.
    """
    lines = [(at, utf16_length(line[0]), line) for block in reply.blocks for at, line in enumerate(_lines(block))]
    to_copy = sum(length + 2 for _, length, _ in lines) >= LINKED_BELOW
    pieces: list[str] = []
    room = 0
    for at, length, (text, tag, part) in lines:
        gap = "\n\n" if at == 0 else "\n"
        html = _html(text, tag, copied=to_copy and part is Part.CONTACTS)
        if pieces and length + len(gap) <= room:
            pieces[-1] += gap + html
            room -= length + len(gap)
        else:
            pieces.append(html)
            room = LONGEST - length
    return tuple(pieces)


class Keyboard(InlineKeyboardMarkup):
    """Buttons in rows as they are sent: an object of the library's for each takes ten times as long."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[list[dict[str, str]]]) -> None:
        super().__init__(())
        self._rows: Final = rows

    def to_dict(self, recursive: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002 - as the library declares it
        """Return what is sent."""
        return {"inline_keyboard": self._rows}


def keyboard(reply: Shown) -> InlineKeyboardMarkup | None:
    """Return the reply's buttons, or None if it has none."""
    rows = [[_button(button) for button in row] for row in reply.buttons if row]
    return Keyboard(rows) if rows else None


def _button(button: _Pressable) -> dict[str, str]:
    assert button.action.fits, "ids are at most 32 letters, and targets of several are checked with the knowledge"
    return {"text": button.label, "callback_data": button.action.encode()}


def _lines(block: Block) -> Iterator[tuple[str, str, Part]]:
    """Yield (text, tag, part) for the heading and each line of a block."""
    for text in _cut(_whole(block.heading)):
        yield text, "b", block.part
    for at, line in enumerate(block.lines, 1):
        for text in _cut(_whole(_marked(block.part, at, line))):
            yield text, _TAGS.get(block.part, ""), block.part


def _whole(text: str) -> str:
    """Return `text` with U+FFFD for each half of a letter (a lone surrogate): nothing can be sent with one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _marked(part: Part, at: int, line: str) -> str:
    if part is Part.STEPS:
        return f"{at}. {line}"
    return f"· {line}" if part in _BULLETED else line


def _html(text: str, tag: str, *, copied: bool) -> str:
    html = escape(text, quote=False)
    if copied:
        html = _NUMBER.sub(r"<code>\g<0></code>", html, count=1)
    return f"<{tag}>{html}</{tag}>" if tag else html


def _cut(line: str) -> Iterator[str]:
    """Yield `line` in parts of at most LONGEST UTF-16 units, cut where its sense allows it, else between letters."""
    while len(line) > LONGEST // 2 and utf16_length(line) > LONGEST:  # a letter has one unit or two
        end = _end_of_sense(line[: LONGEST // 2])  # letters: each is at most two units
        yield line[:end]
        line = line[end:]
    if line:
        yield line


def _end_of_sense(text: str) -> int:
    """Return where `text` is best cut: after the last sentence in its second half, or what comes nearest to that."""
    half = len(text) // 2
    ends = ([found.end() for found in pattern.finditer(text) if found.end() > half] for pattern in _SENSE)
    return next((found[-1] for found in ends if found), len(text))


def utf16_length(text: str) -> int:
    """Return the length of `text` as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2
