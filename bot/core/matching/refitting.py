"""Learning again after a small change, and what ways of asking would do if they were not known: for a trial.

What was measured decides how (30 ways of asking taken from an entry or added to it, a whole entry added): only labels
whose texts changed are learnt again. Against learning everything anew, no more than 3 of 1461 questions end otherwise,
and one neutral text more changes 0 to 1 of them; learning all columns again with the same trust changes 15 to 23, a
step of coordinate descent on the new texts alone 18 to 27. So what a trial shows is the change, and nothing else.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from bot.core.language.reading import Sentence
from bot.core.matching.fitting import Samples, fit, nothing_learnt, samples_of, with_phrases
from bot.core.matching.learning import (
    Columns,
    Job,
    Rows,
    rows_keeping,
    rows_of,
    scores_of_all,
    separate_kinds,
    separate_one,
    side_by_side,
)
from bot.core.matching.ranking import Candidate, Matcher, View, counted
from bot.core.matching.weights import LOOKALIKE, NONE_OF_THEM, Floats, Weights

Text: TypeAlias = tuple[str, Sentence]
"""A label and a sentence of it."""

FEW_JOBS = 6
"""So few labels are learnt sooner in this process than others are started."""
REMAINS = 0.4
"""What a text says for its own label, its machine's variable times its length, is not all lost when it is left out.

