"""What coordinators see of the counters: right figures, and nothing small that is told by them."""

import asyncio
import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from typing import TypeAlias

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import statistics, store
from bot.core.model import Feedback
from bot.hiding import SHOWN_FROM, Published
from bot.statistics import Report, Row

TODAY = date(2026, 11, 18)  # a Wednesday
MONDAY = date(2026, 11, 16)
SMALL = range(1, SHOWN_FROM)
Shown: TypeAlias = tuple[date, str, str, int]
Felt: TypeAlias = tuple[str, str, int]


def report_of(shown: Iterable[Shown], felt: Iterable[Felt] = (), weeks: int = 4) -> Report:
    """Return the report over a store in memory with these counts; what was felt was felt today."""

    async def run() -> Published:
        async with store.open_store(":memory:") as connection:
            rows = [(day.isoformat(), entry, outcome, "ko", times) for day, entry, outcome, times in shown if times]
            said = [(TODAY.isoformat(), entry, feeling, "en", times) for entry, feeling, times in felt if times]
            await connection.executemany("INSERT INTO shown VALUES (?, ?, ?, ?, ?)", rows)
            await connection.executemany("INSERT INTO felt VALUES (?, ?, ?, ?, ?)", said)
            return await store.published(connection, statistics.first_day(TODAY, weeks), TODAY)

    return statistics.report(asyncio.run(run()), TODAY, weeks)


def row(report: Report, entry: str) -> Row:
    return next(row for row in report.entries if row.entry == entry)


def table(report: Report, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(statistics.csv_files(report)[name].removeprefix("\ufeff"), newline="")))


# --- figures -----------------------------------------------------------------------------------------------------


def test_the_weeks_are_the_last_four_and_the_current_one_is_unfinished() -> None:
    report = report_of([(MONDAY, "work-find", "answered", 9), (date(2026, 10, 25), "work-find", "answered", 9)])
    assert [week.monday for week in report.weeks] == [MONDAY - timedelta(weeks=n) for n in (3, 2, 1, 0)]
    assert [week.unfinished for week in report.weeks] == [False, False, False, True]
    assert [week.uses.asked for week in report.weeks] == [0, 0, 0, 9]
    assert (report.first, report.last) == (date(2026, 10, 26), TODAY)


@pytest.mark.parametrize(("day", "unfinished"), [(21, True), (22, False)])
def test_a_week_is_finished_on_its_sunday(day: int, unfinished: bool) -> None:
    nothing = Published({}, {}, {}, {}, {}, {})
    assert statistics.report(nothing, date(2026, 11, day), 1).weeks[0].unfinished is unfinished


def test_shares_are_of_questions_and_what_a_button_opened_stands_apart() -> None:
    outcomes = {"answered": 60, "unsure": 20, "unknown": 13, "urgent": 7, "opened": 500}
    report = report_of((MONDAY, "", outcome, times) for outcome, times in outcomes.items())
    assert report.total.uses.asked == 100
    assert report.total.uses.opened == 500
    assert report.total.uses.complete
    assert report.total.uses.shares == {"answered": 60, "unsure": 20, "unknown": 13, "urgent": 7}


def test_a_hidden_outcome_is_in_no_share_and_the_rest_says_it_is_not_all() -> None:
    report = report_of([(MONDAY, "a", "answered", 15), (MONDAY, "a", "unsure", 5), (MONDAY, "", "urgent", 4)])
    assert report.total.uses.shares == {"answered": 75, "unsure": 25}
    assert report.total.uses.urgent is None
    assert not report.total.uses.complete


def test_a_helpful_share_needs_both_sides_to_be_shown() -> None:
    felt = [("a", "helpful", 30), ("a", "unhelpful", 10), ("b", "helpful", 30), ("b", "unhelpful", 1)]
    report = report_of([], [*felt, ("c", "unhelpful", 4), ("d", "unhelpful", 11)])
    assert row(report, "a").helpful_share == 75
    assert row(report, "b").helpful_share is None
    assert (report.total.helpful, report.total.unhelpful, report.total.helpful_share) == (60, 26, 70)


