"""What was learnt from the ways of asking: plain arrays, kept in one file, known by knowledge and version."""

from dataclasses import dataclass, fields
from hashlib import file_digest, sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

VERSION = 10
"""Raise it when the meaning of any array or of a sentence's form changes: older weights are then fitted anew."""

NONE_OF_THEM = ""
"""The label of texts that no entry answers."""
LOOKALIKE = "-"
"""The label of harmless texts with alarming words: whatever else they ask, they are not urgent."""

Floats = NDArray[np.float32]

_DIGEST = sha256().digest_size
"""A file of weights begins with the digest of all that follows: the reader of archives misses some kinds of damage."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The fitted matcher. V pieces, C labels, P phrases, N places of an index, F and A signs, K kinds, L languages.

    codes (V,) ascending piece checksums · rarity (V,) their weight · table (V, C) what a piece says for a label, in
    half precision to spare memory · base (C,) · labels (C,) entry ids, "" for none of them · letters (P,) the phrases
    as read · owner (P,) the label each belongs to; after the C labels the K kinds, then LOOKALIKE · starts (V + 1,)
    where in the index each piece begins · phrases (N,) the phrases that have the piece · shares (N,) how much of the
    phrase it is · signs (L, F + 1) weights of the signs and a constant, to compare candidates · trust (L, F + 1) the
    same, for how often a first one is right · centre, spread (F,) to scale signs · bars (L, 3) probability and lead
    from which to answer, probability from which to offer choices · kinds (K,) of emergency · alarm (V, K + 1) what a
    piece says for each kind and, last, for any · alarm_base (K + 1,) · alarm_signs (A + 1,), alarm_centre,
    alarm_spread (A,) as for answers · alarm_bars (L,) from which probability on a text is urgent.
    """

    key: str
    codes: NDArray[np.uint32]
    rarity: Floats
    table: NDArray[np.float16]
    base: Floats
    labels: tuple[str, ...]
    letters: tuple[str, ...]
    owner: NDArray[np.int32]
    starts: NDArray[np.uint32]
    phrases: NDArray[np.uint16] | NDArray[np.uint32]
    shares: NDArray[np.float16]
    signs: Floats
    trust: Floats
    centre: Floats
    spread: Floats
    bars: Floats
    kinds: tuple[str, ...]
    alarm: NDArray[np.float16]
    alarm_base: Floats
    alarm_signs: Floats
    alarm_centre: Floats
    alarm_spread: Floats
    alarm_bars: Floats


def key_of(checksum: str) -> str:
    """Return the key under which weights for the knowledge with `checksum` are kept."""
    return f"{VERSION}-{checksum}"


def save(weights: Weights, path: Path) -> None:
    """Write `weights` to `path` in one step: a reader sees the old file or the new one, never half of it."""
    arrays = {field.name: _array(getattr(weights, field.name)) for field in fields(weights)}
    path.parent.mkdir(parents=True, exist_ok=True)
    archive = BytesIO()
    np.savez(archive, allow_pickle=False, **arrays)
    partial = path.with_suffix(".partial")
    partial.write_bytes(sha256(archive.getbuffer()).digest() + archive.getbuffer())
    partial.replace(path)


def load(path: Path, key: str) -> Weights | None:
    """Return the weights kept at `path` if they are whole and fit `key`, else None: then they are fitted anew."""
    try:
        with path.open("rb") as file:
            if file.read(_DIGEST) != file_digest(file, "sha256").digest():
                return None
            file.seek(_DIGEST)
            return _read(file, key)
    except OSError:
        return None


def _read(file: BinaryIO, key: str) -> Weights | None:
    with np.load(file, allow_pickle=False) as arrays:
        if str(arrays["key"]) != key:
            return None
        values: dict[str, Any] = {field.name: _value(arrays[field.name]) for field in fields(Weights)}
    return Weights(**values)


def _array(value: object) -> NDArray[np.generic]:
    if isinstance(value, tuple):
        return np.frombuffer("".join(f"{each}\n" for each in value).encode(), np.uint8)
    return np.asarray(value)


def _value(array: NDArray[np.generic]) -> object:
    if array.dtype == np.uint8:
        return tuple(array.tobytes().decode().split("\n")[:-1])
    return str(array) if array.ndim == 0 else array
