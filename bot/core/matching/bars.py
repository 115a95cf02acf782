"""From which probability the bot answers, and from which it offers choices."""

from collections.abc import Sequence

import numpy as np

PRECISION = 0.98
"""Share of direct answers that must be right."""
DECLINED = 0.95
"""Share of texts that no entry covers for which the bot must say that it does not know."""
MOST = 0.97


def bars_of(tops: Sequence[tuple[float, float, bool, bool]]) -> tuple[float, float, float]:
    """Return (answer from, lead from, choices from) for texts given as (probability, lead, right, none of them).

    The first is the lowest probability at or above which `PRECISION` of the texts are right; the third lets through at
    most 1 - `DECLINED` of the texts that nothing covers.
    """
    probability = np.array([top[0] for top in tops])
    right = np.array([top[2] for top in tops])
    none = np.array([top[3] for top in tops])
    order = np.argsort(-probability)
    precise = np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= PRECISION
    answer = float(probability[order][precise].min()) if precise.any() else MOST
    choices = float(np.quantile(probability[none], DECLINED)) if none.any() else answer
    return max(answer, choices), 0.0, min(choices, answer)
