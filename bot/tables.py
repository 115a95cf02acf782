"""Tables of the command line for coordinators: what is overdue, how the bot is used, what a change does."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from rich.table import Table
from rich.text import Text

from bot.comparing import Moved, Report, Totals
from bot.core.overdue import Due
from bot.evaluation import Share
from bot.statistics import HIDDEN, OUTCOMES, Gap, Row, Uses
from bot.statistics import Report as Statistics


def due_table(found: Sequence[Due]) -> Table | Text:
    """Return what must be looked at again, the longest overdue first."""
    if not found:
        return Text("다시 확인할 것이 없습니다. / Nothing needs checking now.")
    made = Table(title=f"다시 확인할 것 {len(found)}개 / to check again")
    for column in ("다시 볼 날 / review by", "이름 / id", "파일 / file", "내용 / text"):
        made.add_column(column)
    for each in found:
        made.add_row(each.review_by.isoformat(), each.id, each.name, each.text.ko)
    return made


def plain_due(each: Due) -> dict[str, str]:
    """Return something overdue as plain data."""
    return {
        "id": each.id, "file": each.name, "review_by": each.review_by.isoformat(), "ko": each.text.ko,
        "en": each.text.en,
    }  # fmt: skip


def stats_tables(report: Statistics) -> Iterator[Table]:
    """Yield how much the bot is used, by week and by entry, and where it fails."""
    weeks = _table(f"{report.first} ~ {report.last}", "주 / week", *OUTCOMES)
    for week in report.weeks:
        weeks.add_row(f"{week.monday}{' …' if week.unfinished else ''}", *_counts(week.uses))
    weeks.add_row("모두 / total", *_counts(report.total.uses))
    yield weeks
    entries = _table("항목마다 / by entry", "항목 / entry", *OUTCOMES, "도움 / helpful %")
    for row in (*report.entries, report.no_entry, report.others):
        entries.add_row(row.entry or "-", *_counts(row.uses), _often(row.helpful_share))
    yield entries
    gaps = _table("모자란 것 / gaps", "항목 / entry", "unsure", "unhelpful", "까닭 / reasons")
    for gap in report.gaps:
        gaps.add_row(gap.row.entry, *_gap(gap.row), _reasons(gap))
    yield gaps


def report_tables(report: Report) -> Iterator[Table | Text]:
    """Yield what a change does: problems, or what gets better and worse and which entries compete."""
    for problem in report.problems:
        yield Text(str(problem))
    moved = (
        ("위급 카드가 사라짐 / silenced", report.silenced),
        ("나아짐 / better", report.better),
        ("나빠짐 / worse", report.worse),
    )
    for title, moves in moved:
        if moves:
            yield _moves(f"{title}: {len(moves)}", moves)
    if report.competing:
        rivals = _table("겨루는 항목 / competing entries", "", "", "묻는 말 / texts")
        for pair in report.competing:
            rivals.add_row(pair.one, pair.other, str(pair.texts))
        yield rivals
    if not report.problems:
        yield _figures(report)


def _figures(report: Report) -> Table:
    made = _table(
        f"물음 {report.questions}, 묻는 말 {report.asks} / questions, ways of asking ({report.seconds:.0f} s)",
        "", "첫째 / first", "셋 안 / among three", "바로 답한 것이 맞음 / precision", "바로 답함 / answered",
    )  # fmt: skip
    for name, totals in (("앞 / before", report.before), ("뒤 / after", report.after)):
        made.add_row(name, *_totals(totals))
    return made


def _totals(totals: Totals) -> Iterator[str]:
    return (_share(each) for each in (totals.first, totals.three, totals.precision, totals.answered))


def _moves(title: str, moves: Sequence[Moved]) -> Table:
    made = _table(title, "물음 / text", "맞는 것 / right", "앞 / before", "뒤 / after")
    for each in moves:
        before, after = asdict(each.before), asdict(each.after)
        made.add_row(each.text, ", ".join(each.right) or "-", *(f"{e['outcome']} {e['id']}" for e in (before, after)))
    return made


def _table(title: str, *columns: str) -> Table:
    made = Table(title=title)
    for at, column in enumerate(columns):
        made.add_column(column, justify="left" if at == 0 else "right")
    return made


def _counts(uses: Uses) -> Iterator[str]:
    return (_often(getattr(uses, outcome)) for outcome in OUTCOMES)


def _gap(row: Row) -> tuple[str, str]:
    return _often(row.uses.unsure), _often(row.unhelpful)


def _reasons(gap: Gap) -> str:
    return ", ".join(f"{reason} {often}" for reason, often in gap.reasons.items())


def _often(value: int | None) -> str:
    return HIDDEN if value is None else str(value)


def _share(share: Share | None) -> str:
    return "-" if share is None else f"{100 * share.value:.1f}"
