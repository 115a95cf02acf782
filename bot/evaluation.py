"""How well the engine does on a file of questions: figures by kind and language, and how far to trust its chances."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from math import sqrt
from pathlib import Path
from typing import TypeAlias

from bot.core.model import Outcome, Reply

URGENT = "urgent"
LOOKALIKE = "lookalike"
BINS = 10


class BadQuestions(ValueError):
    """A question file that cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Question:
    """A line of a question file: a text, the ids that answer it (none: nothing does), its language and kind."""

    text: str
    ids: frozenset[str]
    lang: str
    kind: str


Answered: TypeAlias = tuple[Question, Reply]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many (at least one); its 95 % confidence interval is Wilson's."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, from 0 to 1."""
        return self.hits / self.of

    @property
    def range(self) -> tuple[float, float]:
        """The lower and the upper end of the interval."""
        z, n, p = 1.96, self.of, self.value
        middle, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return max(0.0, (middle - half) / (1 + z * z / n)), min(1.0, (middle + half) / (1 + z * z / n))


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened to a group of questions. Shares are of the group; None where there is nothing to count.

    `first`, `three`: the right entry came first, or among three. `precision`: of direct answers, the right ones.
    """

    group: str
    questions: int
    first: Share | None
    three: Share | None
    answered: Share
    unsure: Share
    unknown: Share
    urgent: Share
    precision: Share | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Questions whose first candidate had a probability from `low` to `low` + 1 / BINS, and how often it was right."""

    low: float
    mean: float
    right: Share


def read_questions(path: Path) -> list[Question]:
    """Return the questions in a JSON Lines file; raise BadQuestions or OSError."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            found.append(Question(str(raw["text"]), frozenset(raw["ids"]), str(raw["lang"]), str(raw["kind"])))
        except (ValueError, KeyError, TypeError) as error:
            raise BadQuestions(f"{path.name}:{number}: {error!r}") from None
    return found


def ask_all(answer: Callable[[str], Reply], questions: Iterable[Question]) -> list[Answered]:
    """Return each question with the reply to it."""
    return [(question, answer(question.text)) for question in questions]


def evaluate(answered: Iterable[Answered], known: frozenset[str]) -> list[Figures]:
    """Return figures for all, in scope, and for each kind and language; `known` are the ids that can be answered.

    Questions whose topics are all unknown here stand apart as "not written": the bot ought to decline them.
    """
    groups: dict[str, list[Answered]] = defaultdict(list)
    for pair in answered:
        for group in _groups(pair[0], known):
            groups[group].append(pair)
    return [_figures(group, pairs, known) for group, pairs in sorted(groups.items())]


def reliability(answered: Iterable[Answered]) -> list[Bin]:
    """Return how often the first candidate was right, by its probability; urgent replies have none."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for question, reply in answered:
        if reply.scores and reply.outcome is not Outcome.URGENT:
            chance = reply.scores[0]
            bins[min(int(chance * BINS), BINS - 1)].append((chance, reply.ids[0] in question.ids))
    return [
        Bin(at / BINS, sum(chance for chance, _ in each) / len(each), Share(sum(right for _, right in each), len(each)))
        for at, each in sorted(bins.items())
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: how far probabilities are from shares of right ones, by weight."""
    total = sum(each.right.of for each in bins)
    return sum(abs(each.mean - each.right.value) * each.right.of for each in bins) / total if total else 0.0


def _groups(question: Question, known: frozenset[str]) -> Iterable[str]:
    detail = f"{question.kind} {question.lang}"
    if question.kind in (URGENT, LOOKALIKE):
        return (f"= {question.kind}", detail)
    if question.ids and not question.ids & known:
        return ("= not written",)
    return (("= in scope" if question.ids else f"= {question.kind}"), "= all", detail)


def _figures(group: str, pairs: list[Answered], known: frozenset[str]) -> Figures:
    ended = {o: Share(sum(reply.outcome is o for _, reply in pairs), len(pairs)) for o in Outcome}
    covered = [(question, reply) for question, reply in pairs if question.ids & known]
    direct = [question.ids & set(reply.ids[:1]) for question, reply in pairs if reply.outcome is Outcome.ANSWERED]
    return Figures(
        group=group,
        questions=len(pairs),
        first=_share(bool(q.ids & set(r.ids[:1])) for q, r in covered),
        three=_share(bool(q.ids & set(r.ids[:3])) for q, r in covered),
        answered=ended[Outcome.ANSWERED],
        unsure=ended[Outcome.UNSURE],
        unknown=ended[Outcome.UNKNOWN],
        urgent=ended[Outcome.URGENT],
        precision=_share(bool(right) for right in direct),
    )


def _share(hits: Iterable[bool]) -> Share | None:
    found = list(hits)
    return Share(sum(found), len(found)) if found else None


def as_json(figures: Iterable[Figures], bins: Sequence[Bin]) -> Mapping[str, object]:
    """Return the figures and the reliability as plain data: a share as its value and, beside it, its range."""
    return {
        "groups": [_plain(each) for each in figures],
        "reliability": [_plain(each) | {"questions": each.right.of} for each in bins],
        "calibration_error": calibration_error(bins),
    }


def _plain(row: Figures | Bin) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in (field.name for field in fields(row)):
        value = getattr(row, name)
        found[name] = value.value if isinstance(value, Share) else value
        if isinstance(value, Share):
            found[f"{name}_range"] = value.range
    return found
