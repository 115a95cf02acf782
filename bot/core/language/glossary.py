"""Hard words in a card: which of the listed words it uses and does not explain itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

_PARTICLES = (
    "이|가|은|는|을|를|에|에서|에게|의|로|으로|와|과|도|만|나|이나|란|이란|까지|부터|보다|처럼|마다"
    "|이고|인|이며|입니다|이라고|라고|이라는|라는|이라|라|하고"
)
_LETTER = "[가-힣A-Za-z0-9]"
_INSIDE = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Glossary:
    """Listed words as they are written, each with its explanation."""

    explained: Mapping[str, str]
    regex: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled expression: compiling takes a while, and a start does not need it."""
        return _compiled(self.regex)

    def names_in(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the listed words that `texts` (Korean) use, once each, in the order in which they come."""
        return tuple(dict.fromkeys(match["word"] for text in texts for match in self.pattern.finditer(text)))

    def unexplained(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the listed words that `texts` (Korean) use and explain nowhere in brackets, as "word: explanation".

        "이력서(리력서)" explains the word before the brackets, "시간제 일(알바)" the one inside.
        """
        used: dict[str, str] = {}
        explained: set[str] = set()
        for text in texts:
            inside = [range(*match.span()) for match in _INSIDE.finditer(text)]
            for match in self.pattern.finditer(text):
                meaning = self.explained[match["word"]]
                if text[match.end() :].lstrip().startswith("(") or any(match.start() in each for each in inside):
                    explained.add(meaning)
                used.setdefault(meaning, match["word"])
        return tuple(f"{word}: {meaning}" for meaning, word in used.items() if meaning not in explained)


def glossary_of(explained: Mapping[str, str]) -> Glossary:
    """Return a Glossary of the given words; a word counts where it stands alone or with a particle."""
    longest_first = sorted(explained, key=len, reverse=True)
    words = "|".join(map(re.escape, longest_first)) or "(?!)"
    pattern = rf"(?<!{_LETTER})(?P<word>{words})(?=(?:{_PARTICLES})?(?!{_LETTER}))"
    return Glossary(explained, pattern)


@cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex)
