"""Whole entries in the group: a new one begun, one sent as a file or pasted, a card seen as a newcomer sees it."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from telegram import Message

from bot.core.editing import BadText, Draft, Kind, at, blank_entry, meant, source_of
from bot.core.knowledge.loading import Source, Unreadable
from bot.core.knowledge.models import said
from bot.core.knowledge.problems import Problem
from bot.core.knowledge.register_checks import unknown
from bot.core.knowledge.whole import Entry
from bot.core.model import Action, Block, Language, Part, Verb
from bot.core.naming import BadName, Taken, new_name
from bot.desk import notices
from bot.desk.model import DeskAction, DeskButton, DeskVerb, Notice
from bot.desk.reports import PROPOSED
from bot.telegram.desk_asks import add_asks
from bot.telegram.desk_hand import at_hand, busy, keep, tell_of_others
from bot.telegram.desk_room import Act, Room
from bot.trying import TrialFailed

log = logging.getLogger("gildongmu.telegram")

LARGEST_FILE = 512 * 1024
"""Bytes of a file that a coordinator sends."""


async def file(room: Room, act: Act, id_: str) -> None:
    """Send an entry's file as it stands in the edit, or in the knowledge."""
    mine = await at_hand(room, act, id_)
    if mine and mine.text:
        await act.message.reply_document(mine.text.encode(), filename=f"{mine.id}.yaml")


async def paste(room: Room, act: Act, id_: str) -> None:
    """Ask for a whole entry."""
    mine = await at_hand(room, act, id_)
    if mine:
        lines = [line.format(id=mine.id) for line in room.phrases(act.language).file_how]
        await room.say(act, notices.asked_for(room.knowledge, DeskVerb.INPUT_FILE, mine.id, lines, act.language))


