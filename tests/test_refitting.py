"""Learning again after a small change, and ways of asking as if they were not known."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from test_matching import KOREAN, THINGS, made_up

from bot.core.building import texts_to_learn
from bot.core.engine import Engine
from bot.core.language.reading import Reader, reader_of
from bot.core.matching import weights
from bot.core.matching.fitting import fit, samples_of
from bot.core.matching.learning import rows_keeping, scores_of_all, separate_one
from bot.core.matching.ranking import Matcher, matcher_of
from bot.core.matching.refitting import (
    REMAINS,
    Text,
    changed_labels,
    rank_without,
    refit,
    relearn,
    unsettled,
)
from bot.core.matching.weights import LOOKALIKE, NONE_OF_THEM, Weights

KINDS = ("cry",)
KEPT = (
    "signs", "trust", "centre", "spread", "bars", "alarm_signs", "alarm_centre", "alarm_spread", "alarm_bars",
)  # fmt: skip
NEW = "면허 갱신은 어느 창구에서 하나요"
CRIES = ("살려 주세요 무서워요", "누가 때려요 도와주세요", "죽고 싶다는 생각만 들어요", "집에 가기 무서워요 맞아요")
HARMLESS = ("배고파 죽겠다", "좋아 죽겠네", "웃겨 죽는 줄 알았다", "더워 죽겠어요 정말로")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return reader_of({}, {}, (text for _, text in made_up()), ())


@pytest.fixture(scope="module")
def texts(reader: Reader) -> list[Text]:
    said = [*made_up(), *(("cry", text) for text in CRIES * 2), *((LOOKALIKE, text) for text in HARMLESS * 2)]
    return [(label, reader.read(text)) for label, text in said]


@pytest.fixture(scope="module")
def old(texts: list[Text]) -> Weights:
    return fit(texts, "old", KINDS)


def with_one_more(texts: list[Text], reader: Reader, label: str = "driving", text: str = NEW) -> list[Text]:
    return [(label, reader.read(text)), *texts]


def column(learnt: Weights, label: str, codes: Weights) -> list[float]:
    at = np.searchsorted(learnt.codes, codes.codes)
    found: list[float] = learnt.table[at, learnt.labels.index(label)].tolist()
    return found


def firsts(learnt: Weights, reader: Reader, text: str) -> list[str]:
    matcher = matcher_of(learnt)
    return [each.id for each in matcher.rank(matcher.view(reader.read(text)))]


def test_only_the_label_whose_texts_changed_is_learnt_again(old: Weights, texts: list[Text], reader: Reader) -> None:
    new = refit(old, texts, with_one_more(texts, reader), "new", KINDS)
    changed = [label for label in old.labels if column(new, label, old) != column(old, label, old)]
    assert changed == ["driving"]
    assert [label for label, one, other in zip(old.labels, new.base, old.base, strict=True) if one != other] == changed


def test_how_far_to_believe_it_stays(old: Weights, texts: list[Text], reader: Reader) -> None:
    new = refit(old, texts, with_one_more(texts, reader), "new", KINDS)
    assert [name for name in KEPT if not np.array_equal(getattr(new, name), getattr(old, name))] == []


def test_the_new_text_is_among_the_phrases_and_its_pieces_are_known(
    old: Weights, texts: list[Text], reader: Reader
) -> None:
    more = [*texts, *(("driving", reader.read(f"{NEW} {word}")) for word in ("가요", "나요", "다요"))]
    new = refit(old, texts, more, "new", KINDS)
    assert len(new.letters) == len(old.letters) + 3
    assert len(new.codes) > len(old.codes)
    assert set(old.codes.tolist()) < set(new.codes.tolist())
    assert np.all(np.diff(new.codes.astype(np.int64)) > 0)
    assert firsts(new, reader, NEW)[0] == "driving"


def test_where_nothing_changed_everything_stays(old: Weights, texts: list[Text]) -> None:
    new = refit(old, texts, texts, "new", KINDS)
    for field in dataclasses.fields(Weights):
        one, other = getattr(new, field.name), getattr(old, field.name)
        same = np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other
        assert same or field.name == "key", field.name
    assert new.key == "new"


def test_what_is_learnt_again_does_not_hang_on_what_else_changed(
    old: Weights, texts: list[Text], reader: Reader
) -> None:
    one = with_one_more(texts, reader)
    alone = refit(old, texts, one, "new", KINDS)
    moved = [("job" if label == NONE_OF_THEM and at % 5 == 0 else label, read) for at, (label, read) in enumerate(one)]
    both = refit(old, texts, moved, "new", KINDS)
    assert column(alone, "driving", old) == column(both, "driving", old)
    assert column(alone, "job", old) != column(both, "job", old)


def test_a_new_entry_is_found_and_a_retired_one_is_not(old: Weights, texts: list[Text], reader: Reader) -> None:
    without = [text for text in texts if text[0] != "doctor"]
    less = refit(old, texts, without, "less", KINDS)
    assert "doctor" not in less.labels
    assert "doctor" not in firsts(less, reader, "병원에 가고 싶어요")
    assert firsts(refit(less, without, texts, "again", KINDS), reader, "병원에 가고 싶어요")[0] == "doctor"


def test_the_alarm_is_learnt_again_when_a_text_of_it_changed_and_else_is_not(
    old: Weights, texts: list[Text], reader: Reader
) -> None:
    def alarm_of(new: Weights) -> list[list[float]]:
        found: list[list[float]] = new.alarm[np.searchsorted(new.codes, old.codes)].tolist()
        return found

    ordinary = refit(old, texts, with_one_more(texts, reader), "new", KINDS)
    cry = refit(old, texts, with_one_more(texts, reader, "cry", "무서워서 집에 못 가요"), "new", KINDS)
    harmless = refit(old, texts, with_one_more(texts, reader, LOOKALIKE, "무서워 죽는 줄"), "new", KINDS)
    assert alarm_of(ordinary) == old.alarm.tolist()
    assert alarm_of(cry) != old.alarm.tolist() != alarm_of(harmless)
    for new in (cry, harmless):
        assert [label for label in old.labels if column(new, label, old) != column(old, label, old)] == []


def test_another_kind_of_emergency_has_its_own_alarm(old: Weights, texts: list[Text], reader: Reader) -> None:
    more = [*texts, *(("fire", reader.read(text)) for text in ("불이 났어요", "연기가 나요 불이야", "불 났다 빨리"))]
    new = refit(old, texts, more, "new", (*KINDS, "fire"))
    assert new.kinds == ("cry", "fire")
    assert new.alarm.shape == (len(new.codes), 3)


def test_where_no_alarm_was_learnt_everything_is_learnt_anew(texts: list[Text]) -> None:
    quiet = [text for text in texts if text[0] not in (*KINDS, LOOKALIKE)]
    new = refit(fit(quiet, "old"), quiet, texts, "new", KINDS)
    assert np.array_equal(new.table, fit(texts, "new", KINDS).table)


def test_what_was_learnt_again_is_kept_and_read_like_any_other(
    old: Weights, texts: list[Text], reader: Reader, tmp_path: Path
) -> None:
    new = refit(old, texts, with_one_more(texts, reader), "new", KINDS)
    weights.save(new, tmp_path / "weights.npz")
    found = weights.load(tmp_path / "weights.npz", "new")
    assert found is not None
    assert np.array_equal(found.table, new.table)


def test_a_text_that_moved_changes_both_labels_and_one_without_letters_none(texts: list[Text], reader: Reader) -> None:
    (label, sentence), *rest = texts
    assert changed_labels(texts, [("job", sentence), *rest]) == {label, "job"}
    assert changed_labels(texts, [*texts[::-1], ("job", reader.read("?!"))]) == frozenset()
    assert changed_labels(texts, [*texts, texts[0]]) == {label}


# --- ways of asking, as if each of them were not known -----------------------------------------------------------


@pytest.fixture(scope="module")
def matcher(old: Weights) -> Matcher:
    return matcher_of(old)


def test_a_text_that_is_not_known_is_ranked_as_any_question(matcher: Matcher, reader: Reader) -> None:
    text = ("driving", reader.read(NEW))
    assert rank_without(matcher, text, None) == matcher.rank(matcher.view(text[1]))


def test_a_way_of_asking_is_less_sure_when_it_is_not_known(matcher: Matcher, texts: list[Text]) -> None:
    surer = 0
    entries = [(at, text) for at, text in enumerate(texts) if text[0] in THINGS and text[0] != NONE_OF_THEM]
    for at, text in entries:
        known = {each.id: each.probability for each in matcher.rank(matcher.view(text[1]))}
        unknown = {each.id: each.probability for each in rank_without(matcher, text, at)}
        surer += unknown.get(text[0], 0) > known[text[0]]
    assert surer <= len(entries) // 20


def test_a_text_like_no_other_of_its_label_is_not_found_without_itself(
    old: Weights, texts: list[Text], reader: Reader
) -> None:
    stray = with_one_more(texts, reader, "doctor", KOREAN[0].format("운전면허 시험"))
    new = matcher_of(refit(old, texts, stray, "new", KINDS))
    assert rank_without(new, stray[0], 0)[0].id == "driving"


def test_all_ways_of_asking_of_what_changed_are_looked_at_and_none_if_nothing_did(
    old: Weights, texts: list[Text], reader: Reader
) -> None:
    more = with_one_more(texts, reader)
    new, rows = relearn(old, texts, more, "new", KINDS)
    looked_at = set(unsettled(old, new, rows, texts, more).tolist())
    assert {at for at, (label, _) in enumerate(more) if label == "driving"} <= looked_at
    assert {more[at][0] for at in looked_at} <= {"driving", "job", "doctor"}
    same, rows = relearn(old, texts, texts, "new", KINDS)
    assert unsettled(old, same, rows, texts, texts).tolist() == []


def test_the_score_of_a_left_out_text_is_near_what_learning_without_it_gives(engine: Engine) -> None:
    """Twelve texts of the project's knowledge, each learnt without: the estimate is far nearer than the known score."""
    learnt = engine.matcher.weights
    every = [(label, engine.reader.read(text)) for label, text in texts_to_learn(engine.knowledge)]
    samples = samples_of(every, learnt.kinds)
    _, _, rows = rows_keeping(learnt.codes, learnt.rarity, samples.sentences)
    rows, label = rows[samples.answered], samples.label[samples.answered]
    known, estimated = [], []
    for at in np.flatnonzero(label != samples.labels.index(NONE_OF_THEM))[:: len(label) // 12]:
        own = int(label[at])
        row = rows[[at]]
        score = float(scores_of_all(row, learnt.table[:, [own]], learnt.base[[own]])[0, 0])
        rest = np.arange(len(label)) != at
        _, coefficients, constants = separate_one(rows[rest], label[rest], own)
        true = float(scores_of_all(row, coefficients.T, constants)[0, 0])
        length = float(row.multiply(row).sum()) + 1
        known.append(abs(score - true))
        estimated.append(abs(score - REMAINS * length * max(0.0, 1 - score) - true))
    assert np.mean(estimated) < 0.2
    assert np.mean(estimated) < np.mean(known) / 2
