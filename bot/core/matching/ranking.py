"""Which entries a question comes nearest to, with a probability for each that it is the right one."""

from dataclasses import dataclass
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

    The scores are linear; a phrase shares from nothing to 1 for each kind of pieces.
    """

    sentence: Sentence
    known: float
    scores: Floats
    shared: Floats


class Near(NamedTuple):
    """How near a label's phrases come: cosines of the nearest ones (up to NEAREST) and the phrases, nearest first."""

    cosines: Floats
    phrases: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Fitted weights, ready to rank; `groups` are the positions of each label's phrases, in the order of the labels.

    `cries`, `harmless` and `ordinary` are those of urgent texts, of harmless ones with alarming words, of all others.
    """

    weights: Weights
    groups: tuple[NDArray[np.int64], ...]
    cries: NDArray[np.int64]
    harmless: NDArray[np.int64]
    ordinary: NDArray[np.int64]

    def view(self, sentence: Sentence) -> View:
        """Return what is to be known of `sentence` before anything is decided."""
        found = counted(self.weights, sentence)
        scores: Floats = self.weights.base + found.value @ self.weights.table[found.at]
        return View(sentence, found.known, scores, cosines(self.weights, found))

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
        cries=np.flatnonzero((owner >= answering) & ~harmless),
        harmless=np.flatnonzero(harmless),
        ordinary=np.flatnonzero(owner < answering),
    )


def counted(weights: Weights, sentence: Sentence) -> Counted:
    """Return the sentence's known pieces, each kind of piece scaled to length one."""
    places, values, total = [], [], 0
    for kind in grams.pieces([sentence]):
        at, found = find(weights.codes, kind.code)
        total += len(found)
        at, value = at[found], kind.value[found] * weights.rarity[at[found]]
        places.append(at)
        values.append(value / max(float(np.linalg.norm(value)), 1e-9))
    at = np.concatenate(places)
    return Counted(at, np.concatenate(values), len(at) / max(1, total))


def cosines(weights: Weights, found: Counted) -> Floats:
    """Return how much of its pieces a sentence shares with each phrase, shape (P,)."""
    first, lengths = weights.starts[found.at].astype(np.int64), weights.starts[found.at + 1] - weights.starts[found.at]
    before = np.cumsum(lengths, dtype=np.int64) - lengths
    index = np.repeat(first - before, lengths) + np.arange(int(lengths.sum()))
    shared = weights.shares[index] * np.repeat(found.value, lengths)
    return np.bincount(weights.phrases[index], shared, len(weights.owner)).astype(np.float32)


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
    sentence, known, scores, shared = view
    none = matcher.weights.labels.index(NONE_OF_THEM)
    picked = [int(label) for label in np.argsort(-scores) if label != none][:SHORTLIST]
    near = [nearest(shared, matcher.groups[label]) for label in picked]
    others = nearest(shared, matcher.groups[none])
    own, alike = scores[picked], np.array([_alike(matcher.weights, sentence, each) for each in near], np.float32)
    length = min(len(sentence.letters), 80) / 80
    signs = [
        [own[at], own[at] - _best_other(own, at), own[at] - scores[none],
         *_first_and_mean(each), *(_first_and_mean(each) - _first_and_mean(others)),
         alike[at], alike[at] - _best_other(alike, at), known, length]
        for at, each in enumerate(near)
    ]  # fmt: skip
    return picked, np.array(signs, np.float32)


def nearest(shared: Floats, group: NDArray[np.int64]) -> Near:
    """Return the nearest phrases of a `group` of positions."""
    cosine = shared[group]
    most = min(NEAREST, len(group))
    best = np.argpartition(-cosine, most - 1)[:most] if most else np.zeros(0, np.int64)
    best = best[np.argsort(-cosine[best], kind="stable")]
    return Near(cosine[best], group[best])


def _first_and_mean(near: Near) -> Floats:
    if not len(near.cosines):
        return np.zeros(2, np.float32)
    return np.array([near.cosines[0], near.cosines.mean()], np.float32)


def _alike(weights: Weights, sentence: Sentence, near: Near) -> float:
    phrases = [weights.letters[at] for at in near.phrases]
    return float(likeness(sentence.letters, phrases).max()) if phrases else 0.0


def _best_other(values: Floats, at: int) -> float:
    rest = np.delete(values, at)
    return float(rest.max()) if len(rest) else 0.0


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
