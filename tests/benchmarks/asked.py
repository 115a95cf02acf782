"""What people ask in a load run: topics after Zipf's law, and how often which kind of act."""

import random
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from pathlib import Path
from typing import Final, Self

from bot.evaluation import Question, read_questions

QUESTIONS: Final = Path(__file__).parent.parent / "questions"
FILES: Final = ("newcomers.jsonl", "unseen.jsonl", "urgent.jsonl")


class Kind(StrEnum):
    """What a person does. In scope, out of scope and urgent are questions that are typed."""

    IN_SCOPE = "in scope"
    OUT_OF_SCOPE = "out of scope"
    URGENT = "urgent"
    PRESS = "press"
    COMMAND = "command"
    EDIT = "edit"


MIX: Final[Mapping[Kind, int]] = {
    Kind.IN_SCOPE: 55, Kind.OUT_OF_SCOPE: 8, Kind.URGENT: 4, Kind.PRESS: 24, Kind.COMMAND: 6, Kind.EDIT: 3,
}  # fmt: skip
"""Of a hundred acts. Who is shown no button types a question instead, and so does who has nothing to edit."""
COMMANDS: Final = ("/start", "/menu")


class Zipf:
    """Draws from names: the first is drawn twice as often as the second, three times as often as the third (s = 1)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._up_to = list(accumulate(1 / rank for rank in range(1, len(self._names) + 1)))

    def __len__(self) -> int:
        return len(self._names)

    def draw(self, chance: random.Random) -> str:
        """Return a name."""
        return self._names[bisect(self._up_to, chance.random() * self._up_to[-1])]


@dataclass(frozen=True, slots=True)
class Typed:
    """The questions of one kind, by topic."""

    by_topic: Mapping[str, list[str]]
    topics: Zipf

    @classmethod
    def of(cls, questions: Iterable[Question], chance: random.Random) -> Self:
        """Return the questions under their first topic; which topic is the most frequent is drawn."""
        by_topic: dict[str, list[str]] = defaultdict(list)
        for question in questions:  # what is in no topic goes by its kind and language
            by_topic[min(question.ids, default=f"{question.kind} {question.lang}")].append(question.text)
        order = sorted(by_topic)
        chance.shuffle(order)
        return cls(by_topic, Zipf(order))

    def draw(self, chance: random.Random) -> str:
        """Return a text."""
        return chance.choice(self.by_topic[self.topics.draw(chance)])


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that may be asked; the same `seed` asks the same."""

    typed: Mapping[Kind, Typed]
    chance: random.Random = field(repr=False)

    @classmethod
    def from_files(cls, seed: int) -> Self:
        """Read the project's question files: Korean of the South and of the North, English, Chinese."""
        chance, sorts = random.Random(seed), defaultdict(list)
        for name in FILES:
            for question in read_questions(QUESTIONS / name):
                sorts[_sort(question)].append(question)
        return cls({kind: Typed.of(questions, chance) for kind, questions in sorted(sorts.items())}, chance)

    def kind(self) -> Kind:
        """Draw a kind of act from MIX."""
        return self.chance.choices(tuple(MIX), tuple(MIX.values()))[0]

    def text(self, kind: Kind) -> str:
        """Draw a text to type: a question of that kind, in scope for one that is not typed."""
        if kind is Kind.COMMAND:
            return self.chance.choice(COMMANDS)
        return self.typed.get(kind, self.typed[Kind.IN_SCOPE]).draw(self.chance)


def _sort(question: Question) -> Kind:
    if question.kind == "urgent":
        return Kind.URGENT
    return Kind.IN_SCOPE if question.ids else Kind.OUT_OF_SCOPE
