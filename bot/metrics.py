"""How the bot fares, as numbers in memory and as text for Prometheus: the only door to prometheus_client.

No number is about a person, and none lets somebody who looks again and again see that one person did something just
now: what people do is shown in steps of hiding.SHOWN_FROM, and how questions ended, and how long finding out took,
only at the turn of the day. That somebody cried for help is in none of the numbers while that day lasts.
"""

import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.core.model import Outcome
from bot.hiding import SHOWN_FROM, in_steps

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
OTHER: Final = "other"
"""Where all is counted that has no name of its own."""
OPENED: Final = "opened"
"""A card opened by a button rather than by a question."""
EDGES: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds: the upper edges of the parts of a histogram."""
KINDS: Final = ("message", "edited", "press", "inline")
"""What people do in Telegram."""
SENDING_FAULTS: Final = ("NetworkError", "TimedOut", "RetryAfter", "TelegramError")
"""The classes of faults after which a message is sent again."""
SHORT: Final = 12
"""So many letters of a checksum are shown."""
_DAY: Final = 24 * 60 * 60
_KOREA: Final = 9 * 60 * 60
"""Seconds by which Korea is ahead of UTC, summer and winter."""

Clock: TypeAlias = Callable[[], float]
"""Tells Unix time."""
Histogram: TypeAlias = tuple[tuple[tuple[str, int], ...], float]
"""For each edge how often something took no longer, and the sum of the seconds."""


def day_began(now: float) -> float:
    """Return when the day of `now` began in Korea; both in Unix time."""
    return (now + _KOREA) // _DAY * _DAY - _KOREA


class Day:
    """Tells when another day has begun."""

    __slots__ = ("_began", "_clock", "_ends")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began = self._ends = 0.0
        self.is_another()

    def is_another(self) -> bool:
        """Say whether another day has begun since this was last asked."""
        now = self._clock()
        if self._began <= now < self._ends:
            return False
        self._began = day_began(now)
        self._ends = self._began + _DAY
        return True


class Times:
    """How often each of some names was counted; any other name counts as OTHER. For one thread."""

    __slots__ = ("_times",)

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._times = dict.fromkeys((*map(str, names), OTHER), 0)

    def add(self, name: str = OTHER) -> None:
        """Count `name` once more."""
        self._times[name if name in self._times else OTHER] += 1

    def shown(self) -> Mapping[str, int]:
        """Return what may be shown: every number in steps of SHOWN_FROM."""
        return {name: in_steps(times) for name, times in self._times.items()}


class TimesByDay(Times):
    """The same, but what may be shown is what had been counted when the day began in Korea.

    In steps alone, a fifth cry for help would show at the minute in which it came.
    """

    __slots__ = ("_before", "_day")

    def __init__(self, names: Iterable[str], clock: Clock) -> None:
        super().__init__(names)
        self._day = Day(clock)
        self._before = super().shown()

    def add(self, name: str = OTHER) -> None:
        """Count `name` once more."""
        if self._day.is_another():
            self._before = super().shown()
        self._times[name if name in self._times else OTHER] += 1

    def shown(self) -> Mapping[str, int]:
        """Return what may be shown: what had been counted when the day began, in steps of SHOWN_FROM."""
        if self._day.is_another():
            self._before = super().shown()
        return self._before


class Seconds:
    """How often something took how long, and how long all of it took. For one thread."""

    __slots__ = ("_shown_sum", "_sum", "_times", "_total")

    def __init__(self) -> None:
        self._times = [0] * (len(EDGES) + 1)
        self._total = 0
        self._sum = self._shown_sum = 0.0

    def add(self, seconds: float) -> None:
        """Count something that took so long."""
        self._times[bisect_left(EDGES, seconds)] += 1
        self._total += 1
        self._sum += seconds
        if self._total % SHOWN_FROM == 0:  # of as many as the shown count says, and not of each as it comes
            self._shown_sum = self._sum

    def shown(self) -> Histogram:
        """Return what may be shown: for each edge how often it took no longer, in steps, and the sum of the seconds."""
        shown, so_far = [], 0
        for edge, times in zip((*EDGES, float("inf")), self._times, strict=True):
            so_far += times
            shown.append(("+Inf" if edge == float("inf") else str(edge), in_steps(so_far)))
        return tuple(shown), self._shown_sum


class SecondsByDay(Seconds):
    """The same, but what may be shown is what had been counted when the day began in Korea.

    The engine is quickest with cries for help: its first edge alone could tell them.
    """

    __slots__ = ("_before", "_day")

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._day = Day(clock)
        self._before = super().shown()

    def add(self, seconds: float) -> None:
        """Count something that took so long."""
        if self._day.is_another():
            self._before = super().shown()
        super().add(seconds)

    def shown(self) -> Histogram:
        """Return what may be shown: as of when the day began."""
        if self._day.is_another():
            self._before = super().shown()
        return self._before


@dataclass(frozen=True, slots=True)
class State:
    """How things stand now: what waits, and what the bot answers from."""

    in_hand: int
    counts_waiting: int
    store_writable: bool
    knowledge_checksum: str
    knowledge_entries: int


class Metrics(Collector):
    """All that is counted: `add` to its parts costs next to nothing; `text` shows what may be shown of them.

    `state` is asked at each showing.
    """

    def __init__(self, version: str, state: Callable[[], State], clock: Clock = time.time) -> None:
        self.answers = TimesByDay((*Outcome, OPENED), clock)
        self.updates = Times(KINDS)
        self.held_back = Times()
        self.repeated = Times(SENDING_FAULTS)
        self.faults = Times()
        self.update_seconds = Seconds()
        self.engine_seconds = SecondsByDay(clock)
        self._version = version
        self._state = state
        self._began = day_began(clock())
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._registry.register(_Process())

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it (CONTENT_TYPE)."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield what may be shown; prometheus_client asks for it."""
        yield _counts("answers", "Answers by outcome, as of the last turn of the day.", self.answers, "outcome")
        yield _counts("updates", "What people did, by kind.", self.updates, "kind")
        yield _counts("held_back", "Updates held back by the limits.", self.held_back)
        yield _counts("sends_repeated", "Messages sent again after a fault, by its kind.", self.repeated, "fault")
        yield _counts("faults", "Faults of the bot itself; the log tells each.", self.faults)
        yield _histogram("update_seconds", "From receiving an update to its being dealt with.", self.update_seconds)
        yield _histogram("engine_seconds", "In the engine, as of the last turn of the day.", self.engine_seconds)
        state = self._state()
        yield _gauge("updates_in_hand", "Updates not yet dealt with.", in_steps(state.in_hand))
        yield _gauge("counts_waiting", "Counts not yet written to the database.", in_steps(state.counts_waiting))
        yield _gauge("store_writable", "1 while the database can be written.", int(state.store_writable))
        yield _gauge("knowledge_entries", "Entries that the bot answers from.", state.knowledge_entries)
        yield _info("knowledge", "The knowledge that answers.", "checksum", state.knowledge_checksum[:SHORT])
        yield _info("build", "The program.", "version", self._version)
        yield _gauge("start_day_seconds", "The day on which the bot was started, in Unix time.", self._began)


