"""What a change to the knowledge makes better and what worse: the two answers to each question, side by side."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.core.knowledge.problems import Problem
from bot.core.matching.bars import LEAD
from bot.core.model import Outcome, Reply
from bot.evaluation import LOOKALIKE, URGENT, Figures, Question, Share, evaluate

AMONG = 3
"""So many entries are offered where the bot is unsure."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a question ended: its outcome, and the entries it came nearest to with their probabilities, best first."""

    outcome: Outcome
    ids: tuple[str, ...]
    scores: tuple[float, ...]

    @property
    def first(self) -> str:
        """The entry that came first, or ""."""
        return self.ids[0] if self.ids else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, or a way of asking as if it were not known, and how it ended before the change and after it."""

    question: Question
    before: Ended
    after: Ended
    is_ask: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text ended: the entry that came first, or "", and the outcome."""

    id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Moved:
    """A text that is answered better or worse than before; `right` are the ids that answer it, none if nothing does."""

    text: str
    language: str
    right: tuple[str, ...]
    before: Place
    after: Place
    is_ask: bool


@dataclass(frozen=True, slots=True)
class Rivals:
    """Two entries that come nearer: so many texts went from one to the other, or are now close to both."""

    one: str
    other: str
    texts: int


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures on the questions; None where there is nothing to count.

    `first`, `three`, `answered`: of questions that an entry answers, those with it first, with it among three, and
    those answered directly. `precision`: of all direct answers, the right ones.
    """

    first: Share | None
    three: Share | None
    precision: Share | None
    answered: Share | None


NOTHING_COUNTED = Totals(None, None, None, None)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. Where there are `problems`, nothing else was looked at.

    `silenced` are urgent texts that brought their card and do not now; they are not repeated in `worse`. `questions`
    is 0 where no file of questions was found: then only ways of asking were looked at, `asks` of them. Both are 0 where
    nothing changed that questions are understood by: then all is as before. `seconds` is how long it took.
    """

    problems: tuple[Problem, ...] = ()
    silenced: tuple[Moved, ...] = ()
    better: tuple[Moved, ...] = ()
    worse: tuple[Moved, ...] = ()
    competing: tuple[Rivals, ...] = ()
    before: Totals = NOTHING_COUNTED
    after: Totals = NOTHING_COUNTED
    questions: int = 0
    asks: int = 0
    seconds: float = 0.0

    @property
    def refused(self) -> bool:
        """Whether the change must not go live."""
        return bool(self.problems or self.silenced)


Known = tuple[frozenset[str], frozenset[str]]
"""The ids of entries and kinds of emergency before and after."""


def ended(reply: Reply) -> Ended:
    """Return how the question that got `reply` ended."""
    return Ended(reply.outcome or Outcome.UNKNOWN, reply.ids, reply.scores)


def compared(asked: Sequence[Asked], known: Known, asks: int) -> Report:
    """Return what moved among `asked`; of so many `asks` those not in it stayed where they were. No seconds yet."""
    moved = sorted(((_step(each, known), each) for each in asked), key=lambda pair: (pair[1].is_ask, -abs(pair[0])))
    fallen = [each for step, each in moved if step < 0]
    silenced = [each for each in fallen if each.question.kind == URGENT]
    questions = [each for each in asked if not each.is_ask]
    return Report(
        silenced=_moves(silenced),
        better=_moves(each for step, each in moved if step > 0),
        worse=_moves(each for each in fallen if each not in silenced),
        competing=tuple(_competing(asked)),
        before=_totals([(each.question, each.before) for each in questions], known[0]),
        after=_totals([(each.question, each.after) for each in questions], known[1]),
        questions=len(questions),
        asks=asks,
    )


def _moves(asked: Iterable[Asked]) -> tuple[Moved, ...]:
    return tuple(
        Moved(
            each.question.text,
            each.question.lang,
            tuple(sorted(each.question.ids)),
            Place(each.before.first, each.before.outcome),
            Place(each.after.first, each.after.outcome),
            each.is_ask,
        )
        for each in asked
    )


def _step(asked: Asked, known: Known) -> int:
    """Return by how many levels a text ended higher after the change than before; declined is declined."""
    if asked.is_ask and asked.before.outcome is asked.after.outcome is Outcome.UNKNOWN:
        return 0  # no entry was shown, whichever was first
    before, after = (_level(asked, way, ids) for way, ids in zip((asked.before, asked.after), known, strict=True))
    return after - before


