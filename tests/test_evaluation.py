"""Counting how questions ended: shares and their ranges, groups, and how far probabilities can be trusted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.model import Outcome, Reply
from bot.evaluation import Answered, Question, Share, as_json, calibration_error, evaluate, reliability

KNOWN = frozenset(["a", "b"])


def pair(outcome: Outcome, ids: str, right: str, chance: float = 0.9, kind: str = "plain") -> Answered:
    scores = tuple(chance / (at + 1) for at in range(len(ids)))
    return Question("?", frozenset(right), "ko", kind), Reply((), outcome=outcome, ids=tuple(ids), scores=scores)


@given(st.integers(1, 500), st.data())
def test_a_share_lies_within_its_range(of: int, data: st.DataObject) -> None:
    share = Share(data.draw(st.integers(0, of)), of)
    low, high = share.range
    assert 0 <= low <= share.value + 1e-9
    assert share.value - 1e-9 <= high <= 1


def test_the_range_is_the_one_in_wilsons_paper() -> None:
    low, high = Share(8, 10).range
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


def test_more_questions_make_the_range_narrower() -> None:
    (low, high), (lower, higher) = Share(90, 100).range, Share(900, 1000).range
    assert low < lower < higher < high


def test_each_figure_counts_what_it_says() -> None:
    pairs = [
        pair(Outcome.ANSWERED, "ab", "a"),
        pair(Outcome.ANSWERED, "ba", "a"),
        pair(Outcome.UNSURE, "xya", "a"),
        pair(Outcome.UNKNOWN, "x", "b"),
        pair(Outcome.ANSWERED, "a", "", kind="oos"),
        pair(Outcome.UNKNOWN, "x", "z"),
    ]
    found = {each.group: each for each in evaluate(pairs, KNOWN)}
    scope = found["= in scope"]
    assert (scope.first, scope.three, scope.precision) == (Share(1, 4), Share(3, 4), Share(1, 2))
    assert (scope.answered, scope.unsure, scope.unknown) == (Share(2, 4), Share(1, 4), Share(1, 4))
    assert found["= oos"].unknown == Share(0, 1)
    assert found["= oos"].first is None
    assert found["= all"].precision == Share(1, 3)
    assert found["= not written"].unknown == Share(1, 1)


def test_probabilities_that_come_true_as_often_as_they_say_have_no_error() -> None:
    pairs = [pair(Outcome.ANSWERED, "a", "a" if at < 8 else "b", 0.8) for at in range(10)]
    (found,) = reliability(pairs)
    assert (found.low, found.right) == (0.8, Share(8, 10))
    assert calibration_error([found]) == pytest.approx(0)


def test_probabilities_that_promise_too_much_have_an_error() -> None:
    pairs = [pair(Outcome.ANSWERED, "a", "b", 1.0), pair(Outcome.ANSWERED, "a", "a", 0.55)]
    assert calibration_error(reliability(pairs)) == pytest.approx((1.0 + 0.45) / 2)


def test_urgent_replies_say_nothing_about_probabilities() -> None:
    assert reliability([pair(Outcome.URGENT, "a", "a")]) == []
    assert calibration_error([]) == 0


def test_as_plain_data_a_share_is_its_value_with_its_range_beside_it() -> None:
    pairs = [pair(Outcome.ANSWERED, "a", "a")]
    plain = as_json(evaluate(pairs, KNOWN), reliability(pairs))
    assert isinstance(plain["groups"], list)
    assert plain["groups"][0]["first"] == 1.0
    assert plain["groups"][0]["first_range"][1] == 1.0
