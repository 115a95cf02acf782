"""What must be looked at again, and a coordinator's word that it still holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from bot.core.editing import Draft, draft_of, entry_name, put
from bot.core.knowledge.models import Both, FactKind
from bot.core.knowledge.whole import Knowledge
from bot.core.knowledge.yaml_text import Path

FACT, CONTACT, CENTER = "f", "c", "z"
"""How a button names what is due: a fact of an entry, a telephone number, a Hana Center."""
CONTACTS, CENTERS = "@c", "@z"
"""How a button names a register."""
REGISTERS: Final[Mapping[str, str]] = {CONTACTS: "contacts.yaml", CENTERS: "centers.yaml"}
"""Its file; a record of it stands behind its name: "@c.police-112"."""
_DAYS: Final = {FactKind.PROCEDURE: 365}
_FEWER_DAYS: Final = 180
"""Days until the next look: money, eligibility and telephone numbers change more often than procedures."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be looked at by `review_by`: what it says, and where in which file it stands.

    `field` is how a button names the field to change it in; `days` how long it may hold once it was looked at.
    """

    kind: str
    id: str
    text: Both
    review_by: date
    name: str
    path: Path
    field: str
    days: int


SOON: Final = 30
"""Days before its time that something is told of: when it is overdue, money and numbers are no longer shown."""


def due(knowledge: Knowledge, today: date, ahead: int = SOON) -> list[Due]:
    """Return what is overdue by `today` or will be in `ahead` days, the longest overdue first."""
    last = today + timedelta(days=ahead)
    return sorted((each for each in dated(knowledge) if each.review_by < last), key=lambda each: each.review_by)


def dated(knowledge: Knowledge) -> Iterator[Due]:
    """Yield everything that bears a date of review."""
    for id_, entry in knowledge.entries.items():
        name = entry_name(entry.category, id_)
        for at, fact in enumerate(entry.content.facts):
            days = _DAYS.get(fact.kind, _FEWER_DAYS)
            text = Both(ko=fact.ko, en=fact.en)
            yield Due(FACT, fact.id, text, fact.review_by, name, ("facts", at), f"{id_}.facts.{at}", days)
    for id_, contact in knowledge.contacts.items():
        text = Both(ko=f"{contact.name.ko} {contact.number}", en=f"{contact.name.en} {contact.number}")
        name, field = REGISTERS[CONTACTS], f"{CONTACTS}.{id_}"
        yield Due(CONTACT, id_, text, contact.review_by, name, (id_,), field, _FEWER_DAYS)
    for id_, center in knowledge.centers.items():
        name, field = REGISTERS[CENTERS], f"{CENTERS}.{id_}"
        yield Due(CENTER, id_, center.name, center.review_by, name, (id_,), field, _FEWER_DAYS)


def still_right(texts: Mapping[str, str], knowledge: Knowledge, kind: str, id_: str, today: date) -> Draft | None:
    """Return the change by which something was checked `today` and still holds, or None if there is no such thing."""
    found = next((each for each in dated(knowledge) if (each.kind, each.id) == (kind, id_)), None)
    if found is None:
        return None
    draft = draft_of(found.name, texts[found.name])
    value = put(draft.value, (*found.path, "checked"), today.isoformat())
    again = (today + timedelta(days=found.days)).isoformat()
    return replace(draft, value=put(value, (*found.path, "review_by"), again))
