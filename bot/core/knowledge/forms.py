"""Which file of the knowledge folder has which form: one table for reading, writing, checking and the schema."""

from typing import Any, Final

from bot.core.knowledge.desk_phrases import DeskPhrases
from bot.core.knowledge.fields import Form, Id
from bot.core.knowledge.message_models import (
    Courtesies,
    FollowUps,
    NotCovered,
    OffersFile,
    UrgentFile,
    UrgentTexts,
)
from bot.core.knowledge.models import (
    Asks,
    Category,
    Center,
    Concept,
    Contact,
    EntryContent,
    Person,
    Place,
    Stage,
    Word,
)
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.web_phrases import WebPhrases

ENTRY: Final = Form[EntryContent](EntryContent)
CATEGORIES: Final = Form[tuple[Category, ...]](tuple[Category, ...])
CONTACTS: Final = Form[dict[str, Contact]](dict[Id, Contact])
CENTERS: Final = Form[dict[str, Center]](dict[Id, Center])
PEOPLE: Final = Form[dict[str, Person]](dict[Id, Person])
STAGES: Final = Form[tuple[Stage, ...]](tuple[Stage, ...])
CONCEPTS: Final = Form[tuple[Concept, ...]](tuple[Concept, ...])
URGENT: Final = Form[UrgentFile](UrgentFile)
URGENT_TEXTS: Final = Form[UrgentTexts](UrgentTexts)
WORDS: Final = Form[tuple[Word, ...]](tuple[Word, ...])
COURTESIES: Final = Form[Courtesies](Courtesies)
FOLLOW_UPS: Final = Form[FollowUps](FollowUps)
NOT_COVERED: Final = Form[NotCovered](NotCovered)
OFFERS: Final = Form[OffersFile](OffersFile)
PLACES: Final = Form[tuple[Place, ...]](tuple[Place, ...])
RETIRED: Final = Form[dict[str, str]](dict[Id, Id])
REQUESTS: Final = Form[dict[str, Asks]](dict[Id, Asks])
PHRASES: Final = Form[Phrases](Phrases)
DESK_PHRASES: Final = Form[DeskPhrases](DeskPhrases)
WEB_PHRASES: Final = Form[WebPhrases](WebPhrases)

SINGLE_FILES: Final[dict[str, Form[Any]]] = {
    "advice/categories.yaml": CATEGORIES,
    "contacts.yaml": CONTACTS,
    "centers.yaml": CENTERS,
    "people.yaml": PEOPLE,
    "stages.yaml": STAGES,
    "concepts.yaml": CONCEPTS,
    "urgent.yaml": URGENT,
    "urgent_texts.yaml": URGENT_TEXTS,
    "courtesies.yaml": COURTESIES,
    "follow_ups.yaml": FOLLOW_UPS,
    "not_covered.yaml": NOT_COVERED,
    "offers.yaml": OFFERS,
    "places.yaml": PLACES,
    "requests.yaml": REQUESTS,
    "voice/ko.yaml": PHRASES,
    "voice/en.yaml": PHRASES,
    "voice/desk_ko.yaml": DESK_PHRASES,
    "voice/desk_en.yaml": DESK_PHRASES,
    "voice/web_ko.yaml": WEB_PHRASES,
    "voice/web_en.yaml": WEB_PHRASES,
    "advice/retired.yaml": RETIRED,
}
"""Files that must be there, by name."""

SCHEMAS: Final[dict[str, Form[Any]]] = {
    "entry": ENTRY,
    "categories": CATEGORIES,
    "contacts": CONTACTS,
    "centers": CENTERS,
    "people": PEOPLE,
    "stages": STAGES,
    "concepts": CONCEPTS,
    "urgent": URGENT,
    "urgent_texts": URGENT_TEXTS,
    "words": WORDS,
    "courtesies": COURTESIES,
    "follow_ups": FOLLOW_UPS,
    "not_covered": NOT_COVERED,
    "offers": OFFERS,
    "places": PLACES,
    "requests": REQUESTS,
    "voice": PHRASES,
    "desk": DESK_PHRASES,
    "web": WEB_PHRASES,
    "retired": RETIRED,
}
"""The forms by the names the command line knows them by."""


def form_of(name: str) -> Form[Any] | None:
    """Return the form of the file `name` (as written in the folder, with `/`), or None if it has no place there."""
    folder, _, _ = name.partition("/")
    if name in SINGLE_FILES:
        return SINGLE_FILES[name]
    if folder == "advice" and name.count("/") == 2:
        return ENTRY
    return WORDS if folder == "words" and name.count("/") == 1 else None
