"""What a field of a knowledge file may hold, and the form of a file: the only door to pydantic."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Generic, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

_MARKUP = re.compile(r"\*\*|__|</?[a-zA-Z][^>]*>|&[a-z]+;|^[-*#>] |`")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]")
ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_LONGEST_ID = 32
_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
"""On Windows no file can be called so: it would be a device."""


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
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("day", "day")
    return value


Line: TypeAlias = Annotated[str, AfterValidator(_one_line)]
Id: TypeAlias = Annotated[str, Field(pattern=ID_PATTERN, max_length=_LONGEST_ID)]
Day: TypeAlias = Annotated[date, BeforeValidator(_day)]
Year: TypeAlias = Annotated[str, Field(pattern=r"^(19|20)[0-9]{2}$")]
Url: TypeAlias = Annotated[str, Field(pattern=r"^https?://\S+$")]


def is_id(text: str) -> bool:
    """Say whether `text` can be an id, and so the name of a file."""
    return len(text) <= _LONGEST_ID and bool(re.fullmatch(ID_PATTERN, text)) and not _DEVICES.fullmatch(text)


def many(least: int = 0, most: int | None = None) -> Any:
    """Return the limits of a list, to stand in an annotation."""
    return Field(min_length=least, max_length=most)


Position: TypeAlias = Annotated[str, Field(pattern=r"^-?[0-9]{1,2}\.[0-9]{1,4} -?[0-9]{1,3}\.[0-9]{1,4}$")]
Letter: TypeAlias = Annotated[str, Field(pattern=r"^[a-z]$")]
Number: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]{3,4}(-[0-9]{3,4}){0,2}$")]


class Record(BaseModel):
    """The rules of every model: frozen, and no field that is not named here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
