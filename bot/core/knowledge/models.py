"""What a knowledge file may hold: one model for each kind of record."""

from enum import StrEnum
from typing import Annotated, Literal, Protocol, TypeVar

from bot.core.knowledge.fields import Day, Id, Line, Number, Position, Record, Url, Year, many
from bot.core.model import Language


class FactKind(StrEnum):
    """What a fact is about; it decides how soon it must be looked at again and what happens when nobody did."""

    MONEY = "money"
    ELIGIBILITY = "eligibility"
    PHONE = "phone"
    PROCEDURE = "procedure"


class Both(Record):
    """A text in Korean and in English."""

    ko: Line
    en: Line


T_co = TypeVar("T_co", covariant=True)


class InBoth(Protocol[T_co]):
    """Anything that the knowledge tells in Korean and in English."""

    @property
    def ko(self) -> T_co:
        """What it tells in Korean."""

    @property
    def en(self) -> T_co:
        """What it tells in English."""


def said(told: InBoth[T_co], language: Language) -> T_co:
    """Return what is told, in the language it is to be shown in."""
    return told.en if language is Language.EN else told.ko


class Asks(Record):
    """Ways of asking, or other texts to learn from, by the language they are written in."""

    ko: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()
    zh: tuple[Line, ...] = ()

    def of(self, language: Language) -> tuple[str, ...]:
        """Return the texts written in `language`."""
        texts: tuple[str, ...] = getattr(self, language.value)
        return texts


class Answer(Record):
    """What to do: a first line that answers, then steps."""

    lead: Line
    steps: Annotated[tuple[Line, ...], many(2, 7)]


class Answers(Record):
    """The answer in both languages."""

    ko: Answer
    en: Answer


class Voice(Record):
    """What somebody who came earlier said, retold; `person` is an id of people.yaml."""

    person: Id
    ko: Line
    en: Line


class Fact(Record):
    """A rule or a figure: the year it holds for, where it stands written, when it was and must be looked at."""

    id: Id
    kind: FactKind
    ko: Line
    en: Line
    as_of: Year
    source: Line
    url: Url
    checked: Day
    review_by: Day


class EntryContent(Record):
    """One file of knowledge/advice; its id and category are its path.

    `show` is a message to hold up at a counter, `call` one to read out on the telephone; `origin` says that they tell
    where the person comes from, because what they ask for needs it.
    """

    title: Both
    answer: Answers
    voices: tuple[Voice, ...]
    facts: tuple[Fact, ...]
    contacts: tuple[Id, ...]
    search_words: tuple[Both, ...]
    show: Both | None = None
    call: Both | None = None
    origin: Literal["needed"] | None = None
    related: tuple[Id, ...]
    stages: tuple[Id, ...]
    notes: Line
    ask: Asks


class Category(Record):
    """A part of life in the menu."""

    id: Id
    title: Both


class Contact(Record):
    """A telephone number: who answers, when (if that is known), when to call it, where that stands written.

    With `area_code` it cannot be dialled from a mobile as it stands: the code of the area goes before it.
    """

    name: Both
    number: Number
    area_code: bool = False
    hours: Both | None = None
    use: Both
    source: Line
    url: Url
    checked: Day
    review_by: Day


class Center(Record):
    """A Hana Center: where it is, the places it covers, what is known of it; its number once that is confirmed."""

    name: Both
    region: Both
    covers: tuple[Line, ...]
    known: Both
    number: Number | None = None
    source: str
    url: str
    checked: Day
    review_by: Day


class Place(Record):
    """A city, county or district of `region`, and where it lies: points "latitude longitude" in degrees.

    `everyday` says that its name without the ending is an everyday word too.
    """

    name: Both
    region: Both
    points: Annotated[tuple[Position, ...], many(1)]
    everyday: Literal["yes"] | None = None


class Advice(Record):
    """One thing that a person said, in our words, and the entries that carry it."""

    ko: Line
    en: Line
    entries: Annotated[tuple[Id, ...], many(1)]


class Person(Record):
    """Somebody whose published interview advice is retold from, and the ledger of that advice."""

    name: Both
    year: Year
    title: Line
    url: Url
    advice: Annotated[tuple[Advice, ...], many(1)]


class StageQuestion(Record):
    """A question worth asking at a stage, and the entry that answers it."""

    entry: Id
    ko: Line
    en: Line


class StagePart(Record):
    """The questions of one part of life at one stage; `category` is an id of advice/categories.yaml."""

    category: Id
    questions: Annotated[tuple[StageQuestion, ...], many(1, 8)]


class Stage(Record):
    """How long somebody has been here, and what is worth asking then."""

    id: Id
    title: Both
    parts: Annotated[tuple[StagePart, ...], many(1)]


class WordKind(StrEnum):
    """How a word differs between North and South."""

    NORTHERN = "northern-word"
    SPELLING = "spelling"
    FALSE_FRIEND = "false-friend"
    LOANWORD = "loanword"
    ABBREVIATION = "abbreviation"


class Word(Record):
    """A thing, what it is called in the North (nothing for what is new here) and in the South, explained plainly.

    A loanword or an abbreviation is explained below each card that uses it, unless it is an `everyday` word.
    """

    north: tuple[Line, ...]
    south: Annotated[tuple[Line, ...], many(1)]
    ko: Line
    en: Line
    kind: WordKind
    everyday: Literal["yes"] | None = None


class Concept(Record):
    """A thing that did not exist in the North: what it is, what it is nearest to, how it can harm, the first step.

    `words` and `english` are the names it is asked by; `entry` says more. `source` names where a figure stands written.
    """

    id: Id
    words: Annotated[tuple[Line, ...], many(1)]
    english: Annotated[tuple[Line, ...], many(1)]
    title: Both
    what: Both
    nearest: Both
    harm: Both
    first: Both
    entry: Id
    source: Line | None = None
