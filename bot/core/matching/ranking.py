"""Which entries a question comes nearest to, with a probability for each that it is the right one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.core.language.reading import Sentence
from bot.core.matching import grams
from bot.core.matching.fuzzy import likeness
from bot.core.matching.weights import NONE_OF_THEM, Floats, Weights
from bot.core.model import Language

SHORTLIST = 8
NEAREST = 3
"""So many of a label's phrases tell how near a question comes to it."""
LANGUAGES = tuple(Language)
SIGNS = (
    "score", "lead", "over none", "nearest", "three nearest", "nearest over none", "three over none",
    "letters", "letters lead", "known", "length",
)  # fmt: skip
"""What the trust in a candidate is learnt from (see `signs_of`)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry and the probability, 0 to 1, that it answers the question."""

    id: str
    probability: float


class Counted(NamedTuple):
    """A sentence as pieces that were learnt: their positions (n,), their weights (n,), the share that was known."""

    at: NDArray[np.int64]
    value: Floats
    known: float


class View(NamedTuple):
    """What is seen of a sentence: what share of it is known, how the labels score (C,), what each phrase shares (P,).

    The scores are linear; a phrase shares from nothing to 1 for each kind of pieces. `heard` are the scores for each
    kind of emergency and, last, for any (K + 1,).
    """

    sentence: Sentence
    known: float
    scores: Floats
    shared: Floats
    heard: Floats


class Near(NamedTuple):
    """How near a label's phrases come: cosines of the nearest ones (up to NEAREST) and the phrases, nearest first."""

    cosines: Floats
    phrases: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Fitted weights, ready to rank; `groups` are the positions of each label's phrases, in the order of the labels.

    `cries`, `harmless` and `ordinary` are where phrases of urgent texts, of harmless ones with alarming words, of all
    others stand side by side.
    """

    weights: Weights
    groups: tuple[NDArray[np.int64], ...]
    cries: tuple[slice, ...]
    harmless: tuple[slice, ...]
    ordinary: tuple[slice, ...]

    def view(self, sentence: Sentence) -> View:
        """Return what is to be known of `sentence` before anything is decided."""
        found = counted(self.weights, sentence)
        scores: Floats = self.weights.base + found.value @ self.weights.table[found.at]
        return View(sentence, found.known, scores, cosines(self.weights, found), heard_in(self.weights, found))

    def rank(self, view: View) -> tuple[Candidate, ...]:
        """Return the nearest entries, most probable first, at most SHORTLIST; none for a text without letters."""
        if not view.sentence.letters:
            return ()
        picked, signs = signs_of(self, view)
        order, chances = ordered(self.weights, view.sentence.language, signs)
        return tuple(
            Candidate(self.weights.labels[picked[at]], float(each)) for at, each in zip(order, chances, strict=True)
        )


def matcher_of(weights: Weights) -> Matcher:
    """Return a Matcher that ranks by `weights`."""
    answering, owner = len(weights.labels), weights.owner
    harmless = owner == answering + len(weights.kinds)
    return Matcher(
        weights=weights,
        groups=tuple(np.flatnonzero(owner == label) for label in range(answering)),
        cries=_runs((owner >= answering) & ~harmless),
        harmless=_runs(harmless),
        ordinary=_runs(owner < answering),
    )


def _runs(wanted: NDArray[np.bool_]) -> tuple[slice, ...]:
    """Return where those that are `wanted` stand side by side."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], wanted, [False]]))).tolist()
    return tuple(slice(first, last) for first, last in zip(edges[::2], edges[1::2], strict=True))


def counted(weights: Weights, sentence: Sentence) -> Counted:
    """Return the sentence's known pieces, each kind of piece scaled to length one."""
    return counted_each(weights, [sentence])[0]


def counted_each(weights: Weights, sentences: Sequence[Sentence]) -> list[Counted]:
    """Return what `counted` does for each sentence, for all at once."""
    kinds = grams.pieces(sentences)
    codes = np.concatenate([kind.code for kind in kinds])
    row = np.concatenate([kind.row for kind in kinds])
    group = np.concatenate([kind.row + at * len(sentences) for at, kind in enumerate(kinds)])
    at, known = find(weights.codes, codes)
    at, group = at[known], group[known]
    value = np.concatenate([kind.value for kind in kinds])[known] * weights.rarity[at]
    length = np.sqrt(np.bincount(group, value * value, len(kinds) * len(sentences)))
    value /= np.maximum(length, 1e-9).astype(np.float32)[group]
    if len(sentences) == 1:
        return [Counted(at, value, len(at) / max(1, len(codes)))]
    total, own = np.bincount(row, minlength=len(sentences)), row[known]
    order, ends = np.argsort(own, kind="stable"), np.cumsum(np.bincount(own, minlength=len(sentences)))[:-1]
    split = zip(np.split(at[order], ends), np.split(value[order], ends), total.tolist(), strict=True)
    return [Counted(each, much, len(each) / max(1, many)) for each, much, many in split]


def cosines(weights: Weights, found: Counted) -> Floats:
    """Return how much of its pieces a sentence shares with each phrase, shape (P,)."""
    if not len(found.at):
        return np.zeros(len(weights.owner), np.float32)
    first = weights.starts[found.at].astype(np.int64)
    many = weights.starts[found.at + 1] - first
    ends = many.cumsum()
    places = np.arange(ends[-1]) + (first - ends + many).repeat(many)
    shared = weights.shares.take(places) * found.value.repeat(many)
    return np.bincount(weights.phrases.take(places), shared, len(weights.owner)).astype(np.float32)


