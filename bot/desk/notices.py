"""What the desk shows of entries and of edits, in the words of knowledge/voice/desk_*.yaml."""

from collections.abc import Iterable, Sequence

from bot.core.editing import Draft, Kind, at, difference, written
from bot.core.knowledge.desk_phrases import DeskPhrases
from bot.core.knowledge.models import said
from bot.core.knowledge.problems import Problem
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.model import Block, Language, Part
from bot.core.rows import in_rows, title_of
from bot.desk.fields import Field, fields_of, mark
from bot.desk.model import DeskAction, DeskButton, DeskVerb, Notice

MOST_FOUND = 8
MOST_PROBLEMS = 40
MOST_LINES = 30
"""So many lines of a difference are shown in a message; the rest is counted."""
LONGEST_LINE = 160
_LONGEST_CODE = 3300


def told(line: str, language: Language, *buttons: DeskButton) -> Notice:
    """Return a sentence with buttons."""
    return Notice((Block(Part.TEXT, (line,)),), tuple((each,) for each in buttons), language)


def button(label: str, verb: DeskVerb, target: str = "") -> DeskButton:
    """Return a button of the desk."""
    return DeskButton(label, DeskAction(verb, target))


def home(knowledge: Knowledge, language: Language) -> Notice:
    """Return what can be done here."""
    p = knowledge.desk[language]
    rows = (
        (button(p.overdue_button, DeskVerb.OVERDUE), button(p.gaps_button, DeskVerb.GAPS)),
        (button(p.stats_button, DeskVerb.STATS), button(p.export_button, DeskVerb.EXPORT)),
        (button(p.draft_button, DeskVerb.DRAFT),),
    )
    return Notice((Block(Part.TEXT, p.home),), rows, language)


def moved(knowledge: Knowledge, group: int) -> Notice:
    """Return that the group has the id `group` now, in both languages: whoever runs the bot may read either."""
    lines = tuple(knowledge.desk[language].group_moved.format(id=group) for language in (Language.KO, Language.EN))
    return Notice(tuple(Block(Part.TEXT, (line,)) for line in lines), (), Language.KO)


def found(knowledge: Knowledge, ids: Sequence[str], records: Sequence[tuple[str, str]], language: Language) -> Notice:
    """Return entries to choose from, and `records` of registers: how a button names each, and its label."""
    p = knowledge.desk[language]
    if not ids and not records:
        return told(p.nothing_found, language)
    entries = [
        (button(f"{title_of(knowledge, id_, language)} ({id_})", DeskVerb.SHOW, id_),) for id_ in ids[:MOST_FOUND]
    ]
    rows = (*entries, *((button(label, DeskVerb.FIELD, target),) for target, label in records[:MOST_FOUND]))
    return Notice((Block(Part.TEXT, (p.found, *_more(len(ids), p))),), rows, language)


def entry(knowledge: Knowledge, shown: Entry, language: Language) -> Notice:
    """Return what a coordinator must know of an entry, and what can be done with it."""
    p, content = knowledge.desk[language], shown.content
    category = next((said(each.title, language) for each in knowledge.categories if each.id == shown.category), "")
    many = {code.value: len(content.ask.of(code)) for code in Language}
    facts = tuple(
        p.fact_line.format(id=fact.id, text=said(fact, language), year=fact.as_of, checked=fact.checked,
                           review_by=fact.review_by)
        for fact in content.facts
    )  # fmt: skip
    blocks = (
        Block(Part.TITLE, (f"{said(content.title, language)} · {shown.id}",)),
        Block(Part.TEXT, (p.entry_category.format(category=category), p.entry_asks.format(**many))),
        Block(Part.FACTS, facts, p.entry_facts),
        Block(Part.SMALL, (p.entry_notes.format(notes=content.notes),)),
    )
    labels = (
        (p.preview_button, DeskVerb.PREVIEW), (p.edit_button, DeskVerb.FIELDS),
        (p.asks_add_button, DeskVerb.ASKS), (p.asks_drop_button, DeskVerb.ASK_DROP),
        (p.file_button, DeskVerb.FILE), (p.file_paste_button, DeskVerb.FILE_PASTE),
        (p.history_button, DeskVerb.HISTORY), (p.retire_button, DeskVerb.RETIRE),
    )  # fmt: skip
    return Notice(blocks, in_rows([button(label, verb, shown.id) for label, verb in labels]), language)


