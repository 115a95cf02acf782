"""What the desk shows of use: statistics, gaps, and what must be looked at again."""

from collections.abc import Sequence
from datetime import date

from bot.core.knowledge.desk_phrases import DeskPhrases
from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Block, Language, Part
from bot.core.overdue import Due
from bot.core.rows import title_of
from bot.desk.model import DeskButton, DeskVerb, Notice
from bot.desk.notices import button, told
from bot.statistics import Gap, Report, Row, Week

A_PAGE = 6
MOST_ENTRIES = 12


def overdue(knowledge: Knowledge, found: Sequence[Due], page: int, today: date, language: Language) -> Notice:
    """Return a page of what is overdue or soon will be, each with "still right" and "change"."""
    p = knowledge.desk[language]
    if not found:
        return told(p.overdue_none, language)
    first = page * A_PAGE if page * A_PAGE < len(found) else 0
    shown = list(enumerate(found[first : first + A_PAGE], first + 1))
    lines = tuple(
        (p.overdue_line if each.review_by < today else p.due_soon_line).format(
            at=at, name=each.id, text=said(each.text, language), review_by=each.review_by
        )
        for at, each in shown
    )
    rows: list[tuple[DeskButton, ...]] = [
        (
            button(p.still_right_button.format(at=at), DeskVerb.STILL_RIGHT, f"{each.kind}.{each.id}"),
            button(p.change_button.format(at=at), DeskVerb.FIELD, each.field),
        )
        for at, each in shown
    ]
    if first + A_PAGE < len(found):
        rows.append((button(p.next_button, DeskVerb.OVERDUE, str(first // A_PAGE + 1)),))
    blocks = (Block(Part.TITLE, (p.overdue.format(count=len(found)),)), Block(Part.TEXT, lines))
    return Notice(blocks, tuple(rows), language)


def stats(knowledge: Knowledge, report: Report, language: Language) -> Notice:
    """Return how much the bot is used and how well it does, by week and by entry."""
    p = knowledge.desk[language]
    uses = report.total.uses
    if not uses.asked and not uses.opened:
        return told(p.stats_none, language)
    shares = {outcome: _percent(uses.shares.get(outcome), p) for outcome in ("answered", "unsure", "unknown", "urgent")}
    total = p.stats_total.format(uses=uses.asked, opened=_count(uses.opened, p))
    blocks = (
        Block(Part.TITLE, (p.stats.format(weeks=len(report.weeks)),)),
        Block(Part.TEXT, (total, p.stats_shares.format(helpful=_percent(report.total.helpful_share, p), **shares))),
        Block(Part.FACTS, tuple(_week(each, p) for each in report.weeks), p.stats_weeks),
        Block(
            Part.FACTS,
            tuple(_entry(knowledge, row, language, p) for row in report.entries[:MOST_ENTRIES]),
            p.stats_entries,
        ),
        Block(Part.SMALL, (p.stats_hidden,)),
    )
    return Notice(tuple(block for block in blocks if block.lines), (), language)


def gaps(knowledge: Knowledge, report: Report, language: Language) -> Notice:
    """Return the entries that people were not sure to have found or that did not help, each with a way to change it."""
    p = knowledge.desk[language]
    unknown = report.no_entry.uses.unknown
    none = (Block(Part.TEXT, (p.gaps_unknown.format(count=unknown),)),) if unknown else ()
    if not report.gaps and not none:
        return told(p.gaps_none, language)
    lines = tuple(_gap(knowledge, gap, language, p) for gap in report.gaps)
    rows = tuple(
        (button(_title(knowledge, gap.row.entry, language), DeskVerb.SHOW, gap.row.entry),)
        for gap in report.gaps
        if gap.row.entry in knowledge.entries
    )
    listed = (Block(Part.FACTS, lines, p.gaps),) if lines else ()
    return Notice((*listed, *none, Block(Part.SMALL, (p.stats_hidden,))), rows[:A_PAGE], language)


def _week(week: Week, p: DeskPhrases) -> str:
    line = p.stats_week_now if week.unfinished else p.stats_week
    return line.format(week=week.monday.isoformat(), uses=week.uses.asked or p.hidden)


def _entry(knowledge: Knowledge, row: Row, language: Language, p: DeskPhrases) -> str:
    title = _title(knowledge, row.entry, language)
    return p.stats_entry.format(title=title, uses=row.often or p.hidden, helpful=_percent(row.helpful_share, p))


def _gap(knowledge: Knowledge, gap: Gap, language: Language, p: DeskPhrases) -> str:
    reasons = ", ".join(f"{p.reasons[reason]} {often}" for reason, often in gap.reasons.items())
    return p.gaps_line.format(
        title=_title(knowledge, gap.row.entry, language),
        unsure=_count(gap.row.uses.unsure, p),
        unhelpful=_count(gap.row.unhelpful, p),
        reasons=f" ({reasons})" if reasons else "",
    )


def _title(knowledge: Knowledge, id_: str, language: Language) -> str:
    known = id_ in knowledge.entries or id_ in knowledge.urgent.kinds
    return title_of(knowledge, id_, language) if known else id_


def _count(often: int | None, p: DeskPhrases) -> str:
    return p.hidden if often is None else str(often)


def _percent(share: int | None, p: DeskPhrases) -> str:
    return p.hidden if share is None else f"{share}%"
