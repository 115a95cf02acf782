"""The knowledge as the bot holds it: frozen, whole, and known by its checksum."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.knowledge.desk_phrases import DeskPhrases
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
from bot.core.model import Language


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of advice: its id and category (its path), and what its file says."""

    id: str
    category: str
    content: EntryContent


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Everything the bot knows, read from one folder. Replaced whole, never changed."""

    entries: Mapping[str, Entry]
    categories: tuple[Category, ...]
    contacts: Mapping[str, Contact]
    centers: Mapping[str, Center]
    people: Mapping[str, Person]
    stages: tuple[Stage, ...]
    concepts: tuple[Concept, ...]
    urgent: UrgentFile
    urgent_texts: UrgentTexts
    words: tuple[Word, ...]
    courtesies: Courtesies
    follow_ups: FollowUps
    not_covered: NotCovered
    offers: OffersFile
    places: tuple[Place, ...]
    requests: Mapping[str, Asks]
    phrases: Mapping[Language, Phrases]
    desk: Mapping[Language, DeskPhrases]
    web: Mapping[Language, WebPhrases]
    retired: Mapping[str, str]
    checksum: str

    def entries_of(self, category: str) -> tuple[Entry, ...]:
        """Return the entries of a category in the order of their ids."""
        return tuple(entry for entry in self.entries.values() if entry.category == category)

    def current(self, id_: str) -> str:
        """Return the id of the entry that answers now what `id_` answered: itself, or its successor."""
        return self.retired.get(id_, id_)

    def asks(self) -> Iterator[tuple[str, Language, str]]:
        """Yield (id, language, text) for each way of asking, of entries and of urgent kinds alike."""
        for name, entry in self.entries.items():
            yield from ((name, language, text) for language, text in texts_of(entry.content.ask))
        for name, kind in self.urgent.kinds.items():
            for asks in (kind.heard, self.urgent_texts.urgent.get(name, Asks())):
                yield from ((name, language, text) for language, text in texts_of(asks))


def texts_of(asks: Asks) -> Iterator[tuple[Language, str]]:
    """Yield (language, text) for each text of `asks`, Korean first."""
    for language in Language:
        yield from ((language, text) for text in asks.of(language))
