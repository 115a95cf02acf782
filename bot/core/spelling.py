"""The listed words nearest to one that is not listed: "알봐" is near "알바"."""

from bot.core.knowledge.words import WordBook
from bot.core.language.jamo import decompose
from bot.core.language.normal import plain, spaceless
from bot.core.language.northern import northern_to_common
from bot.core.matching.fuzzy import likeness

MOST_NEAR = 3
_NEAR = 0.72
"""So alike, letter by letter, a listed word must be to be offered: of five letters, about one may differ."""
_SHORTEST = 2


def nearest_words(book: WordBook, word: str) -> tuple[str, ...]:
    """Return the names of listed words that are spelt almost as `word`, the nearest first, at most MOST_NEAR."""
    letters = decompose(spaceless(northern_to_common(plain(word))))
    if len(letters) <= _SHORTEST:
        return ()
    alike = likeness(letters, book.letters).tolist()
    near = [(-each, at) for at, each in enumerate(alike) if each >= _NEAR]
    names = tuple(book.names.values())
    return tuple(names[at] for _, at in sorted(near)[:MOST_NEAR])
