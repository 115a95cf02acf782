"""What a knowledge file may hold: the models, their limits, and the JSON Schema made from them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from bot.core.model import Language

_MARKUP = re.compile(r"\*\*|__|</?[a-zA-Z][^>]*>|&[a-z]+;|^[-*#>] |`")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]")
ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _one_line(text: str) -> str:
    """One line of plain text: no markup, no line break or control letter, no space around, composed letters."""
    if not text.strip():
        raise PydanticCustomError("blank", "blank")
    if text != text.strip() or "  " in text or _CONTROL.search(text):
        raise PydanticCustomError("not_one_line", "not one line")
    if not unicodedata.is_normalized("NFC", text):
        raise PydanticCustomError("not_nfc", "not NFC")
    if _MARKUP.search(text):
        raise PydanticCustomError("markup", "markup")
    return text


def _day(value: object) -> object:
    """Dates are written 2026-11-21 and in no other way."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise PydanticCustomError("day", "day")
    return value


Line: TypeAlias = Annotated[str, AfterValidator(_one_line)]
Id: TypeAlias = Annotated[str, Field(pattern=ID_PATTERN, max_length=32)]
Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
Year: TypeAlias = Annotated[str, Field(pattern=r"^(19|20)\d{2}$")]
Url: TypeAlias = Annotated[str, Field(pattern=r"^https?://\S+$")]


class FactKind(StrEnum):
    """What a fact is about; it decides how soon it must be looked at again and what happens when nobody did."""

    MONEY = "money"
    ELIGIBILITY = "eligibility"
    PHONE = "phone"
    PROCEDURE = "procedure"


class Record(BaseModel):
    """The rules of every model: frozen, and no field that is not named here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Both(Record):
    """A text in Korean and in English."""

    ko: Line
    en: Line


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
    steps: Annotated[tuple[Line, ...], Field(min_length=2, max_length=7)]


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
    """One file of knowledge/advice; its id and category are its path."""

    title: Both
    answer: Answers
    voices: tuple[Voice, ...]
    facts: tuple[Fact, ...]
    contacts: tuple[Id, ...]
    search_words: tuple[Both, ...]
    show: Both | None = None
    related: tuple[Id, ...]
    stages: tuple[Id, ...]
    notes: Line
    ask: Asks


class Category(Record):
    """A part of life in the menu."""

    id: Id
    title: Both


class Contact(Record):
    """A telephone number: who answers, when (if that is known), when to call it, where that stands written."""

    name: Both
    number: Annotated[str, Field(pattern=r"^\d{3,4}(-\d{3,4}){0,2}$")]
    hours: Both | None = None
    use: Both
    source: Line
    url: Url
    checked: Day
    review_by: Day


class Center(Record):
    """A Hana Center: where it is, the places it covers, what is known of it."""

    name: Both
    region: Both
    covers: tuple[Line, ...]
    known: Both
    source: str
    url: str
    checked: Day
    review_by: Day


class Person(Record):
    """Somebody whose published interview advice is retold from."""

    name: Both
    year: Year
    title: Line
    url: Url


class Lines(Record):
    """A card's fixed lines in both languages."""

    ko: Annotated[tuple[Line, ...], Field(min_length=1, max_length=6)]
    en: Annotated[tuple[Line, ...], Field(min_length=1, max_length=6)]


class UrgentKind(Record):
    """One kind of emergency: its card, the wordings that bring it, and those that only look alike.

    `triggers` bring the card whatever else is said; `hints` are weaker: they bring it when the whole text is also a
    little like the urgent ways of asking. Every text of `ask` is heard by a trigger or a hint; those of `learn` by
    neither, but likeness to them counts too.
    """

    title: Both
    card: Lines
    contacts: Annotated[tuple[Id, ...], Field(min_length=1)]
    triggers: Annotated[tuple[Line, ...], Field(min_length=1)]
    hints: tuple[Line, ...] = ()
    ask: Asks
    learn: Asks
    lookalike: Asks


class UrgentFile(Record):
    """knowledge/urgent.yaml: see bot/core/safety.py for how triggers are read. Kinds stand gravest first."""

    pieces: dict[str, tuple[Line, ...]]
    harmless: tuple[Line, ...]
    kinds: dict[Id, UrgentKind]


class WordKind(StrEnum):
    """How a word differs between North and South."""

    NORTHERN = "northern-word"
    SPELLING = "spelling"
    FALSE_FRIEND = "false-friend"
    LOANWORD = "loanword"
    ABBREVIATION = "abbreviation"


class Word(Record):
    """A thing, what it is called in the North (nothing for what is new here) and in the South, explained plainly."""

    north: tuple[Line, ...]
    south: Annotated[tuple[Line, ...], Field(min_length=1)]
    ko: Line
    en: Line
    kind: WordKind


class Courtesies(Record):
    """Whole messages that ask nothing: a greeting, a word of thanks."""

    hello: Asks
    thanks: Asks


class NotCovered(Record):
    """Texts that no entry answers: far from the scope, near it, harmless but alarming.

    `later` has the texts of topics that are still to be written, by the id they will have: they move to the entry then.
    """

    far: Asks
    near: Asks
    harmless: Asks
    later: dict[Id, Asks]

    def groups(self) -> Iterator[tuple[tuple[str, ...], Asks]]:
        """Yield each group of texts with where it stands in the file."""
        for name in ("far", "near", "harmless"):
            yield (name,), getattr(self, name)
        for id_, asks in self.later.items():
            yield ("later", id_), asks


class Rejected(ValueError):
    """A value that does not fit its model: `problems` are (path, code, found, context), one each."""

    def __init__(self, problems: Sequence[tuple[tuple[str | int, ...], str, object, dict[str, Any]]]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


T = TypeVar("T")


class Form(Generic[T]):
    """The form of one kind of file: reading a plain value as a `T`, writing it back, and its JSON Schema."""

    def __init__(self, kind: Any) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)

    def read(self, value: object) -> T:
        """Return `value` as a `T`; raise Rejected with every problem at once."""
        try:
            return self._adapter.validate_python(value)
        except ValidationError as error:
            found = error.errors(include_url=False)
            raise Rejected([(tuple(e["loc"]), e["type"], e["input"], e.get("ctx", {})) for e in found]) from None

    def plain(self, value: T) -> Any:
        """Return `value` as dicts, lists and strings in the order of the fields, without what is absent."""
        return self._adapter.dump_python(value, mode="json", exclude_none=True)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the file."""
        return self._adapter.json_schema()
