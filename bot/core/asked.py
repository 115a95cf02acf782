"""A text on its way to an answer: whatever is read from it is read once, when it is first needed."""

import re
from dataclasses import dataclass
from functools import cached_property

from bot.core.language.normal import plain
from bot.core.language.reading import Reader, Sentence
from bot.core.language.stretching import stretches
from bot.core.matching.judging import judge
from bot.core.matching.ranking import Candidate, Matcher, View
from bot.core.model import Language, Outcome
from bot.core.privacy import masked

_WORD = re.compile(r"(?<![a-z])[a-z]+(?![a-z])")
_ENGLISH_WORDS = frozenset([
    "a", "an", "about", "and", "are", "at", "can", "do", "does", "for", "from", "get", "have", "help", "hits", "how",
    "i", "in", "is", "it", "mean", "means", "me", "my", "need", "not", "of", "on", "or", "the", "this", "to", "want",
    "what", "when", "where", "which", "who", "why", "with", "you", "your",
])  # fmt: skip
"""Words that Korean does not borrow: two of them make a question English."""


@dataclass(frozen=True)
class Asked:
    """A text and what reads it; it is gone with its answer."""

    text: str
    reader: Reader
    matcher: Matcher

    @cached_property
    def meant(self) -> str:
        """The text, or the Korean that was meant by it."""
        return self.reader.as_meant(self.text)

    @property
    def stretches(self) -> tuple["Asked", ...]:
        """The text in stretches, of which each is read whole; a short one is its own.

        Not kept: what refers to itself would stay in memory until the garbage collector comes.
        """
        found = stretches(self.text)
        return (self,) if len(found) == 1 else tuple(Asked(each, self.reader, self.matcher) for each in found)

    @cached_property
    def words(self) -> str:
        """What was meant, in its plain form."""
        return plain(self.meant)

    @cached_property
    def letters(self) -> str:
        """What was meant, in its plain form without spaces."""
        return self.words.replace(" ", "")

    @cached_property
    def view(self) -> View:
        """The text, personal data masked, as the matcher sees it."""
        hidden = masked(self.text)
        words = self.words if hidden == self.text else plain(self.reader.as_meant(hidden))
        return self.matcher.view(self.reader.sentence(words))

    @property
    def sentence(self) -> Sentence:
        """What is matched."""
        return self.view.sentence

    @property
    def language(self) -> Language:
        """The language to answer in: English for a question in English about a Korean word, too."""
        spoken = self.sentence.language.spoken
        is_english = spoken is Language.KO and len(_ENGLISH_WORDS.intersection(_WORD.findall(self.text.casefold()))) > 1
        return Language.EN if is_english else spoken

    @cached_property
    def ranked(self) -> tuple[Candidate, ...]:
        """The entries that the text comes nearest to."""
        return self.matcher.rank(self.view)

    @cached_property
    def outcome(self) -> Outcome:
        """How sure the first of them is."""
        return judge(self.matcher.weights, self.sentence.language, self.ranked)
