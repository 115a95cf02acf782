"""Learning the weights from the ways of asking: never loaded by the running bot.

Two steps. Linear support vector machines learn what each piece of a sentence says for each label, and for each kind of
emergency. Then logistic regressions learn how far a label's score, and nearness to its ways of asking, can be trusted;
they see only texts that the first step did not, parts of the lists that were left out. Neighbours are left out
together: who wrote one way of asking wrote the next, so they stand for another person's pen better than a random draw.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from bot.core.language.reading import Sentence
from bot.core.matching import grams
from bot.core.matching.alarm import ALARM_SIGNS, alarm_signs, parts
from bot.core.matching.bars import Top, alarm_bar, bars_of
from bot.core.matching.learning import (
    SMALL,
    TOGETHER,
    Columns,
    Job,
    Rows,
    index_of,
    known_of_all,
    logistic,
    rows_of,
    rows_over,
    scores_of_all,
    separate,
    separate_kinds,
    shared_by_all,
    side_by_side,
)
from bot.core.matching.ranking import LANGUAGES, SIGNS, Matcher, View, chance, matcher_of, ordered, signs_of
from bot.core.matching.weights import LOOKALIKE, NONE_OF_THEM, Floats, Weights

PARTS = 8
ASIDE = (2, 5)
"""The eighths left out: together a quarter of the texts, from two pens. Leaving others out in turn tells no more."""
FEWEST = 120
"""A language with fewer rows to learn from shares what is learnt from all languages."""
_NARROW = 0.05
"""A sign that varies less among left-out texts is not blown up: it may well vary more among people's questions."""
_AT_ONCE = 500
"""So many left-out texts are compared with all others at once: a block of memory, not a wall."""
_EVERY, _EVERY_CRY = 6, 2
"""Every sixth left-out way of asking, and every second cry for help, is looked at again: trust needs no more."""


@dataclass(frozen=True, slots=True)
class Samples:
    """M sentences, the position of each one's label in `labels`, and the part of its list that each belongs to.

    Labels that can answer come first, `answering` of them ("" among them); then the kinds of emergency; then LOOKALIKE.
    """

    sentences: tuple[Sentence, ...]
    labels: tuple[str, ...]
    answering: int
    label: NDArray[np.int64]
    part: NDArray[np.int64]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of emergency."""
        return self.labels[self.answering : -1]

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which sentences, shape (M,), the entries' weights are learnt from."""
        return self.label < self.answering

    @property
    def left_out(self) -> NDArray[np.bool_]:
        """Which sentences, shape (M,), the first step does not see."""
        return np.isin(self.part, ASIDE)

    @property
    def asked_again(self) -> NDArray[np.int64]:
        """The left-out sentences that the trust is learnt from: of many ways of asking, some."""
        entries = self.answered & (self.label != self.labels.index(NONE_OF_THEM))
        cries = ~self.answered & (self.label < len(self.labels) - 1)
        thinned = ((entries, _EVERY), (cries, _EVERY_CRY), (~entries & ~cries, 1))
        few = len(self.label) <= SMALL
        return np.sort(np.concatenate([np.flatnonzero(self.left_out & of)[:: 1 if few else by] for of, by in thinned]))


