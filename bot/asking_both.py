"""Asking the engines before and after a change, in several processes; earlier answers are kept, without any text."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bot.comparing import Asked, Ended, ended
from bot.core.engine import Engine
from bot.core.matching.judging import judge
from bot.core.matching.refitting import Text, rank_without
from bot.core.matching.weights import Weights
from bot.core.model import Outcome
from bot.evaluation import BadQuestions, Question, read_questions
from bot.sharing import begun

AT_ONCE = 40
"""So many texts are answered before it is said how far it is."""
KEPT = 4
"""So many files of earlier answers stay: those of what answers now, and of what was tried last."""
_BEFORE, _AFTER, _ASKS = range(3)


def questions_in(folder: Path) -> tuple[Question, ...]:
    """Return the questions of every file of `folder` that has their form; none if there is no such folder."""
    found: list[Question] = []
    for path in sorted(folder.glob("*.jsonl")):
        with suppress(BadQuestions):
            found += read_questions(path)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Way:
    """A way of asking: as written, as read with its label, and which phrase it is before and after, if it is one."""

    written: str
    text: Text
    places: tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class Both:
    """The engines before and after a change, and what they are asked: questions, and ways of asking as if unknown.

    `kept` is how the questions ended before the change, if that is known.
    """

    engines: tuple[Engine, Engine]
    questions: Sequence[Question]
    ways: Sequence[Way]
    kept: Sequence[Ended] | None

    def asked(self, processes: int, said: Callable[[int, int], None]) -> list[Asked]:
        """Return how each text ended; `said` is told how many texts are done, of how many, while it goes on."""
        work = list(self._work())
        found: dict[tuple[int, int], Ended] = {(_BEFORE, at): each for at, each in enumerate(self.kept or ())}
        pairs: dict[int, tuple[Ended, Ended]] = {}
        done, many = 0, sum(len(which) for _, which in work)
        for at, results in begun(lambda at: self._done(*work[at]), len(work), processes):
            kind, which = work[at]
            if kind == _ASKS:
                pairs |= zip(which, zip(results[::2], results[1::2], strict=True), strict=True)
            else:
                found |= {(kind, place): each for place, each in zip(which, results, strict=True)}
            done += len(which)
            said(done, many)
        questions = [Asked(each, found[_BEFORE, at], found[_AFTER, at]) for at, each in enumerate(self.questions)]
        return questions + [Asked(_question(way), *pairs[at], is_ask=True) for at, way in enumerate(self.ways)]

    def _work(self) -> Iterator[tuple[int, range]]:
        """Yield what is to be done, in pieces: which engine is asked, or both, and what."""
        many = {_BEFORE: 0 if self.kept is not None else len(self.questions), _AFTER: len(self.questions)}
        for kind, every in (many | {_ASKS: len(self.ways)}).items():
            yield from ((kind, range(first, min(first + AT_ONCE, every))) for first in range(0, every, AT_ONCE))

    def _done(self, kind: int, which: range) -> list[Ended]:
        """Return how a piece of the questions ended; of the ways of asking, before and after in turn."""
        if kind != _ASKS:
            return [ended(self.engines[kind].answer(self.questions[at].text)) for at in which]
        ways = [self.ways[at] for at in which]
        return [
            _unknown(engine, way.text, at) for way in ways for engine, at in zip(self.engines, way.places, strict=True)
        ]


def ended_by(engine: Engine, questions: Sequence[Question], processes: int) -> list[Ended]:
    """Return how each question ends with one engine."""
    pieces = [questions[first : first + AT_ONCE] for first in range(0, len(questions), AT_ONCE)]
    found = dict(begun(lambda at: [ended(engine.answer(each.text)) for each in pieces[at]], len(pieces), processes))
    return [each for at in range(len(pieces)) for each in found[at]]


def _unknown(engine: Engine, text: Text, at: int | None) -> Ended:
    """Return how `text`, the phrase `at` of what the engine knows, ends if it is not known."""
    ranked = rank_without(engine.matcher, text, at)
    outcome = judge(engine.matcher.weights, text[1].language, ranked)
    return Ended(outcome, tuple(each.id for each in ranked), tuple(round(each.probability, 4) for each in ranked))


def _question(way: Way) -> Question:
    return Question(way.written, frozenset([way.text[0]]), way.text[1].language.value, "ask")


# --- what was answered before ---


@dataclass(frozen=True, slots=True)
class Answers:
    """Where answers are kept: in `folder`, one file for what is learnt, asked and run, known by their digest."""

    folder: Path
    questions: Sequence[Question]

    def load(self, weights: Weights) -> list[Ended] | None:
        """Return how the questions ended with `weights`, or None if that is not known."""
        try:
            raw = json.loads(self._path(weights).read_text(encoding="utf-8"))
            found = [Ended(Outcome(outcome), tuple(ids), tuple(scores)) for outcome, ids, scores in raw]
        except (OSError, ValueError, TypeError):
            return None
        return found if len(found) == len(self.questions) else None

    def save(self, weights: Weights, answers: Iterable[Ended]) -> None:
        """Keep how the questions ended, if it can be written; only the KEPT last files stay."""
        path = self._path(weights)
        spare = path.with_suffix(".partial")
        with suppress(OSError):  # they are asked again next time then
            spare.write_text(json.dumps([[each.outcome, each.ids, each.scores] for each in answers]), encoding="utf-8")
            spare.replace(path)
            for old in sorted(self.folder.glob("asked-*.json"), key=lambda each: -each.stat().st_mtime_ns)[KEPT:]:
                old.unlink()

    def _path(self, weights: Weights) -> Path:
        digest = sha256(weights.key.encode())
        for array in (weights.table, weights.base, weights.signs, weights.trust, weights.bars, weights.alarm):
            digest.update(array.tobytes())
        for source in sorted(Path(__file__).parent.rglob("*.py")):
            digest.update(source.read_bytes())
        digest.update(json.dumps([each.text for each in self.questions]).encode())
        return self.folder / f"asked-{digest.hexdigest()[:16]}.json"
