"""Which entries a question comes nearest to, with a probability for each that it is the right one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.core.language.reading import Sentence
from bot.core.matching import grams
from bot.core.matching.fuzzy import likeness
from bot.core.matching.weights import Floats, Weights
from bot.core.model import Language

SHORTLIST = 8
LANGUAGES = tuple(Language)
NONE_OF_THEM = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry (or a kind of emergency) and the probability, 0 to 1, that it answers the question."""

    id: str
    probability: float


@dataclass(frozen=True, slots=True)
class Matcher:
    """Fitted weights, ready to rank; `groups` are the letters of each label's phrases, in the order of the labels."""

    weights: Weights
    groups: tuple[tuple[str, ...], ...]

    def rank(self, sentence: Sentence) -> tuple[Candidate, ...]:
        """Return the nearest entries, most probable first, at most SHORTLIST; none for a text without letters."""
        if not sentence.letters:
            return ()
        scores, known = linear_scores(self.weights, sentence)
        picked, signs = signs_of(self.weights, self.groups, sentence, scores, known)
        chances = probabilities(self.weights, sentence.language, signs)
        order = np.argsort(-chances, kind="stable")
        return tuple(Candidate(self.weights.labels[picked[at]], float(chances[at])) for at in order)


def matcher_of(weights: Weights) -> Matcher:
    """Return a Matcher that ranks by `weights`."""
    return Matcher(weights, grouped(weights, np.ones(len(weights.owner), bool)))


def grouped(weights: Weights, kept: NDArray[np.bool_]) -> tuple[tuple[str, ...], ...]:
    """Return the phrases of each label, those alone for which `kept`, shape (P,), is true."""
    owned = [np.flatnonzero((weights.owner == label) & kept).tolist() for label in range(len(weights.labels))]
    return tuple(tuple(weights.letters[at] for at in group) for group in owned)


def linear_scores(weights: Weights, sentence: Sentence) -> tuple[Floats, float]:
    """Return each label's score, shape (C,), and the share of the sentence's pieces that were ever seen."""
    scores = weights.base.copy()
    seen = total = 0
    for kind in grams.pieces([sentence]):
        at, found = find(weights.codes, kind.code)
        total += len(found)
        at, values = at[found], kind.value[found] * weights.rarity[at[found]]
        seen += int(np.any(weights.table[at] != 0, axis=1).sum())
        length = float(np.sqrt(values @ values))
        if length:
            scores += (values / length) @ weights.table[at]
    return scores, seen / max(1, total)


def find(known: NDArray[np.uint32], codes: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return where each of `codes` stands in ascending `known`, and whether it does."""
    at = np.searchsorted(known, codes)
    at = np.minimum(at, max(0, len(known) - 1))
    return at, known[at] == codes if len(known) else np.zeros(len(codes), bool)


def signs_of(
    weights: Weights, groups: tuple[tuple[str, ...], ...], sentence: Sentence, scores: Floats, known: float
) -> tuple[list[int], Floats]:
    """Return the shortlisted labels and the signs that each is right, shape (shortlist, F)."""
    none = weights.labels.index(NONE_OF_THEM)
    picked = [int(label) for label in np.argsort(-scores) if label != none][:SHORTLIST]
    alike = [_likeness(groups[label], sentence) for label in picked]
    own = scores[picked]
    best = np.array([a[0] for a in alike], np.float32)
    signs = [
        [own[at], own[at] - _best_other(own, at), own[at] - scores[none], *alike[at],
         best[at] - _best_other(best, at), known, min(len(sentence.letters), 80) / 80]
        for at in range(len(picked))
    ]  # fmt: skip
    return picked, np.array(signs, np.float32)


def _best_other(values: Floats, at: int) -> float:
    rest = np.delete(values, at)
    return float(rest.max()) if len(rest) else 0.0


def _likeness(phrases: tuple[str, ...], sentence: Sentence) -> tuple[float, float]:
    """Return the likeness to the nearest phrase and the mean of the three nearest."""
    if not phrases:
        return 0.0, 0.0
    nearest = np.sort(likeness(sentence.letters, phrases))[::-1]
    return float(nearest[0]), float(nearest[:3].mean())


def probabilities(weights: Weights, language: Language, signs: Floats) -> Floats:
    """Return the probability of each row of `signs`, shape (rows,): a logistic function of the scaled signs."""
    row = weights.signs[LANGUAGES.index(language)]
    scaled = (signs - weights.centre) / weights.spread
    chances: Floats = (1.0 / (1.0 + np.exp(-(scaled @ row[:-1] + row[-1])))).astype(np.float32)
    return chances
