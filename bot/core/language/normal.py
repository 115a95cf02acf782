"""One plain form of a text: composed, lower case, no decoration; with spaces and without."""

import re
import unicodedata
from operator import add

MAX_LETTERS = 500
"""Longer questions are read up to here: nobody's question needs more, and time stays bounded."""

# Korean letters that stand alone ("ㅠㅠ") are left as they are typed: NFKC would make them parts of syllables.
_BUT_KOREAN_LETTERS = re.compile(r"[^ㄱ-ㅣ]+")
_ORDINARY = re.compile(r"[ -~가-힣一-鿿]*")  # nothing of this has another form
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0")  # letters to Unicode, blank to the eye
_REPEATED = re.compile(r"(.)\1{2,}")
_NOT_LETTERS = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """Return `text` in NFKC, case-folded, without accents or punctuation, single-spaced, at most `MAX_LETTERS` long.

    Letters repeated three times or more are written twice ("ㅠㅠㅠㅠ" -> "ㅠㅠ").
    """
    composed = _BUT_KOREAN_LETTERS.sub(lambda run: _without_marks(run.group()), text[: 4 * MAX_LETTERS])
    words = _NOT_LETTERS.sub(" ", composed.casefold()).strip()
    return _REPEATED.sub(r"\1\1", words)[:MAX_LETTERS].strip()


def spaceless(text: str) -> str:
    """Return `plain(text)` without spaces, for scripts in which spacing says little (Korean, Chinese)."""
    return plain(text).replace(" ", "")


def starts_in(*texts: str) -> set[str]:
    """Return what a word in one of `texts` may begin with: each letter, each two neighbouring ones."""
    return {start for text in texts for start in (*text, *map(add, text, text[1:]))}


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
