"""The last topic of a chat: kept for ten minutes, for so many chats, under a name that tells nothing."""

import pickle

from hypothesis import given
from hypothesis import strategies as st

from bot import recent
from bot.recent import MINUTES, Recent

CHATS = st.integers(-(2**52), 2**52)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_chat_is_told_its_own_last_topic_and_no_other() -> None:
    memory = Recent()
    memory.remember(1, "driving-licence")
    memory.remember(2, "bank-account")
    memory.remember(1, "housing")
    assert (memory.topic(1), memory.topic(2), memory.topic(3)) == ("housing", "bank-account", "")


def test_after_ten_minutes_nothing_is_left() -> None:
    clock = Clock()
    memory = Recent(clock)
    memory.remember(1, "housing")
    clock.now = 60 * MINUTES - 1
    assert memory.topic(1) == "housing"
    clock.now += 2
    assert memory.topic(1) == ""
    assert not memory._things


def test_a_topic_shown_again_lives_on() -> None:
    clock = Clock()
    memory = Recent(clock)
    memory.remember(1, "housing")
    clock.now = 500
    memory.remember(1, "housing")
    clock.now = 1000
    assert memory.topic(1) == "housing"


def test_nothing_is_forgotten_at_once() -> None:
    memory = Recent()
    memory.remember(1, "housing")
    memory.remember(1, "")
    assert memory.topic(1) == ""


def test_no_more_chats_are_remembered_than_allowed(monkeypatch: object) -> None:
    memory = Recent()
    for chat in range(recent.MOST + 50):
        memory.remember(chat, "housing")
    assert len(memory._things) == recent.MOST
    assert memory.topic(0) == ""
    assert memory.topic(recent.MOST + 49) == "housing"


@given(CHATS)
def test_what_is_kept_does_not_hold_the_chat(chat: int) -> None:
    memory, other = Recent(), Recent()
    memory.remember(chat, "housing")
    other.remember(chat, "housing")
    kept = pickle.dumps(dict(memory._things))
    assert len(str(chat)) < 4 or str(chat).encode() not in kept
    assert set(memory._things) != set(other._things)  # another start, another key


@given(st.lists(st.tuples(CHATS, st.sampled_from(["a", "b", ""]), st.floats(0, 400)), max_size=30))
def test_it_agrees_with_a_plain_list_of_what_happened(steps: list[tuple[int, str, float]]) -> None:
    clock = Clock()
    memory = Recent(clock)
    happened: list[tuple[int, str, float]] = []
    for chat, topic, pause in steps:
        clock.now += pause
        memory.remember(chat, topic)
        happened.append((chat, topic, clock.now))
        for each in {chat for chat, _, _ in happened}:
            last = [(topic, at) for who, topic, at in happened if who == each][-1]
            assert memory.topic(each) == (last[0] if clock.now < last[1] + 60 * MINUTES else "")


# --- what was pressed a moment ago -------------------------------------------------------------------------------


def test_what_is_pressed_twice_within_a_moment_is_known_the_second_time_and_only_then() -> None:
    clock = Clock()
    pressed = Recent(clock, seconds=2)
    assert [pressed.again("chat card"), pressed.again("chat card"), pressed.again("other")] == [False, True, False]
    clock.now = 2
    assert not pressed.again("chat card")


def test_pressing_on_and_on_stays_again() -> None:
    clock = Clock()
    pressed = Recent(clock, seconds=2)
    found = []
    for clock.now in (0, 1.5, 3, 4.5, 6.4, 8.5):
        found.append(pressed.again("button"))
    assert found == [False, True, True, True, True, False]


@given(st.floats(0.001, 10_000), st.floats(0, 20_000))
def test_it_remembers_for_as_long_as_it_is_told(seconds: float, later: float) -> None:
    clock = Clock()
    memory, pressed = Recent(clock, seconds), Recent(clock, seconds)
    memory.remember(1, "housing")
    pressed.again("button")
    clock.now = later
    assert bool(memory.topic(1)) is pressed.again("button") is (later < seconds)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=40))
def test_what_was_pressed_cannot_be_read_from_what_is_kept(what: str) -> None:
    pressed = Recent()
    pressed.again(what)
    (kept,) = pressed._things
    assert what.encode() not in kept
    assert len(kept) == 16
