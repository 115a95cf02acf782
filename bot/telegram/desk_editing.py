"""Editing in the group: an entry is found, shown, and changed field by field."""

from dataclasses import replace

from bot.core.editing import BadText, Draft, meant, put
from bot.desk import notices
from bot.desk.fields import Field, field_of, records_named
from bot.telegram.desk_hand import at_hand, begun, keep, show_changed
from bot.telegram.desk_room import Act, Room

_LISTED = 5
"""So many entries that words may mean are shown beside those that bear them in their names."""


async def find(room: Room, act: Act, words: str) -> None:
    """Show the entries that some words may be about: by id, by title, by meaning."""
    p, knowledge = room.phrases(act.language), room.knowledge
    if not words:
        await room.tell(act, p.find_how)
        return
    engine = room.current.engine
    named = [id_ for id_ in knowledge.entries if words.casefold() in id_]
    titles = {id_: entry.content.title for id_, entry in knowledge.entries.items()}
    titled = [id_ for id_, title in titles.items() if words.casefold() in f"{title.ko} {title.en}".casefold()]
    ranked = [each.id for each in engine.matcher.rank(engine.view(words)) if each.id in knowledge.entries]
    ids = list(dict.fromkeys((*named, *titled, *ranked[:_LISTED])))
    await room.say(act, notices.found(knowledge, ids, records_named(knowledge, words, act.language), act.language))


async def show(room: Room, act: Act, id_: str) -> None:
    """Show what a coordinator must know of an entry."""
    p = room.phrases(act.language)
    found = room.knowledge.entries.get(room.knowledge.current(id_))
    if found is None:
        await (room.tell(act, p.show_how) if not id_ else find(room, act, id_))
        return
    await room.say(act, notices.entry(room.knowledge, found, act.language))


async def draft(room: Room, act: Act, _: str = "") -> None:
    """Show what somebody is editing."""
    mine = room.drafts.of(act.who)
    if mine is None:
        await room.tell(act, room.phrases(act.language).draft_none)
        return
    await show_changed(room, act, mine)


async def discard(room: Room, act: Act, _: str) -> None:
    """Drop what somebody is editing."""
    p, mine = room.phrases(act.language), room.drafts.of(act.who)
    room.drafts.drop(act.who)
    await room.tell(act, p.draft_discarded.format(id=mine.id) if mine else p.draft_none)


async def fields(room: Room, act: Act, id_: str) -> None:
    """Show the fields of an entry to choose from."""
    mine = await at_hand(room, act, id_)
    if mine:
        await room.say(act, notices.fields(room.knowledge, mine.id, mine, act.language))


async def field(room: Room, act: Act, target: str) -> None:
    """Show what a field holds, and how to send what it is to hold."""
    found = await _field(room, act, target)
    if found:
        place, mine = found
        await room.say(act, notices.prompt(room.knowledge, place, mine, act.language))


async def write_field(room: Room, act: Act, target: str) -> None:
    """Put what somebody replied into the field that was asked for."""
    p, found = room.phrases(act.language), await _field(room, act, target)
    if not found:
        return
    place, mine = found
    try:
        value = meant(act.message.text or "", place.kind)
        await keep(room, act, replace(mine, value=put(mine.value, place.path, value)))
    except BadText as bad:
        await room.tell(act, p.file_bad.format(line=bad.line, reason=bad.said(act.language)))
    except KeyError:
        await room.tell(act, p.gone_button)


async def _field(room: Room, act: Act, target: str) -> tuple[Field, Draft] | None:
    mine = room.drafts.of(act.who)
    place = field_of(room.knowledge, target, mine)
    if place is None:
        await room.tell(act, room.phrases(act.language).gone_button)
        return None
    if mine and mine.name == place.name:
        return place, mine
    started = await begun(room, act, place.name) if not mine else await at_hand(room, act, place.ref)
    return (place, started) if started else None
