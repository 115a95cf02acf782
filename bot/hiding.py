"""Which counts may be shown: none that is small, and none by which a small one could be worked out."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias, TypeVar

from bot.core.model import Feedback

SHOWN_FROM: Final = 5
"""Smaller counts are never shown: one card on one day could point at one person."""
REASONS: Final = tuple(felt.value for felt in Feedback if felt not in (Feedback.HELPFUL, Feedback.UNHELPFUL))
"""Why a card did not help: said after "unhelpful", which is counted by itself."""

_NO_REASON: Final = ""
_Part = TypeVar("_Part")
Table: TypeAlias = defaultdict[str, Counter[_Part]]
"""Columns (outcomes, feelings), each with its parts (weeks, entries)."""


@dataclass(frozen=True, slots=True)
class Published:
    """All that may be shown of a stretch of days: no count below SHOWN_FROM, and none that can be worked out.

    What is missing is hidden: zero, small, or taken out so that a small one cannot be told by subtraction. Zero is
    hidden like the rest: shown, it would tell the one small part beside it. Weeks are named by their Monday.
    """

    totals: Mapping[str, int]
    weeks: Mapping[tuple[date, str], int]
    entries: Mapping[tuple[str, str], int]
    felt_totals: Mapping[str, int]
    felt: Mapping[tuple[str, str], int]
    reasons: Mapping[tuple[str, str], int]


def in_steps(times: int) -> int:
    """Return `times` rounded down to a multiple of SHOWN_FROM: whoever looks again and again sees no smaller step."""
    return times - times % SHOWN_FROM


def beside_total(parts: Counter[_Part]) -> dict[_Part, int]:
    """Return the parts that may be shown beside their total: what is left of it tells no count below SHOWN_FROM.

    The smallest large part is hidden too where the small ones would be told by subtraction: because they are fewer than
    SHOWN_FROM in all, or so many that each can only be the largest that is hidden. So are those equal to it: to whoever
    knows this rule, the choice among them would tell the rest.
    """
    small = [often for often in parts.values() if 0 < often < SHOWN_FROM]
    shown = {part: often for part, often in parts.items() if often >= SHOWN_FROM}
    told = 0 < sum(small) < SHOWN_FROM or (small and sum(small) == (SHOWN_FROM - 1) * len(small))
    least = min(shown.values(), default=0) if told else 0
    return {part: often for part, often in shown.items() if often > least}


def publishable(weeks: Table[date], entries: Table[str], opinions: Table[str]) -> Published:
    """Return what may be shown of the counts in columns, each of which has a total."""
    verdicts = {column: opinions[column] for column in (Feedback.HELPFUL.value, Feedback.UNHELPFUL.value)}
    said = _parts(verdicts)
    return Published(
        totals=_totals(entries),
        weeks=_parts(weeks),
        entries=_parts(entries),
        felt_totals=_totals(verdicts),
        felt=said,
        reasons=_reasons(opinions, said),
    )


def _totals(table: Mapping[str, Counter[_Part]]) -> dict[str, int]:
    return {column: parts.total() for column, parts in table.items() if parts.total() >= SHOWN_FROM}


def _parts(table: Mapping[str, Counter[_Part]]) -> dict[tuple[_Part, str], int]:
    return {(part, column): often for column, parts in table.items() for part, often in beside_total(parts).items()}


def _reasons(opinions: Table[str], said: Mapping[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    """Return why cards did not help: parts of those times, the rest of which was without a reason."""
    found: dict[tuple[str, str], int] = {}
    for (entry, verdict), often in said.items():
        why = Counter({reason: opinions[reason][entry] for reason in REASONS})
        why[_NO_REASON] = often - why.total()  # below 0 if some gave theirs a day later: then nothing can be said
        if verdict == Feedback.UNHELPFUL and why[_NO_REASON] >= 0:
            found |= {(entry, reason): n for reason, n in beside_total(why).items() if reason != _NO_REASON}
    return found
