"""Learning the weights from the ways of asking: the only door to scikit-learn, never loaded by the running bot.

Two steps. A linear support vector machine learns what each piece of a sentence says for each label. Then a logistic
regression learns how far that score, and rapidfuzz's likeness to the nearest ways of asking, can be trusted; it sees
only texts that the first step did not, parts of the lists that were left out. Neighbours are left out together: who
wrote one way of asking wrote the next, so they stand for another person's pen better than a random draw does.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeAlias

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.core.language.reading import Sentence
from bot.core.matching import grams
from bot.core.matching.bars import Top, bars_of
from bot.core.matching.ranking import (
    LANGUAGES,
    NONE_OF_THEM,
    find,
    grouped,
    probabilities,
    signs_of,
)  # fmt: skip
from bot.core.matching.weights import Floats, Weights

PARTS = 8
SOFTNESS = 0.5
"""The C of the support vector machine; 0.2 to 1 differ by less than chance on held-out questions."""
ASIDE = (2, 5)
"""The eighths left out: together a quarter of the texts, from two pens. Leaving others out in turn tells no more."""
TOGETHER = 2
"""So many shares of the labels are learnt side by side, each in a process: liblinear keeps one dice for all threads."""
SMALL = 2000
"""So few texts are learnt faster in one process than two are started."""
_OTHER = -1
_Learnt: TypeAlias = tuple[NDArray[np.int64], NDArray[np.float16], Floats]
"""Positions of labels (K,), their weights (K, V), their constants (K,)."""
FEWEST_TEXTS = 2
"""A piece of one text alone says little of others: without such pieces half as many weights do."""
FEWEST = 120
"""A language with fewer rows to learn from shares the signs' weights of all languages."""


@dataclass(frozen=True, slots=True)
class Samples:
    """N sentences with their labels (positions in `labels`) and the part of its list that each belongs to."""

    sentences: tuple[Sentence, ...]
    labels: tuple[str, ...]
    label: NDArray[np.int64]
    part: NDArray[np.int64]

    @property
    def owned(self) -> NDArray[np.bool_]:
        """Which sentences, shape (N,), belong to an entry or a kind of emergency."""
        return np.not_equal(self.label, self.labels.index(NONE_OF_THEM))

    @property
    def left_out(self) -> NDArray[np.bool_]:
        """Which sentences, shape (N,), the trust is learnt from."""
        return np.isin(self.part, ASIDE)


def fit(texts: Iterable[tuple[str, Sentence]], key: str, apart: Set[str] = frozenset()) -> Weights:
    """Learn from (label, sentence) pairs, neighbours in the order in which they were written; "" is none of them.

    Labels set `apart` are ranked with the others but never answer a question: they have no say in the bars.
    """
    samples = _samples(list(texts))
    codes, rarity, table = _matrix(samples.sentences)
    shape = len(codes), len(samples.labels)
    owned, left_out = samples.owned, samples.left_out
    weights = Weights(
        key=key, codes=codes, rarity=rarity, labels=samples.labels,
        table=np.zeros(shape, np.float16), base=np.zeros(shape[1], np.float32),
        letters=tuple(s.letters for s, o in zip(samples.sentences, owned, strict=True) if o),
        owner=samples.label[owned].astype(np.int32),
        signs=np.zeros((len(LANGUAGES), 1), np.float32), centre=np.zeros(0, np.float32), spread=np.ones(0, np.float32),
        bars=np.ones((len(LANGUAGES), 3), np.float32),
    )  # fmt: skip
    shares = [share for share in range(TOGETHER) if np.any(samples.label % TOGETHER == share)]
    jobs = [(table[~left_out], samples.label[~left_out]), (table, samples.label)]
    side_by_side = Parallel(TOGETHER if len(samples.label) > SMALL else 1, return_as="generator")
    learnt = side_by_side(delayed(_learn)(rows, label, share) for rows, label in jobs for share in shares)
    partial = _with_table(weights, islice(learnt, len(shares)))
    weights = _with_trust(weights, partial, samples, table, apart)
    return _with_table(weights, learnt)


def _samples(texts: Sequence[tuple[str, Sentence]]) -> Samples:
    texts = [(label, sentence) for label, sentence in texts if sentence.letters]
    labels = tuple(sorted({label for label, _ in texts} | {NONE_OF_THEM}))
    groups: dict[tuple[str, str], list[int]] = {}
    for at, (label, sentence) in enumerate(texts):
        groups.setdefault((label, sentence.language), []).append(at)
    part = np.zeros(len(texts), np.int64)
    for group in groups.values():
        part[group] = np.arange(len(group)) * PARTS // len(group)
    positions = np.array([labels.index(name) for name, _ in texts], np.int64)
    return Samples(tuple(sentence for _, sentence in texts), labels, positions, part)


