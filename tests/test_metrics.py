"""Numbers for Prometheus: none is about a person, none is small, and none tells when somebody cried for help."""

import timeit
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from bot.core.model import Outcome
from bot.hiding import SHOWN_FROM, in_steps
from bot.metrics import EDGES, KINDS, OPENED, OTHER, SENDING_FAULTS, Metrics, State, day_began

DAY = 24 * 60 * 60
NOON = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=9))).timestamp()
"""In Korea."""
CHECKSUM = "0123456789abcdef" * 4
Sample = tuple[str, tuple[tuple[str, str], ...]]


class Counted:
    """Metrics over a state and a clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOON
        self.in_hand = self.waiting = 0
        self.writable = True
        self.metrics = Metrics("1.2", self.state, lambda: self.now)

    def state(self) -> State:
        return State(self.in_hand, self.waiting, self.writable, CHECKSUM, 126)

    def scraped(self) -> dict[Sample, float]:
        families = text_string_to_metric_families(self.metrics.text().decode())
        return {(each.name, tuple(sorted(each.labels.items()))): each.value for f in families for each in f.samples}


def value(scraped: Mapping[Sample, float], name: str, **labels: str) -> float:
    return scraped[f"gildongmu_{name}", tuple(sorted(labels.items()))]


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_every_number_that_there_is_is_shown_from_the_beginning(counted: Counted) -> None:
    scraped = counted.scraped()
    names = {name.removeprefix("gildongmu_") for name, _ in scraped if name.startswith("gildongmu_")}
    assert names == {
        "answers_total", "updates_total", "held_back_total", "sends_repeated_total", "faults_total",
        "update_seconds_bucket", "update_seconds_count", "update_seconds_sum",
        "engine_seconds_bucket", "engine_seconds_count", "engine_seconds_sum",
        "updates_in_hand", "counts_waiting", "store_writable", "knowledge_entries", "knowledge_info", "build_info",
        "start_day_seconds",
    }  # fmt: skip
    assert {dict(labels)["outcome"] for name, labels in scraped if name == "gildongmu_answers_total"} == {
        *Outcome, OPENED, OTHER,
    }  # fmt: skip
    assert value(scraped, "knowledge_info", checksum="0123456789ab") == 1
    assert value(scraped, "build_info", version="1.2") == 1
    assert value(scraped, "knowledge_entries") == 126
    assert value(scraped, "store_writable") == 1


def test_what_people_do_is_shown_from_five_and_in_fives(counted: Counted) -> None:
    shown = []
    for _ in range(12):
        counted.metrics.updates.add("message")
        shown.append(value(counted.scraped(), "updates_total", kind="message"))
    assert shown == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10]


def test_a_cry_for_help_shows_in_no_number_before_the_day_is_over(counted: Counted) -> None:
    before = counted.scraped()
    for _ in range(23):
        counted.metrics.answers.add(Outcome.URGENT)
        counted.metrics.engine_seconds.add(0.0004)
    assert numbers(counted.scraped()) == numbers(before)
    counted.now = day_began(counted.now) + DAY - 1
    assert numbers(counted.scraped()) == numbers(before)
    counted.now += 1
    counted.metrics.answers.add(Outcome.URGENT)
    counted.metrics.answers.add(Outcome.URGENT)
    counted.metrics.engine_seconds.add(0.0004)
    scraped = counted.scraped()
    assert value(scraped, "answers_total", outcome="urgent") == 20
    assert value(scraped, "engine_seconds_bucket", le="0.005") == value(scraped, "engine_seconds_count") == 20
    assert value(scraped, "engine_seconds_sum") == pytest.approx(20 * 0.0004)


def test_a_clock_that_is_set_back_loses_no_count(counted: Counted) -> None:
    for _ in range(10):
        counted.metrics.answers.add(Outcome.ANSWERED)
    counted.now -= 400 * DAY
    assert value(counted.scraped(), "answers_total", outcome="answered") == 10
    for _ in range(5):
        counted.metrics.answers.add(Outcome.ANSWERED)
    counted.now += DAY
    assert value(counted.scraped(), "answers_total", outcome="answered") == 15


def test_the_start_is_told_to_the_day(counted: Counted) -> None:
    assert value(counted.scraped(), "start_day_seconds") == NOON - 12 * 60 * 60


def test_of_the_process_all_but_its_start_is_told_and_processor_time_in_whole_seconds(counted: Counted) -> None:
    process = {name: number for (name, _), number in counted.scraped().items() if name.startswith("process_")}
    assert process.keys() == {
        "process_virtual_memory_bytes", "process_resident_memory_bytes", "process_cpu_seconds_total",
        "process_open_fds", "process_max_fds",
    }  # fmt: skip
    assert process["process_cpu_seconds_total"].is_integer()


def test_a_name_that_is_not_foreseen_is_counted_as_other_and_shown_nowhere(counted: Counted) -> None:
    for part in (counted.metrics.answers, counted.metrics.updates, counted.metrics.repeated, counted.metrics.faults):
        for _ in range(5):
            part.add("Testname 1001")
    counted.now += DAY
    scraped = counted.scraped()
    assert b"Testname" not in counted.metrics.text()
    assert value(scraped, "answers_total", outcome=OTHER) == 5
    assert value(scraped, "updates_total", kind=OTHER) == 5
    assert value(scraped, "sends_repeated_total", fault=OTHER) == 5
    assert value(scraped, "faults_total") == 5


def test_what_waits_is_shown_in_fives(counted: Counted) -> None:
    shown = []
    for counted.in_hand, counted.waiting in ((0, 4), (1, 5), (4, 9), (7, 101)):
        scraped = counted.scraped()
        shown.append((value(scraped, "updates_in_hand"), value(scraped, "counts_waiting")))
    assert shown == [(0, 0), (0, 5), (0, 5), (5, 100)]


def test_seconds_fall_into_their_parts(counted: Counted) -> None:
    for seconds in (*EDGES, 31.0):
        for _ in range(5):
            counted.metrics.update_seconds.add(seconds)
    scraped = counted.scraped()
    for number, edge in enumerate(EDGES, 1):
        assert value(scraped, "update_seconds_bucket", le=str(edge)) == 5 * number
    assert value(scraped, "update_seconds_bucket", le="+Inf") == 5 * len(EDGES) + 5
    assert value(scraped, "update_seconds_sum") == pytest.approx(5 * (sum(EDGES) + 31))


ACTS = st.one_of(
    st.tuples(st.just("answers"), st.sampled_from([*Outcome, OPENED, "?"])),
    st.tuples(st.just("updates"), st.sampled_from([*KINDS, "?"])),
    st.tuples(st.just("repeated"), st.sampled_from([*SENDING_FAULTS, "?"])),
    st.tuples(st.sampled_from(["held_back", "faults"]), st.just(OTHER)),
    st.tuples(st.sampled_from(["update_seconds", "engine_seconds"]), st.floats(0, 60)),
    st.tuples(st.sampled_from(["in_hand", "waiting"]), st.integers(0, 30)),
    st.tuples(st.just("later"), st.floats(0, 2 * DAY)),
    st.just(("scrape", "")),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ACTS, st.integers(1, 9)), max_size=40))
def test_whoever_looks_again_and_again_sees_no_step_smaller_than_five_and_valid_histograms(
    acts: list[tuple[tuple[str, str | float], int]],
) -> None:
    counted = Counted()
    looks = [counted.scraped()]
    for (what, argument), times in acts:
        if what == "scrape":
            looks.append(counted.scraped())
        elif what == "later":
            counted.now += float(argument)
        elif what in ("in_hand", "waiting"):
            setattr(counted, what, argument)
        else:
            for _ in range(times):
                getattr(counted.metrics, what).add(argument)
    looks.append(counted.scraped())
    for earlier, later in pairwise(looks):
        assert small_steps(earlier, later) == {}
    for look in looks:
        assert_histograms_are_valid(look)


def small_steps(earlier: Mapping[Sample, float], later: Mapping[Sample, float]) -> dict[Sample, float]:
    """Return the samples of ours that moved by less than SHOWN_FROM, or that moved while what they go by did not."""
    steps = {sample: later[sample] - earlier[sample] for sample in ours(later)}
    small = {sample: step for sample, step in steps.items() if not is_sum(sample) and 0 < abs(step) < SHOWN_FROM}
    alone = {
        sample: step
        for sample, step in steps.items()
        if is_sum(sample) and step and not steps[sample[0].replace("_sum", "_count"), ()]
    }
    return small | alone


def ours(scraped: Iterable[Sample]) -> list[Sample]:
    return [sample for sample in scraped if sample[0].startswith("gildongmu_")]


def numbers(scraped: Mapping[Sample, float]) -> dict[Sample, float]:
    return {sample: scraped[sample] for sample in ours(scraped)}


def is_sum(sample: Sample) -> bool:
    return sample[0].endswith("_sum")


def assert_histograms_are_valid(scraped: Mapping[Sample, float]) -> None:
    for name in ("update_seconds", "engine_seconds"):
        edges = [*map(str, EDGES), "+Inf"]
        buckets = [value(scraped, f"{name}_bucket", le=edge) for edge in edges]
        assert buckets == sorted(buckets)
        assert buckets[-1] == value(scraped, f"{name}_count")
        assert 0 <= value(scraped, f"{name}_sum") <= 60 * buckets[-1] + 1e-9


@given(st.integers(0, 10**9))
def test_a_rounded_count_is_a_multiple_of_five_and_at_most_four_below_the_true_one(times: int) -> None:
    assert in_steps(times) % SHOWN_FROM == 0
    assert 0 <= times - in_steps(times) < SHOWN_FROM


def test_counting_costs_next_to_nothing() -> None:
    metrics = Metrics("1.2", Counted().state)

    def count() -> None:
        metrics.answers.add("urgent")
        metrics.updates.add("message")
        metrics.update_seconds.add(0.03)
        metrics.engine_seconds.add(0.003)

    assert min(timeit.repeat(count, number=500, repeat=20)) / 500 / 4 < 2e-6