Its neighbours stand in for it. Of 50 texts, learnt again without each of them, this share was lost (0.38 from the own
label's score, 0.39 to the others'); what remains is told with an error of 0.10 and 0.03. Jaakkola and Haussler's bound
takes all of it: then 29 in 100 texts would have their own entry first by score; now 78, and of 50, 47 as in truth. By
the whole ranking, which weighs small differences, it was as in truth for 13 of 15 texts, and for 10 of 15 on the edge.
"""
STIRRED, NEAR = 0.05, 0.5
"""A lead by score that moved by so much, and is or was so small, may have changed which entry is first."""
_NOWHERE = np.float32(-9)


def refit(old: Weights, before: Iterable[Text], texts: Iterable[Text], key: str, kinds: Sequence[str] = ()) -> Weights:
    """Return `old`, which learnt from `before`, as it is after learning from `texts`: see `relearn`."""
    learnt, _ = relearn(old, before, texts, key, kinds)
    return learnt


def relearn(
    old: Weights, before: Iterable[Text], texts: Iterable[Text], key: str, kinds: Sequence[str] = ()
) -> tuple[Weights, Rows]:
    """Return weights to run with for `texts`, and the rows (M, V) of those with letters.

    Labels whose texts changed are learnt again from all texts, so are the kinds of emergency if a text of the alarm
    changed; how far to believe them, all bars, and how rare a known piece is, stay. Where no alarm was learnt and one
    is wanted, or the other way round, everything is learnt anew.
    """
    texts = list(texts)
    samples = samples_of(texts, kinds)
    if bool(old.kinds) != bool(kinds):
        return fit(texts, key, kinds), rows_of(samples.sentences)[2]
    codes, rarity, rows = rows_keeping(old.codes, old.rarity, samples.sentences)
    weights = _carried(old, nothing_learnt(key, codes, rarity, samples))
    again = _again(old, before, texts, kinds)
    weights = _with_columns(weights, _learnt(_jobs(samples, rows, again), len(texts)))
    return with_phrases(weights, samples, rows, samples.part >= 0), rows


def changed_labels(before: Iterable[Text], after: Iterable[Text]) -> frozenset[str]:
    """Return the labels of texts that only one side has; texts without letters are not learnt and do not count."""
    one, other = Counter(before), Counter(after)
    return frozenset(label for label, sentence in [*(one - other), *(other - one)] if sentence.letters)


def _again(old: Weights, before: Iterable[Text], texts: Iterable[Text], kinds: Sequence[str]) -> frozenset[str]:
    changed = changed_labels(before, texts)
    alarming = LOOKALIKE in changed or old.kinds != tuple(kinds) or changed & set(kinds)
    return changed | {LOOKALIKE} if alarming else changed


def _jobs(samples: Samples, rows: Rows, again: Collection[str]) -> list[Job]:
    answered = samples.answered
    own, label = rows[answered], samples.label[answered]
    present = set(label.tolist())
    wanted = [at for at, name in enumerate(samples.labels[: samples.answering]) if name in again and at in present]
    jobs: list[Job] = [(separate_one, own, label, at) for at in wanted if len(present) > 1]
    if samples.kinds and LOOKALIKE in again:
        jobs.append((separate_kinds, rows, samples.label - samples.answering, len(samples.kinds)))
    return jobs


def _learnt(jobs: Sequence[Job], texts: int) -> list[tuple[Job, Columns]]:
    if len(jobs) > FEW_JOBS:
        return list(zip(jobs, side_by_side(jobs, texts), strict=True))
    return [(job, job[0](*job[1:])) for job in jobs]


def _with_columns(weights: Weights, learnt: Iterable[tuple[Job, Columns]]) -> Weights:
    table, base = weights.table.copy(), weights.base.copy()
    alarm, alarm_base = weights.alarm, weights.alarm_base
    for (learn, *_), (labels, coefficients, constants) in learnt:
        if learn is separate_kinds:
            alarm, alarm_base = coefficients.T.copy(), constants.astype(np.float32)
        else:
            table[:, labels], base[labels] = coefficients.T, constants
    return replace(weights, table=table, base=base, alarm=alarm, alarm_base=alarm_base)


def _carried(old: Weights, new: Weights) -> Weights:
    """Return `new`, in which nothing is learnt, with all that `old` knows of the same labels and kinds."""
    table, base = new.table.copy(), new.base.copy()
    every = _aligned(old.table, old.codes, new.codes)
    for at, label in enumerate(new.labels):
        if label in old.labels:
            table[:, at], base[at] = every[:, old.labels.index(label)], old.base[old.labels.index(label)]
    same = new.kinds == old.kinds
    return replace(
        new, table=table, base=base, signs=old.signs, trust=old.trust, centre=old.centre, spread=old.spread,
        bars=old.bars, alarm=_aligned(old.alarm, old.codes, new.codes) if same else new.alarm,
        alarm_base=old.alarm_base if same else new.alarm_base, alarm_signs=old.alarm_signs,
        alarm_centre=old.alarm_centre, alarm_spread=old.alarm_spread, alarm_bars=old.alarm_bars,
    )  # fmt: skip


def _aligned(table: NDArray[np.float16], known: NDArray[np.uint32], codes: NDArray[np.uint32]) -> NDArray[np.float16]:
    """Return `table` (V, C) over `codes`, which hold all `known` ones; new ones say nothing."""
    found = np.zeros((len(codes), table.shape[1]), np.float16)
    found[np.searchsorted(codes, known)] = table
    return found


# --- ways of asking, as if each of them were not known ---


def rank_without(matcher: Matcher, text: Text, at: int | None) -> tuple[Candidate, ...]:
    """Return what `text`, the phrase `at` of the weights, would be nearest to if it had not been learnt.

    Nearest phrases are told exactly, scores are estimated (see REMAINS). None stands for a text that is not known.
    """
    label, sentence = text
    view = matcher.view(sentence)
    if at is None or not sentence.letters:
        return matcher.rank(view)
    value = counted(matcher.weights, sentence).value
    own = np.array([matcher.weights.labels.index(label)])
    scores = _without(view.scores[None], own, np.array([value @ value + 1]))[0]
    shared = view.shared.copy()
    shared[at] = 0
    return matcher.rank(View(sentence, view.known, scores, shared, view.heard))


def _without(scores: Floats, own: NDArray[np.int64], length: Floats) -> Floats:
    """Return the scores (M, C) of texts of the labels `own` (M,), of squared `length` (M,), had they not been learnt.

    With squared hinge loss and C = 1/2 the variable of a text that is sure by s is 1 - s, or nothing from s = 1 on.
    """
    side = -np.ones_like(scores)
    side[np.arange(len(own)), own] = 1
    lost: Floats = side * REMAINS * length[:, None] * np.maximum(0, 1 - side * scores)
    return scores - lost


def unsettled(
    old: Weights, new: Weights, rows: Rows, before: Sequence[Text], texts: Sequence[Text]
) -> NDArray[np.int64]:
    """Return the positions of the ways of asking whose first entry may not be the same in `new` as in `old`.

    Those are all ways of asking of the labels that changed, and each whose lead over the best other entry, by score
    alone and as if it were not known, changed its sign or moved near it. `rows` (M, V) are of `texts`, all with
    letters. Only these need the whole ranking: it would take a minute for all.
    """
    changed, entries = changed_labels(before, texts), {label for label in new.labels if label != NONE_OF_THEM}
    both = entries & set(old.labels)
    asked = [at for at, (label, _) in enumerate(texts) if label in entries]
    settled = np.array([at for at in asked if texts[at][0] in both - changed], np.int64)
    again = [at for at in asked if texts[at][0] not in both - changed]
    if not len(settled):
        return np.array(again, np.int64)
    labels, seen = [texts[at][0] for at in settled], rows[settled]
    was = _leads(old.labels, scores_of_all(seen, _aligned(old.table, old.codes, new.codes), old.base), labels, seen)
    now = _leads(new.labels, scores_of_all(seen, new.table, new.base), labels, seen)
    turned = (was > 0) != (now > 0)
    stirred = (np.abs(was - now) > STIRRED) & (np.minimum(np.abs(was), np.abs(now)) < NEAR)
    return np.sort(np.concatenate([np.array(again, np.int64), settled[turned | stirred]]))


def _leads(names: Sequence[str], scores: Floats, labels: Sequence[str], rows: Rows) -> Floats:
    """Return by how much the score of each text's own label, were it not known, is above that of the best other."""
    places = {name: at for at, name in enumerate(names)}
    own, each = np.array([places[label] for label in labels]), np.arange(len(labels))
    length = np.asarray(rows.multiply(rows).sum(1)).ravel() + 1
    left = _without(scores, own, length)
    mine = left[each, own]
    left[each, own] = left[:, places[NONE_OF_THEM]] = _NOWHERE
    leads: Floats = mine - left.max(1)
    return leads
