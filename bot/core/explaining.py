"""Why a question was answered as it was, for coordinators: what was heard, what counted for which entry, how much."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.building import learnt_texts
from bot.core.engine import Engine
from bot.core.matching import grams
from bot.core.matching.alarm import ALARM_SIGNS, Alarm, alarm, alarm_signs, part_scores
from bot.core.matching.judging import judge
from bot.core.matching.ranking import LANGUAGES, SIGNS, View, counted, nearest, signs_of
from bot.core.matching.weights import Floats
from bot.core.model import Language, Outcome

_MOST_PIECES = 5


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that spoke for or against: its value, and what it added to the logarithm of the odds."""

    name: str
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why an entry scored as it did: the signs, the pieces that counted most in its favour, the nearest way of asking.

    `pieces` are runs of letters inside words, `_` the end of a word; `likeness` is the cosine with that way of asking,
    from 0 to 1.
    """

    id: str
    probability: float
    signs: tuple[Sign, ...]
    pieces: tuple[str, ...]
    nearest: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened to one text: how it was read, what the urgent check heard, how it was judged, and why.

    `fired` are the triggers that heard it, as (kind, trigger). `bars` are the probability and the lead from which an
    entry answers, and the probability from which it is offered.
    """

    words: str
    language: Language
    fired: tuple[tuple[str, str], ...]
    alarm: Alarm
    alarm_signs: tuple[Sign, ...]
    outcome: Outcome
    bars: tuple[float, ...]
    candidates: tuple[Why, ...]


def explain(engine: Engine, text: str) -> Explanation:
    """Return why `engine` answers `text` as it does."""
    matcher, weights = engine.matcher, engine.matcher.weights
    view = engine.view(text)
    language = LANGUAGES.index(view.sentence.language)
    ranked = matcher.rank(view)
    _, alarming = alarm_signs(matcher, view, part_scores(weights, view))
    scaled = (alarming - weights.alarm_centre) / weights.alarm_spread
    kinds = engine.knowledge.urgent.kinds
    meant = engine.reader.as_meant(text)
    return Explanation(
        words=view.sentence.words,
        language=view.sentence.language,
        fired=tuple((kind, kinds[kind].triggers[at]) for kind, at in engine.urgent.fired(meant)),
        alarm=alarm(matcher, view),
        alarm_signs=_signs(ALARM_SIGNS, alarming, scaled, weights.alarm_signs),
        outcome=judge(weights, view.sentence.language, ranked),
        bars=tuple(float(bar) for bar in weights.bars[language]),
        candidates=_whys(engine, view, {each.id: each.probability for each in ranked}),
    )


def _whys(engine: Engine, view: View, chances: dict[str, float]) -> tuple[Why, ...]:
    matcher, weights = engine.matcher, engine.matcher.weights
    if not chances:
        return ()
    texts = learnt_texts(engine.knowledge)
    found, read = counted(weights, view.sentence), grams.names(view.sentence)
    picked, signs = signs_of(matcher, view)
    kinds = sum(len(kind.code) > 0 for kind in grams.pieces([view.sentence]))
    language = LANGUAGES.index(view.sentence.language)
    best = max(chances, key=chances.__getitem__)
    whys = []
    for label, row in zip(picked, signs, strict=True):
        learnt = weights.trust if weights.labels[label] == best else weights.signs
        near = nearest(view.shared, matcher.groups[label])
        said = (found.value * weights.table[found.at, label]).tolist()
        by_weight = sorted(zip(said, weights.codes[found.at].tolist(), strict=True), reverse=True)
        codes = [code for weight, code in by_weight if weight > 0]
        whys.append(Why(
            id=weights.labels[label],
            probability=chances[weights.labels[label]],
            signs=_signs(SIGNS, row, (row - weights.centre) / weights.spread, learnt[language]),
            pieces=tuple(read[code] for code in codes if code in read)[:_MOST_PIECES],
            nearest=texts[int(near.phrases[0])][1] if len(near.phrases) else "",
            likeness=float(near.cosines[0]) / kinds if len(near.phrases) else 0.0,
        ))  # fmt: skip
    return tuple(sorted(whys, key=lambda why: -why.probability))


def _signs(names: Sequence[str], values: Floats, scaled: Floats, learnt: Floats) -> tuple[Sign, ...]:
    parts = zip(names, values.tolist(), (scaled * learnt[:-1]).tolist(), strict=True)
    return tuple(Sign(name, value, weight) for name, value, weight in parts)
