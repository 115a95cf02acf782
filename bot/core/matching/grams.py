"""A sentence as counted pieces: runs of letters inside words, whole Latin words, runs of letters across words.

Korean words carry endings, and spaces come and go: runs of two syllables inside words and of four single letters
across them say most. English words stand alone: whole they say more than their runs.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.core.language.reading import Sentence

WORD_RUN = 2
LETTER_RUN = 4
_LATIN = re.compile(r"[a-z]+")
_ODD = np.uint32(0x9E3779B1)
_WORD_SEED, _LETTER_SEED = 0x811C9DC5, 0x01000193


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
    framed = [_framed(sentence) for sentence in sentences]
    words = [word for each in framed for word in each]
    inside = _runs(words, _repeated(framed), WORD_RUN, _WORD_SEED)
    across = _runs([s.letters for s in sentences], np.arange(len(sentences)), LETTER_RUN, _LETTER_SEED)
    latin = [_LATIN.findall(sentence.words) for sentence in sentences]
    whole = np.array([_whole(word) for each in latin for word in each], np.uint64)
    return _counted(inside), _counted((_repeated(latin) << np.uint64(32)) | whole), _counted(across)


def names(sentence: Sentence) -> dict[int, str]:
    """Return what each piece of the words of `sentence` reads, by its code: to tell people why, never to decide."""
    found = {_whole(word): f"_{word}_" for word in _LATIN.findall(sentence.words)}
    for run in (run for word in _framed(sentence) for run in _slices(word, WORD_RUN) if run.strip()):
        code = _runs([run], np.zeros(1, np.uint64), WORD_RUN, _WORD_SEED)
        found[int(code[0])] = run.replace(" ", "_")
    return found


def _framed(sentence: Sentence) -> list[str]:
    return [f" {word} " for word in sentence.words.split()]


def _slices(word: str, length: int) -> Iterator[str]:
    return (word[at : at + length] for at in range(len(word) - length + 1))


def _whole(word: str) -> int:
    return crc32(word.encode())


def _repeated(groups: Sequence[Sequence[str]]) -> NDArray[np.uint64]:
    """Return the position of the group of each string."""
    return np.repeat(np.arange(len(groups), dtype=np.uint64), [len(each) for each in groups])


def _runs(strings: Sequence[str], owners: NDArray[np.integer], length: int, seed: int) -> NDArray[np.uint64]:
    """Return each run of `length` letters of each string: above 32 bits who owns it, below its checksum."""
    letters = np.frombuffer("".join(strings).encode("utf-32-le", "surrogatepass"), np.uint32)
    string = np.repeat(np.arange(len(strings)), [len(each) for each in strings])
    many = max(0, len(letters) - length + 1)
    whole = string[:many] == string[length - 1 :][:many]
    code = np.full(many, seed, np.uint32)
    for at in range(length):
        code = (code ^ letters[at : at + many]) * _ODD
        code ^= code >> np.uint32(15)
    keys: NDArray[np.uint64] = owners[string[:many][whole]].astype(np.uint64) << np.uint64(32) | code[whole]
    return keys


def _counted(keys: NDArray[np.uint64]) -> Pieces:
    keys = np.sort(keys)
    first = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    found, at = keys[first], np.flatnonzero(first)
    often = np.concatenate([at[1:], [len(keys)]])[: len(at)] - at
    value = (1.0 + np.log(often)).astype(np.float32)
    return Pieces((found >> np.uint64(32)).astype(np.int64), found.astype(np.uint32), value)
