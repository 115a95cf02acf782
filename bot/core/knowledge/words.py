"""The word list put to use: what a question asks to have explained, and which words a card must explain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from bot.core.knowledge.models import Concept, EntryContent, Word, WordKind
from bot.core.language.glossary import Glossary, glossary_of
from bot.core.language.jamo import decompose
from bot.core.language.normal import plain, spaceless
from bot.core.language.northern import northern_to_common
from bot.core.language.word_question import words_asked

MOST_MEANINGS = 3
_NEW_HERE = frozenset([WordKind.LOANWORD, WordKind.ABBREVIATION])


@dataclass(frozen=True, slots=True)
class WordBook:
    """Words and concepts by each name they are asked by; the glossaries of hard words and of all southern words.

    `names` has every name as it is listed, by its form without spaces in common spelling; `letters` are those forms in
    the same order, Korean syllables taken apart.
    """

    words: Mapping[str, tuple[Word, ...]]
    concepts: Mapping[str, Concept]
    glossary: Glossary
    southern: Glossary
    names: Mapping[str, str]
    letters: tuple[str, ...]

    def named(self, name: str) -> tuple[Concept | None, tuple[Word, ...]]:
        """Return the concept and the words of that name."""
        key = _key(name)
        return self.concepts.get(key), self.words.get(key, ())

    def asked(self, text: str) -> tuple[str, Concept | None, tuple[Word, ...]]:
        """Return the word that `text` (in plain form) asks about, the concept of that name, what else the word means.

        All are empty if it asks about no word, or about one that is not listed.
        """
        for name in words_asked(text):
            found = self.named(name)
            if any(found):
                return name, *found
        return "", None, ()


def word_book(words: Iterable[Word], concepts: Iterable[Concept]) -> WordBook:
    """Return the book of the given words and concepts."""
    named: dict[str, list[Word]] = {}
    words, concepts = tuple(words), tuple(concepts)
    for word in words:
        for name in {_key(form) for form in chain(word.north, word.south)}:
            named.setdefault(name, []).append(word)
    of_words = (name for word in words for name in (*word.north, *word.south))
    names = {_key(name): name for name in (*of_words, *(name for each in concepts for name in each.words))}
    return WordBook(
        words={name: tuple(found[:MOST_MEANINGS]) for name, found in named.items()},
        concepts={_key(name): each for each in concepts for name in chain(each.words, each.english)},
        glossary=glossary_of(explanations(words)),
        southern=glossary_of({name: word.ko for word in words for name in word.south if len(name) > 1}),
        names=names,
        letters=tuple(map(decompose, names)),
    )


def _key(name: str) -> str:
    """Return a word without spaces, in the spelling in which North and South meet."""
    return spaceless(northern_to_common(plain(name)))


def explanations(words: Iterable[Word]) -> dict[str, str]:
    """Return each word that a card must explain, with its explanation: what is new here and not an everyday word."""
    hard = [word for word in words if word.kind in _NEW_HERE and not word.everyday]
    return {name: word.ko for word in hard for name in word.south}


def hard_words_beside(glossary: Glossary, concept: Concept) -> tuple[str, ...]:
    """Return the explanations of the listed words that a Korean concept card uses, but for its own names."""
    lines = glossary.unexplained(each.ko for each in (concept.what, concept.nearest, concept.harm, concept.first))
    return tuple(line for line in lines if line.partition(":")[0] not in concept.words)


def words_of_card(book: WordBook, content: EntryContent) -> tuple[tuple[str, Word], ...]:
    """Return the listed words that the Korean card of an entry uses, as they stand there, in their order."""
    found: dict[str, Word] = {}
    for name in book.southern.names_in(_texts_of(content)):
        _, words = book.named(name)
        plain_ones = (word for word in words if name in word.south and word.kind is not WordKind.FALSE_FRIEND)
        word = next(plain_ones, None)  # a false friend explains what the northern word means
        if word and word not in found.values():
            found[name] = word
    return tuple(found.items())


def hard_words(glossary: Glossary, content: EntryContent) -> tuple[str, ...]:
    """Return the explanations of the listed words that the Korean card of an entry uses and does not explain itself."""
    return glossary.unexplained(_texts_of(content))


def _texts_of(content: EntryContent) -> tuple[str, ...]:
    """Return the Korean sentences of a card."""
    texts = (content.title.ko, content.answer.ko.lead, *content.answer.ko.steps)
    return (*texts, *(voice.ko for voice in content.voices), *(fact.ko for fact in content.facts))
