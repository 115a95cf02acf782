"""A page as a browser reads it: its tags in order, its links and forms, its text. Broken HTML is an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_VOID: Final = frozenset(["meta", "link", "input", "br", "hr", "img"])
_RAW: Final = frozenset(["style", "script"])


@dataclass
class Form:
    """A form: where it is sent, and its fields that have a value, but for what can be ticked."""

    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)


class Read(HTMLParser):
    """What a page holds; raises AssertionError for tags that do not match."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, Mapping[str, str]]] = []
        self.links: dict[str, str] = {}
        self.forms: list[Form] = []
        self.text = ""
        self._open: list[str] = []
        self._address = ""
        self.feed(html)
        self.close()
        assert self._open == [], self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        assert len(named) == len(attrs), f"an attribute twice: {attrs}"
        self.tags.append((tag, named))
        if tag == "a":
            self._address = named["href"]
            self.links.setdefault(self._address, "")
        if tag == "form":
            self.forms.append(Form(named["method"], named["action"]))
        if tag in ("input", "button") and "name" in named and named.get("type") != "checkbox":
            self.forms[-1].fields[named["name"]] = named.get("value", "")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, tag
        if tag in ("p", "li", "h1", "h2", "h3"):
            self.text += "\n"
        if tag == "a":
            self._address = ""

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] in _RAW:
            return
        self.text += data
        if self._address:
            self.links[self._address] += data

    def all(self, tag: str) -> list[Mapping[str, str]]:
        """Return the attributes of every such tag."""
        return [named for name, named in self.tags if name == tag]
