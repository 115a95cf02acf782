"""From which probability the bot answers, and from which it offers choices."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PRECISION = 0.89
"""Share of direct answers that must be right on texts left out while learning.

Questions are answered by weights that know those texts too: there more than 98 in 100 are right (see tests/questions).
"""
DECLINED = 0.97
"""Share of texts that no entry covers for which the bot must say that it does not know."""
LEAD = 0.1
"""How much more probable than the second an entry must be to be answered directly."""
MOST = 0.97
"""Where no bar is precise enough, nothing below this is answered, nor anything as probable as what was seen."""
FALSE_ALARMS = 0.015
"""Share of harmless texts with alarming words, left out while learning, that likeness may take for urgent."""


class Top(NamedTuple):
    """What came first for a text: its probability, whether it was right, and whether nothing covers the text."""

    probability: float
    right: bool
    none: bool


def bars_of(tops: Sequence[Top]) -> tuple[float, float, float]:
    """Return (answer from, lead from, choices from).

    The first is the lowest probability at or above which `PRECISION` of the texts are right; the third lets through at
    most 1 - `DECLINED` of the texts that nothing covers.
    """
    probability = np.array([top.probability for top in tops])
    right = np.array([top.right for top in tops])
    none = np.array([top.none for top in tops])
    choices = _few_above(np.sort(probability[none])[::-1], 1 - DECLINED) if none.any() else 0.0
    order = np.argsort(-probability, kind="stable")
    falling = probability[order]
    precise = np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= PRECISION
    whole = np.append(falling[1:] < falling[:-1], True)  # equal probabilities pass a bar together or not at all
    fit = falling[precise & whole & (falling >= choices)]
    answer = float(fit.min()) if len(fit) else max(MOST, _above(falling[0]))
    return answer, LEAD, min(choices, answer) if none.any() else answer


def alarm_bar(harmless: NDArray[np.float32]) -> float:
    """Return the lowest bar that at most FALSE_ALARMS of the probabilities of harmless texts reach."""
    return _few_above(np.sort(harmless)[::-1], FALSE_ALARMS) if len(harmless) else 0.5


def _few_above(falling: NDArray[np.floating[Any]], share: float) -> float:
    """Return the lowest bar that lets through at most `share` of the scores."""
    return _above(falling[int(share * len(falling) + 1e-9)])


def _above(score: float) -> float:
    """Return the next higher number as the weights keep it."""
    return float(np.nextafter(np.float32(score), np.float32(np.inf)))