class _Process(Collector):
    """What the process uses; when exactly it began is left out, and processor time is told in whole seconds.

    Finer, it would tell of each single answer.
    """

    def __init__(self) -> None:
        self._all = ProcessCollector(registry=None)

    def collect(self) -> Iterator[Metric]:
        for metric in self._all.collect():
            if metric.name == "process_cpu_seconds":
                seconds = int(metric.samples[0].value)
                yield CounterMetricFamily("process_cpu_seconds", metric.documentation, seconds)
            elif metric.name != "process_start_time_seconds":
                yield metric


def _counts(name: str, about: str, times: Times, label: str = "") -> Metric:
    shown = times.shown()
    family = CounterMetricFamily(f"gildongmu_{name}", about, labels=[label] if label else [])
    for each, often in shown.items():
        family.add_metric([each] if label else [], often)
    return family


def _histogram(name: str, about: str, seconds: Seconds) -> Metric:
    buckets, total = seconds.shown()
    return HistogramMetricFamily(f"gildongmu_{name}", about, buckets, total)


def _gauge(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(f"gildongmu_{name}", about, value)


def _info(name: str, about: str, label: str, value: str) -> Metric:
    family = GaugeMetricFamily(f"gildongmu_{name}_info", about, labels=[label])
    family.add_metric([value], 1)
    return family