def _level(asked: Asked, way: Ended, known: frozenset[str]) -> int:
    """Return how well a text ended, higher is better, on the scale of its kind; `known` ids can be answered.

    A question that an entry answers: right, unsure with the right one offered, declined, unsure without it, wrong. One
    that none answers: declined, unsure, answered. They share a scale, for an entry may be new or retired.
    """
    kind, right = asked.question.kind, asked.question.ids
    if kind == URGENT:
        return (2 if way.first in right else 1) if way.outcome is Outcome.URGENT else 0
    if kind == LOOKALIKE:
        return int(way.outcome is not Outcome.URGENT)
    if asked.is_ask:
        return int(way.first in right)
    match way.outcome:
        case Outcome.ANSWERED:
            return 4 if way.first in right & known else 0
        case Outcome.UNSURE:
            return 3 if right & known & set(way.ids[:AMONG]) else 1
        case Outcome.UNKNOWN:
            return 2
        case Outcome.URGENT:
            return 1


def _competing(asked: Iterable[Asked]) -> Iterator[Rivals]:
    """Yield pairs of entries, those with most texts first."""
    counted = Counter(pair for each in asked if (pair := _pair(each)))
    for (one, other), texts in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])):
        yield Rivals(one, other, texts)


def _pair(asked: Asked) -> tuple[str, str] | None:
    before, after = asked.before, asked.after
    if Outcome.URGENT in (before.outcome, after.outcome):
        return None
    if before.first and after.first and before.first != after.first and _sure({before.outcome, after.outcome}):
        one, other = sorted((before.first, after.first))
        return one, other
    near = _near(after)
    return near if near and near != _near(before) else None


def _near(way: Ended) -> tuple[str, str] | None:
    """Return the two entries that a text lies between, or None if the first is clear or nothing is near at all."""
    if len(way.scores) < 2 or way.scores[0] - way.scores[1] >= LEAD or not _sure({way.outcome}):
        return None
    one, other = sorted(way.ids[:2])
    return one, other


def _sure(outcomes: set[Outcome]) -> bool:
    """Say whether one of the outcomes shows an entry to people: what is declined may be near anything."""
    return bool(outcomes & {Outcome.ANSWERED, Outcome.UNSURE})


def _totals(ways: Iterable[tuple[Question, Ended]], known: frozenset[str]) -> Totals:
    replies = [(question, Reply((), outcome=way.outcome, ids=way.ids, scores=way.scores)) for question, way in ways]
    groups: Mapping[str, Figures] = {each.group: each for each in evaluate(replies, known)}
    scope, every = groups.get("= in scope"), groups.get("= all")
    return Totals(
        first=scope.first if scope else None,
        three=scope.three if scope else None,
        precision=every.precision if every else None,
        answered=scope.answered if scope else None,
    )


# --- as text ---


def to_json(report: Report) -> str:
    """Return `report` as JSON, for another process."""
    return json.dumps(asdict(report), ensure_ascii=False)


def from_json(text: str) -> Report:
    """Return the report that `to_json` wrote; raise ValueError, KeyError, TypeError, AttributeError for others."""
    raw: dict[str, Any] = json.loads(text)
    return Report(
        problems=tuple(Problem(**each) for each in raw["problems"]),
        silenced=_moved(raw["silenced"]),
        better=_moved(raw["better"]),
        worse=_moved(raw["worse"]),
        competing=tuple(Rivals(**each) for each in raw["competing"]),
        before=_totals_of(raw["before"]),
        after=_totals_of(raw["after"]),
        questions=raw["questions"],
        asks=raw["asks"],
        seconds=raw["seconds"],
    )


def _moved(raw: Iterable[dict[str, Any]]) -> tuple[Moved, ...]:
    return tuple(
        Moved(
            **each | {"right": tuple(each["right"]), "before": _place(each["before"]), "after": _place(each["after"])}
        )
        for each in raw
    )


def _place(raw: Mapping[str, str]) -> Place:
    return Place(raw["id"], Outcome(raw["outcome"]))


def _totals_of(raw: Mapping[str, dict[str, int] | None]) -> Totals:
    return Totals(**{name: Share(**share) if share else None for name, share in raw.items()})