def fields(knowledge: Knowledge, ref: str, draft: Draft, language: Language) -> Notice:
    """Return the fields of an entry to choose from."""
    p = knowledge.desk[language]
    buttons = [button(label_of(each, draft, p), DeskVerb.FIELD, each.target) for each in fields_of(ref, draft)]
    return Notice((Block(Part.TEXT, (p.choose_field.format(id=draft.id),)),), in_rows(buttons), language)


def label_of(field: Field, draft: Draft, p: DeskPhrases) -> str:
    """Return what a field is called; an item of a list by its number or its id."""
    if field.key in p.fields:
        return p.fields[field.key]
    if not field.key:
        return field.ref.partition(".")[2]
    first, last = field.path[0], field.path[-1]
    name = at(draft.value, (*field.path, "id")) if first == "facts" else None
    return p.field_item.format(list=p.fields.get(str(first), str(first)), item=name or f"{last}")


def prompt(knowledge: Knowledge, field: Field, draft: Draft, language: Language) -> Notice:
    """Return what a field holds, and how to send what it is to hold: a reply to this message."""
    p = knowledge.desk[language]
    how = {Kind.LINE: p.write_line, Kind.LINES: p.write_lines, Kind.YAML: p.write_yaml}[field.kind]
    text = written(at(draft.value, field.path), field.kind)
    blocks = (
        Block(Part.TITLE, (f"{label_of(field, draft, p)} · {draft.id}",)),
        *code(text),
        Block(Part.TEXT, (*([p.code_cut] if len(text) > _LONGEST_CODE else []), p.write_reply, how)),
    )
    return Notice(blocks, ((button(p.stop_button, DeskVerb.INPUT_FIELD, field.target),),), language)


def asked_for(
    knowledge: Knowledge, verb: DeskVerb, target: str, lines: Sequence[str], language: Language, quote: str = ""
) -> Notice:
    """Return a request to reply to this message; `verb` says what the reply means."""
    quoted = (Block(Part.QUOTE, (quote,)),) if quote else ()
    stop = button(knowledge.desk[language].stop_button, verb, target)
    return Notice((Block(Part.TEXT, tuple(lines)), *quoted), ((stop,),), language)


def changed(
    knowledge: Knowledge, draft: Draft, problems: Sequence[Problem], language: Language, *, checked: bool = False
) -> Notice:
    """Return what an edit changes so far, what is wrong with it, and what can be done next.

    `checked` says that every check was run, not that of the form alone.
    """
    p = knowledge.desk[language]
    name = p.new_entry if draft.before is None else p.changed
    lines = changed_lines(draft)
    blocks = (
        Block(Part.TITLE, (name.format(id=draft.id),)),
        *(code(cut(lines, p)) if lines else (Block(Part.TEXT, (p.nothing_changed,)),)),
        *(problem_blocks(problems, p, language) if problems or checked else (Block(Part.TEXT, (p.form_fits,)),)),
        Block(Part.SMALL, (p.not_published,)),
    )
    entry_buttons = (
        (button(p.preview_button, DeskVerb.PREVIEW, draft.id), button(p.edit_more_button, DeskVerb.FIELDS, draft.id)),
        (button(p.asks_add_button, DeskVerb.ASKS, draft.id), button(p.asks_drop_button, DeskVerb.ASK_DROP, draft.id)),
        (button(p.file_button, DeskVerb.FILE, draft.id), button(p.file_paste_button, DeskVerb.FILE_PASTE, draft.id)),
    )
    last = (
        button(p.propose_button, DeskVerb.PROPOSE, draft.id),
        button(p.discard_button, DeskVerb.DISCARD, draft.id),
    )
    whole = draft.name.startswith("advice/") and not draft.gone
    return Notice(blocks, (*(entry_buttons if whole else ()), last), language)