def test_entries_stand_by_how_often_they_were_shown_and_the_rest_is_together() -> None:
    shown = [(MONDAY, f"entry-{n:02}", "answered", 10 + n) for n in range(22)]
    report = report_of([*shown, (MONDAY, "small-one", "answered", 3), (MONDAY, "small-two", "answered", 4)])
    assert [row.entry for row in report.entries] == [f"entry-{n:02}" for n in range(21, 1, -1)]
    assert report.others.uses.answered == 10 + 11 + 3 + 4


def test_what_has_no_entry_is_a_row_of_its_own() -> None:
    report = report_of([(MONDAY, "", "unknown", 9), (MONDAY, "", "unsure", 6), (MONDAY, "a", "unsure", 7)])
    assert (report.no_entry.uses.unknown, report.no_entry.uses.unsure) == (9, 6)
    assert [row.entry for row in report.entries] == ["a"]
    assert [gap.row.entry for gap in report.gaps] == ["a"]


def test_gaps_stand_by_unsure_and_unhelpful_with_the_reasons() -> None:
    shown = [(MONDAY, "a", "answered", 90), (MONDAY, "a", "unsure", 10), (MONDAY, "b", "answered", 6)]
    felt = [
        ("b", "unhelpful", 21),
        ("b", "too-hard", 7),
        ("b", "not-true", 8),
        ("b", "helpful", 7),
        ("a", "helpful", 9),
    ]
    report = report_of([*shown, (MONDAY, "b", "unsure", 9), (MONDAY, "c", "answered", 50)], felt)
    assert [(gap.row.entry, gap.failures) for gap in report.gaps] == [("b", 30), ("a", 10)]
    worst, mild = report.gaps
    assert worst.reasons == {Feedback.TOO_HARD: 7, Feedback.NOT_TRUE: 8}
    assert (worst.row.unsure_share, worst.row.unhelpful_share, worst.high) == (60, 75, True)
    assert (mild.row.unsure_share, mild.row.unhelpful_share, mild.high) == (10, None, False)


def test_at_most_fifteen_gaps_are_listed_and_an_entry_far_down_can_be_one() -> None:
    shown = [(MONDAY, f"entry-{n:02}", "answered", 100) for n in range(30)]
    report = report_of([*shown, *((MONDAY, f"gap-{n:02}", "unsure", 5 + n) for n in range(20))])
    assert [gap.row.entry for gap in report.gaps] == [f"gap-{n:02}" for n in range(19, 4, -1)]
    assert not {row.entry for row in report.entries} & {gap.row.entry for gap in report.gaps}


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_percents_are_whole_and_the_nearest(part: int, rest: int) -> None:
    found = statistics.percent(part, part + rest)
    assert abs(found - 100 * part / (part + rest)) <= 0.5


# --- what must not be told ---------------------------------------------------------------------------------------

ENTRIES = ("", "a", "b", "c")
OUTCOMES = ("answered", "unsure", "opened")
WEEKS = tuple(MONDAY - timedelta(weeks=n) for n in range(3))
SAID = ("helpful", "none", "too-hard", "not-true", "other")
times = st.one_of(st.just(0), st.integers(0, 6), st.integers(0, 30))
USED = list(product(WEEKS, ENTRIES, OUTCOMES))
FELT = list(product(ENTRIES[1:], SAID))
Cell: TypeAlias = tuple[object, ...]
Used: TypeAlias = Mapping[tuple[date, str, str], int]
Opinions: TypeAlias = Mapping[tuple[str, str], int]
used_tables = st.lists(times, min_size=len(USED), max_size=len(USED)).map(
    lambda found: dict(zip(USED, found, strict=True))
)
felt_tables = st.lists(times, min_size=len(FELT), max_size=len(FELT)).map(
    lambda found: dict(zip(FELT, found, strict=True))
)


def report_on(used: Used, felt: Opinions) -> Report:
    """Return the report where `felt` says of each tap "it did not help" which reason it had, or "none"."""
    reasons = [(entry, said, n) for (entry, said), n in felt.items() if said != "none"]
    unhelpful = [(e, "unhelpful", sum(felt[e, said] for said in SAID if said != "helpful")) for e in ENTRIES[1:]]
    return report_of([(*key, n) for key, n in used.items()], [*reasons, *unhelpful], weeks=3)


