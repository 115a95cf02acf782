"""Whether a piece of text was seen before, in four bytes a piece: a set of strings takes a hundred and more."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Seen:
    """Pieces that were seen, as their checksums in order: one of a hundred thousand others may pass for one."""

    sums: "array[int]"

    def __contains__(self, piece: str) -> bool:
        found = crc32(piece.encode())
        at = bisect_left(self.sums, found)
        return at < len(self.sums) and self.sums[at] == found

    def __len__(self) -> int:
        return len(self.sums)


def seen(pieces: Iterable[str]) -> Seen:
    """Return what knows these pieces again."""
    return Seen(array("I", sorted({crc32(piece.encode()) for piece in pieces})))
