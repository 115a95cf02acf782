"""Figures, not a test: the project's matcher beside its peers on the same phrasings and questions, in one run.

python tests/benchmarks/study.py [--phrasings FILE] [--questions FILE] [--json]   (peers: pip install '.[bench]')

A file has one JSON object a line: `text`; `label`, or `ids` (all that are right; none: nothing answers it); perhaps
`kind` ("oos" in it: nothing answers it; "near" or "id": close to what is answered) and `split` ("train" lines are
phrasings, others are questions, where one file serves as both). Without --phrasings the knowledge's own ways of asking
are learnt, read with its words. All methods get the same texts, those that nothing answers as one label more; a
question is as sure as its best label's score leads that one. Each runs in a process of its own, so that the memory it
adds can be told. Questions of no label of the phrasings are left out.
"""

import difflib
import json
import multiprocessing
import random
import resource
import sqlite3
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import bm25s
import numpy as np
import thefuzz.process
import typer
from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.core.building import reader_for, texts_to_learn
from bot.core.knowledge.loading import assemble, read_folder
from bot.core.language.jamo import decompose
from bot.core.language.normal import plain
from bot.core.language.reading import Reader, language_of, reader_of
from bot.core.matching.fitting import fit
from bot.core.matching.ranking import matcher_of
from bot.core.matching.weights import LOOKALIKE
from bot.core.model import Language
from bot.evaluation import Share

NONE = ""
KNOWLEDGE = Path(__file__).parents[2] / "knowledge"
QUESTIONS = Path(__file__).parents[1] / "questions" / "newcomers.jsonl"
SLOW = 100
"""So many questions are put to difflib, which compares a thousand phrases in a good part of a second."""

Scores = dict[str, float]
Ask = Callable[[str], Scores]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the labels that answer it (none: nothing does) and whether it is close to what is answered."""

    text: str
    labels: frozenset[str]
    near: bool


@dataclass(frozen=True, slots=True)
class Data:
    """N phrasings with a label each (NONE: nothing answers it), the reader of our own matcher, and the questions."""

    texts: Sequence[str]
    labels: Sequence[str]
    reader: Reader
    questions: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of the covered questions; areas under the curve of covered against others; seconds, ms and MB."""

    method: str
    asked: int
    first: float
    interval: tuple[float, float]
    three: float
    reciprocal: float
    far: float | None
    near: float | None
    fit: float
    p50: float
    p99: float
    memory: float
    note: str = field(default="")


# --- the methods: each takes the data and returns how to score a question, label by label ---


def ours(data: Data) -> Ask:
    """Return the project's matcher, with its own probabilities."""
    texts = [(label, data.reader.read(text)) for text, label in zip(data.texts, data.labels, strict=True)]
    matcher = matcher_of(fit(texts, "study"))
    return lambda text: {each.id: each.probability for each in matcher.rank(matcher.view(data.reader.read(text)))}


def by_rapidfuzz(scorer: Any, form: Callable[[str], str]) -> Callable[[Data], Ask]:
    """Return a method that takes the most alike phrase of each label."""

    def method(data: Data) -> Ask:
        phrases = [form(text) for text in data.texts]
        return lambda text: best_of(data.labels, process.cdist([form(text)], phrases, scorer=scorer)[0])

    return method


def by_thefuzz(data: Data) -> Ask:
    """Return thefuzz as its README shows it: process.extract, with its own processing and scorer."""
    phrases = dict(enumerate(data.texts))

    def ask(text: str) -> Scores:
        found = thefuzz.process.extract(text, phrases, limit=100)
        return best_of([data.labels[key] for _, _, key in found], [score for _, score, _ in found])

    return ask


def by_difflib(data: Data) -> Ask:
    """Return difflib as ChatterBot's LevenshteinDistance uses it: ratio of the lower-cased texts."""

    def ask(text: str) -> Scores:
        return best_of(
            data.labels, [difflib.SequenceMatcher(None, text.lower(), each.lower()).ratio() for each in data.texts]
        )

    return ask