def fit(texts: Iterable[tuple[str, Sentence]], key: str, kinds: Sequence[str] = ()) -> Weights:
    """Learn from (label, sentence) pairs, neighbours in the order in which they were written.

    A label is an entry, NONE_OF_THEM, one of `kinds` of emergency, or LOOKALIKE.
    """
    samples = samples_of(list(texts), kinds)
    codes, rarity, rows = rows_of(samples.sentences)
    jobs = [job for seen in (~samples.left_out, samples.part >= 0) for job in _jobs(samples, rows, seen)]
    learnt = side_by_side(jobs, len(samples.label))
    weights = nothing_learnt(key, codes, rarity, samples)
    partial = _with_columns(weights, islice(learnt, len(jobs) // 2), samples)
    partial = with_phrases(partial, samples, rows, ~samples.left_out)
    views = list(_views(matcher_of(partial), samples, rows))
    weights = _with_alarm(_with_trust(weights, views, samples), views, samples)
    return with_phrases(_with_columns(weights, learnt, samples), samples, rows, samples.part >= 0)


def samples_of(texts: Sequence[tuple[str, Sentence]], kinds: Sequence[str]) -> Samples:
    """Return the (label, sentence) pairs that have letters, in their order, ready to be learnt from."""
    texts = [(label, sentence) for label, sentence in texts if sentence.letters]
    entries = {label for label, _ in texts} - {*kinds, LOOKALIKE} | {NONE_OF_THEM}
    labels = (*sorted(entries), *kinds, LOOKALIKE)
    groups: dict[tuple[str, str], list[int]] = {}
    for at, (label, sentence) in enumerate(texts):
        groups.setdefault((label, sentence.language), []).append(at)
    part = np.zeros(len(texts), np.int64)
    for group in groups.values():
        part[group] = np.arange(len(group)) * PARTS // len(group)
    positions = np.array([labels.index(name) for name, _ in texts], np.int64)
    return Samples(tuple(sentence for _, sentence in texts), labels, len(entries), positions, part)


def nothing_learnt(key: str, codes: NDArray[np.uint32], rarity: Floats, samples: Samples) -> Weights:
    """Return weights in which nothing is learnt yet."""
    kinds, languages, pieces = len(samples.kinds), len(LANGUAGES), len(codes)
    return Weights(
        key=key, codes=codes, rarity=rarity, labels=samples.labels[: samples.answering],
        table=np.zeros((pieces, samples.answering), np.float16), base=np.full(samples.answering, -2, np.float32),
        letters=(), owner=np.zeros(0, np.int32), starts=np.zeros(pieces + 1, np.uint32),
        phrases=np.zeros(0, np.uint32), shares=np.zeros(0, np.float16),
        signs=np.zeros((languages, len(SIGNS) + 1), np.float32),
        trust=np.zeros((languages, len(SIGNS) + 1), np.float32),
        centre=np.zeros(len(SIGNS), np.float32), spread=np.ones(len(SIGNS), np.float32),
        bars=np.ones((languages, 3), np.float32), kinds=samples.kinds,
        alarm=np.zeros((pieces, kinds + 1), np.float16), alarm_base=np.full(kinds + 1, -2, np.float32),
        alarm_signs=np.zeros(len(ALARM_SIGNS) + 1, np.float32), alarm_centre=np.zeros(len(ALARM_SIGNS), np.float32),
        alarm_spread=np.ones(len(ALARM_SIGNS), np.float32), alarm_bars=np.full(languages, 2, np.float32),
    )  # fmt: skip


def _jobs(samples: Samples, rows: Rows, seen: NDArray[np.bool_]) -> Iterator[Job]:
    """Yield what is to be learnt from the texts that are `seen` (M,)."""
    answered = samples.answered & seen
    for share in sorted(set((samples.label[samples.answered] % TOGETHER).tolist())):
        yield separate, rows[answered], samples.label[answered], share
    if samples.kinds:
        yield separate_kinds, rows[seen], samples.label[seen] - samples.answering, len(samples.kinds)


def _with_columns(weights: Weights, learnt: Iterable[Columns], samples: Samples) -> Weights:
    """Return `weights` with the linear part put together from what was learnt in shares, the kinds last."""
    every = list(learnt)
    if samples.kinds:
        _, coefficients, constants = every.pop()
        weights = replace(weights, alarm=coefficients.T.copy(), alarm_base=constants.astype(np.float32))
    table, base = weights.table.copy(), weights.base.copy()
    for labels, coefficients, constants in every:
        table[:, labels], base[labels] = coefficients.T, constants
    return replace(weights, table=table, base=base)


def with_phrases(weights: Weights, samples: Samples, rows: Rows, kept: NDArray[np.bool_]) -> Weights:
    """Return `weights` with the phrases that are `kept` (M,), and in which of them each piece stands."""
    letters = tuple(samples.sentences[at].letters for at in np.flatnonzero(kept))
    starts, phrases, shares = index_of(rows[kept])
    owner = samples.label[kept].astype(np.int32)
    return replace(weights, letters=letters, owner=owner, starts=starts, phrases=phrases, shares=shares)


# --- the trust ---


@dataclass(frozen=True, slots=True)
class Seen:
    """A left-out text: its label, its language, the labels shortlisted for it and the signs of each (shortlist, F)."""

    label: int
    language: int
    picked: list[int]
    signs: Floats

    @property
    def right(self) -> NDArray[np.bool_]:
        """Which of the shortlisted labels is the right one, shape (shortlist,)."""
        return np.equal(self.picked, self.label)


def _views(partial: Matcher, samples: Samples, rows: Rows) -> Iterator[tuple[Seen, Floats]]:
    """Yield each left-out text as `partial`, which has not seen it, sees it: for the trust, and for the alarm."""
    asked, weights = samples.asked_again, partial.weights
    sentences = [samples.sentences[at] for at in asked]
    scores = scores_of_all(rows[asked], weights.table, weights.base)
    known = known_of_all(rows[asked], weights.table, sentences)
    shared = shared_by_all(rows[asked], rows[~samples.left_out], _AT_ONCE)
    heard = _part_scores(weights, sentences)
    for row, (at, alike, said) in enumerate(zip(asked, shared, heard, strict=True)):
        label, sentence = int(samples.label[at]), samples.sentences[at]
        view = View(sentence, float(known[row]), scores[row], alike, said[0])
        answered = label < samples.answering
        picked, signs = signs_of(partial, view) if answered else ([], np.zeros((0, len(SIGNS)), np.float32))
        alarming = alarm_signs(partial, view, said)[1] if samples.kinds else np.zeros(0, np.float32)
        yield Seen(label, LANGUAGES.index(sentence.language), picked, signs), alarming


def _part_scores(weights: Weights, sentences: Sequence[Sentence]) -> list[Floats]:
    """Return what `part_scores` would for each sentence, for all at once."""
    every = [parts(sentence) for sentence in sentences]
    flat = [part for each in every for part in each]
    rows = rows_over(weights.codes, weights.rarity, grams.pieces(flat), len(flat))
    scores = scores_of_all(rows, weights.alarm, weights.alarm_base)
    return np.split(scores, np.cumsum([len(each) for each in every])[:-1])


def _with_trust(weights: Weights, views: Sequence[tuple[Seen, Floats]], samples: Samples) -> Weights:
    """Return `weights` with the signs' weights and the bars."""
    seen = [each for each, _ in views if each.label < samples.answering]
    signs = np.concatenate([each.signs for each in seen])
    right = np.concatenate([each.right for each in seen])
    spoken = np.repeat([each.language for each in seen], [len(each.picked) for each in seen])
    centre, spread, scaled = _scaled(signs)
    weights = replace(weights, signs=_by_language(scaled, right, spoken), centre=centre, spread=spread)
    first = np.cumsum([0, *(len(each.picked) for each in seen[:-1])])
    first += [int(ordered(weights, LANGUAGES[each.language], each.signs)[0][0]) for each in seen]
    weights = replace(weights, trust=_by_language(scaled[first], right[first], spoken[first]))
    return replace(weights, bars=_bars(weights, seen))


def _by_language(signs: Floats, right: NDArray[np.bool_], spoken: NDArray[np.int64]) -> Floats:
    """Return the logistic weights for each language, shape (L, F + 1); few texts share those of all languages."""
    rows = []
    for language in range(len(LANGUAGES)):
        mine = spoken == language
        mine = mine if min(right[mine].sum(), (~right[mine]).sum()) >= FEWEST else np.ones(len(signs), bool)
        rows.append(logistic(signs[mine], right[mine]))
    return np.array(rows)


def _scaled(signs: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the mean and the spread of each sign (F,), and the signs (N, F) measured in them."""
    centre, spread = signs.mean(0).astype(np.float32), np.maximum(signs.std(0), _NARROW).astype(np.float32)
    return centre, spread, (signs - centre) / spread


def _bars(weights: Weights, seen: Sequence[Seen]) -> Floats:
    """Return, for each language, the bars that hold the wanted precision on texts not seen while learning."""
    none = weights.labels.index(NONE_OF_THEM)
    tops: list[list[Top]] = [[] for _ in LANGUAGES]
    for each in seen:
        order, chances = ordered(weights, LANGUAGES[each.language], each.signs)
        tops[each.language].append(Top(float(chances[0]), bool(each.right[order[0]]), each.label == none))
    every = [top for spoken in tops for top in spoken]
    return np.array([bars_of(spoken if len(spoken) >= FEWEST else every) for spoken in tops], np.float32)


def _with_alarm(weights: Weights, views: Sequence[tuple[Seen, Floats]], samples: Samples) -> Weights:
    """Return `weights` with the alarm's trust and its bars, from harmless alarming texts."""
    if not samples.kinds:
        return weights
    lookalike = len(samples.labels) - 1
    label, spoken = np.array([seen.label for seen, _ in views]), np.array([seen.language for seen, _ in views])
    centre, spread, scaled = _scaled(np.array([signs for _, signs in views]))
    learnt = logistic(scaled, (label >= samples.answering) & (label < lookalike))
    chances, harmless = chance(learnt, scaled), label == lookalike
    bars = []
    for language in range(len(LANGUAGES)):
        mine = harmless & (spoken == language)
        bars.append(alarm_bar(chances[mine if mine.sum() >= FEWEST else harmless]))
    return replace(
        weights, alarm_signs=learnt, alarm_centre=centre, alarm_spread=spread, alarm_bars=np.array(bars, np.float32)
    )
