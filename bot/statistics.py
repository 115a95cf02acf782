"""How much the bot is used and where it fails, from counts that may be shown: figures, tables, plain data.

All of this is made of what the store publishes, even the order of the rows: nothing hidden there can return here. A
total over several outcomes is the sum of those that are shown; it is a little low where one is hidden.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Final

from bot.core.model import Feedback, Outcome
from bot.hiding import REASONS, SHOWN_FROM, Published

WEEKS: Final = 4
MOST_ENTRIES: Final = 20
MOST_GAPS: Final = 15
HIGH: Final = 30
"""Percent of unsure or unhelpful from which an entry needs looking after."""

HIDDEN: Final = f"<{SHOWN_FROM}"
"""What stands in a table for a count that is hidden: too small, or it would tell one that is."""

NO_ENTRY: Final = "(no entry)"
OTHERS: Final = "(others)"
TOTAL: Final = "total"
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM: Final = "\ufeff"
"""Spreadsheet programs in Korea take a file without it for CP949."""


@dataclass(frozen=True, slots=True)
class Uses:
    """How often what was shown, by how it came about; None is hidden. `opened`: by a button, not by a question."""

    answered: int | None = None
    unsure: int | None = None
    unknown: int | None = None
    urgent: int | None = None
    opened: int | None = None

    @property
    def asked(self) -> int:
        """The questions: the sum of the outcomes that are shown, without what was opened by a button."""
        return sum(self._outcomes().values())

    @property
    def complete(self) -> bool:
        """Whether no outcome is hidden, so that `asked` is all there was."""
        return len(self._outcomes()) == len(Outcome)

    @property
    def shares(self) -> Mapping[str, int]:
        """Whole percents of `asked`, by outcome, for those that are shown."""
        return {outcome: percent(often, self.asked) for outcome, often in self._outcomes().items()}

    def _outcomes(self) -> dict[str, int]:
        found = {outcome.value: getattr(self, outcome) for outcome in Outcome}
        return {outcome: often for outcome, often in found.items() if often is not None}


OUTCOMES: Final = tuple(field.name for field in fields(Uses))


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week, named by its Monday; an unfinished one holds the days until today."""

    monday: date
    unfinished: bool
    uses: Uses


@dataclass(frozen=True, slots=True)
class Row:
    """An entry (or all that has none, or the rest): how often it was shown, and how often it helped or did not."""

    entry: str
    uses: Uses
    helpful: int | None = None
    unhelpful: int | None = None

    @property
    def often(self) -> int:
        """How often it was shown in all, as far as that is not hidden."""
        return self.uses.asked + (self.uses.opened or 0)

    @property
    def helpful_share(self) -> int | None:
        """Whole percents of those who said either that said it helped; None where one of the two is hidden."""
        return share_of(self.helpful, self.unhelpful)

    @property
    def unhelpful_share(self) -> int | None:
        """Whole percents of those who said either that said it did not help; None where one of the two is hidden."""
        return share_of(self.unhelpful, self.helpful)

    @property
    def unsure_share(self) -> int | None:
        """Whole percents of the questions near this entry that were not answered at once; None where one is hidden."""
        return share_of(self.uses.unsure, self.uses.answered)