def by_fts5(data: Data) -> Ask:
    """Return SQLite's full text search over trigrams, any of the question's trigrams, ranked by its bm25."""
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table phrases using fts5(text, tokenize='trigram')")
    base.executemany("insert into phrases(rowid, text) values (?, ?)", enumerate(map(plain, data.texts), 1))
    wanted = "select rowid, -rank from phrases where phrases match ? order by rank limit 200"

    def ask(text: str) -> Scores:
        letters = plain(text)
        runs = dict.fromkeys(letters[at : at + 3] for at in range(len(letters) - 2))
        rows = base.execute(wanted, [" OR ".join(f'"{run}"' for run in runs)]).fetchall() if runs else []
        return best_of([data.labels[row - 1] for row, _ in rows], [score for _, score in rows])

    return ask


def by_bm25s(data: Data) -> Ask:
    """Return bm25s over runs of one to three letters, which serve Korean better than words."""
    index = bm25s.BM25()
    index.index([runs_of(text) for text in data.texts], show_progress=False)
    return lambda text: best_of(data.labels, index.get_scores([r for r in runs_of(text) if r in index.vocab_dict]))


def by_cosine(data: Data) -> Ask:
    """Return TF-IDF over runs of two to five single letters, the nearest phrase of each label by cosine."""
    counted = TfidfVectorizer(analyzer="char", ngram_range=(2, 5), sublinear_tf=True)
    rows = counted.fit_transform([letters_of(text) for text in data.texts])
    return lambda text: best_of(data.labels, (rows @ counted.transform([letters_of(text)]).T).toarray().ravel())


def by_regression(data: Data) -> Ask:
    """Return TF-IDF over runs of one to four letters inside words, with logistic regression."""
    counted = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    learnt = LogisticRegression(C=30, max_iter=200).fit(counted.fit_transform(map(plain, data.texts)), data.labels)

    def ask(text: str) -> Scores:
        chances = learnt.predict_proba(counted.transform([plain(text)]))[0]
        return dict(zip(learnt.classes_.tolist(), chances.tolist(), strict=True))

    return ask


def letters_of(text: str) -> str:
    """Return the plain letters of a text, Korean syllables taken apart."""
    return decompose(plain(text))


METHODS: Mapping[str, Callable[[Data], Ask]] = {
    "this project": ours,
    "rapidfuzz WRatio": by_rapidfuzz(fuzz.WRatio, plain),
    "rapidfuzz token_set_ratio": by_rapidfuzz(fuzz.token_set_ratio, plain),
    "rapidfuzz ratio on jamo": by_rapidfuzz(fuzz.ratio, letters_of),
    "thefuzz": by_thefuzz,
    "difflib as in ChatterBot": by_difflib,
    "SQLite FTS5 trigram": by_fts5,
    "bm25s, runs of 1-3": by_bm25s,
    "TF-IDF on jamo, cosine": by_cosine,
    "TF-IDF, logistic regression": by_regression,
}


def runs_of(text: str) -> list[str]:
    """Return the runs of one to three letters of a text."""
    letters = plain(text)
    return [letters[at : at + length] for length in (1, 2, 3) for at in range(len(letters) - length + 1)]


def best_of(labels: Sequence[str], scores: Iterable[float]) -> Scores:
    """Return the best score of each label."""
    best: Scores = {}
    for label, score in zip(labels, scores, strict=True):
        best[label] = max(best.get(label, -np.inf), float(score))
    return best


# --- measuring ---


def measured(method: str, data: Data) -> Result:
    """Return the figures of one method; meant to be run in a process of its own."""
    questions = data.questions
    if method.startswith("difflib"):
        questions = random.Random(0).sample(list(questions), min(SLOW, len(questions)))
    before, began = resident(), time.perf_counter()
    ask = METHODS[method](data)
    fitted = time.perf_counter() - began
    taken, ranks, sure = [], [], defaultdict(list)
    for question in questions:
        began = time.perf_counter()
        scores = ask(question.text)
        taken.append(1000 * (time.perf_counter() - began))
        none = scores.pop(NONE, 0.0)
        ranked = sorted(scores, key=scores.__getitem__, reverse=True)
        group = "covered" if question.labels else "near" if question.near else "far"
        sure[group].append(scores[ranked[0]] - none if ranked else -np.inf)
        if question.labels:
            ranks.append(next((at for at, each in enumerate(ranked, 1) if each in question.labels), 0))
    return Result(
        method=method, asked=len(questions),
        first=share(rank == 1 for rank in ranks), interval=Share(sum(rank == 1 for rank in ranks), len(ranks)).range,
        three=share(0 < rank <= 3 for rank in ranks), reciprocal=statistics.fmean(1 / r if r else 0 for r in ranks),
        far=area(sure["covered"], sure["far"]), near=area(sure["covered"], sure["near"]),
        fit=fitted, p50=statistics.median(taken), p99=float(np.quantile(taken, 0.99)), memory=resident() - before,
    )  # fmt: skip


