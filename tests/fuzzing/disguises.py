"""Letters that hide or break a text, and the ways in which a text is disguised with them."""

import unicodedata
from collections.abc import Callable, Mapping
from random import Random
from typing import Final, Literal, TypeAlias

from bot.core.language.jamo import is_syllable, split

Disguise: TypeAlias = Callable[[str, Random], str]

INVISIBLE: Final = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068"
    "\u2069\u00ad\u034f\u061c\u180b\u180e\ufe00\ufe0e\ufe0f\ufeff\U000e0001\U000e0041\U000e007f\U000e0100\U000e01ef"
)
"""Zero-width letters, direction marks, joiners, soft hyphens, tag characters, variation selectors, byte order marks."""
BLANK: Final = "\u3164\uffa0\u115f\u1160\u2800\u00a0\u3000\u2003\u2028\u2029\t\r\n\x0b\x0c\x85"
"""Letters that show as nothing or as a space: fillers, the empty braille cell, spaces of all widths, ends of lines."""
CONTROL: Final = "\x00\x01\x07\x08\x1b\x7f\x9b\ufffe\uffff\ufdd0\ufffd"
SURROGATES: Final = "\ud800\udbff\udc00\udfff"
MARKS: Final = "".join(map(chr, range(0x300, 0x36F))) + "\u0489\u20dd\u20e3\u302e\u302f\u0e49\u05bf\u064b\u0f39"
EMOJI: Final = (
    "😀", "👨‍👩‍👧‍👦", "👩🏽‍🚀", "🏳️‍🌈", "🇰🇷", "🇰🇵", "1️⃣", "❤️", "☎️", "🫠", "👋🏿", "🏴\U000e0067\U000e0062\U000e007f",
)  # fmt: skip
MARKUP: Final = (
    "<b>", "</b>", "<a href='tg://user?id=1'>x</a>", "<tg-spoiler>", "</pre>", "<code>", "<!--", "-->", "<![CDATA[",
    "]]>", "&lt;b&gt;", "&#60;b&#62;", "&", "&amp;amp;", "<", ">", "\"'",
    "[x](tg://user?id=1)", "**x**", "__x__", "`x`",
    "```", "||x||", "\\", "{0}", "{text}", "%s", "${x}", "@everyone", "https://t.me/x?start=1", "tg://resolve?domain=x",
    "/start s:ko:", "e:ko:work-find", "#t:ko", "javascript:1", "<script>", "\x1b[31m", "' OR 1=1 --",
    "../../etc/passwd",
)  # fmt: skip
_LOOKALIKE: Final = {
    "a": "аα", "b": "Ьβ", "c": "сϲ", "d": "ԁ", "e": "еε", "g": "ɡ", "h": "һ", "i": "іι", "j": "ј", "k": "κк", "l": "ӏⅼ",
    "m": "м", "n": "ո", "o": "оο", "p": "рρ", "s": "ѕ", "t": "тτ", "u": "υս", "v": "ѵν", "w": "ԝω", "x": "хχ",
    "y": "уγ", "z": "ᴢ", "0": "О๐", "1": "l١", "9": "९", "5": "Ƽ", "7": "７", "6": "６", "3": "З",
}  # fmt: skip
_HALFWIDTH: Final = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFFDC, 0xFFA0, -1)}
_COMPATIBILITY: Final = {
    unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0x3131, 0x3164)
}  # the initial or vowel that NFKC makes of it -> the letter as it is typed


def between(letters: str, text: str, random: Random) -> str:
    """Return `text` with one of `letters` after each letter."""
    return "".join(letter + random.choice(letters) for letter in text)


def without_spaces(text: str, random: Random) -> str:
    """Return `text` without its spaces."""
    return text.replace(" ", "")


def spaced(text: str, random: Random) -> str:
    """Return `text` with a space after each letter."""
    return " ".join(text.replace(" ", ""))


def composed(form: Literal["NFD", "NFKD"]) -> Disguise:
    """Return the disguise that writes a text in a Unicode form: "NFD", "NFKD"."""

    def disguised(text: str, random: Random) -> str:
        return unicodedata.normalize(form, text)

    return disguised


def letters_apart(text: str, random: Random) -> str:
    """Return Korean syllables written as single letters, as on a typewriter ("죽" -> "ㅈㅜㄱ")."""
    return "".join("".join(split(letter)) if is_syllable(letter) else letter for letter in text)


def half_width(text: str, random: Random) -> str:
    """Return Korean syllables as half-width letters."""
    apart = letters_apart(text, random)
    return "".join(_HALFWIDTH.get(unicodedata.normalize("NFKC", letter), letter) for letter in apart)


def full_width(text: str, random: Random) -> str:
    """Return Latin letters, digits and marks in full width."""
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def mathematical(text: str, random: Random) -> str:
    """Return Latin letters in the bold letters of mathematics."""
    return "".join(
        chr(0x1D41A + ord(letter) - ord("a")) if "a" <= letter <= "z" else letter for letter in text.casefold()
    )


def lookalikes(text: str, random: Random) -> str:
    """Return Latin letters and digits as Cyrillic, Greek and other ones that look the same."""
    return "".join(random.choice(_LOOKALIKE.get(letter, letter)) for letter in text.casefold())


def some_lookalikes(text: str, random: Random) -> str:
    """Return the same for one letter in three: a text of two scripts."""
    return "".join(lookalikes(letter, random) if random.random() < 0.3 else letter for letter in text)


def flooded(text: str, random: Random) -> str:
    """Return `text` behind three thousand invisible letters."""
    return "\u200b" * 3000 + text


def marked(text: str, random: Random) -> str:
    """Return `text` with up to eight combining marks on each letter (zalgo)."""
    return "".join(letter + "".join(random.choices(MARKS, k=random.randint(1, 8))) for letter in text)


def with_emoji(text: str, random: Random) -> str:
    """Return `text` with an emoji behind each word."""
    return " ".join(f"{word}{random.choice(EMOJI)}" for word in text.split())


def reversed_for_the_eye(text: str, random: Random) -> str:
    """Return `text` in an override of direction: shown from right to left, held in its order."""
    return f"\u202e{text}\u202c"


DISGUISES: Final[Mapping[str, Disguise]] = {
    "zero-width letters between": lambda text, random: between(INVISIBLE, text, random),
    "an override of direction": reversed_for_the_eye,
    "3,000 invisible letters before": flooded,
    "blank letters between": lambda text, random: between(BLANK, text, random),
    "control letters between": lambda text, random: between(CONTROL[:7], text, random),
    "surrogates between": lambda text, random: between(SURROGATES, text, random),
    "combining marks": marked,
    "NFD": composed("NFD"),
    "NFKD": composed("NFKD"),
    "no spaces": without_spaces,
    "a space after each letter": spaced,
    "Korean letters apart": letters_apart,
    "half-width Korean letters": half_width,
    "full-width letters": full_width,
    "mathematical letters": mathematical,
    "lookalike letters": lookalikes,
    "some lookalike letters": some_lookalikes,
    "emoji between words": with_emoji,
}  # fmt: skip