def published(report: Report) -> Iterator[tuple[frozenset[Cell], int | None]]:
    """Yield every count there is room for in the report: the cells it is the sum of, and what is shown of it."""
    rows = {row.entry: row for row in (*(gap.row for gap in report.gaps), *report.entries, report.no_entry)}
    for outcome in OUTCOMES:
        yield cells(outcome=outcome), getattr(report.total.uses, outcome)
        yield from ((cells(week.monday, outcome=outcome), getattr(week.uses, outcome)) for week in report.weeks)
        yield from ((cells(entry=e, outcome=outcome), getattr(row.uses, outcome)) for e, row in rows.items())
    yield from ((frozenset(product([row.entry], ["helpful"])), row.helpful) for row in rows.values())
    yield from ((frozenset(product([row.entry], SAID[1:])), row.unhelpful) for row in rows.values())
    yield frozenset(product(ENTRIES[1:], ["helpful"])), report.total.helpful
    yield frozenset(product(ENTRIES[1:], SAID[1:])), report.total.unhelpful
    for gap in report.gaps:
        yield from ((frozenset([(gap.row.entry, why)]), gap.reasons.get(Feedback(why))) for why in SAID[2:])


def cells(week: date | None = None, entry: str | None = None, outcome: str = "") -> frozenset[Cell]:
    return frozenset(key for key in USED if week in (None, key[0]) and entry in (None, key[1]) and outcome == key[2])


def counted_groups() -> Iterator[frozenset[Cell]]:
    """Yield what a count can be of: a total, a week, an entry, by outcome; what was felt of an entry, and why."""
    for outcome in OUTCOMES:
        yield cells(outcome=outcome)
        yield from (cells(week, outcome=outcome) for week in WEEKS)
        yield from (cells(entry=entry, outcome=outcome) for entry in ENTRIES)
    for entry in ENTRIES[1:]:
        yield frozenset(product([entry], SAID[1:]))
        yield from (frozenset([(entry, said)]) for said in SAID)
    yield frozenset(product(ENTRIES[1:], ["helpful"]))
    yield frozenset(product(ENTRIES[1:], SAID[1:]))


@settings(max_examples=60, deadline=None)
@given(used_tables, felt_tables)
def test_no_small_count_can_be_worked_out_of_a_report(used: Used, felt: Opinions) -> None:
    """Linear algebra over everything shown: no sum or difference of it gives a hidden count of one to four."""
    truth = dict[Cell, int]([*used.items(), *felt.items()])
    order = {cell: at for at, cell in enumerate(truth)}
    told = [group for group, shown in published(report_on(used, felt)) if shown is not None]
    equations = [vector(group, order) for group in told]
    equations += [vector([cell], order) for cell in nothing_left(told, truth)]
    rank = rank_of(equations)
    for group in counted_groups():
        if sum(truth[cell] for cell in group) in SMALL:
            assert rank_of([*equations, vector(group, order)]) > rank, sorted(map(str, group))


def nothing_left(told: list[frozenset[Cell]], truth: Mapping[Cell, int]) -> Iterator[Cell]:
    """Yield the cells known to be 0: what is left of a group when all shown within it is taken away is none."""
    for group in told:
        for axis in (0, 1, 2):
            parts = [
                each for each in told if each < group and len({cell[axis] for cell in each if axis < len(cell)}) == 1
            ]
            covered = frozenset().union(*parts)
            if sum(truth[cell] for cell in group - covered) == 0:
                yield from group - covered


def vector(group: Iterable[Cell], order: Mapping[Cell, int]) -> list[float]:
    within = set(group)
    return [float(cell in within) for cell in order]


def rank_of(equations: list[list[float]]) -> int:
    return int(np.linalg.matrix_rank(np.array(equations))) if equations else 0


@settings(max_examples=60, deadline=None)
@given(used_tables, felt_tables)
def test_what_is_shown_is_true_and_what_a_total_leaves_is_nothing_or_at_least_five(used: Used, felt: Opinions) -> None:
    truth = dict[Cell, int]([*used.items(), *felt.items()])
    report = report_on(used, felt)
    shown = {group: often for group, often in published(report) if often is not None}
    assert shown == {group: sum(truth[cell] for cell in group) for group in shown}
    assert all(often >= SHOWN_FROM for often in shown.values())
    for outcome in OUTCOMES:
        total = getattr(report.total.uses, outcome) or 0
        by_week = sum(getattr(week.uses, outcome) or 0 for week in report.weeks)
        by_entry = sum(getattr(row.uses, outcome) or 0 for row in (*report.entries, report.no_entry))
        assert total - by_week not in SMALL
        assert total - by_entry == (getattr(report.others.uses, outcome) or 0)
    for gap in report.gaps:
        assert not gap.reasons or (gap.row.unhelpful or 0) - sum(gap.reasons.values()) not in SMALL


