"""One comparable form of a sentence, made in the same way for questions and for ways of asking."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from bot.core.language.jamo import decompose, is_syllable
from bot.core.language.keyboard import as_korean
from bot.core.language.normal import joined, plain, visible
from bot.core.language.northern import northern_to_common
from bot.core.language.roman import as_hangul
from bot.core.language.seen import Seen, seen
from bot.core.model import Language

_HANGUL = re.compile(r"[가-힣ㄱ-ㅣ]")
_HAN = re.compile(r"[㐀-䶿一-鿿]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")
_KOREAN_WORD = re.compile(r"[가-힣]+")
_NOT_KOREAN = re.compile(r"[^가-힣\n]+")
_KNOWN_ENOUGH = 0.4
_SHORT = 6


@dataclass(frozen=True, slots=True)
class Sentence:
    """What the matcher sees of a text.

    `words` is the plain text in common spelling with southern words added after northern ones; `letters` the same
    without spaces, Korean syllables taken apart; `language` what it is written in.
    """

    language: Language
    words: str
    letters: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads a text with the words that the knowledge knows.

    `spellings` replaces a northern spelling by the southern one; `synonyms` adds southern words to a northern one;
    `english` and `korean` words and `pairs` of neighbouring Korean syllables tell English from mistyped Korean.
    """

    spellings: Mapping[str, str]
    synonyms: Mapping[str, str]
    english: frozenset[str]
    korean: Seen
    pairs: Seen
    pattern: re.Pattern[str]

    def read(self, text: str) -> Sentence:
        """Return the comparable form of `text`."""
        return self.sentence(plain(self.as_meant(text)))

    def sentence(self, words: str) -> Sentence:
        """Return the comparable form of `words` that were meant, in plain form."""
        language = language_of(words)
        if language is Language.KO:
            words = self._southern(northern_to_common(words))
        return sentence_of(language, words)

    def as_meant(self, text: str) -> str:
        """Return `text`, or what was meant by it.

        Letters one by one are put together; what was typed with the keyboard left in English, or is Korean in Latin
        letters, becomes Korean.
        """
        text = joined(text)
        if _HANGUL.search(text) or _HAN.search(text):
            return text
        shown = visible(text)
        latin = _LATIN_WORD.findall(shown)
        if 2 * sum(word.casefold() in self.english for word in latin) >= len(latin):
            return text
        for korean in (as_korean(shown), as_hangul(shown)):
            if korean and self._reads_as_korean(korean):
                return korean
        return text

    def _reads_as_korean(self, korean: str) -> bool:
        letters = [letter for letter in korean if not letter.isspace() and letter.isalpha()]
        broken = sum(not is_syllable(letter) for letter in letters)
        if broken > (1 if len(letters) > _SHORT else 0):
            return False
        if len(letters) < 3:  # "disk" is 야나 too: so short a text must be a word
            return korean in self.korean
        pairs = syllable_pairs(korean)
        return bool(pairs) and sum(pair in self.pairs for pair in pairs) >= _KNOWN_ENOUGH * len(pairs)

    def _southern(self, words: str) -> str:
        added: list[str] = []

        def replaced(match: re.Match[str]) -> str:
            word = match.group()
            if word in self.synonyms:
                added.append(self.synonyms[word])
            return self.spellings.get(word, word)

        words = self.pattern.sub(replaced, words)
        return " ".join([words, *added])


def reader_of(
    spellings: Mapping[str, str], synonyms: Mapping[str, str], korean: Iterable[str], english: Iterable[str]
) -> Reader:
    """Return a Reader that knows the given words and has seen the given Korean and English texts."""
    texts = "\n".join(korean)
    letters = _NOT_KOREAN.sub("", texts)
    common = {northern_to_common(plain(north)): northern_to_common(plain(south)) for north, south in spellings.items()}
    added = {northern_to_common(plain(north)): northern_to_common(plain(south)) for north, south in synonyms.items()}
    known = sorted((word for word in {**common, **added} if len(word) > 1), key=len, reverse=True)
    return Reader(
        spellings={north: south for north, south in common.items() if north != south},
        synonyms={north: south for north, south in added.items() if north != south},
        english=frozenset(_LATIN_WORD.findall("\n".join(english).casefold())),
        korean=seen(found.group() for found in _KOREAN_WORD.finditer(texts)),
        pairs=seen(a + b for a, b in set(pairwise(letters)) if "\n" not in (a, b)),
        pattern=re.compile(r"(?<![가-힣])(?:" + ("|".join(map(re.escape, known)) or "(?!)") + ")"),
    )


def sentence_of(language: Language, words: str) -> Sentence:
    """Return the sentence of `words` that are read already."""
    return Sentence(language, words, decompose(words.replace(" ", "")))


def language_of(text: str) -> Language:
    """Return the language `text` is written in, judged by its letters."""
    if _HANGUL.search(text):
        return Language.KO
    if _HAN.search(text):
        return Language.ZH
    return Language.EN if re.search(r"[a-z]", text, re.IGNORECASE) else Language.KO


def syllable_pairs(text: str) -> list[str]:
    """Return each pair of neighbouring Korean syllables, spaces left out."""
    letters = text.replace(" ", "")
    return [a + b for a, b in pairwise(letters) if is_syllable(a) and is_syllable(b)]
