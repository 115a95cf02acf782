"""Ways of asking in the group: added line by line, found by their words and taken away."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.editing import Draft, asks_with, at, lines_of, put, with_asks
from bot.desk import notices
from bot.desk.fields import mark, number
from bot.desk.model import DeskButton, DeskVerb
from bot.telegram.desk_hand import at_hand, keep, show_changed
from bot.telegram.desk_room import Act, Room


async def asks(room: Room, act: Act, id_: str) -> None:
    """Ask for more ways of asking."""
    mine = await at_hand(room, act, id_)
    if mine:
        lines = [line.format(id=mine.id) for line in room.phrases(act.language).asks_add_how]
        await room.say(act, notices.asked_for(room.knowledge, DeskVerb.INPUT_ASKS, mine.id, lines, act.language))


async def write_asks(room: Room, act: Act, id_: str) -> None:
    """Add the lines of a reply as ways of asking."""
    mine = await at_hand(room, act, id_)
    if mine:
        await add_asks(room, act, mine, list(lines_of(act.message.text or "")))


async def add_asks(room: Room, act: Act, mine: Draft, lines: Sequence[str], *, told: str = "") -> None:
    """Add ways of asking to an edit; `told` is the sealed way to whoever asked, who is told when it is published."""
    p = room.phrases(act.language)
    wider, added = with_asks(mine, lines)
    if not added and not told:
        await room.tell(act, p.asks_added_none)
        return
    ways = (*mine.told, told) if told and told not in mine.told else mine.told
    wider = replace(wider, told=ways)
    room.drafts.keep(act.who, wider)
    more = [_to_change(wider, text, p.ask_change_button) for text in added] if told else []
    await show_changed(room, act, wider, more)
    if told:
        await room.tell(act, p.ticket_careful)


def _to_change(mine: Draft, text: str, label: str) -> DeskButton:
    code, place, _ = asks_with(mine, text)[-1]
    return notices.button(label, DeskVerb.FIELD, f"{mine.id}.ask.{code}.{place}")


async def drop_ask(room: Room, act: Act, target: str) -> None:
    """Ask which way of asking is to go; or take it away, if it is still the one that the button named."""
    id_, *rest = target.split(".")
    mine = await at_hand(room, act, id_)
    if mine is None:
        return
    if len(rest) != 3:
        lines = (room.phrases(act.language).asks_drop_how.format(id=mine.id),)
        await room.say(act, notices.asked_for(room.knowledge, DeskVerb.INPUT_DROP, mine.id, lines, act.language))
        return
    path = ("ask", rest[0], number(rest[1]))
    text = at(mine.value, path)
    if not isinstance(text, str) or mark(text) != rest[2]:
        await room.tell(act, room.phrases(act.language).gone_button)
        return
    await keep(room, act, replace(mine, value=put(mine.value, path, None)))


async def find_asks(room: Room, act: Act, id_: str) -> None:
    """Show the ways of asking that hold what somebody replied, to be taken away."""
    mine = await at_hand(room, act, id_)
    if mine:
        found = asks_with(mine, act.message.text or "") if (act.message.text or "").strip() else []
        await room.say(act, notices.asks_to_drop(room.knowledge, mine.id, found, act.language))