def resident() -> float:
    """Return the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def share(hits: Iterable[bool]) -> float:
    """Return the share of true ones."""
    return statistics.fmean(hits)


def area(covered: Sequence[float], others: Sequence[float]) -> float | None:
    """Return how often a covered question is surer than another one, ties half (the area under the ROC curve)."""
    if not covered or not others:
        return None
    a, b = np.array(covered)[:, None], np.array(others)[None, :]
    return float((np.mean(a > b) + np.mean(a >= b)) / 2)


# --- reading ---


def read(file: Path) -> list[dict[str, Any]]:
    """Return the lines of a JSON Lines file."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def right_labels(line: Mapping[str, Any]) -> frozenset[str]:
    """Return the labels that answer a line: none if its kind says that nothing does."""
    ids = line["ids"] if "ids" in line else [line["label"]]
    return frozenset() if "oos" in str(line.get("kind")) else frozenset(ids)


def data_of(phrasings: Path | None, questions: Path) -> Data:
    """Return what is to be learnt and asked."""
    knowledge = assemble(read_folder(KNOWLEDGE))
    if phrasings:
        lines = [line for line in read(phrasings) if line.get("split", "train") == "train"]
        texts = [str(line["text"]) for line in lines]
        labels = [next(iter(sorted(right_labels(line))), NONE) for line in lines]
        spoken = {language: [t for t in texts if language_of(t) is language] for language in Language}
        reader = reader_of({}, {}, spoken[Language.KO], spoken[Language.EN])
    else:
        reader = reader_for(knowledge)
        apart = {*knowledge.urgent.kinds, LOOKALIKE}
        asks = [(label, text) for label, text in texts_to_learn(knowledge) if label not in apart]
        texts, labels = [text for _, text in asks], [label for label, _ in asks]
    known = set(labels)
    asked = [line for line in read(questions) if not (phrasings == questions and line.get("split") == "train")]
    return Data(texts, labels, reader, [each for each in map(_asked, asked) if not each.labels or each.labels & known])


def _asked(line: Mapping[str, Any]) -> Asked:
    return Asked(str(line["text"]), right_labels(line), str(line.get("kind")).startswith(("near", "id")))


# --- showing ---


def table_of(results: Sequence[Result]) -> Table:
    """Return the figures as a table."""
    heads = ["method", "first (95 %)", "three", "MRR", "AUC far", "AUC near", "fit s", "p50 ms", "p99 ms", "MB"]
    table = Table(*heads, caption="* was asked only a sample of the questions")
    most = max(each.asked for each in results)
    for each in results:
        low, high = each.interval
        table.add_row(
            each.method + ("*" if each.asked < most else ""), f"{each.first:.3f} ({low:.3f}-{high:.3f})",
            f"{each.three:.3f}", f"{each.reciprocal:.3f}", figure(each.far), figure(each.near),
            f"{each.fit:.1f}", f"{each.p50:.2f}", f"{each.p99:.2f}", f"{each.memory:.0f}",
        )  # fmt: skip
    return table


def figure(value: float | None) -> str:
    """Return a share as text, a dash where there is none."""
    return "-" if value is None else f"{value:.3f}"


def main(
    phrasings: Annotated[Path | None, typer.Option(help="what to learn from; default: the knowledge")] = None,
    questions: Annotated[Path, typer.Option(help="what to ask")] = QUESTIONS,
    method: Annotated[list[str] | None, typer.Option(help="only these methods")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Compare the project's matcher with its peers."""
    data = data_of(phrasings, questions)
    console = Console(stderr=True)
    console.print(f"{len(data.texts)} phrasings, {len(set(data.labels))} labels, {len(data.questions)} questions")
    results = []
    for name in method or METHODS:
        with multiprocessing.get_context("spawn").Pool(1) as alone:
            results.append(alone.apply(measured, (name, data)))
        if as_json:
            sys.stdout.write(json.dumps(asdict(results[-1])) + "\n")
            sys.stdout.flush()
    if not as_json:
        Console(width=140).print(table_of(results))


if __name__ == "__main__":
    typer.run(main)
