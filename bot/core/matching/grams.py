"""A sentence as counted pieces: runs of letters inside words, and runs of Korean letters across them."""

from collections import Counter
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.core.language.reading import Sentence

WORD_RUNS = (1, 2, 3, 4)
LETTER_RUNS = (3, 4, 5)
KINDS = 2
"""How many kinds of pieces there are; each is weighed on its own."""


def pieces(sentence: Sentence) -> tuple[Counter[int], ...]:
    """Return, for each kind of piece, how often each occurs; a piece is known by a 32-bit checksum."""
    return _word_runs(sentence.words), _letter_runs(sentence.letters)


def _word_runs(words: str) -> Counter[int]:
    found: Counter[int] = Counter()
    for word in words.split():
        framed = f" {word} "
        for length in WORD_RUNS:
            found.update(_code("w", framed[at : at + length]) for at in range(max(1, len(framed) - length + 1)))
    return found


def _letter_runs(letters: str) -> Counter[int]:
    return Counter(
        _code("l", letters[at : at + length]) for length in LETTER_RUNS for at in range(len(letters) - length + 1)
    )


def _code(kind: str, run: str) -> int:
    return crc32(f"{kind}{run}".encode())


def weigh(counts: Counter[int]) -> tuple[NDArray[np.uint32], NDArray[np.float32]]:
    """Return the pieces in ascending order and their dampened counts (1 + log n)."""
    codes = np.fromiter(sorted(counts), np.uint32, len(counts))
    values = np.fromiter((counts[int(code)] for code in codes), np.float32, len(counts))
    return codes, (1.0 + np.log(values)).astype(np.float32)
