"""Which counts may be shown: none that is small, and none by which a small one could be worked out."""

from collections import Counter
from typing import Final, TypeVar

SHOWN_FROM: Final = 5
"""Smaller counts are never shown: one card on one day could point at one person."""

_Part = TypeVar("_Part")


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
