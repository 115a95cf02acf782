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
    assert not memory._topics


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
    assert len(memory._topics) == recent.MOST
    assert memory.topic(0) == ""
    assert memory.topic(recent.MOST + 49) == "housing"


@given(CHATS)
def test_what_is_kept_does_not_hold_the_chat(chat: int) -> None:
    memory, other = Recent(), Recent()
    memory.remember(chat, "housing")
    other.remember(chat, "housing")
    kept = pickle.dumps(dict(memory._topics))
    assert len(str(chat)) < 4 or str(chat).encode() not in kept
    assert set(memory._topics) != set(other._topics)  # another start, another key


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
