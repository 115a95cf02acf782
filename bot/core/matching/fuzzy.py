"""How alike two sentences are letter by letter: the only door to rapidfuzz."""

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

Floats: TypeAlias = NDArray[np.float32]


def likeness(letters: str, phrases: Sequence[str]) -> Floats:
    """Return how alike `letters` is to each phrase, 0 to 1, shape (phrases,), over all letters in their order."""
    found: Floats = process.cdist([letters], phrases, scorer=fuzz.ratio, dtype=np.float32)[0] / np.float32(100)
    return found
