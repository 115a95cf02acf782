"""Token buckets: so many at once, then one in so many seconds; nothing is kept of a name, and not for long."""

from hypothesis import given
from hypothesis import strategies as st

from bot.limiting import MOST, Buckets


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_so_many_are_taken_at_once_and_then_one_at_a_time() -> None:
    clock = Clock()
    buckets = Buckets(2.0, 3, clock)
    assert [buckets.take(7) for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    clock.now += 1.5
    assert buckets.take(7) == 0.5
    clock.now += 0.5
    assert buckets.take(7) == 0.0
    assert buckets.take(7) == 2.0


def test_one_does_not_take_from_another() -> None:
    buckets = Buckets(1.0, 1, Clock())
    assert buckets.take("a") == 0.0
    assert buckets.take("a") > 0
    assert buckets.take("b") == 0.0


def test_who_is_refused_loses_nothing_by_asking() -> None:
    clock = Clock()
    buckets = Buckets(1.0, 1, clock)
    buckets.take(1)
    for _ in range(100):
        buckets.take(1)
    clock.now += 1.0
    assert buckets.take(1) == 0.0


def test_a_bucket_that_is_full_again_is_forgotten_and_there_are_never_too_many() -> None:
    clock = Clock()
    buckets = Buckets(1.0, 5, clock)
    for name in range(MOST + 50):
        buckets.take(name)
    assert len(buckets) == MOST
    clock.now += 1.0
    buckets.forget_old()
    assert len(buckets) == 0


def test_names_are_not_kept() -> None:
    buckets = Buckets(1.0, 5, Clock())
    buckets.take("987654321")
    assert "987654321" not in repr(vars(buckets))


@given(st.lists(st.floats(0, 5), max_size=60), st.integers(1, 6), st.floats(0.1, 3))
def test_never_more_pass_than_a_bucket_of_tokens_would_let(pauses: list[float], burst: int, each: float) -> None:
    clock = Clock()
    buckets, tokens = Buckets(each, burst, clock), float(burst)
    for pause in pauses:
        clock.now += pause
        tokens = min(burst, tokens + pause / each)
        taken = not buckets.take("one")
        if abs(tokens - 1) > 1e-6:  # a slow, obvious bucket is the judge, but for what is equal
            assert taken == (tokens > 1)
        tokens -= taken
