"""The second net under the urgent check: how like cries for help a text, or a part of it, is."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bot.core.language.reading import Sentence, sentence_of
from bot.core.matching.ranking import LANGUAGES, Matcher, View, chance, counted_each, heard_in
from bot.core.matching.weights import NONE_OF_THEM, Floats, Weights

WINDOW = 10
"""A cry is often one sentence of a long story: so many words are also looked at alone, half a window apart."""
NEIGHBOURS = 5
_TOGETHER = 64
"""So many phrases are looked at together: from the largest of each it is seen which are too small to be sorted."""
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
    kind, signs = alarm_signs(matcher, view, part_scores(weights, view))
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
        *(_near(view.shared, each) for each in (matcher.cries, matcher.harmless, matcher.ordinary)),
        view.scores[none], max(view.scores[:none].max(initial=-2), view.scores[none + 1 :].max(initial=-2)),
        min(len(view.sentence.letters), 200) / 200,
    ]  # fmt: skip
    return kind, np.array(signs, np.float32)


def parts(sentence: Sentence) -> list[Sentence]:
    """Return `sentence` and, if it is long, windows of WINDOW words over it."""
    words = sentence.words.split()
    if len(words) <= WINDOW * 1.5:
        return [sentence]
    windows = [" ".join(words[at : at + WINDOW]) for at in range(0, len(words) - WINDOW // 2, WINDOW // 2)]
    return [sentence, *(sentence_of(sentence.language, each) for each in windows)]


def part_scores(weights: Weights, view: View) -> Floats:
    """Return the score of each part for each kind and, last, for any, shape (parts, K + 1)."""
    windows = parts(view.sentence)[1:]
    every = counted_each(weights, windows) if windows else []
    return np.array([view.heard, *(heard_in(weights, found) for found in every)], np.float32)


def _near(shared: Floats, phrases: Sequence[slice]) -> float:
    """Return the mean of the NEIGHBOURS largest that `phrases` share: so many groups have one as large as the least."""
    found = [shared[each] for each in phrases]
    shared = found[0] if len(found) == 1 else np.concatenate([shared[:0], *found])
    many = len(shared) // _TOGETHER
    if many > NEIGHBOURS:
        largest = shared[: many * _TOGETHER].reshape(_TOGETHER, many).max(axis=0)
        least = np.partition(largest, many - NEIGHBOURS)[many - NEIGHBOURS]
        shared = shared[shared >= least] if least > 0 else shared[shared > 0]
    if len(shared) > NEIGHBOURS:
        shared = np.partition(shared, len(shared) - NEIGHBOURS)[-NEIGHBOURS:]
    return float(shared.sum()) / NEIGHBOURS