def changed_lines(draft: Draft) -> list[str]:
    """Return the lines that go and come in every file that a draft touches, under the names of the other files."""
    lines = difference(draft.before, draft.text) if draft.before is not None or draft.gone else []
    if draft.before is None and not draft.gone:
        lines = [f"+ {line}" for line in (draft.text or "").splitlines() if not line.endswith((":", "''", "[]"))]
    for name in draft.others.after:
        lines += [name, *difference(draft.others.before[name], draft.others.after[name])]
    return lines


def code(text: str) -> tuple[Block, ...]:
    """Return a text to be copied with a tap, cut where it is too long for a message; nothing for an empty one."""
    shown = text if len(text) <= _LONGEST_CODE else f"{text[:_LONGEST_CODE]}…"
    return (Block(Part.CODE, (shown,)),) if shown.strip() else ()


def is_cut(lines: Sequence[str]) -> bool:
    """Say whether `cut` leaves something of the lines out."""
    return len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines)


def cut(lines: Sequence[str], p: DeskPhrases) -> str:
    """Return lines as one text, the longest cut and the last counted."""
    shown = [line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…" for line in lines[:MOST_LINES]]
    more = len(lines) - len(shown)
    return "\n".join([*shown, *([p.more_lines.format(count=more)] if more else [])])


def problem_blocks(problems: Sequence[Problem], p: DeskPhrases, language: Language) -> tuple[Block, ...]:
    """Return what is wrong, each with its file, line and field, or that nothing is."""
    if not problems:
        return (Block(Part.TEXT, (p.no_problems,)),)
    lines = tuple(problem_line(each, p, language) for each in problems[:MOST_PROBLEMS])
    more = len(problems) - len(lines)
    heading = p.problems.format(count=len(problems))
    return (Block(Part.FACTS, (*lines, *([p.more_problems.format(count=more)] if more else [])), heading),)


def problem_line(problem: Problem, p: DeskPhrases, language: Language) -> str:
    """Return one problem as a line: where, what was found, what is expected."""
    expected = problem.expected_en if language is Language.EN else problem.expected_ko
    where = f"{problem.file}:{problem.line}" + (f" [{problem.field}]" if problem.field else "")
    return p.problem_line.format(where=where, found=problem.found, expected=expected)


def asks_to_drop(
    knowledge: Knowledge, id_: str, asks: Iterable[tuple[Language, int, str]], language: Language
) -> Notice:
    """Return ways of asking of an entry, each with a button that takes it away."""
    p = knowledge.desk[language]
    every = list(asks)
    rows = tuple(
        (button(text[:60], DeskVerb.ASK_DROP, f"{id_}.{code_}.{place}.{mark(text)}"),)
        for code_, place, text in every[:MOST_FOUND]
    )
    line = p.asks_drop_choose if rows else p.asks_drop_none
    return Notice((Block(Part.TEXT, (line, *_more(len(every), p))),), rows, language)


def history(
    knowledge: Knowledge, id_: str, revisions: Sequence[tuple[int, str, int, int]], language: Language
) -> Notice:
    """Return the changes of an entry, the newest first: (number, day, lines that went, lines that came)."""
    p = knowledge.desk[language]
    if not revisions:
        return told(p.history_none.format(id=id_), language)
    rows = tuple(
        (button(p.history_line.format(day=day, gone=gone, come=come), DeskVerb.REVISION, str(number)),)
        for number, day, gone, come in revisions[:MOST_FOUND]
    )
    return Notice((Block(Part.TEXT, (p.history.format(id=id_), *_more(len(revisions), p))),), rows, language)


def _more(many: int, p: DeskPhrases) -> tuple[str, ...]:
    """Return how many of a list have no button."""
    return (p.more_problems.format(count=many - MOST_FOUND),) if many > MOST_FOUND else ()


def revision(
    knowledge: Knowledge, number: int, name: str, day: str, lines: Sequence[str], language: Language
) -> Notice:
    """Return one change as a difference, with the way to take it back."""
    p = knowledge.desk[language]
    blocks = (Block(Part.TITLE, (p.revision.format(id=name, day=day),)), *code(cut(lines, p)))
    return Notice(blocks, ((button(p.undo_button, DeskVerb.UNDO, str(number)),),), language)
