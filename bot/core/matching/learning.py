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
TOGETHER = 2
"""So many shares of the labels are learnt side by side, each in a process: liblinear keeps one dice for all threads."""
SMALL = 2000
"""So few texts are learnt faster in one process than two are started."""
FEWEST_TEXTS = 2
"""A piece of one text alone says little of others: without such pieces half as many weights do."""
_OTHER = -1


class Columns(NamedTuple):
    """Positions of labels (K,), what a piece says for each (K, V), their constants (K,)."""

    labels: NDArray[np.int64]
    coefficients: NDArray[np.float16]
    constants: Floats


class Index(NamedTuple):
    """Which phrases have a piece: see Weights."""

    starts: NDArray[np.uint32]
    phrases: NDArray[np.uint32]
    shares: NDArray[np.float16]


Job: TypeAlias = tuple[Callable[..., Columns], Rows, NDArray[np.int64], int]


def rows_of(sentences: Sequence[Sentence]) -> tuple[NDArray[np.uint32], Floats, Rows]:
    """Return the pieces that occur in FEWEST_TEXTS (V,), how rare each is (V,), and the sentences over them (M, V)."""
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


def side_by_side(jobs: Sequence[Job], texts: int) -> Iterator[Columns]:
    """Yield what each job learns, in their order, as it is learnt; from many `texts`, in two processes."""
    found: Iterator[Columns] = Parallel(TOGETHER if texts > SMALL else 1, return_as="generator")(
        delayed(learn)(*arguments) for learn, *arguments in jobs
    )
    return found


def separate(rows: Rows, label: NDArray[np.int64], share: int) -> Columns:
    """Learn a share of the labels, each against all others: the labels do not know of each other."""
    mine = label % TOGETHER == share
    machine = LinearSVC(C=SOFTNESS, tol=0.1, random_state=0).fit(rows, np.where(mine, label, _OTHER))
    learnt = machine.classes_ != _OTHER
    rest = learnt if len(machine.classes_) > 2 else slice(None)  # for two classes scikit-learn keeps the second's row
    return Columns(machine.classes_[learnt], machine.coef_[rest].astype(np.float16), machine.intercept_[rest])


def separate_kinds(rows: Rows, kind: NDArray[np.int64], kinds: int) -> Columns:
    """Learn each kind, 0 to `kinds` - 1, against everything else, and last, as one more, all kinds together."""
    found = []
    for urgent in (*(kind == each for each in range(kinds)), (kind >= 0) & (kind < kinds)):
        machine = LinearSVC(C=SOFTNESS, tol=0.1, random_state=0).fit(rows, urgent)
        found.append((machine.coef_[0].astype(np.float16), machine.intercept_[0]))
    return Columns(np.arange(kinds + 1), np.array([each for each, _ in found]), np.array([each for _, each in found]))


def logistic(signs: Floats, right: NDArray[np.bool_]) -> Floats:
    """Return the weight of each sign, then a constant, shape (F + 1,), that tell the `right` rows of signs (N, F)."""
    learnt = LogisticRegression(C=1.0, max_iter=1000).fit(signs, right)
    return np.hstack([learnt.coef_[0], learnt.intercept_]).astype(np.float32)


def index_of(rows: Rows) -> Index:
    """Return in which rows each piece stands."""
    columns = rows.tocsc()
    return Index(columns.indptr.astype(np.uint32), columns.indices.astype(np.uint32), columns.data.astype(np.float16))


def scores_of_all(rows: Rows, table: NDArray[np.float16], base: Floats) -> tuple[Floats, Floats]:
    """Return the linear scores of all `rows` (M, C), and what share of each one's pieces `table` (V, C) knows (M,)."""
    scores: Floats = rows @ table.astype(np.float32) + base
    seen = np.any(table != 0, axis=1).astype(np.float32)
    known: Floats = (rows != 0) @ seen / np.maximum(rows.getnnz(axis=1), 1)
    return scores, known


def shared_by_all(rows: Rows, phrases: Rows, at_once: int) -> Iterable[Floats]:
    """Yield for each of `rows` how much it shares with each of `phrases`, compared in blocks of `at_once`."""
    columns = phrases.T.tocsc()
    for at in range(0, rows.shape[0], at_once):
        yield from (rows[at : at + at_once] @ columns).toarray()
