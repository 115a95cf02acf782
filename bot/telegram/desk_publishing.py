"""Publishing from the group: tried, confirmed by a second person, written; history, undoing, retiring."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from time import monotonic

from telegram import Message
from telegram.error import TelegramError

from bot import store, versioning, writing
from bot.core import person_replies
from bot.core.editing import Change, Clash, Draft, difference, draft_of, form_problems, rebased
from bot.core.model import Block, Part
from bot.core.retiring import retiring
from bot.core.rows import title_of
from bot.desk import notices, reports
from bot.desk.drafts import Proposal
from bot.desk.fields import name_of
from bot.desk.fields import number as number_in
from bot.desk.model import DeskVerb, Notice
from bot.desk.tickets import way_in
from bot.publishing import Stale
from bot.sealing import Broken, Expired, Purpose
from bot.telegram.desk_hand import at_hand, busy, keep, tell_of_others
from bot.telegram.desk_room import Act, Room
from bot.telegram.sending import send
from bot.trying import Progress, TrialFailed

log = logging.getLogger("gildongmu.telegram")

SHOWN_EVERY = 6.0
"""Seconds between two changes of the message that tells how far the measuring is: a group has 20 a minute."""


async def propose(room: Room, act: Act, id_: str) -> None:
    """Try what somebody has edited, and ask a second person to confirm it."""
    mine = await at_hand(room, act, id_)
    if mine is None:
        return
    p, problems = room.phrases(act.language), form_problems(mine)
    if act.who in room.drafts.measuring:
        await room.tell(act, p.measuring)
    elif not mine.changes_something:
        await room.tell(act, p.nothing_changed)
    elif problems:
        blocks = (Block(Part.TEXT, (p.report_refused,)), *notices.problem_blocks(problems, p, act.language))
        await room.say(act, Notice(blocks, (), act.language))
    else:
        room.begin(act, try_out(room, act, mine, act.who))


async def try_out(room: Room, act: Act, mine: Draft, by: bytes) -> bool:
    """Measure a change, and show what was found; one of each person at a time. Say whether it waits to be confirmed."""
    room.drafts.measuring.add(by)
    try:
        return await _try_out(room, act, mine, by)
    finally:
        room.drafts.measuring.discard(by)


async def _try_out(room: Room, act: Act, mine: Draft, by: bytes) -> bool:
    """Measure a change, telling how far it is; then show what was found, with the way to confirm it.

    A file that was changed since the edit began is brought together with it first, or whoever made it is told.
    """
    p = room.phrases(act.language)
    late = [name for name, text in mine.change.before.items() if room.current.texts.get(name) != text]
    if late:
        try:
            mine = rebased(mine, room.current.texts)
        except Clash:
            await room.tell(act, p.outdated.format(names=", ".join(late)))
            return False
        await room.tell(act, p.merged.format(names=", ".join(late)))
    message = await room.say(act, reports.progress(room.knowledge, Progress("start", 0, 0), act.language))
    base = room.publisher.base
    try:
        found = await room.publisher.tried(mine.change, _telling(room, act, message))
    except TrialFailed as failed:
        log.warning("a change could not be tried (%s)", failed.kind)
        await room.tell(act, p.trouble)
        return False
    number = ""
    if not found.refused:
        number = room.drafts.propose(mine, by, base)
    alone = room.settings.reviewers == 1
    notice = reports.report(room.knowledge, mine, found, act.language, number, alone=alone)
    if message:
        await room.change(message, notice)
    else:
        await room.say(act, notice)
    lines = notices.changed_lines(mine)
    if number and notices.is_cut(lines):  # whoever confirms reads all of it
        with suppress(TelegramError):
            await act.message.reply_document("\n".join(lines).encode(), filename=f"{mine.id}-diff.txt")
    return bool(number)


def _telling(room: Room, act: Act, message: Message | None) -> Callable[[Progress], Awaitable[None]]:
    """Return what shows how far the measuring is, now and then and beside it: the measuring never waits for it."""
    last, telling = monotonic(), asyncio.Event()

    async def shown(progress: Progress) -> None:
        if message:
            await room.change(message, reports.progress(room.knowledge, progress, act.language))
        telling.clear()

    async def told(progress: Progress) -> None:
        nonlocal last
        if not telling.is_set() and monotonic() - last >= SHOWN_EVERY:
            last = monotonic()
            telling.set()
            room.begin(act, shown(progress))

    return told


async def confirm(room: Room, act: Act, number: str) -> str:
    """Publish a proposal, if another person made it; return what the one who pressed is told at once."""
    p, proposal = room.phrases(act.language), room.drafts.proposal(number)
    if proposal is None:
        return p.proposal_gone
    if proposal.by == act.who and room.settings.reviewers > 1:
        return p.confirm_own
    room.drafts.settle(number)
    room.begin(act, _settled(room, act, proposal))
    return p.publishing


async def reject(room: Room, act: Act, number: str) -> str:
    """Take a proposal away."""
    p, proposal = room.phrases(act.language), room.drafts.settle(number)
    if proposal is None:
        return p.proposal_gone
    room.drafts.give_back(proposal)
    await room.change(act.message, notices.told(p.rejected.format(id=proposal.draft.id), act.language))
    return ""


async def _settled(room: Room, act: Act, proposal: Proposal) -> None:
    """Publish a proposal; what could not be published goes back to whoever made it."""
    done = False
    try:
        done = await _published(room, act, proposal)
    finally:
        if not done:
            room.drafts.give_back(proposal)


async def _published(room: Room, act: Act, proposal: Proposal) -> bool:
    """Publish a proposal, tell of it, and tell whoever asked for it; say whether it was, or is tried again."""
    p, mine = room.phrases(act.language), proposal.draft
    lines = [p.published.format(id=mine.id)]
    try:
        await room.publisher.publish(mine.change, proposal.base)
    except Stale:
        await room.tell(act, p.stale)
        return await try_out(room, act, mine, proposal.by)
    except TrialFailed as failed:
        log.warning("a change could not be learnt (%s)", failed.kind)
        await room.tell(act, p.trouble)
        return False
    except writing.Outdated as outdated:
        await room.tell(act, p.outdated.format(names=", ".join(outdated.names)))
        return False
    except writing.CannotWrite as cannot:
        await room.tell(act, p.not_written.format(reason=cannot))
        return False
    except versioning.NotCommitted as not_committed:
        lines.append(p.not_committed.format(reason=not_committed))
    reached = [await _tell_asker(room, act, mine.id, told) for told in mine.told]
    lines += [p.published_told if each else p.published_untold for each in reached]
    rows = () if mine.gone else ((notices.button(p.history_button, DeskVerb.HISTORY, mine.id),),)
    await room.change(act.message, Notice((Block(Part.TEXT, tuple(lines)),), rows, act.language))
    return True


async def _tell_asker(room: Room, act: Act, id_: str, told: str) -> bool:
    """Tell whoever asked that there is an entry now; say whether it reached them."""
    way = way_in(told)
    engine = room.current.engine
    try:
        if way is None:
            return False
        language, seal = way
        back = room.sealer.open(seal, Purpose.TO_ASKER, engine.opener.today())
        reply = person_replies.published(engine.knowledge, id_, language)
        await send(act.message.get_bot(), back.chat, reply)
    except (Broken, Expired, TelegramError) as error:
        log.info("an asker could not be told (%s)", type(error).__name__)
        return False
    return True


async def history(room: Room, act: Act, id_: str) -> None:
    """Show the changes of an entry, the newest first."""
    p = room.phrases(act.language)
    if not id_:
        await room.tell(act, p.history_how)
        return
    rows = await store.revisions(room.publisher.connection, id_)
    shown = []
    for row in rows:
        lines = difference(row.before, row.after)
        gone = sum(line.startswith("- ") for line in lines)
        shown.append((row.number, row.day, gone, len(lines) - gone))
    await room.say(act, notices.history(room.knowledge, id_, shown, act.language))


async def revision(room: Room, act: Act, number: str) -> None:
    """Show one change as a difference."""
    rows = await store.revision(room.publisher.connection, number_in(number))
    if not rows:
        await room.tell(act, room.phrases(act.language).gone_button)
        return
    lines = [line for row in rows for line in (row.name, *difference(row.before, row.after))]
    first = rows[0]
    await room.say(
        act, notices.revision(room.knowledge, first.number, first.id, first.day, lines[len(rows) == 1 :], act.language)
    )


async def undo(room: Room, act: Act, number: str) -> None:
    """Begin an edit that takes a change back, if nothing was changed since."""
    p, rows = room.phrases(act.language), await store.revision(room.publisher.connection, number_in(number))
    if not rows:
        await room.tell(act, p.gone_button)
    elif any(room.current.texts.get(row.name) != row.after for row in rows):
        await room.tell(act, p.undo_outdated)
    elif not await busy(room, act):
        first, *others = rows
        change = Change({row.name: row.after for row in others}, {row.name: row.before for row in others})
        value = draft_of(first.name, first.before).value if first.before is not None else None
        back = Draft(first.name, first.after, value, change, gone=first.before is None)
        await tell_of_others(room, act, back)
        await keep(room, act, back)


async def retire(room: Room, act: Act, id_: str) -> None:
    """Ask which entry takes the place of one that is to go."""
    p, found = room.phrases(act.language), room.knowledge.entries.get(id_)
    if found is None:
        await room.tell(act, p.gone_button)
        return
    lines = [line.format(id=id_) for line in p.retire_how]
    ask = notices.asked_for(room.knowledge, DeskVerb.INPUT_RETIRE, id_, lines, act.language)
    titles = [(at, each, title_of(room.knowledge, each, act.language)) for at, each in enumerate(found.content.related)]
    rows = tuple(
        (notices.button(f"{title} ({each})", DeskVerb.RETIRE_TO, f"{id_}.{at}"),)
        for at, each, title in titles
        if each in room.knowledge.entries
    )
    await room.say(act, replace(ask, buttons=(*rows, *ask.buttons)))


async def retire_to(room: Room, act: Act, target: str) -> None:
    """Begin to retire an entry; the successor is named by its place among the related ones."""
    id_, _, place = target.partition(".")
    found = room.knowledge.entries.get(id_)
    related = found.content.related if found else ()
    at = number_in(place)
    await _retire(room, act, id_, related[at] if at < len(related) else "")


async def write_retire(room: Room, act: Act, id_: str) -> None:
    """Begin to retire an entry; the successor was sent as a reply."""
    await _retire(room, act, id_, (act.message.text or "").strip().casefold())


async def _retire(room: Room, act: Act, id_: str, successor: str) -> None:
    p = room.phrases(act.language)
    if not name_of(room.knowledge, id_) or successor not in room.knowledge.entries or successor == id_:
        await room.tell(act, p.nothing_found)
    elif not await busy(room, act):
        gone = await asyncio.to_thread(retiring, room.current.texts, room.knowledge, id_, successor)
        await tell_of_others(room, act, gone)
        await keep(room, act, gone)