async def write_file(room: Room, act: Act, id_: str) -> None:
    """Put a whole entry, sent as text or as a file, in place of what is edited."""
    p, mine = room.phrases(act.language), await at_hand(room, act, id_)
    if mine is None:
        return
    try:
        value = meant(await _sent_text(act.message), Kind.YAML)
    except _TooLarge:
        await room.tell(act, p.file_large.format(limit=LARGEST_FILE // 1024))
    except BadText as bad:
        await room.tell(act, p.file_bad.format(line=bad.line, reason=bad.said(act.language)))
    except UnicodeDecodeError:
        await room.tell(act, p.file_bad.format(line=1, reason="UTF-8"))
    else:
        if isinstance(value, dict) and "ask" not in value and at(mine.value, ("ask",)):
            value = value | {"ask": at(mine.value, ("ask",))}
        await keep(room, act, replace(mine, value=value))


class _TooLarge(ValueError):
    """A file that is larger than an entry can be."""


async def _sent_text(message: Message) -> str:
    """Return the text of a message, or of the file in it."""
    if message.document is None:
        return message.text or ""
    _demand_small(message.document.file_size)
    sent = await message.document.get_file()
    _demand_small(sent.file_size)
    content = bytes(await sent.download_as_bytearray())
    _demand_small(len(content))  # Telegram need not tell the size beforehand
    return content.decode("utf-8-sig")


def _demand_small(size: int | None) -> None:
    if (size or 0) > LARGEST_FILE:
        raise _TooLarge


async def new(room: Room, act: Act, words: str) -> None:
    """Begin a new entry, named as "category id"."""
    p = room.phrases(act.language)
    if not words:
        await room.say(act, Notice((Block(Part.TEXT, new_lines(room, act.language, p.new_how)),), (), act.language))
        return
    await begin_entry(room, act, words)


def new_lines(room: Room, language: Language, lines: Sequence[str]) -> tuple[str, ...]:
    """Return how a new entry is named, with the categories there are."""
    categories = ", ".join(f"{each.id}({said(each.title, language)})" for each in room.knowledge.categories)
    return tuple(line.format(categories=categories) for line in lines)


async def begin_entry(room: Room, act: Act, words: str, question: str = "", told: str = "") -> None:
    """Begin a new entry; a `question` is its first way of asking, `told` the sealed way to whoever asked it."""
    p, (category, _, id_) = room.phrases(act.language), words.strip().casefold().partition(" ")
    id_ = id_.strip()
    try:
        name = new_name(room.knowledge, category, id_)
    except BadName:
        await room.tell(act, " ".join((p.new_bad, *new_lines(room, act.language, p.new_how))))
        return
    except Taken:
        await room.tell(act, p.new_exists.format(id=id_))
        return
    if await busy(room, act):
        return
    fresh = Draft(name, None, blank_entry())
    await tell_of_others(room, act, fresh)
    if question:
        await add_asks(room, act, fresh, [question], told=told)
    else:
        await keep(room, act, fresh)


async def preview(room: Room, act: Act, id_: str) -> None:
    """Show a card as a newcomer will see it, in both languages; its buttons do nothing here. Then what is wrong."""
    p, mine = room.phrases(act.language), await _to_preview(room, act, id_)
    if mine is None:
        return
    try:
        source = source_of(mine)
        problems = _show_problems(room, source, mine.id)
    except Unreadable as unreadable:
        problems = unreadable.problems
    if problems:
        lines = notices.problem_blocks(problems, p, act.language)
        await room.say(act, Notice((Block(Part.TEXT, (p.preview_impossible,)), *lines), (), act.language))
        return
    for language in (Language.KO, Language.EN):
        await room.say(act, _card_of(room, Entry(mine.id, mine.name.split("/")[1], source.value), language))
    if not id_.startswith(PROPOSED):  # a proposal was checked
        room.begin(act, _with_problems(room, act, mine))


async def _to_preview(room: Room, act: Act, id_: str) -> Draft | None:
    """Return the edit of an entry, or what a proposal would make of it; else say that there is none."""
    if not id_.startswith(PROPOSED):
        return await at_hand(room, act, id_)
    proposal = room.drafts.proposal(id_.removeprefix(PROPOSED))
    if proposal is None:
        await room.tell(act, room.phrases(act.language).proposal_gone)
    return proposal.draft if proposal else None


def _show_problems(room: Room, source: Source, id_: str) -> tuple[Problem, ...]:
    """Return what keeps a card from being put together: people, contacts and entries that nobody knows."""
    content, known = source.value, room.knowledge
    entries = {*known.entries, *known.urgent.kinds, id_}
    return (
        *unknown(source, ("contacts",), content.contacts, known.contacts, "contacts.yaml"),
        *unknown(source, ("voices",), (voice.person for voice in content.voices), known.people, "people.yaml"),
        *unknown(source, ("related",), content.related, entries, "advice/"),
    )


def _card_of(room: Room, changed: Entry, language: Language) -> Notice:
    """Return the card of an edit, put together by the room that answers newcomers, under buttons that do nothing."""
    opener = room.current.engine.opener
    knowledge = replace(opener.knowledge, entries={**opener.knowledge.entries, changed.id: changed})
    reply = replace(opener, knowledge=knowledge).entry_card(changed, Action(Verb.CARD, language, changed.id))
    inert = DeskAction(DeskVerb.INERT)
    rows = tuple(tuple(DeskButton(each.label, inert) for each in row) for row in reply.buttons)
    return Notice(reply.blocks, rows, language)


async def _with_problems(room: Room, act: Act, mine: Draft) -> None:
    """Run every check over the whole knowledge with the edit in it, and say what is wrong."""
    try:
        problems = await room.publisher.problems(mine.change)
    except TrialFailed as failed:
        log.warning("a preview could not be checked (%s)", failed.kind)
        await room.tell(act, room.phrases(act.language).trouble)
        return
    await room.say(act, notices.changed(room.knowledge, mine, problems, act.language, checked=True))
