"""Finding a Hana Center: by region, by what a text names, by a shared position."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from bot.core.centers import MOST, centers_in, centers_of, nearest, region_key, regions_of
from bot.core.knowledge.cards import contact_line, contacts_block, day_line
from bot.core.knowledge.models import Center, said
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Block, Button, Language, Part, Reply, Verb
from bot.core.rows import in_rows, other_language, related, titled, way_out

CALL_CENTRE = "hana-call-centre"
"""The contact that knows every centre."""
ABOUT_CENTERS = "hana-center"
"""The entry about what a centre does."""


def regions(knowledge: Knowledge, language: Language, *first: str) -> Reply:
    """Return the regions to choose from, under `first` lines or the question where somebody lives."""
    phrases = knowledge.phrases[language]
    buttons = [
        Button(said(region, language), Action(Verb.CENTERS, language, key))
        for key, region in regions_of(knowledge.centers).items()
    ]
    here = Action(Verb.CENTERS, language)
    last = way_out(knowledge, here)
    lines = (*first, *phrases.center_ask)
    return Reply((Block(Part.TEXT, lines),), (*in_rows(buttons), last), language)


def in_region(knowledge: Knowledge, action: Action, today: date) -> Reply | None:
    """Return the centres that `action` points at, by their region or one by one; None if there are none."""
    named = tuple(id_ for id_ in action.parts if id_ in knowledge.centers)
    ids = centers_in(knowledge.centers, action.target) or (named if len(named) == len(action.parts) else ())
    return _of_several(knowledge, ids, action, today) if ids else None


def named(knowledge: Knowledge, text: str, language: Language, today: date) -> Reply:
    """Return the centres of the places that `text` names, or the regions to choose from."""
    ids = centers_of(knowledge.centers, text, knowledge.places)
    if not ids:
        return regions(knowledge, language, knowledge.phrases[language].center_not_found)
    if len(ids) > MOST:  # districts of many cities are called so
        return regions(knowledge, language)
    return _of_several(knowledge, ids, _pointing_at(knowledge, ids, language), today)


def near(knowledge: Knowledge, latitude: float, longitude: float, language: Language, today: date) -> Reply:
    """Return the centres near a position in degrees, or the regions to choose from if it is nowhere near."""
    phrases = knowledge.phrases[language]
    place = nearest(knowledge.places, latitude, longitude)
    if place is None:
        return regions(knowledge, language, phrases.center_far)
    where = f"{said(place.region, language)} {said(place.name, language)}"
    if place.region == place.name:
        where = said(place.region, language)
    ids = centers_of(knowledge.centers, f"{place.region.ko} {place.name.ko}", knowledge.places)
    reply = _of_several(knowledge, ids, _pointing_at(knowledge, ids, language), today)
    first = Block(Part.TEXT, (phrases.center_near.format(place=where),))
    return replace(reply, blocks=(first, *reply.blocks))


def center_card(knowledge: Knowledge, id_: str, action: Action, today: date) -> Reply:
    """Return what is known of a centre, its number if that is confirmed, and the number that knows."""
    language = action.language
    center = knowledge.centers[id_]
    phrases = knowledge.phrases[language]
    overdue = (phrases.center_overdue,) if today > center.review_by else ()
    blocks = (
        Block(Part.TEXT, (phrases.center_found,)),  # a lock screen shows the first line
        *titled(said(center.name, language), said(center.known, language)),
        Block(Part.TEXT, (_number(center, phrases, language, today), *overdue)),
        contacts_block(knowledge, [CALL_CENTRE], language),
        Block(Part.SMALL, (phrases.center_checked.format(day=day_line(center.checked, phrases)),)),
    )
    rows = [related(knowledge, ABOUT_CENTERS, language)] if ABOUT_CENTERS in knowledge.entries else []
    rows += _elsewhere(knowledge, language)
    last = way_out(knowledge, action)
    return Reply(blocks, (*rows, last), language)


def centers_block(centers: Sequence[Center], phrases: Phrases, language: Language) -> Block:
    """Return what is known of the given Hana Centers, and where their numbers are known."""
    found = tuple(f"{said(center.name, language)}: {said(center.known, language)}" for center in centers)
    return Block(Part.FACTS, (*found, phrases.center_unconfirmed), phrases.centers)


def _of_several(knowledge: Knowledge, ids: Sequence[str], action: Action, today: date) -> Reply:
    """Return the one centre's card, or the centres to choose from; `action` points at them."""
    if len(ids) == 1:
        return center_card(knowledge, ids[0], action, today)
    language = action.language
    phrases = knowledge.phrases[language]
    centers = [knowledge.centers[id_] for id_ in ids]
    rows = [
        (Button(said(center.name, language), Action(Verb.CENTER, language, id_)),)
        for id_, center in zip(ids, centers, strict=True)
    ]
    last = (*(_elsewhere(knowledge, language)[0]), other_language(knowledge, action))
    block = centers_block(centers, phrases, language)
    return Reply((Block(Part.TEXT, (phrases.center_choose,)), block), (*rows, last), language)


def _pointing_at(knowledge: Knowledge, ids: Sequence[str], language: Language) -> Action:
    """Return the action that shows these centres: one, a whole region's, or several if a button has room for them."""
    if len(ids) == 1:
        return Action(Verb.CENTER, language, ids[0])
    keys = {region_key(knowledge.centers[id_].region) for id_ in ids}
    if len(keys) == 1 and set(centers_in(knowledge.centers, *keys)) == set(ids):
        return Action(Verb.CENTERS, language, keys.pop())
    together = Action(Verb.CENTERS, language, ".".join(ids))
    return together if together.fits else Action(Verb.CENTERS, language)


def _number(center: Center, phrases: Phrases, language: Language, today: date) -> str:
    """Return a centre's number as a line; one that was never confirmed or is due to be checked is not shown."""
    if center.number is None or today > center.review_by:
        return phrases.center_unconfirmed
    return contact_line(said(center.name, language), center.number, "", phrases)


def _elsewhere(knowledge: Knowledge, language: Language) -> tuple[tuple[Button, ...], ...]:
    return ((Button(knowledge.phrases[language].center_elsewhere_button, Action(Verb.CENTERS, language)),),)
