"""A sentence as counted pieces: runs of letters inside words, and runs of Korean letters across them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.core.language.reading import Sentence

WORD_RUNS = (1, 2, 3)
LETTER_RUNS = (3,)
KINDS = 2
"""Runs inside words, and runs of letters."""
_ODD = np.uint32(0x9E3779B1)
_SEED = 0x811C9DC5


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one kind of N sentences, ordered by sentence and code; P of them, none twice in a sentence.

    row (P,) the sentence, code (P,) a 32-bit checksum of the piece, value (P,) its dampened count (1 + log n).
    """

    row: NDArray[np.int64]
    code: NDArray[np.uint32]
    value: NDArray[np.float32]


def pieces(sentences: Sequence[Sentence]) -> tuple[Pieces, ...]:
    """Return, for each kind of piece, the pieces of all sentences."""
    framed = [[f" {word} " for word in sentence.words.split()] for sentence in sentences]
    words = [word for each in framed for word in each]
    owners = np.repeat(np.arange(len(sentences)), [len(each) for each in framed])
    letters = [sentence.letters for sentence in sentences]
    return _counted(words, owners, WORD_RUNS, "w"), _counted(letters, np.arange(len(letters)), LETTER_RUNS, "l")


def names(sentence: Sentence) -> dict[int, str]:
    """Return what each piece of the words of `sentence` reads, by its code: to tell people why, never to decide."""
    strings = [f" {word} " for word in sentence.words.split()]
    runs = [each[at : at + long] for each in strings for long in WORD_RUNS for at in range(len(each) - long + 1)]
    ones = [_counted([run], np.zeros(1, np.int64), (len(run),), "w").code[0] for run in runs]
    return {int(code): run.replace(" ", "_") for code, run in zip(ones, runs, strict=True) if run.strip()}


def _counted(strings: Sequence[str], owners: NDArray[np.int64], runs: Sequence[int], kind: str) -> Pieces:
    """Return the runs of letters of each string, counted for the sentence that owns it."""
    letters = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), np.uint32)
    string = np.repeat(np.arange(len(strings)), [len(each) for each in strings])
    keys = []
    for length in runs:
        many = len(letters) - length + 1
        if many <= 0:
            continue
        whole = string[:many] == string[length - 1 :]
        code = np.full(many, _SEED + ord(kind) * 31 + length, np.uint32)
        for at in range(length):
            code = (code ^ letters[at : at + many]) * _ODD
            code ^= code >> np.uint32(15)
        keys.append((owners[string[:many][whole]].astype(np.uint64) << np.uint64(32)) | code[whole])
    every = np.concatenate(keys) if keys else np.zeros(0, np.uint64)
    found, often = np.unique(every, return_counts=True)
    value = (1.0 + np.log(often)).astype(np.float32)
    return Pieces((found >> np.uint64(32)).astype(np.int64), found.astype(np.uint32), value)
