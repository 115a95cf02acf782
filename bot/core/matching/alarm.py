"""The second net under the urgent check: how like cries for help a text, or a part of it, is."""

from typing import NamedTuple

import numpy as np

from bot.core.language.reading import Sentence, sentence_of
from bot.core.matching.ranking import LANGUAGES, Matcher, View, chance, counted
from bot.core.matching.weights import NONE_OF_THEM, Floats, Weights

WINDOW = 10
"""A cry is often one sentence of a long story: so many words are also looked at alone, half a window apart."""
NEIGHBOURS = 5
ALARM_SIGNS = (
    "urgent", "a part urgent", "of a kind", "a part of a kind", "near cries", "near harmless ones", "near others",
    "of no entry", "of an entry", "length",
)  # fmt: skip
"""What the alarm is learnt from (see `alarm_signs`)."""


class Alarm(NamedTuple):
    """The kind of emergency a text is most like, the probability that it is one, and from which that is enough."""

    kind: str
    probability: float
    bar: float

    @property
    def raised(self) -> bool:
        """Whether the card is to be shown."""
        return self.probability >= self.bar


def alarm(matcher: Matcher, view: View) -> Alarm:
    """Return what a text or the most alarming part of it is like; the weights must know a kind."""
    weights = matcher.weights
    bar = float(weights.alarm_bars[LANGUAGES.index(view.sentence.language)])
    if not view.sentence.letters:
        return Alarm(weights.kinds[0], 0.0, bar)
    kind, signs = alarm_signs(matcher, view, part_scores(weights, view.sentence))
    probability = float(chance(weights.alarm_signs, (signs - weights.alarm_centre) / weights.alarm_spread))
    return Alarm(kind, probability, bar)


def alarm_signs(matcher: Matcher, view: View, scores: Floats) -> tuple[str, Floats]:
    """Return the likeliest kind and the signs that a text is urgent, shape (A,), from the `scores` of its parts.

    In the order of ALARM_SIGNS: the score for urgent texts of the whole and of the most alarming part, the same for
    the likeliest kind; the mean cosine of the nearest cries for help, of the nearest harmless texts with alarming
    words, of the nearest others; the score for "none of them", that of the best entry; how long the text is.
    """
    weights = matcher.weights
    kinds, urgent = scores[:, :-1], scores[:, -1]
    kind = weights.kinds[int(np.argmax(kinds[int(np.argmax(urgent))]))]
    none = weights.labels.index(NONE_OF_THEM)
    signs = [
        urgent[0], urgent.max(), kinds[0].max(), kinds.max(),
        _near(view.shared[matcher.cries]), _near(view.shared[matcher.harmless]), _near(view.shared[matcher.ordinary]),
        view.scores[none], np.delete(view.scores, none).max(initial=-2), min(len(view.sentence.letters), 200) / 200,
    ]  # fmt: skip
    return kind, np.array(signs, np.float32)


def parts(sentence: Sentence) -> list[Sentence]:
    """Return `sentence` and, if it is long, windows of WINDOW words over it."""
    words = sentence.words.split()
    if len(words) <= WINDOW * 1.5:
        return [sentence]
    windows = [" ".join(words[at : at + WINDOW]) for at in range(0, len(words) - WINDOW // 2, WINDOW // 2)]
    return [sentence, *(sentence_of(sentence.language, each) for each in windows)]


def part_scores(weights: Weights, sentence: Sentence) -> Floats:
    """Return the score of each part for each kind and, last, for any, shape (parts, K + 1)."""
    every = [counted(weights, part) for part in parts(sentence)]
    return np.array([weights.alarm_base + found.value @ weights.alarm[found.at] for found in every], np.float32)


def _near(shared: Floats) -> float:
    """Return the mean of the NEIGHBOURS largest; most phrases share nothing, and are not sorted."""
    some = shared[shared > 0]
    if len(some) > NEIGHBOURS:
        some = np.partition(some, len(some) - NEIGHBOURS)[-NEIGHBOURS:]
    return float(some.sum()) / NEIGHBOURS
