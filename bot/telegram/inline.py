"""Cards for another chat: `@bot words` offers up to ten, to be dropped there. Nothing is logged or counted."""

from collections.abc import Sequence

from telegram import InlineQueryResultArticle, InputTextMessageContent
from telegram.constants import ParseMode

from bot.core.model import Part, Reply
from bot.telegram import rendering

CACHED = 300
"""Seconds for which Telegram may give the same answer to the same words, whoever writes them."""
_LONGEST_DESCRIPTION = 120


def results(cards: Sequence[Reply]) -> list[InlineQueryResultArticle]:
    """Return the cards as Telegram offers them: a title, the first line, and the card itself when it is chosen."""
    return [_result(card) for card in cards]


def _result(card: Reply) -> InlineQueryResultArticle:
    lines = [line for block in card.blocks if block.part in (Part.TITLE, Part.TEXT) for line in block.lines]
    content = InputTextMessageContent(rendering.messages(card)[0], parse_mode=ParseMode.HTML)
    return InlineQueryResultArticle(card.shown, lines[0], content, description=lines[1][:_LONGEST_DESCRIPTION])
