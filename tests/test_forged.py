"""Forged and replayed presses: whatever a button is said to carry, it shows something of ours or nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from fuzzing.insides import judge
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core.knowledge.whole import Knowledge
from bot.core.model import LONGEST_ACTION, Action, Language, Verb
from bot.core.opening import Opener
from bot.desk.model import DeskAction
from bot.desk.tickets import way_in
from bot.sealing import Broken, Expired, Purpose, Sealer, Way, new_key

DAY = date(2026, 11, 21)
SEALER = Sealer(new_key(), days=14)
ANY = st.text(st.characters(), max_size=80)
LANGUAGES = st.sampled_from([Language.KO, Language.EN])
WAYS = st.builds(
    Way, st.integers(-(2**51), 2**51), st.integers(0, 2**31), st.just(DAY), st.integers(0, 255)
)  # fmt: skip


@pytest.fixture(scope="module")
def targets(knowledge: Knowledge) -> st.SearchStrategy[str]:
    """Return ids of all kinds, alone, in rows, cut and with anything behind; and anything at all."""
    ids = [*knowledge.entries, *knowledge.urgent.kinds, *knowledge.centers, *knowledge.retired]
    ids += [*(category.id for category in knowledge.categories), *(each.id for each in knowledge.concepts)]
    ids += [
        "helpful",
        "wrong-topic",
        "0",
        "-1",
        "999999999999999999999",
        "abc",
        "hello",
        "seoul",
        "면허",
        "١",
        "²",
        "1e9",
        "",
    ]
    one = st.sampled_from(sorted(set(ids))) | ANY
    return one | st.lists(one, max_size=9).map(".".join) | st.builds(lambda a, b: a + b, one, one)


@given(st.text(st.characters()) | st.from_regex(r"#?[a-zA-Z0-9]?\+?:(ko|en|zh)?:?.{0,70}"))
@example("#")
@example("s:ko:" + "\ud800" * 30)
def test_any_data_is_read_as_what_it_says_or_as_nothing(data: str) -> None:
    ours, desk = Action.decode(data), DeskAction.decode(data)
    assert ours is None or ours.encode() == data
    assert desk is None or desk.encode() == data
    assert ours is None or desk is None
    assert all(each.fits for each in (ours, desk) if each)


@pytest.mark.parametrize("verb", list(Verb))
def test_a_forged_button_of_any_kind_shows_something_whole_or_nothing(
    opener: Opener, targets: st.SearchStrategy[str], verb: Verb
) -> None:
    @settings(max_examples=25, deadline=None, database=None)
    @given(LANGUAGES, targets, st.booleans())
    def opened(language: Language, target: str, below: bool) -> None:
        action = Action.decode(Action(verb, language, target, below).encode())
        reply = opener.open(action) if action else None
        while reply:
            judge(reply)
            reply = reply.also

    opened()


@given(WAYS, st.sampled_from(Purpose), st.integers(0, 55), st.integers(1, 63), ANY)
@settings(deadline=None)
def test_a_seal_that_was_changed_cut_or_made_up_opens_nothing(
    way: Way, purpose: Purpose, at: int, turn: int, made_up: str
) -> None:
    seal = SEALER.seal(way, purpose)
    assert SEALER.open(seal, purpose, DAY) == way
    other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = seal[:at] + other[(other.index(seal[at]) + turn) % 64] + seal[at + 1 :]
    for forged in (changed, seal[:at], seal + seal[at : at + 1], seal[::-1] if seal != seal[::-1] else "", made_up):
        with pytest.raises(Broken):
            SEALER.open(forged, purpose, DAY)


@given(WAYS, st.sampled_from(Purpose))
@settings(deadline=None)
def test_a_seal_replayed_elsewhere_with_another_key_or_too_late_opens_nothing(way: Way, purpose: Purpose) -> None:
    seal = SEALER.seal(way, purpose)
    (elsewhere,) = set(Purpose) - {purpose}
    with pytest.raises(Broken):
        SEALER.open(seal, elsewhere, DAY)
    with pytest.raises(Broken):
        Sealer(new_key(), days=14).open(seal, purpose, DAY)
    for days in (-2, 15, 4000):
        with pytest.raises(Expired):
            SEALER.open(seal, purpose, DAY + timedelta(days=days))


@given(ANY)
def test_a_ticket_s_button_says_a_language_and_a_seal_or_nothing(target: str) -> None:
    found = way_in(target)
    assert found is None or (found[0] in (Language.KO, Language.EN) and "".join(found) == target)


@pytest.mark.parametrize("verb", [Verb.SEND, Verb.SEND_WHOLE, Verb.WRITE_BACK, Verb.WRITE, Verb.PERSON])
def test_opening_a_button_about_people_tells_nothing_of_any_ticket(opener: Opener, verb: Verb) -> None:
    seal = SEALER.seal(Way(4711, 12, DAY), Purpose.TO_DESK)
    assert len(Action(verb, Language.KO, seal, below=True).encode()) <= LONGEST_ACTION
    for desk in (False, True):
        here = replace(opener, desk=desk)
        with_seal, without = (here.open(Action(verb, Language.KO, target)) for target in (seal, ""))
        assert with_seal == without
