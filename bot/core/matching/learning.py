"""Learning from many texts at once: the only door to scikit-learn and scipy, never loaded by the running bot."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.core.language.reading import Sentence
from bot.core.matching import grams
from bot.core.matching.ranking import find
from bot.core.matching.weights import Floats

Rows: TypeAlias = csr_matrix
"""Sentences over pieces, shape (M, V), each kind of piece scaled to length one."""

SOFTNESS = 0.5
"""The C of the support vector machines; 0.2 to 1 differ by less than chance on held-out questions."""
CLOSE = 0.3
"""Where the machines stop looking for a better fit: less time than 0.1 takes, and no worse on questions."""
TOGETHER = 2
"""So many shares of the labels are learnt side by side, each in a process: liblinear keeps one dice for all threads."""
SMALL = 2000
"""So few texts are learnt faster in one process than two are started."""
FEWEST_TEXTS = 3
"""A piece of one text or two says little of others: without such pieces a third as many weights do."""
COMMON = 0.03
"""A piece of so large a share of all texts tells little of nearness and costs most of the time: it is not in the index.
"""
_FEW = 200
"""Pieces of so few texts are never too common."""
_OTHER = -1


class Columns(NamedTuple):
    """Positions of labels (K,), what a piece says for each (K, V), their constants (K,)."""

    labels: NDArray[np.int64]
    coefficients: NDArray[np.float16]
    constants: Floats


class Index(NamedTuple):
    """Which phrases have a piece: see Weights."""

    starts: NDArray[np.uint32]
    phrases: NDArray[np.uint16] | NDArray[np.uint32]
    shares: NDArray[np.float16]


Job: TypeAlias = tuple[Callable[..., Columns], Rows, NDArray[np.int64], int]


def rows_of(sentences: Sequence[Sentence]) -> tuple[NDArray[np.uint32], Floats, Rows]:
    """Return the pieces that occur in FEWEST_TEXTS (V,), how rare each is (V,), and the sentences over them (M, V)."""
    kinds = grams.pieces(sentences)
    codes, often = np.unique(np.concatenate([kind.code for kind in kinds]), return_counts=True)
    codes, often = codes[often >= FEWEST_TEXTS], often[often >= FEWEST_TEXTS]
    rarity = (np.log((1 + len(sentences)) / (1 + often)) + 1).astype(np.float32)
    return codes, rarity, rows_over(codes, rarity, kinds, len(sentences))


def rows_keeping(
    codes: NDArray[np.uint32], rarity: Floats, sentences: Sequence[Sentence]
) -> tuple[NDArray[np.uint32], Floats, Rows]:
    """Return what `rows_of` does, but known codes (V,) all stay, as rare as they were; new ones stand among them."""
    kinds = grams.pieces(sentences)
    found, often = np.unique(np.concatenate([kind.code for kind in kinds]), return_counts=True)
    new = (often >= FEWEST_TEXTS) & ~np.isin(found, codes)
    seldom = (np.log((1 + len(sentences)) / (1 + often[new])) + 1).astype(np.float32)
    every, rare = np.concatenate([codes, found[new]]), np.concatenate([rarity, seldom])
    order = np.argsort(every)
    return every[order], rare[order], rows_over(every[order], rare[order], kinds, len(sentences))


def rows_over(codes: NDArray[np.uint32], rarity: Floats, kinds: Sequence[grams.Pieces], many: int) -> Rows:
    """Return the `kinds` of pieces of so `many` sentences as rows over known codes (V,)."""
    rows, columns, values = [], [], []
    for kind in kinds:
        at, found = find(codes, kind.code)
        row, at = kind.row[found], at[found]
        weighed = kind.value[found] * rarity[at]
        length = np.sqrt(np.bincount(row, weighed.astype(np.float64) ** 2, minlength=many))
        rows.append(row)
        columns.append(at)
        values.append(weighed / np.maximum(length, 1e-9)[row])
    where = np.concatenate(rows), np.concatenate(columns)
    return csr_matrix((np.concatenate(values), where), shape=(many, len(codes)), dtype=np.float32)


def warm_up() -> Iterator[object]:
    """Begin the processes that learn while the texts are still read; exhaust what is returned before they are used."""
    begun: Iterator[object] = Parallel(TOGETHER, return_as="generator")(delayed(rows_of)([]) for _ in range(TOGETHER))
    return begun


def side_by_side(jobs: Sequence[Job], texts: int) -> Iterator[Columns]:
    """Yield what each job learns, in their order, as it is learnt; from many `texts`, in two processes."""
    found: Iterator[Columns] = Parallel(TOGETHER if texts > SMALL else 1, return_as="generator")(
        delayed(learn)(*arguments) for learn, *arguments in jobs
    )
    return found


def separate(rows: Rows, label: NDArray[np.int64], share: int) -> Columns:
    """Learn a share of the labels, each against all others: the labels do not know of each other."""
    mine = label % TOGETHER == share
    machine = LinearSVC(C=SOFTNESS, tol=CLOSE, random_state=0).fit(rows, np.where(mine, label, _OTHER))
    learnt = machine.classes_ != _OTHER
    rest = learnt if len(machine.classes_) > 2 else slice(None)  # for two classes scikit-learn keeps the second's row
    return Columns(machine.classes_[learnt], machine.coef_[rest].astype(np.float16), machine.intercept_[rest])


def separate_one(rows: Rows, label: NDArray[np.int64], wanted: int) -> Columns:
    """Learn one label against all others: what is learnt does not hang on which other labels are learnt beside it."""
    machine = LinearSVC(C=SOFTNESS, tol=CLOSE, random_state=0).fit(rows, label == wanted)
    return Columns(np.array([wanted]), machine.coef_.astype(np.float16), machine.intercept_)


def separate_kinds(rows: Rows, kind: NDArray[np.int64], kinds: int) -> Columns:
    """Learn each kind, 0 to `kinds` - 1, against everything else, and last, as one more, all kinds together.

    What tells texts of no kind from the rest, turned round, tells all kinds together.
    """
    ordinary = (kind < 0) | (kind >= kinds)
    machine = LinearSVC(C=SOFTNESS, tol=CLOSE, random_state=0).fit(rows, np.where(ordinary, kinds, kind))
    said, constants = machine.coef_, machine.intercept_
    if kinds == 1:  # for two classes scikit-learn keeps the second's row
        said, constants = np.vstack([-said, said]), np.hstack([-constants, constants])
    turned = np.where(machine.classes_ == kinds, -1, 1)
    return Columns(machine.classes_, (said * turned[:, None]).astype(np.float16), constants * turned)


def logistic(signs: Floats, right: NDArray[np.bool_]) -> Floats:
    """Return the weight of each sign, then a constant, shape (F + 1,), that tell the `right` rows of signs (N, F)."""
    if right.all() or not right.any():  # nothing to tell apart: as sure as can be, one way or the other
        return np.array([0.0] * signs.shape[1] + [5.0 if right.all() else -5.0], np.float32)
    learnt = LogisticRegression(C=1.0, max_iter=1000).fit(signs, right)
    return np.hstack([learnt.coef_[0], learnt.intercept_]).astype(np.float32)


def telling(rows: Rows) -> Rows:
    """Return `rows` without the pieces that are common in them."""
    often = np.bincount(rows.indices, minlength=rows.shape[1])
    kept = rows.copy()
    kept.data[often[kept.indices] > max(COMMON * rows.shape[0], _FEW)] = 0
    kept.eliminate_zeros()
    return kept


def index_of(rows: Rows) -> Index:
    """Return in which of `rows`, common pieces aside, each piece stands."""
    columns = telling(rows).tocsc()
    phrases = columns.indices.astype(np.uint16 if rows.shape[0] <= 1 << 16 else np.uint32)
    return Index(columns.indptr.astype(np.uint32), phrases, columns.data.astype(np.float16))


def scores_of_all(rows: Rows, table: NDArray[np.float16], base: Floats) -> Floats:
    """Return the linear scores of all `rows`, shape (M, C)."""
    scores: Floats = rows @ table.astype(np.float32) + base
    return scores


def known_of_all(rows: Rows, table: NDArray[np.float16], sentences: Sequence[Sentence]) -> Floats:
    """Return what share of the pieces of each of the `sentences`, of which `rows` are the rows, `table` knows (M,)."""
    total = sum(np.bincount(kind.row, minlength=len(sentences)) for kind in grams.pieces(sentences))
    seen = np.any(table != 0, axis=1).astype(np.float32)
    known: Floats = (rows != 0) @ seen / np.maximum(total, 1)
    return known


def shared_by_all(rows: Rows, phrases: Rows, at_once: int) -> Iterable[Floats]:
    """Yield for each of `rows` how much it shares with each of `phrases`, compared in blocks of `at_once`."""
    columns = telling(phrases).T.tocsc()
    for at in range(0, rows.shape[0], at_once):
        yield from (rows[at : at + at_once] @ columns).toarray()