def heard_in(weights: Weights, found: Counted) -> Floats:
    """Return the score for each kind of emergency and, last, for any, shape (K + 1,)."""
    scores: Floats = (weights.alarm_base + found.value @ weights.alarm[found.at]).astype(np.float32)
    return scores


def find(known: NDArray[np.uint32], codes: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return where each of `codes` stands in ascending `known`, and whether it does."""
    at = np.searchsorted(known, codes)
    at = np.minimum(at, max(0, len(known) - 1))
    return at, known[at] == codes if len(known) else np.zeros(len(codes), bool)


def signs_of(matcher: Matcher, view: View) -> tuple[list[int], Floats]:
    """Return the shortlisted labels and the signs that each is right, shape (shortlist, F).

    In the order of SIGNS: a label's score, its lead over the best other, over "none of them"; the cosine of its nearest
    phrase, the mean of its three nearest, both over those of "none of them"; the likeness in letters of the most alike
    of the three, its lead; how much of the sentence is known, how long it is.
    """
    sentence, known, scores, shared, _ = view
    none = matcher.weights.labels.index(NONE_OF_THEM)
    picked = [int(label) for label in np.argsort(-scores) if label != none][:SHORTLIST]
    near = [nearest(shared, matcher.groups[label]) for label in picked]
    own, alike = scores[picked], _alike(matcher.weights, sentence, near)
    nearness = _first_and_mean([*near, nearest(shared, matcher.groups[none])])
    signs = np.empty((len(picked), len(SIGNS)), np.float32)
    signs[:, 0], signs[:, 1], signs[:, 2] = own, own - _best_others(own), own - scores[none]
    signs[:, 3:5], signs[:, 5:7] = nearness[:-1], nearness[:-1] - nearness[-1]
    signs[:, 7], signs[:, 8] = alike, alike - _best_others(alike)
    signs[:, 9], signs[:, 10] = known, min(len(sentence.letters), 80) / 80
    return picked, signs


def nearest(shared: Floats, group: NDArray[np.int64]) -> Near:
    """Return the nearest phrases of a `group` of positions, of equally near ones the first."""
    cosine = _picked(shared, group)
    left, best = cosine.copy(), np.empty(min(NEAREST, len(group)), np.int64)
    for at in range(len(best)):  # three are found faster one by one than sorted out of all
        best[at] = left.argmax()
        left[best[at]] = -1
    return Near(cosine[best], group[best])


def _picked(shared: Floats, group: NDArray[np.int64]) -> Floats:
    """Return what the phrases of a `group` of ascending positions share: side by side they need no picking."""
    together = len(group) > 0 and group[-1] - group[0] + 1 == len(group)
    found: Floats = shared[group[0] : group[-1] + 1] if together else shared[group]
    return found


def _first_and_mean(near: Sequence[Near]) -> Floats:
    """Return the first cosine of each and the mean of its cosines, shape (near, 2); nothing where there is none."""
    cosines = np.zeros((len(near), NEAREST), np.float32)
    for row, each in zip(cosines, near, strict=True):
        row[: len(each.cosines)] = each.cosines
    many = np.array([max(1, len(each.cosines)) for each in near], np.float32)
    return np.stack([cosines[:, 0], cosines.sum(axis=1) / many], axis=1)


def _alike(weights: Weights, sentence: Sentence, near: Sequence[Near]) -> Floats:
    """Return how alike in letters the most alike phrase of each is, shape (near,); nothing where there is none."""
    phrases = [weights.letters[at] for each in near for at in each.phrases.tolist()]
    alike = iter(likeness(sentence.letters, phrases).tolist() if phrases else ())
    return np.array([max(islice(alike, len(each.phrases)), default=0.0) for each in near], np.float32)


def _best_others(values: Floats) -> Floats:
    """Return the largest of the other values for each, shape (values,); nothing where there is no other."""
    if len(values) < 2:
        return np.zeros(len(values), np.float32)
    second, first = np.sort(values)[-2:]
    others: Floats = np.where(values == first, second, first)
    return others


def ordered(weights: Weights, language: Language, signs: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Return the rows of `signs`, best first, and their probabilities in that order, falling; shapes (rows,).

    One logistic function tells which candidate is better than the others; what it puts first is judged again by one
    that learnt from first ones alone how often they are right. No other is more probable than the first.
    """
    scaled, spoken = (signs - weights.centre) / weights.spread, LANGUAGES.index(language)
    better = chance(weights.signs[spoken], scaled)
    order = np.argsort(-better, kind="stable")
    first = chance(weights.trust[spoken], scaled[order[:1]])
    return order, np.concatenate([first, np.minimum(better[order[1:]], first)])


def chance(learnt: Floats, signs: Floats) -> Floats:
    """Return the probability that scaled `signs`, shape (..., F), speak for with the weights `learnt`, (F + 1,)."""
    chances: Floats = (1.0 / (1.0 + np.exp(-(signs @ learnt[:-1] + learnt[-1])))).astype(np.float32)
    return chances
