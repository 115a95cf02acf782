"""Two answers to each question, side by side: what is better, what is worse, what competes, what must not go live."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.comparing import (
    Asked,
    Ended,
    Moved,
    Place,
    Report,
    Rivals,
    Totals,
    compared,
    ended,
    from_json,
    to_json,
)
from bot.core.knowledge.problems import Problem
from bot.core.model import Outcome, Reply
from bot.evaluation import Question, Share

KNOWN = frozenset(["a", "b", "c", "cry", "other-cry"])
IDS = st.sampled_from(["a", "b", "c", "d", "cry"])


def way(said: str) -> Ended:
    """Return how a question ended: "answered a b" came nearest to a, then to b, far behind."""
    outcome, *ids = said.split()
    return Ended(Outcome(outcome), tuple(ids), tuple(0.9 / (at + 1) ** 2 for at in range(len(ids))))


def pair(before: str, after: str, right: str = "a", kind: str = "plain", *, is_ask: bool = False) -> Asked:
    return Asked(Question("?", frozenset(right.split()), "ko", kind), way(before), way(after), is_ask)


def report(*asked: Asked, before: frozenset[str] = KNOWN, after: frozenset[str] = KNOWN) -> Report:
    return compared(asked, (before, after), 0)


def verdict(found: Report) -> str:
    return "silenced" if found.silenced else "better" if found.better else "worse" if found.worse else "same"


IN_SCOPE = ("answered a", "unsure b a", "unknown b", "unsure b c", "answered b")
OUT_OF_SCOPE = ("unknown b", "unsure b c", "answered b")


@pytest.mark.parametrize(("right", "ways"), [("a", IN_SCOPE), ("", OUT_OF_SCOPE)])
def test_each_way_to_end_is_better_than_the_next(right: str, ways: tuple[str, ...]) -> None:
    for at, one in enumerate(ways):
        for place, other in enumerate(ways):
            wanted = "worse" if at < place else "better" if at > place else "same"
            assert verdict(report(pair(one, other, right))) == wanted, (one, other)


def test_a_question_may_be_answered_by_any_of_its_entries() -> None:
    assert verdict(report(pair("answered a", "answered b", "a b"))) == "same"
    assert verdict(report(pair("answered c", "answered b", "a b"))) == "better"


@pytest.mark.parametrize("after", ["answered a", "unknown", "urgent other-cry cry"])
def test_an_urgent_text_that_loses_its_card_is_silenced_and_the_change_refused(after: str) -> None:
    found = report(pair("urgent cry a", after, "cry", "urgent"))
    assert [each.after for each in found.silenced] == [Place(way(after).first, way(after).outcome)]
    assert found.worse == ()
    assert found.refused


def test_an_urgent_text_that_was_silent_already_is_no_reason_to_refuse() -> None:
    assert verdict(report(pair("answered a", "unknown", "cry", "urgent"))) == "same"
    assert verdict(report(pair("unknown", "urgent cry", "cry", "urgent"))) == "better"
    assert verdict(report(pair("urgent other-cry", "urgent cry", "cry", "urgent"))) == "better"
    assert not report(pair("unknown", "answered a", "cry", "urgent")).refused


def test_a_harmless_text_that_now_brings_the_card_is_worse() -> None:
    assert verdict(report(pair("unknown", "urgent cry", "", "lookalike"))) == "worse"
    assert verdict(report(pair("urgent cry a", "answered b", "a", "lookalike"))) == "better"
    assert verdict(report(pair("answered a", "unknown", "a", "lookalike"))) == "same"
    assert not report(pair("unknown", "urgent cry", "", "lookalike")).refused


def test_an_everyday_question_that_now_brings_the_card_is_worse() -> None:
    assert verdict(report(pair("answered a", "urgent cry a"))) == "worse"


def test_of_a_way_of_asking_it_only_counts_whether_its_entry_is_first() -> None:
    assert verdict(report(pair("answered a", "unknown a", is_ask=True))) == "same"
    assert verdict(report(pair("unknown a b", "unknown b a", is_ask=True))) == "same", "nobody is shown either"
    assert verdict(report(pair("unsure b a", "unsure a b", is_ask=True))) == "better"
    assert verdict(report(pair("answered a", "unsure b a", is_ask=True))) == "worse"


def test_a_retired_entry_makes_its_questions_worse_and_a_new_one_better() -> None:
    without = KNOWN - {"a"}
    assert verdict(report(pair("answered a", "unknown b"), after=without)) == "worse"
    assert verdict(report(pair("unknown b", "answered a"), before=without)) == "better"
    assert verdict(report(pair("unknown b", "answered b"), before=without, after=without)) == "worse"


def test_what_moved_most_stands_first_and_ways_of_asking_last() -> None:
    little, much = pair("answered a", "unsure a b"), pair("answered a", "answered b")
    ask = pair("answered a", "answered b", is_ask=True)
    found = report(ask, little, much)
    assert [(each.is_ask, each.after.outcome) for each in found.worse] == [
        (False, Outcome.ANSWERED), (False, Outcome.UNSURE), (True, Outcome.ANSWERED),
    ]  # fmt: skip


def test_figures_count_questions_and_not_ways_of_asking() -> None:
    found = compared(
        [
            pair("answered a", "answered b"),
            pair("unknown b", "answered a"),
            pair("unsure b a", "unsure b a"),
            pair("answered c", "unknown c", ""),
            pair("answered b", "answered a", is_ask=True),
        ],
        (KNOWN, KNOWN),
        700,
    )
    assert found.before == Totals(Share(1, 3), Share(2, 3), Share(1, 2), Share(1, 3))
    assert found.after == Totals(Share(1, 3), Share(2, 3), Share(1, 2), Share(2, 3))
    assert (found.questions, found.asks) == (4, 700)


def test_without_questions_there_are_no_figures() -> None:
    found = report(pair("answered b", "answered a", is_ask=True))
    assert (found.before, found.after) == (Totals(None, None, None, None),) * 2
    assert (found.questions, len(found.better)) == (0, 1)


def test_entries_compete_for_texts_that_went_from_one_to_the_other() -> None:
    found = report(
        pair("answered a", "answered b"), pair("unsure b", "answered a", "c"), pair("answered a", "unsure c")
    )
    assert found.competing == (Rivals("a", "b", 2), Rivals("a", "c", 1))


def test_entries_compete_for_texts_that_now_lie_close_to_both() -> None:
    question = Question("?", frozenset("a"), "ko", "plain")
    clear = Ended(Outcome.ANSWERED, ("a", "b"), (0.9, 0.4))
    close = Ended(Outcome.UNSURE, ("a", "b"), (0.9, 0.85))
    assert report(Asked(question, clear, close)).competing == (Rivals("a", "b", 1),)
    assert report(Asked(question, close, clear)).competing == ()
    assert report(Asked(question, close, close)).competing == ()


def test_what_is_declined_or_urgent_makes_nothing_compete() -> None:
    question = Question("?", frozenset("a"), "ko", "plain")
    far = Ended(Outcome.UNKNOWN, ("a", "b"), (0.02, 0.01))
    assert report(Asked(question, far, far)).competing == ()
    assert report(pair("unknown a", "unknown b")).competing == ()
    assert report(pair("answered a", "urgent cry b")).competing == ()


def test_a_reply_tells_how_its_question_ended() -> None:
    reply = Reply((), outcome=Outcome.UNSURE, ids=("a", "b"), scores=(0.5, 0.4))
    assert ended(reply) == Ended(Outcome.UNSURE, ("a", "b"), (0.5, 0.4))
    assert ended(Reply(())).first == ""


def test_problems_refuse_and_nothing_at_all_does_not() -> None:
    assert Report(problems=(Problem("a.yaml", 1, "", "x", "가", "b"),)).refused
    assert not Report().refused


PLACES = st.builds(Place, IDS | st.just(""), st.sampled_from(Outcome))
MOVES = st.lists(
    st.builds(Moved, st.text(), st.sampled_from(["ko", "en"]), st.tuples(IDS), PLACES, PLACES, st.booleans()),
    max_size=3,
).map(tuple)
SHARES = st.none() | st.builds(Share, st.integers(0, 5), st.integers(5, 9))
TOTALS = st.builds(Totals, SHARES, SHARES, SHARES, SHARES)
REPORTS = st.builds(
    Report,
    problems=st.lists(
        st.builds(Problem, st.text(), st.integers(1), st.text(), st.text(), st.text(), st.text()), max_size=2
    ).map(tuple),
    silenced=MOVES, better=MOVES, worse=MOVES,
    competing=st.lists(st.builds(Rivals, IDS, IDS, st.integers(1, 9)), max_size=2).map(tuple),
    before=TOTALS, after=TOTALS, questions=st.integers(0), asks=st.integers(0), seconds=st.floats(0, 1e6),
)  # fmt: skip


@given(REPORTS)
def test_a_report_comes_back_from_its_text_the_same(found: Report) -> None:
    assert from_json(to_json(found)) == found


@given(st.dictionaries(st.sampled_from([field.name for field in dataclasses.fields(Report)]), st.none() | st.just([])))
def test_any_other_text_is_no_report(raw: dict[str, object]) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        from_json(json.dumps(raw))


WAYS = st.builds(
    lambda outcome, ids: way(" ".join([outcome, *ids])),
    st.sampled_from(Outcome),
    st.lists(IDS, min_size=1, max_size=4, unique=True),
)
KINDS = st.sampled_from(["plain", "urgent", "lookalike"])


@given(WAYS, WAYS, st.frozensets(IDS, max_size=2), KINDS, st.booleans())
def test_what_is_better_one_way_is_worse_the_other(
    one: Ended, other: Ended, right: frozenset[str], kind: str, is_ask: bool
) -> None:
    question = Question("?", right, "ko", kind)
    there, back = report(Asked(question, one, other, is_ask)), report(Asked(question, other, one, is_ask))
    assert len(there.better) == len(back.worse) + len(back.silenced)
    assert len(there.worse) + len(there.silenced) == len(back.better)
    assert len(there.better) + len(there.worse) + len(there.silenced) <= 1
    assert bool(there.silenced) <= (kind == "urgent")