@dataclass(frozen=True, slots=True)
class Gap:
    """An entry that people were not sure to have found, or that did not help them; `reasons` as far as shown."""

    row: Row
    reasons: Mapping[Feedback, int]

    @property
    def failures(self) -> int:
        """How often the bot was unsure of the entry or the card did not help, as far as that is not hidden."""
        return (self.row.uses.unsure or 0) + (self.row.unhelpful or 0)

    @property
    def high(self) -> bool:
        """Whether a share of those is HIGH or more."""
        return max(self.row.unsure_share or 0, self.row.unhelpful_share or 0) >= HIGH


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of the weeks up to today. `total` is of everything; its columns are the sums of the rows.

    `others` is what no row shows: the entries beyond MOST_ENTRIES, and what is hidden in the rows. `gaps` come from all
    entries. Questions without any entry near are `total.uses.unknown`.
    """

    first: date
    last: date
    total: Row
    weeks: tuple[Week, ...]
    entries: tuple[Row, ...]
    no_entry: Row
    others: Row
    gaps: tuple[Gap, ...]


def percent(part: int, whole: int) -> int:
    """Return `part` of `whole` (more than 0) in whole percents, halves rounded up."""
    return (200 * part + whole) // (2 * whole)


def share_of(part: int | None, rest: int | None) -> int | None:
    """Return what percent `part` is of both together, if both are shown."""
    return None if part is None or rest is None else percent(part, part + rest)


def first_day(today: date, weeks: int = WEEKS) -> date:
    """Return the Monday on which the last `weeks` weeks (at least 1) began, the week of `today` being the last."""
    return today - timedelta(days=today.weekday(), weeks=weeks - 1)


def report(published: Published, today: date, weeks: int = WEEKS) -> Report:
    """Return the figures of what was published from `first_day(today, weeks)` to `today`."""
    first = first_day(today, weeks)
    named = {entry for entry, _ in (*published.entries, *published.felt)} - {""}
    rows = sorted((_row(published, entry) for entry in named), key=lambda row: (-row.often, row.entry))
    gaps = sorted((_gap(published, row) for row in rows), key=lambda gap: (-gap.failures, gap.row.entry))
    total, no_entry = _total(published), _row(published, "")
    listed = rows[:MOST_ENTRIES]
    return Report(
        first=first,
        last=today,
        total=total,
        weeks=tuple(_week(published, first + timedelta(weeks=n), today) for n in range(weeks)),
        entries=tuple(listed),
        no_entry=no_entry,
        others=_rest(total, (*listed, no_entry)),
        gaps=tuple(gap for gap in gaps if gap.failures)[:MOST_GAPS],
    )


def _total(published: Published) -> Row:
    felt = published.felt_totals
    return Row(TOTAL, Uses(**published.totals), felt.get(Feedback.HELPFUL), felt.get(Feedback.UNHELPFUL))


def _week(published: Published, monday: date, today: date) -> Week:
    uses = Uses(**{outcome: often for (week, outcome), often in published.weeks.items() if week == monday})
    return Week(monday, today < monday + timedelta(days=6), uses)


def _row(published: Published, entry: str) -> Row:
    uses = Uses(**{outcome: often for (of, outcome), often in published.entries.items() if of == entry})
    felt = published.felt
    return Row(entry, uses, felt.get((entry, Feedback.HELPFUL)), felt.get((entry, Feedback.UNHELPFUL)))


def _gap(published: Published, row: Row) -> Gap:
    why = {Feedback(reason): published.reasons.get((row.entry, reason)) for reason in REASONS}
    return Gap(row, {reason: often for reason, often in why.items() if often is not None})


def _rest(total: Row, rows: Sequence[Row]) -> Row:
    """Return what `rows` leave of the total: anybody can subtract, so this tells no more than they do."""
    uses = {name: _left(getattr(total.uses, name), (getattr(row.uses, name) for row in rows)) for name in OUTCOMES}
    helpful = _left(total.helpful, (row.helpful for row in rows))
    return Row(OTHERS, Uses(**uses), helpful, _left(total.unhelpful, (row.unhelpful for row in rows)))


def _left(total: int | None, parts: Iterable[int | None]) -> int | None:
    left = (total or 0) - sum(part or 0 for part in parts)
    return left if left >= SHOWN_FROM else None


# --- tables and plain data ---------------------------------------------------------------------------------------


def csv_files(report: Report) -> Mapping[str, str]:
    """Return the texts of three tables by file name, to be written as UTF-8; what is hidden is written HIDDEN."""
    weeks = [[week.monday, "yes" if week.unfinished else "no", *_counts(week.uses)] for week in report.weeks]
    rows = (*report.entries, report.no_entry, report.others, report.total)
    gaps = (*report.gaps, Gap(report.no_entry, {}))  # questions without any entry are a gap as well
    return {
        "weeks.csv": _csv(["monday", "unfinished", *OUTCOMES], [*weeks, [TOTAL, "", *_counts(report.total.uses)]]),
        "entries.csv": _csv(
            ["entry", *OUTCOMES, "helpful", "unhelpful", "helpful_percent", "unsure_percent"],
            [_entry_cells(row) for row in rows],
        ),
        "gaps.csv": _csv(
            ["entry", "unknown", "unsure", "unhelpful", *REASONS, "unsure_percent", "unhelpful_percent", "high"],
            [_gap_cells(gap) for gap in gaps],
        ),
    }


def _entry_cells(row: Row) -> list[object]:
    felt = (_count(row.helpful), _count(row.unhelpful))
    return [row.entry or NO_ENTRY, *_counts(row.uses), *felt, _share(row.helpful_share), _share(row.unsure_share)]


def _gap_cells(gap: Gap) -> list[object]:
    row, uses = gap.row, gap.row.uses
    counts = (uses.unknown, uses.unsure, row.unhelpful, *(gap.reasons.get(Feedback(reason)) for reason in REASONS))
    shares = (_share(row.unsure_share), _share(row.unhelpful_share))
    return [row.entry or NO_ENTRY, *map(_count, counts), *shares, "yes" if gap.high else "no"]


def _counts(uses: Uses) -> list[object]:
    return [_count(getattr(uses, outcome)) for outcome in OUTCOMES]


def _count(often: int | None) -> object:
    return HIDDEN if often is None else often


def _share(share: int | None) -> object:
    return "" if share is None else share


def _csv(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    written = io.StringIO()
    table = csv.writer(written)
    table.writerows([_harmless(cell) for cell in line] for line in (header, *lines))
    return BOM + written.getvalue()


def _harmless(cell: object) -> str:
    """Return a cell that no spreadsheet program takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_json(report: Report) -> Mapping[str, object]:
    """Return the report as plain data; None is a count that is hidden, or a share of one."""
    return {
        "first": report.first.isoformat(),
        "last": report.last.isoformat(),
        "shown_from": SHOWN_FROM,
        "total": _plain_row(report.total) | {"asked_in_all": report.total.uses.complete},
        "weeks": [
            {"monday": week.monday.isoformat(), "unfinished": week.unfinished} | _plain_uses(week.uses)
            for week in report.weeks
        ],
        "entries": [_plain_row(row) for row in report.entries],
        "no_entry": _plain_row(report.no_entry),
        "others": _plain_row(report.others),
        "gaps": [_plain_gap(gap) for gap in report.gaps],
    }


def _plain_uses(uses: Uses) -> dict[str, object]:
    return {outcome: getattr(uses, outcome) for outcome in OUTCOMES} | {"asked": uses.asked, "shares": uses.shares}


def _plain_row(row: Row) -> dict[str, object]:
    felt = ("helpful", "unhelpful", "helpful_share", "unhelpful_share", "unsure_share")
    return {"entry": row.entry} | _plain_uses(row.uses) | {name: getattr(row, name) for name in felt}


def _plain_gap(gap: Gap) -> dict[str, object]:
    reasons = {reason.value: often for reason, often in gap.reasons.items()}
    return _plain_row(gap.row) | {"failures": gap.failures, "reasons": reasons, "high": gap.high}
