"""The word list put to use: what a question asks to have explained, and which words a card must explain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from bot.core.knowledge.models import Concept, EntryContent, Word, WordKind
from bot.core.language.glossary import Glossary, glossary_of
from bot.core.language.normal import plain, spaceless
from bot.core.language.northern import northern_to_common
from bot.core.language.word_question import words_asked

MOST_MEANINGS = 3
_NEW_HERE = frozenset([WordKind.LOANWORD, WordKind.ABBREVIATION])


@dataclass(frozen=True, slots=True)
class WordBook:
    """Words and concepts by each name they are asked by, and the glossary of hard words."""

    words: Mapping[str, tuple[Word, ...]]
    concepts: Mapping[str, Concept]
    glossary: Glossary

    def asked(self, text: str) -> tuple[str, Concept | None, tuple[Word, ...]]:
        """Return the word that `text` asks about, the concept of that name, and what else the word means.

        All are empty if it asks about no word, or about one that is not listed.
        """
        for name in words_asked(plain(text)):
            found = self.concepts.get(_key(name)), self.words.get(_key(name), ())
            if any(found):
                return name, *found
        return "", None, ()


def word_book(words: Iterable[Word], concepts: Iterable[Concept]) -> WordBook:
    """Return the book of the given words and concepts."""
    named: dict[str, list[Word]] = {}
    words = tuple(words)
    for word in words:
        for name in {_key(form) for form in chain(word.north, word.south)}:
            named.setdefault(name, []).append(word)
    return WordBook(
        words={name: tuple(found[:MOST_MEANINGS]) for name, found in named.items()},
        concepts={_key(name): each for each in concepts for name in chain(each.words, each.english)},
        glossary=glossary_of(explanations(words)),
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


def hard_words(glossary: Glossary, content: EntryContent) -> tuple[str, ...]:
    """Return the explanations of the listed words that the Korean card of an entry uses and does not explain itself."""
    texts = (content.title.ko, content.answer.ko.lead, *content.answer.ko.steps)
    voices = (voice.ko for voice in content.voices)
    return glossary.unexplained((*texts, *voices, *(fact.ko for fact in content.facts)))