def _matrix(sentences: Sequence[Sentence]) -> tuple[NDArray[np.uint32], Floats, csr_matrix]:
    """Return the pieces that occur in FEWEST_TEXTS (V,), how rare each is (V,), and the sentences over them (N, V)."""
    kinds = grams.pieces(sentences)
    codes, often = np.unique(np.concatenate([kind.code for kind in kinds]), return_counts=True)
    codes, often = codes[often >= FEWEST_TEXTS], often[often >= FEWEST_TEXTS]
    rarity = (np.log((1 + len(sentences)) / (1 + often)) + 1).astype(np.float32)
    rows, columns, values = [], [], []
    for kind in kinds:
        at, found = find(codes, kind.code)
        row, at = kind.row[found], at[found]
        weighed = kind.value[found] * rarity[at]
        length = np.sqrt(np.bincount(row, weighed.astype(np.float64) ** 2, minlength=len(sentences)))
        rows.append(row)
        columns.append(at)
        values.append(weighed / np.maximum(length, 1e-9)[row])
    shape = len(sentences), len(codes)
    where = np.concatenate(rows), np.concatenate(columns)
    return codes, rarity, csr_matrix((np.concatenate(values), where), shape=shape, dtype=np.float32)


def _learn(rows: csr_matrix, label: NDArray[np.int64], share: int) -> _Learnt:
    """Learn a share of the labels from `rows` (N, V), each against all others: the labels do not know of each other."""
    mine = label % TOGETHER == share
    machine = LinearSVC(C=SOFTNESS, tol=0.1, random_state=0).fit(rows, np.where(mine, label, _OTHER))
    learnt = machine.classes_ != _OTHER
    rest = learnt if len(machine.classes_) > 2 else slice(None)  # for two classes scikit-learn keeps the second's row
    return machine.classes_[learnt], machine.coef_[rest].astype(np.float16), machine.intercept_[rest]


def _with_table(weights: Weights, shares: Iterable[_Learnt]) -> Weights:
    """Return `weights` with the linear part put together from what was learnt in shares."""
    table, base = weights.table.copy(), np.full_like(weights.base, -2)
    for labels, coefficients, constants in shares:
        table[:, labels] = coefficients.T
        base[labels] = constants
    return replace(weights, table=table, base=base)


def _with_trust(weights: Weights, partial: Weights, samples: Samples, rows: csr_matrix, apart: Set[str]) -> Weights:
    """Return `weights` with the signs' weights and the bars, learnt on texts that `partial` has not seen."""
    groups = grouped(weights, ~samples.left_out[samples.owned])
    asked = np.flatnonzero(samples.left_out)
    scores, known = _scores_of_all(partial, rows[asked])
    seen: list[tuple[int, list[int], Floats]] = []
    for row, at in enumerate(asked):
        picked, signs = signs_of(partial, groups, samples.sentences[at], scores[row], float(known[row]))
        seen.append((int(at), picked, signs))
    weights = _with_signs(weights, samples, seen)
    return replace(weights, bars=_bars(weights, samples, seen, apart))


def _scores_of_all(weights: Weights, rows: csr_matrix) -> tuple[Floats, Floats]:
    """Return what `linear_scores` returns, for many sentences at once: shapes (N, C) and (N,)."""
    scores: Floats = rows @ weights.table.astype(np.float32) + weights.base
    seen = np.any(weights.table != 0, axis=1).astype(np.float32)
    known: Floats = (rows != 0) @ seen / np.maximum(rows.getnnz(axis=1), 1)
    return scores, known


def _with_signs(weights: Weights, samples: Samples, seen: Sequence[tuple[int, list[int], Floats]]) -> Weights:
    signs = np.concatenate([s for _, _, s in seen])
    right = np.concatenate([np.array(picked) == samples.label[at] for at, picked, _ in seen])
    spoken = np.concatenate([np.full(len(p), LANGUAGES.index(samples.sentences[at].language)) for at, p, _ in seen])
    centre, spread = signs.mean(0), np.maximum(signs.std(0), 1e-6)
    scaled = (signs - centre) / spread
    rows = []
    for language in range(len(LANGUAGES)):
        mine = spoken == language
        mine = mine if right[mine].sum() >= FEWEST else np.ones(len(signs), bool)
        learnt = LogisticRegression(C=1.0, max_iter=1000).fit(scaled[mine], right[mine])
        rows.append(np.hstack([learnt.coef_[0], learnt.intercept_]))
    return replace(
        weights,
        signs=np.array(rows, np.float32),
        centre=centre.astype(np.float32),
        spread=spread.astype(np.float32),
    )


def _bars(weights: Weights, samples: Samples, seen: Sequence[tuple[int, list[int], Floats]], apart: Set[str]) -> Floats:
    """Return, for each language, the bars that hold the wanted precision on texts not seen while learning."""
    tops: dict[str, list[Top]] = {language: [] for language in LANGUAGES}
    for at, picked, signs in seen:
        label, language = samples.labels[samples.label[at]], samples.sentences[at].language
        kept = [row for row, other in enumerate(picked) if samples.labels[other] not in apart]
        if label in apart or not kept:
            continue
        chances = probabilities(weights, language, signs[kept])
        best = int(np.argmax(chances))
        right = samples.labels[picked[kept[best]]] == label
        tops[language].append(Top(float(chances[best]), right, label == NONE_OF_THEM))
    every = [top for language in LANGUAGES for top in tops[language]]
    return np.array([bars_of(tops[lang] if len(tops[lang]) >= FEWEST else every) for lang in LANGUAGES], np.float32)
