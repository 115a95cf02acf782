"""A short question about what was just answered: "그럼 얼마예요?" after a card is about that card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.knowledge.message_models import Aspect, FollowUps
from bot.core.knowledge.whole import texts_of
from bot.core.language.normal import plain
from bot.core.language.reading import Reader
from bot.core.matching.fuzzy import likeness
from bot.core.model import Block, Language, Part

_ALIKE = 0.86
"""So alike, letter by letter, a text must be to a listed follow-up: room for an ending or a slip, not for a topic."""
_LONGEST = 40
PARTS: Mapping[str, tuple[Part, ...]] = {"steps": (Part.TEXT, Part.STEPS), "contacts": (Part.CONTACTS,)}
"""The parts of a card that an aspect may show whole."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Hears follow-ups: their `forms` as read, without spaces, and what each asks about; `openers` are left out."""

    reader: Reader
    openers: frozenset[str]
    forms: tuple[str, ...]
    aspects: tuple[str, ...]

    def aspect_in(self, text: str) -> str:
        """Return which aspect of the last topic `text` asks about, or "" if it is not such a question."""
        words = plain(self.reader.as_meant(text)).split()
        while words and words[0] in self.openers:
            words.pop(0)
        while words and words[-1] in self.openers:
            words.pop()
        letters = self.reader.read(" ".join(words)).letters
        if not letters or len(letters) > _LONGEST:
            return ""
        alike = likeness(letters, self.forms)
        best = int(alike.argmax())
        return self.aspects[best] if alike[best] >= _ALIKE else ""


def follower_of(follow_ups: FollowUps, reader: Reader) -> Follower:
    """Return a Follower that knows the listed openers and follow-ups."""
    known = [(name, text) for name, aspect in follow_ups.aspects.items() for _, text in texts_of(aspect.asks)]
    return Follower(
        reader=reader,
        openers=frozenset(plain(text) for _, text in texts_of(follow_ups.openers)),
        forms=tuple(reader.read(text).letters for _, text in known),
        aspects=tuple(name for name, _ in known),
    )


def blocks_about(aspect: Aspect, card: Sequence[Block], language: Language) -> tuple[Block, ...]:
    """Return what a card says about `aspect`: whole parts, and from steps and facts the lines with one of its marks."""
    whole = {part for name in aspect.blocks for part in PARTS.get(name, ())}
    marks = aspect.marks.en if language is Language.EN else aspect.marks.ko
    found = []
    for block in card:
        if block.part in whole:
            found.append(block)
        elif block.part in (Part.TEXT, Part.STEPS, Part.FACTS):
            lines = tuple(line for line in block.lines if any(mark in line for mark in marks))
            part = Part.TEXT if block.part is Part.STEPS else block.part
            found += [Block(part, lines, "" if block.part is Part.STEPS else block.heading)] if lines else []
    return tuple(found)
