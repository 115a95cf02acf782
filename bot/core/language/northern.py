"""Northern spelling and speech brought to the form in which both sides write alike.

The rules over-reach on purpose: they are applied to questions and to ways of asking alike, so what matters is that the
same word written in two ways meets, not that the result is good Korean. Rules from the shared spelling research: initial
ㄹ and ㄴ, -여 after front vowels, 페, loanword letters, endings of Pyongan, Hamgyong and quick speech.
"""

import re

from bot.core.language.jamo import is_syllable, join, split

_Y_VOWELS = frozenset("ㅑㅕㅖㅛㅠㅣ")
_FRONT_OPEN = frozenset("ㅣㅐㅔㅚㅟㅢ")
_LAX = str.maketrans(
    {"ㄲ": "ㄱ", "ㅋ": "ㄱ", "ㄸ": "ㄷ", "ㅌ": "ㄷ", "ㅃ": "ㅂ", "ㅍ": "ㅂ", "ㅆ": "ㅅ", "ㅉ": "ㅈ", "ㅊ": "ㅈ"}
)
_WORD = re.compile(r"[가-힣]+")
_NIEUN_STAY = frozenset(["뉴스", "녀석", "님", "니트", "년"])

# Ends of words, longest first. A final ㅁ or ㅂ before 까, 다, 네까, 네다 belongs to the verb and is put right first.
_ENDINGS = (
    ("갔슴까", "겠습니까"), ("습네까", "습니까"), ("습네다", "습니다"), ("습데까", "습니까"), ("습데다", "습니다"), ("슴둥", "습니까"),
    ("슴두", "습니까"), ("습둥", "습니까"), ("슴까", "습니까"), ("슴다", "습니다"), ("슴니까", "습니까"),
    ("슴니다", "습니다"), ("습꾸마", "습니다"), ("시라요", "세요"), ("시라우", "세요"), ("십시오", "세요"),
    ("십쇼", "세요"), ("시오", "세요"), ("디요", "지요"), ("지비", "지요"), ("수다", "습니다"),
    ("가요", "까요"), ("라우", "세요"), ("구만요", "네요"), ("누만요", "네요"),
)  # fmt: skip
_QUICK = {
    "까": "니까",
    "다": "니다",
    "둥": "니까",
    "두": "니까",
    "네까": "니까",
    "네다": "니다",
    "데까": "니까",
    "데다": "니다",
}
_LETTERS_INSIDE = frozenset("여였페어었")
_LAST_LETTERS = frozenset(ending[-1] for ending in (*(northern for northern, _ in _ENDINGS), *_QUICK))
"""Most words have none of these letters: they are left as they are without looking further."""


def northern_to_common(text: str) -> str:
    """Return `text` (plain form) with each Korean word in the spelling in which North and South meet."""
    return _WORD.sub(lambda word: _word(word.group()), text)


def _word(word: str) -> str:
    if not _LETTERS_INSIDE.isdisjoint(word):
        word = _inside(word)
    return _initial(_ending(word) if word[-1] in _LAST_LETTERS else word)


def _initial(word: str) -> str:
    """Write the first letter as the South does: 력 -> 역, 로 -> 노, 녀 -> 여 (리력서 -> 이력서, 녀자 -> 여자)."""
    initial, vowel, final = split(word[0])
    if word in _NIEUN_STAY:
        return word
    if initial == "ㄹ" or (initial == "ㄴ" and vowel in "ㅕㅛㅠ"):
        return join("ㅇ" if vowel in _Y_VOWELS else "ㄴ", vowel, final) + word[1:]
    return word


def _inside(word: str) -> str:
    """되여 -> 되어, 페지 -> 폐지: letters that the two sides write differently inside a word."""
    letters = list(word.replace("페", "폐"))
    for at in range(1, len(letters)):
        if letters[at] in "여였" and _front_open(letters[at - 1]):
            letters[at] = "어" if letters[at] == "여" else "었"
    return "".join(letters).replace("되어", "돼").replace("되었", "됐")


def _front_open(syllable: str) -> bool:
    _, vowel, final = split(syllable)
    return not final and vowel in _FRONT_OPEN


def _ending(word: str) -> str:
    for northern, common in _ENDINGS:
        if word.endswith(northern) and len(word) > len(northern):
            return word[: -len(northern)] + common
    for quick, common in _QUICK.items():
        stem = word.removesuffix(quick)
        if stem and stem != word and is_syllable(stem[-1]) and split(stem[-1])[2] in ("ㅁ", "ㅂ"):
            initial, vowel, _ = split(stem[-1])
            return stem[:-1] + join(initial, vowel, "ㅂ") + common
    return word


def skeleton(jamo: str) -> str:
    """Return letters with tense and aspirated consonants written plain, as loanwords differ (뻐스, 버스)."""
    return jamo.translate(_LAX)
