"""One plain form of a text: composed, lower case, no decoration; with spaces and without."""

import re
import unicodedata
from operator import add

from bot.core.language.jamo import is_syllable
from bot.core.language.keyboard import compose

LONGEST = 4096
"""Letters: no message has more. What nobody sees is looked for in so many and taken away before anything is read."""
MAX_LETTERS = 500
"""Longer questions are read up to here: nobody's question needs more, and time stays bounded."""

# Korean letters that stand alone ("ㅠㅠ") are left as they are typed: NFKC would make them parts of syllables.
_BUT_KOREAN_LETTERS = re.compile(r"[^ㄱ-ㅣ]+")
_ORDINARY = re.compile(r"[ -~가-힣一-鿿]*")  # nothing of this has another form
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # letters to Unicode, blank to the eye
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u302e\u302f\ufe00-\ufe0f\ufeff"
    "\ufff9-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
"""Joiners, marks of direction, soft hyphens, variation selectors, tag characters; dots beside old Korean letters."""
_WIDTHS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {
    code: chr(int(unicodedata.decomposition(chr(code)).removeprefix("<narrow> "), 16))
    for code in range(0xFFA1, 0xFFDD)
    if unicodedata.decomposition(chr(code))
}
"""Latin letters of full width and Korean letters of half width, and the ordinary ones."""
_LETTERS_APART = re.compile(r"[ㄱ-ㅣ]{3,}")
_ONE_BY_ONE = re.compile(r"(?<![^\W_])[^\W_](?:[\W_][^\W_]){4,60}(?![^\W_])")
_WORD = re.compile(r"[^\W_]+")
_MOSTLY = 0.9
"""So many words of a text must be one letter long: Korean has many such, five in a row too ("온 지 한 달 된 사람")."""
_SIGHS = "ㅠㅜㅋㅎ"
_REPEATED = re.compile(r"(.)\1{2,}")
_NOT_LETTERS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Return `text` in NFKC, case-folded, without accents or punctuation, single-spaced, at most `MAX_LETTERS` long.

    Letters repeated three times or more are written twice ("ㅠㅠㅠㅠ" -> "ㅠㅠ").
    """
    shown = visible(text)
    if len(shown) > 4 * MAX_LETTERS:  # a flood of accents must not push the words out of what is read
        shown = "".join(letter for letter in shown if unicodedata.category(letter) not in ("Mn", "Me"))
    composed = _BUT_KOREAN_LETTERS.sub(lambda run: _without_marks(run.group()), shown[: 4 * MAX_LETTERS])
    composed = _LETTERS_APART.sub(_together, composed)
    words = _NOT_LETTERS.sub(" ", composed.casefold()).strip()
    return _REPEATED.sub(r"\1\1", words)[:MAX_LETTERS].strip()


def visible(text: str) -> str:
    """Return `text` without letters that nobody sees, those of another width as ordinary ones, at most LONGEST."""
    if _ORDINARY.fullmatch(text):
        return text
    return _UNSEEN.sub("", text[:LONGEST]).translate(_WIDTHS)


def joined(text: str) -> str:
    """Return `text`, or if it is typed letter by letter with these put together ("살 기 싫 어 요" -> "살기싫어요").

    What stands between words must be longer to be kept ("p l e a s e  h u r r y" -> "please  hurry").
    """
    shown = visible(text)
    words = _WORD.findall(shown)
    if sum(len(word) == 1 for word in words) < _MOSTLY * max(5, len(words)):
        return text
    together = _ONE_BY_ONE.sub(lambda run: run.group()[::2], shown)
    return text if together == shown else together


def spaceless(text: str) -> str:
    """Return `plain(text)` without spaces, for scripts in which spacing says little (Korean, Chinese)."""
    return plain(text).replace(" ", "")


def starts_in(text: str) -> set[str]:
    """Return what a word in `text` may begin with: each letter, each two neighbouring ones."""
    return {*text, *map(add, text, text[1:])}


def _together(run: re.Match[str]) -> str:
    """Compose three or more letters typed one by one ("ㅈㅜㄱㄱㅗ", "ㅎㅏㅁㅠㅠ") if all make syllables."""
    letters = run.group()
    for part in (letters, letters.rstrip(_SIGHS)):
        made = compose(part)
        if len(part) > 2 and all(map(is_syllable, made)):
            return made + letters[len(part) :]
    return letters


def _without_marks(text: str) -> str:
    """Compose `text`; drop what is invisible or only changes how a letter looks, so that it cannot split a word."""
    if _ORDINARY.fullmatch(text):
        return text
    apart = unicodedata.normalize("NFKD", text)  # up to eighteen letters for one: each is only looked at once
    bare = apart.translate({ord(letter): _without_mark(letter) for letter in set(apart)})
    return unicodedata.normalize("NFKC", bare)


def _without_mark(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind in ("Cf", "Mn", "Me"):
        return ""
    return " " if letter in _FILLERS or kind in ("Cc", "Cs") else letter
