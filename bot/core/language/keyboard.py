"""Korean typed while the keyboard was left in English: "gksktpsxj" is 하나센터 (the two-set layout)."""

import re
from collections.abc import Iterable

from bot.core.language.jamo import COMPOUND, FINALS, VOWELS, join

_KEYS = dict(
    zip(
        "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml",
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        strict=True,
    )
)
_KEYS |= {key.upper(): letter for key, letter in _KEYS.items() if key.upper() not in _KEYS}
_PAIRS = {pair: letter for letter, pair in COMPOUND.items()}
_RUN = re.compile(r"[A-Za-z]+")


def as_korean(text: str) -> str:
    """Return `text` with each run of Latin letters read as Korean keys; capitals count ("R" is ㄲ)."""
    return _RUN.sub(lambda run: compose([_KEYS[key] for key in run.group()]), text)


def compose(letters: Iterable[str]) -> str:
    """Put typed letters together as the keyboard would; a letter that fits nowhere stands alone."""
    done: list[str] = []
    syllable = _Syllable()
    for letter in letters:
        if syllable.takes(letter):
            continue
        following = _Syllable()
        if letter in VOWELS:  # 각 + ㅏ -> 가가: the last consonant belongs to what follows
            following.initial = syllable.gives_final()
        done.append(syllable.text())
        following.takes(letter)
        syllable = following
    return "".join([*done, syllable.text()])


class _Syllable:
    """A syllable while it is being typed."""

    def __init__(self) -> None:
        self.initial = self.vowel = self.final = ""

    def takes(self, letter: str) -> bool:
        """Add `letter` if the syllable has a place for it."""
        place = self._place(letter)
        if place is None:
            return False
        old = getattr(self, place)
        setattr(self, place, _PAIRS[old + letter] if old else letter)
        return True

    def _place(self, letter: str) -> str | None:
        if letter in VOWELS:
            free = not self.final and (not self.vowel or self.vowel + letter in _PAIRS)
            return "vowel" if free else None
        if not self.vowel:
            return None if self.initial else "initial"
        if not self.initial or letter not in FINALS:
            return None
        return "final" if not self.final or self.final + letter in _PAIRS else None

    def gives_final(self) -> str:
        """Take away the last consonant of the syllable, if it has one, and return it."""
        pair = COMPOUND.get(self.final, self.final)
        self.final = pair[:-1]
        return pair[-1:]

    def text(self) -> str:
        """Return the syllable, or its letters if it is not complete."""
        return join(self.initial, self.vowel, self.final) if self.initial and self.vowel else self.initial + self.vowel
