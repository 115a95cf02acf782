"""Unfinished edits and proposals: one a person, forgotten in time and told of, and nobody in them."""

import pickle
from dataclasses import dataclass, replace

import pytest

from bot.core.editing import Draft
from bot.desk.drafts import HOUR, WAITING, Drafts

ONE, OTHER = 7_123_456_789, 7_987_654_321
WORK, BANK = "advice/work/work-find.yaml", "advice/money/bank-account.yaml"


@dataclass(slots=True)
class Clock:
    """Seconds, as the test wants them."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def drafts(clock: Clock) -> Drafts:
    return Drafts(clock)


def draft(name: str = WORK, title: str = "새 제목") -> Draft:
    return Draft(name, "title: 옛 제목\n", {"title": title})


def test_a_person_has_one_edit_and_others_have_theirs(drafts: Drafts) -> None:
    one, other = drafts.who(ONE), drafts.who(OTHER)
    drafts.keep(one, draft(WORK))
    drafts.keep(other, draft(BANK))
    drafts.keep(one, draft(BANK, "또 다른 제목"))
    assert drafts.of(one) == draft(BANK, "또 다른 제목")
    assert drafts.of(other) == draft(BANK)
    drafts.drop(one)
    drafts.drop(one)
    assert drafts.of(one) is None
    assert drafts.of(other) == draft(BANK)


def test_an_edit_is_gone_an_hour_after_its_last_change_and_that_is_told_once(drafts: Drafts, clock: Clock) -> None:
    who = drafts.who(ONE)
    drafts.keep(who, draft(title="하나"))
    clock.now += HOUR - 1
    drafts.keep(who, draft(title="둘"))
    clock.now += HOUR - 1
    assert drafts.of(who) == draft(title="둘")
    assert drafts.expired() == []
    clock.now += 1
    assert drafts.of(who) is None
    assert drafts.expired() == [draft(title="둘")]
    assert drafts.expired() == []


def test_an_edit_that_was_dropped_is_not_told_of(drafts: Drafts, clock: Clock) -> None:
    drafts.keep(drafts.who(ONE), draft())
    drafts.drop(drafts.who(ONE))
    clock.now += HOUR
    assert drafts.expired() == []


def test_a_proposal_waits_for_a_day_and_that_it_did_is_told_once(drafts: Drafts, clock: Clock) -> None:
    number = drafts.propose(draft(), drafts.who(ONE), "base")
    clock.now += WAITING - 1
    found = drafts.proposal(number)
    assert found
    assert (found.draft, found.by, found.base) == (draft(), drafts.who(ONE), "base")
    clock.now += 1
    assert drafts.proposal(number) is None
    assert drafts.expired() == [draft()]
    assert drafts.expired() == []
    assert drafts.settle(number) is None


def test_a_proposal_is_settled_once(drafts: Drafts) -> None:
    number = drafts.propose(draft(), drafts.who(ONE), "base")
    assert drafts.settle(number)
    assert drafts.settle(number) is None
    assert drafts.proposal(number) is None
    assert drafts.proposal("") is None


def test_what_is_proposed_is_edited_no_longer_but_what_was_changed_meanwhile_is(drafts: Drafts) -> None:
    who = drafts.who(ONE)
    drafts.keep(who, draft())
    drafts.propose(draft(), who, "base")
    assert drafts.of(who) is None
    drafts.keep(who, draft(title="더 고친 것"))
    drafts.propose(draft(), who, "base")
    assert drafts.of(who) == draft(title="더 고친 것")


def test_no_two_proposals_have_one_number_not_even_in_another_run() -> None:
    numbers = [each.propose(draft(), b"", "base") for each in [Drafts() for _ in range(50)] for _ in range(3)]
    assert len(set(numbers)) == len(numbers)


def test_who_else_is_at_a_file_is_known_while_they_edit_or_propose(drafts: Drafts, clock: Clock) -> None:
    one, other = drafts.who(ONE), drafts.who(OTHER)
    drafts.keep(one, draft(WORK))
    assert drafts.others_at(other, draft(WORK))
    assert not drafts.others_at(one, draft(WORK)), "nobody is their own other"
    assert not drafts.others_at(other, draft(BANK))
    clock.now += HOUR
    assert not drafts.others_at(other, draft(WORK))
    number = drafts.propose(draft(WORK), one, "base")
    assert drafts.others_at(other, draft(WORK))
    assert not drafts.others_at(one, draft(WORK))
    drafts.settle(number)
    assert not drafts.others_at(other, draft(WORK))


def test_a_person_is_one_and_the_same_only_within_a_run() -> None:
    first, second = Drafts(), Drafts()
    assert first.who(ONE) == first.who(ONE)
    assert first.who(ONE) != first.who(OTHER)
    assert first.who(ONE) != second.who(ONE), "the key is made anew at each start"


def test_nothing_that_is_kept_holds_the_number_of_a_person() -> None:
    drafts = Drafts()
    for user in (ONE, OTHER):
        drafts.keep(drafts.who(user), draft())
        drafts.propose(draft(), drafts.who(user), "base")
    shown, kept = repr(drafts), pickle.dumps(drafts)
    for user in (ONE, OTHER):
        assert str(user) not in shown
        for form in (str(user).encode(), user.to_bytes(5, "little"), user.to_bytes(5, "big"), f"{user:x}".encode()):
            assert form not in kept


def test_the_number_of_a_person_would_be_found() -> None:
    told = replace(draft(), told=(str(ONE),))
    drafts = Drafts()
    drafts.keep(drafts.who(ONE), told)
    assert str(ONE).encode() in pickle.dumps(drafts)
