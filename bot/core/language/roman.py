"""Korean written in Latin letters ("myeonheo eotteoke ttayo"), as somebody types who has no Korean keyboard.

Read by the Revised Romanisation and the commonest other habits (oo, ee, ch, sh, r for l). What the letters do not tell
(which final consonant stands behind t, k or p) is guessed by the plainest: the result is for matching, not for reading.
"""

import re

from bot.core.language.jamo import join

_INITIALS = {
    "kk": "ㄲ", "tt": "ㄸ", "pp": "ㅃ", "ss": "ㅆ", "jj": "ㅉ", "ch": "ㅊ", "sh": "ㅅ", "g": "ㄱ", "k": "ㅋ", "n": "ㄴ",
    "d": "ㄷ", "t": "ㅌ", "r": "ㄹ", "l": "ㄹ", "m": "ㅁ", "b": "ㅂ", "p": "ㅍ", "s": "ㅅ", "j": "ㅈ", "h": "ㅎ", "": "ㅇ",
}  # fmt: skip
_VOWELS = {
    "yae": "ㅒ", "yeo": "ㅕ", "wae": "ㅙ", "ae": "ㅐ", "ya": "ㅑ", "ye": "ㅖ", "yo": "ㅛ", "you": "ㅠ", "yu": "ㅠ",
    "wa": "ㅘ", "wo": "ㅝ", "we": "ㅞ", "wi": "ㅟ", "oe": "ㅚ", "eo": "ㅓ", "eu": "ㅡ", "ui": "ㅢ", "oo": "ㅜ", "ee": "ㅣ",
    "a": "ㅏ", "e": "ㅔ", "i": "ㅣ", "o": "ㅗ", "u": "ㅜ",
}  # fmt: skip
_FINALS = {
    "ng": "ㅇ", "g": "ㄱ", "k": "ㄱ", "n": "ㄴ", "d": "ㄷ", "t": "ㅅ", "l": "ㄹ", "r": "ㄹ", "m": "ㅁ", "b": "ㅂ", "p": "ㅂ",
    "s": "ㅅ", "": "",
}  # fmt: skip


def _longest_first(letters: dict[str, str]) -> str:
    return "|".join(sorted((each for each in letters if each), key=len, reverse=True))


_SPELT = {
    "주고시": "죽고시", "주고 시": "죽고 시", "어떠케": "어떻게", "어떡케": "어떻게", "시퍼": "싶어", "시픈": "싶은", "십어": "싶어", "이써": "있어", "이쓰": "있으",
    "이씀": "있습", "업써": "없어", "업서": "없어", "해써": "했어", "가써": "갔어", "와써": "왔어", "돼써": "됐어", "조아": "좋아",
    "마니": "많이", "일거": "읽어", "시러": "싫어", "드러": "들어",
}  # fmt: skip
"""What is heard in the commonest words, and how it is spelt."""


_VOWEL = _longest_first(_VOWELS)
_SYLLABLE = re.compile(
    rf"(?P<initial>{_longest_first(_INITIALS)}|)(?P<vowel>{_VOWEL})"
    rf"(?P<final>ng(?![aeiouwy]|$)|ng$|(?:{_longest_first(_FINALS)})(?![aeiouwy])(?!(?<=[kptsj])[kptsj]h?[aeiouwy])|)"
)
_WORD = re.compile(r"[A-Za-z]+")


def as_hangul(text: str) -> str | None:
    """Return `text` with each Latin word read as Korean, or None if a word cannot be."""
    words = []
    for word in _WORD.findall(text):
        syllables = _syllables(word.casefold())
        if not syllables:
            return None
        words.append(syllables)
    read = " ".join(words)
    for heard, spelt in _SPELT.items():
        read = read.replace(heard, spelt)
    return read or None


def _syllables(word: str) -> str:
    """Return the Korean syllables of a Latin word, or "" if it is not made of any."""
    found, at = [], 0
    while at < len(word):
        syllable = _SYLLABLE.match(word, at)
        if not syllable:
            return ""
        found.append(join(
            _INITIALS[syllable["initial"]], _VOWELS[syllable["vowel"]], _FINALS[syllable["final"]]
        ))  # fmt: skip
        at = syllable.end()
    return "".join(found)
