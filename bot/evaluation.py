"""How well the engine does on a file of questions: figures by kind and language."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.core.model import Outcome, Reply

URGENT = "urgent"
LOOKALIKE = "lookalike"


class BadQuestions(ValueError):
    """A question file that cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Question:
    """A line of a question file: a text, the ids that answer it (none: nothing does), its language and kind."""

    text: str
    ids: frozenset[str]
    lang: str
    kind: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened to a group of questions. Shares are of the group; None where there is nothing to count.

    `first`, `three`: the right entry came first, or among three. `precision`: of direct answers, the right ones.
    """

    group: str
    questions: int
    first: float | None
    three: float | None
    answered: float
    unsure: float
    unknown: float
    urgent: float
    precision: float | None


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


def evaluate(answer: Callable[[str], Reply], questions: Iterable[Question], known: frozenset[str]) -> list[Figures]:
    """Return figures for all, in scope, and for each kind and language; `known` are the ids that can be answered.

    Questions whose topics are all unknown here stand apart as "not written": the bot ought to decline them.
    """
    groups: dict[str, list[tuple[Question, Reply]]] = defaultdict(list)
    for question in questions:
        pair = question, answer(question.text)
        for group in _groups(question, known):
            groups[group].append(pair)
    return [_figures(group, pairs, known) for group, pairs in sorted(groups.items())]


def _groups(question: Question, known: frozenset[str]) -> Iterable[str]:
    detail = f"{question.kind} {question.lang}"
    if question.kind in (URGENT, LOOKALIKE):
        return (f"= {question.kind}", detail)
    if question.ids and not question.ids & known:
        return ("= not written",)
    return (("= in scope" if question.ids else f"= {question.kind}"), "= all", detail)


def _figures(group: str, pairs: list[tuple[Question, Reply]], known: frozenset[str]) -> Figures:
    share = {o: sum(reply.outcome is o for _, reply in pairs) / len(pairs) for o in Outcome}
    covered = [(question, reply) for question, reply in pairs if question.ids & known]
    direct = [question.ids & set(reply.ids[:1]) for question, reply in pairs if reply.outcome is Outcome.ANSWERED]
    return Figures(
        group=group,
        questions=len(pairs),
        first=_share(bool(q.ids & set(r.ids[:1])) for q, r in covered),
        three=_share(bool(q.ids & set(r.ids[:3])) for q, r in covered),
        answered=share[Outcome.ANSWERED],
        unsure=share[Outcome.UNSURE],
        unknown=share[Outcome.UNKNOWN],
        urgent=share[Outcome.URGENT],
        precision=_share(bool(right) for right in direct),
    )


def _share(hits: Iterable[bool]) -> float | None:
    found = list(hits)
    return sum(found) / len(found) if found else None


def as_json(figures: Iterable[Figures]) -> list[Mapping[str, object]]:
    """Return the figures as plain data."""
    return [asdict(each) for each in figures]
