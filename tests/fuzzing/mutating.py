"""Hostile texts out of ordinary questions: what `many_texts` sends through the engine. Equal seeds, equal texts."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final, TypeAlias

from fuzzing.disguises import (
    BLANK,
    CONTROL,
    DISGUISES,
    EMOJI,
    INVISIBLE,
    MARKS,
    MARKUP,
    SURROGATES,
)

LONGEST: Final = 4096
"""Letters: Telegram's limit for a message."""
_Change: TypeAlias = Callable[[str, Random, Sequence[str]], str]
_PLANES: Final = ((0x20, 0x2FF), (0x370, 0x1FFF), (0x2000, 0x2BFF), (0x3000, 0x9FFF), (0xAC00, 0xD7FF),
                  (0xD800, 0xDFFF), (0xE000, 0xFFFF), (0x10000, 0x2FFFF), (0xE0000, 0x10FFFF))  # fmt: skip
_PERSONAL: Final = (
    "900101-1234567",
    "010-1234-5678",
    "110-123-456789",
    "101동 1001호",
    "a.b@c.kr",
    "00000000000",
    "서울로 1-1",
)


def _cut(text: str, random: Random, texts: Sequence[str]) -> str:
    begin, end = sorted(random.choices(range(len(text) + 1), k=2))
    return text[begin:end]


def _mixed(text: str, random: Random, texts: Sequence[str]) -> str:
    words = [*text.split(), *random.choice(texts).split()]
    random.shuffle(words)
    return " ".join(words)


def _joined(text: str, random: Random, texts: Sequence[str]) -> str:
    return random.choice(("? ", "\n", ". ", " ", "요 ")).join([text, *random.choices(texts, k=random.randint(1, 3))])


def _put_in(pieces: Sequence[str], most: int = 4) -> _Change:
    def changed(text: str, random: Random, texts: Sequence[str]) -> str:
        for _ in range(random.randint(1, most)):
            at = random.randint(0, len(text))
            text = text[:at] + random.choice(pieces) + text[at:]
        return text

    return changed


def _letters_changed(text: str, random: Random, texts: Sequence[str]) -> str:
    return "".join(_any_letter(random) if random.random() < 0.15 else letter for letter in text)


def _letters_alone(text: str, random: Random, texts: Sequence[str]) -> str:
    return "".join(_any_letter(random) for _ in range(random.randint(0, 40)))


def _doubled(text: str, random: Random, texts: Sequence[str]) -> str:
    return text * random.randint(2, 4)


def _letter_repeated(text: str, random: Random, texts: Sequence[str]) -> str:
    at = random.randint(0, len(text))
    return text[:at] + (text[at : at + 1] or "ㅠ") * random.randint(2, 60) + text[at:]


def _disguised(text: str, random: Random, texts: Sequence[str]) -> str:
    return random.choice(list(DISGUISES.values()))(text, random)[:LONGEST]


def _any_letter(random: Random) -> str:
    return chr(random.randint(*random.choice(_PLANES)))


_CHANGES: Final[Sequence[_Change]] = (
    _cut, _mixed, _joined, _put_in(INVISIBLE), _put_in(BLANK), _put_in(CONTROL), _put_in(SURROGATES, 2),
    _put_in(MARKS, 12), _put_in(EMOJI), _put_in(MARKUP), _put_in(_PERSONAL, 2), _letters_changed, _letters_alone,
    _doubled, _letter_repeated, _disguised, _disguised,
)  # fmt: skip
_ONE_LONG_IN: Final = 200
"""Of so many texts one is as long as a message can be."""


def _long(random: Random, texts: Sequence[str]) -> str:
    """Return a text of LONGEST letters: a piece over and over, questions after questions, or any letters."""
    piece = random.choice(
        (*MARKUP, *EMOJI, *_PERSONAL, random.choice(texts), random.choice(texts)[:3], _any_letter(random))
    )
    many = (
        lambda: piece * LONGEST,
        lambda: random.choice((" ", "? ", "\n", "")).join(random.choices(texts, k=150)),
        lambda: "".join(_any_letter(random) for _ in range(LONGEST)),
        lambda: random.choice(texts) + random.choice(INVISIBLE + BLANK + MARKS) * LONGEST,
        lambda: random.choice((MARKS, INVISIBLE, BLANK, "0123456789-", "ㄱㅏㄴ", "까요 ", ")(")) * LONGEST,
    )
    return random.choice(many)()[:LONGEST]


def hostile_texts(texts: Sequence[str], seed: int) -> Iterator[str]:
    """Yield texts without end, each one of `texts` changed up to three times; one in _ONE_LONG_IN is long."""
    random = Random(seed)
    while True:
        if random.randrange(_ONE_LONG_IN) == 0:
            yield _long(random, texts)
            continue
        text = random.choice(texts)
        for change in random.choices(_CHANGES, k=random.randint(1, 3)):
            text = change(text, random, texts)[:LONGEST]
        yield text
