"""Korean syllables and the letters they are made of."""

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_FIRST, _LAST = 0xAC00, 0xD7A3

COMPOUND = {
    "ㄳ": "ㄱㅅ", "ㄵ": "ㄴㅈ", "ㄶ": "ㄴㅎ", "ㄺ": "ㄹㄱ", "ㄻ": "ㄹㅁ", "ㄼ": "ㄹㅂ", "ㄽ": "ㄹㅅ", "ㄾ": "ㄹㅌ",
    "ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ", "ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ",
}  # fmt: skip
"""Letters typed with two keys, and the two."""


def is_syllable(letter: str) -> bool:
    """Say whether `letter` is one composed Korean syllable."""
    return _FIRST <= ord(letter) <= _LAST


def split(syllable: str) -> tuple[str, str, str]:
    """Return initial, vowel and final ("" if open) of a composed syllable."""
    code = ord(syllable) - _FIRST
    final = FINALS[code % 28]
    return INITIALS[code // 588], VOWELS[code % 588 // 28], "" if final == " " else final


def join(initial: str, vowel: str, final: str = "") -> str:
    """Return the syllable made of the three letters; the reverse of `split`."""
    code = INITIALS.index(initial) * 588 + VOWELS.index(vowel) * 28 + FINALS.index(final or " ")
    return chr(_FIRST + code)


def decompose(text: str) -> str:
    """Return `text` with each syllable written as its two or three letters; everything else stays."""
    return text.translate(_TAKEN_APART)


_TAKEN_APART = {code: "".join(split(chr(code))) for code in range(_FIRST, _LAST + 1)}
"""Every syllable and its letters: texts are taken apart by the ten thousand."""