@settings(max_examples=40, deadline=None)
@given(used_tables, felt_tables)
def test_no_form_of_a_report_holds_a_number_from_one_to_four(used: Used, felt: Opinions) -> None:
    report = report_on(used, felt)
    for name in statistics.csv_files(report):
        for line in table(report, name):
            assert not {cell for key, cell in line.items() if "percent" not in key} & set("1234")
    assert not [n for n in numbers_in(statistics.as_json(report)) if n in SMALL]


def numbers_in(data: object) -> Iterator[int]:
    """Yield the counts in plain data: all numbers but shares."""
    if isinstance(data, Mapping):
        yield from (n for key, value in data.items() if "share" not in key for n in numbers_in(value))
    elif isinstance(data, list):
        yield from (n for each in data for n in numbers_in(each))
    elif isinstance(data, int) and not isinstance(data, bool):
        yield data


# --- tables and plain data ---------------------------------------------------------------------------------------


def example() -> Report:
    shown = [(MONDAY, "work-find", "answered", 12), (MONDAY, "work-find", "unsure", 8), (MONDAY, "", "unknown", 3)]
    return report_of(shown, [("work-find", "helpful", 15), ("work-find", "unhelpful", 5)], weeks=2)


def test_tables_open_in_spreadsheets_and_say_what_is_hidden() -> None:
    files = statistics.csv_files(example())
    assert list(files) == ["weeks.csv", "entries.csv", "gaps.csv"]
    assert all(text.encode().startswith(b"\xef\xbb\xbf") for text in files.values())
    assert all(line.isascii() for text in files.values() for line in text[1:].splitlines())
    assert files["weeks.csv"].splitlines()[1:] == [
        "2026-11-09,no,<5,<5,<5,<5,<5",
        "2026-11-16,yes,12,8,<5,<5,<5",
        "total,,12,8,<5,<5,<5",
    ]
    work, no_entry, others, total = table(example(), "entries.csv")
    assert (work["entry"], work["helpful"], work["helpful_percent"], work["unsure_percent"]) == (
        "work-find", "15", "75", "40",
    )  # fmt: skip
    assert [line["entry"] for line in (no_entry, others, total)] == ["(no entry)", "(others)", "total"]
    assert [line["entry"] for line in table(example(), "gaps.csv")] == ["work-find", "(no entry)"]


@pytest.mark.parametrize("entry", ["-1-1", "-work", "--"])
def test_no_cell_of_a_table_is_a_formula(entry: str) -> None:
    report = report_of([(MONDAY, entry, "unsure", 9)])
    assert table(report, "entries.csv")[0]["entry"] == f"'{entry}"
    assert table(report, "gaps.csv")[0]["entry"] == f"'{entry}"


@given(st.text(max_size=20))
def test_whatever_an_id_might_be_no_cell_begins_a_formula(entry: str) -> None:
    published = Published({}, {}, {(entry, "unsure"): 9}, {}, {}, {})
    for text in statistics.csv_files(statistics.report(published, TODAY)).values():
        for line in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
            assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_a_report_is_plain_data_for_machines() -> None:
    data = json.loads(json.dumps(statistics.as_json(example())))
    assert (data["first"], data["last"], data["shown_from"]) == ("2026-11-09", "2026-11-18", 5)
    assert data["total"]["asked"] == 20
    assert data["total"]["shares"] == {"answered": 60, "unsure": 40}
    assert data["total"]["unknown"] is None
    assert data["weeks"][1]["unfinished"] is True
    assert [entry["entry"] for entry in data["entries"]] == ["work-find"]
    assert data["gaps"][0] | {"failures": 13, "unhelpful": 5, "unhelpful_share": 25, "high": True} == data["gaps"][0]


def test_a_store_without_counts_makes_an_empty_report() -> None:
    report = report_of([])
    assert (report.total.uses.asked, report.entries, report.gaps, len(report.weeks)) == (0, (), (), 4)
    assert report.total.uses.shares == {}
    assert report.total.helpful_share is None
    assert len(table(report, "weeks.csv")) == 5
