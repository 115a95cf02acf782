"""What is counted of a reply that was shown: never who saw it."""

from datetime import date
from typing import Protocol

from bot.core.model import Feedback, Language, Outcome, Reply


class Tally(Protocol):
    """Counts how often what was shown, and whether it helped."""

    def shown(self, day: date, entry: str, outcome: Outcome | None, language: Language) -> object:
        """Count that `entry` ("" for none) was shown."""

    def felt(self, day: date, entry: str, feedback: Feedback, language: Language) -> object:
        """Count what somebody said of the card of `entry`."""


def count_felt(tally: Tally, day: date, reply: Reply) -> None:
    """Count what was said of a card; nothing else of a reply."""
    if reply.felt is not None:
        tally.felt(day, reply.shown, reply.felt, reply.language)


def count_shown(tally: Tally, day: date, reply: Reply) -> bool:
    """Count what answered a question, or the card that was opened; a menu is not counted. Say whether it was."""
    if reply.felt is not None or (reply.outcome is None and not reply.shown):
        return False
    nearest = reply.ids[0] if reply.outcome is Outcome.UNSURE and reply.ids else ""
    tally.shown(day, reply.shown or nearest, reply.outcome, reply.language)
    return True
