"""A Reply as Telegram shows it: HTML that cannot be wrong, in pieces that fit, with buttons under the last."""

from collections.abc import Iterator
from html import escape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.core.model import Block, Button, Part, Reply

LONGEST = 4096
"""Telegram's limit for a message, in UTF-16 units after the markup is read."""
LONGEST_DATA = 64
"""Telegram's limit for what a button carries, in bytes."""


def messages(reply: Reply) -> tuple[str, ...]:
    """Return the reply as HTML texts, each within Telegram's limit, split between blocks or lines."""
    pieces: list[str] = []
    room = 0
    for block in reply.blocks:
        for at, (line, length) in enumerate(_lines(block)):
            gap = "\n\n" if at == 0 else "\n"
            if pieces and length + len(gap) <= room:
                pieces[-1] += gap + line
                room -= length + len(gap)
            else:
                pieces.append(line)
                room = LONGEST - length
    return tuple(pieces)


def keyboard(reply: Reply) -> InlineKeyboardMarkup | None:
    """Return the reply's buttons, or None if it has none."""
    rows = [[_button(button) for button in row] for row in reply.buttons if row]
    return InlineKeyboardMarkup(rows) if rows else None


def _button(button: Button) -> InlineKeyboardButton:
    data = button.action.encode()
    assert len(data.encode()) <= LONGEST_DATA, "ids are at most 32 letters"
    return InlineKeyboardButton(button.label, callback_data=data)


def _lines(block: Block) -> Iterator[tuple[str, int]]:
    """Yield (HTML, length in UTF-16 units) for the heading and each line of a block."""
    for part in _cut(block.heading):
        yield _tagged(part, "b")
    for at, line in enumerate(block.lines, 1):
        for part in _cut(_marked(block.part, at, line)):
            yield _tagged(part, _TAGS.get(block.part, ""))


_TAGS = {Part.TITLE: "b", Part.VOICE: "blockquote", Part.SMALL: "i"}


def _marked(part: Part, at: int, line: str) -> str:
    if part is Part.STEPS:
        return f"{at}. {line}"
    return f"· {line}" if part in (Part.FACTS, Part.CONTACTS, Part.SEARCH, Part.WORDS) else line


def _tagged(text: str, tag: str) -> tuple[str, int]:
    html = escape(text, quote=False)
    return (f"<{tag}>{html}</{tag}>" if tag else html), utf16_length(text)


def _cut(line: str) -> Iterator[str]:
    """Yield `line` in parts of at most LONGEST UTF-16 units, cut between letters."""
    half = LONGEST // 2  # letters: each is at most two units
    for at in range(0, len(line), half):
        yield line[at : at + half]


def utf16_length(text: str) -> int:
    """Return the length of `text` as Telegram counts it."""
    return len(text.encode("utf-16-le")) // 2
