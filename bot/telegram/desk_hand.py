"""What a coordinator has at hand: an edit begun, kept, shown; only one at a time."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.editing import Draft, draft_of, form_problems
from bot.desk import notices
from bot.desk.fields import name_of
from bot.desk.model import DeskButton, DeskVerb
from bot.telegram.desk_room import Act, Room

DRAFTS_OF = ("contacts", "centers")
"""Registers that are edited record by record."""


async def at_hand(room: Room, act: Act, id_: str) -> Draft | None:
    """Return somebody's edit of an entry ("" for whatever they edit), begun if need be; else say why there is none."""
    p, mine = room.phrases(act.language), room.drafts.of(act.who)
    if mine and id_ in ("", mine.id):
        return mine
    if await busy(room, act):
        return None
    name = name_of(room.knowledge, id_)
    if not name:
        await room.tell(act, p.draft_none if id_ in ("", *DRAFTS_OF) else p.gone_button)
        return None
    return await begun(room, act, name)


async def busy(room: Room, act: Act) -> bool:
    """Say whether somebody is editing something already, and tell them so."""
    p, mine = room.phrases(act.language), room.drafts.of(act.who)
    if mine:
        buttons = (
            notices.button(p.draft_button, DeskVerb.DRAFT),
            notices.button(p.discard_button, DeskVerb.DISCARD),
        )
        await room.tell(act, p.draft_other.format(id=mine.id), *buttons)
    return mine is not None


async def begun(room: Room, act: Act, name: str) -> Draft | None:
    """Return a fresh edit of a file; say so if somebody else is at it."""
    text = room.current.texts.get(name)
    if text is None:
        await room.tell(act, room.phrases(act.language).gone_button)
        return None
    fresh = draft_of(name, text)
    await tell_of_others(room, act, fresh)
    return fresh


async def tell_of_others(room: Room, act: Act, mine: Draft) -> None:
    """Say so if somebody else is at a file that an edit touches."""
    if room.drafts.others_at(act.who, mine):
        await room.tell(act, room.phrases(act.language).someone_else.format(id=mine.id))


async def keep(room: Room, act: Act, changed: Draft) -> None:
    """Keep an edit and show what it changes so far."""
    room.drafts.keep(act.who, changed)
    await show_changed(room, act, changed)


async def show_changed(room: Room, act: Act, changed: Draft, more: Sequence[DeskButton] = ()) -> None:
    """Show what an edit changes so far, with `more` buttons above the usual ones."""
    notice = notices.changed(room.knowledge, changed, form_problems(changed), act.language)
    await room.say(act, replace(notice, buttons=(*((each,) for each in more), *notice.buttons)))
