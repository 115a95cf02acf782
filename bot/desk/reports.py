"""What trying a change has found, as the group reads it: what is better, what is worse, what is refused and why."""

from collections.abc import Sequence

from bot.comparing import Moved, Place, Report, Totals
from bot.core.editing import Change, Draft
from bot.core.knowledge.desk_phrases import DeskPhrases
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Block, Language, Part
from bot.desk.model import DeskButton, DeskVerb, Notice
from bot.desk.notices import button, changed_lines, code, cut, problem_blocks
from bot.evaluation import Share
from bot.trying import Progress

PROPOSED = "@"
"""Before the number of a proposal, where a button may also name an entry."""
UNASKED = Language.KO
"""What the group is told of by itself is told in Korean."""
MOST_NAMED = 8
MOST_PAIRS = 5
_LONGEST_TEXT = 60


def progress(knowledge: Knowledge, told: Progress, language: Language) -> Notice:
    """Return how far the measuring is."""
    p = knowledge.desk[language]
    step = p.trying_steps[told.step].format(done=told.done, of=told.of)
    return Notice((Block(Part.TEXT, (p.trying.format(step=step),)),), (), language)


def report(
    knowledge: Knowledge, draft: Draft, found: Report, language: Language, number: str, *, alone: bool
) -> Notice:
    """Return what a change would do; with a proposal's `number` the way to confirm it.

    `alone` says that one person may do so.
    """
    p = knowledge.desk[language]
    title = Block(Part.TITLE, ((p.retired if draft.gone else p.report).format(id=draft.id),))
    lines = code(cut(changed_lines(draft), p))
    blocks = (title, *lines, *_measured(found, p, language))
    if not number:
        return Notice(blocks, (), language)
    waits = Block(Part.TEXT, (p.report_wait_alone if alone else p.report_wait,))
    row: tuple[DeskButton, ...] = (
        button(p.confirm_button, DeskVerb.CONFIRM, number),
        button(p.reject_button, DeskVerb.REJECT, number),
    )
    seen = ((button(p.preview_button, DeskVerb.PREVIEW, f"{PROPOSED}{number}"),),)
    shown = seen if draft.name.startswith("advice/") and not draft.gone else ()
    return Notice((*blocks, waits), (*shown, row), language)


def taken_up(knowledge: Knowledge, change: Change, found: Report, language: Language) -> Notice:
    """Return that files changed by hand are used now, and what that changes."""
    p = knowledge.desk[language]
    first = Block(Part.TEXT, (p.by_hand.format(names=_some(sorted(change.after), p)),))
    return Notice((first, *_measured(found, p, language)), (), language)


def refused_by_hand(knowledge: Knowledge, found: Report, language: Language) -> Notice:
    """Return that files changed by hand are not used, and why."""
    p = knowledge.desk[language]
    return Notice((Block(Part.TEXT, (p.by_hand_refused,)), *_reasons(found, p, language)), (), language)


def _measured(found: Report, p: DeskPhrases, language: Language) -> tuple[Block, ...]:
    if found.refused:
        return (Block(Part.TEXT, (p.report_refused,)), *_reasons(found, p, language))
    if not found.questions and not found.asks:
        return (Block(Part.TEXT, (p.report_unmeasured,)),)
    moves = (*_moves(found.better, p.report_better, p), *_moves(found.worse, p.report_worse, p))
    pairs = tuple(
        p.report_pair.format(one=each.one, other=each.other, count=each.texts) for each in found.competing[:MOST_PAIRS]
    )
    rivals = (Block(Part.FACTS, pairs, p.report_competing),) if pairs else ()
    return (_figures(found, p), *(moves or (Block(Part.TEXT, (p.report_same,)),)), *rivals)


def _reasons(found: Report, p: DeskPhrases, language: Language) -> tuple[Block, ...]:
    problems = problem_blocks(found.problems, p, language) if found.problems else ()
    return (*problems, *_moves(found.silenced, p.report_silenced, p))


def _figures(found: Report, p: DeskPhrases) -> Block:
    line = p.report_figures.format(
        questions=found.questions,
        asks=found.asks,
        seconds=f"{found.seconds:.0f}",
        **_shares("before", found.before),
        **_shares("after", found.after),
    )
    return Block(Part.TEXT, (line,))


def _shares(when: str, totals: Totals) -> dict[str, str]:
    return {f"first_{when}": _share(totals.first), f"three_{when}": _share(totals.three)}


def _share(share: Share | None) -> str:
    return "-" if share is None else f"{100 * share.value:.1f}%"


def _moves(moved: Sequence[Moved], heading: str, p: DeskPhrases) -> tuple[Block, ...]:
    if not moved:
        return ()
    lines = [
        p.report_moved.format(text=_cut(each.text), before=_place(each.before, p), after=_place(each.after, p))
        for each in moved[:MOST_NAMED]
    ]
    more = len(moved) - len(lines)
    last = [p.more_problems.format(count=more)] if more else []
    return (Block(Part.FACTS, (*lines, *last), heading.format(count=len(moved))),)


def _place(place: Place, p: DeskPhrases) -> str:
    return p.report_outcomes[place.outcome].format(id=place.id or p.report_none)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def _some(names: Sequence[str], p: DeskPhrases) -> str:
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown}, {p.more_problems.format(count=len(names) - MOST_NAMED)}"
