"""Telegram's HTML: what a person sees of it, with entities in UTF-16 units, or why it cannot be read."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

TAGS: Final[Mapping[str, str]] = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "a": "text_link", "tg-emoji": "custom_emoji", "tg-time": "date_time", "code": "code",
    "pre": "pre", "blockquote": "blockquote",
}  # fmt: skip
"""Every tag that Telegram reads -> the type of its entity."""

_SPECIAL: Final = re.compile(
    r"""<(?P<end>/?)(?P<name>[^\s<>]*)(?P<rest>(?:[^<>"']|"[^"]*"|'[^']*')*)>"""
    r"""|(?P<reference>&(?:lt|gt|amp|quot|\#\d{1,7}|\#x[0-9a-fA-F]{1,6});)|(?P<bare>[<&])"""
)
_ATTRIBUTE: Final = re.compile(
    r"""\s+(?P<name>[^\s=>"']+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<token>[\w.-]+)))?"""
)
_NEEDED: Final[Mapping[str, tuple[str, str]]] = {
    "span": ("class", "tg-spoiler"), "tg-emoji": ("emoji-id", r"\d+"), "tg-time": ("unix", r"\d+"),
}  # fmt: skip
"""Tags that mean something only with an attribute -> the attribute and what it has to look like."""


class WrongMarkup(ValueError):
    """The HTML cannot be read; the message is what Telegram says after "can't parse entities: "."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A text without markup, as a person sees it, and its entities."""

    text: str
    entities: tuple[dict[str, Any], ...] = ()


def utf16_length(text: str) -> int:
    """Return the length of `text` as Telegram counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(raw: str) -> Shown:
    """Return what Telegram shows of `raw`; raise WrongMarkup for unknown, unclosed or crossed tags, bare < and &.

    Stricter than Telegram in one thing: Telegram lets a bare & through, but whoever left it forgot to escape.
    """
    return _Reader(raw).read()


def trimmed(shown: Shown) -> Shown:
    """Return `shown` without the space around it, which Telegram does not keep."""
    text = shown.text.strip()
    before = utf16_length(shown.text[: len(shown.text) - len(shown.text.lstrip())])
    kept, longest = [], utf16_length(text)
    for entity in shown.entities:
        start = max(entity["offset"] - before, 0)
        end = min(entity["offset"] + entity["length"] - before, longest)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return Shown(text, tuple(kept))


@dataclass(slots=True)
class _Open:
    name: str
    start: int
    entity: dict[str, Any]


@dataclass(slots=True)
class _Reader:
    raw: str
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> Shown:
        at = 0
        for match in _SPECIAL.finditer(self.raw):
            self._add(self.raw[at : match.start()])
            at = match.end()
            self._special(match)
        self._add(self.raw[at:])
        if self.stack:
            raise WrongMarkup(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].name}"')
        return Shown("".join(self.pieces), tuple(sorted(self.entities, key=lambda e: (e["offset"], -e["length"]))))

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        self.length += utf16_length(text)

    def _special(self, match: re.Match[str]) -> None:
        offset = f"at byte offset {len(self.raw[: match.start()].encode())}"
        if match["bare"] == "&":
            raise WrongMarkup(f'Unescaped "&" {offset}')
        if match["bare"]:
            unclosed = "end" if self.raw.startswith("</", match.start()) else "start"
            raise WrongMarkup(f"Unclosed {unclosed} tag {offset}")
        if match["reference"]:
            self._reference(match["reference"])
        elif match["end"]:
            self._close(match["name"].lower(), match["rest"], offset)
        else:
            self._open(match["name"].lower(), match["rest"], offset)

    def _reference(self, reference: str) -> None:
        number = re.fullmatch(r"&#(?:x(\w+)|(\d+));", reference)
        code = int(number[1], 16) if number and number[1] else int(number[2]) if number else 1
        if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
            raise WrongMarkup("Text contains invalid Unicode characters after decoding HTML entities")
        self._add(chr(code) if number else html.unescape(reference))

    def _open(self, name: str, rest: str, offset: str) -> None:
        if name not in TAGS:
            raise WrongMarkup(f'Unsupported start tag "{name}" {offset}')
        attributes = _attributes(name, rest, offset)
        needed, form = _NEEDED.get(name, ("", ""))
        if needed and not re.fullmatch(form, attributes.get(needed, "")):
            raise WrongMarkup(f'Tag "{name}" must have attribute "{needed}" {offset}')
        self.stack.append(_Open(name, self.length, _entity(name, attributes)))

    def _close(self, name: str, rest: str, offset: str) -> None:
        if rest.strip():
            raise WrongMarkup(f"Unclosed end tag {offset}")
        if not self.stack:
            raise WrongMarkup(f"Unexpected end tag {offset}")
        opened = self.stack.pop()
        if name not in ("", opened.name):
            raise WrongMarkup(f'Unmatched end tag {offset}, expected "</{opened.name}>", found "</{name}>"')
        length = self.length - opened.start
        if length and (opened.entity["type"] != "text_link" or opened.entity.get("url")):
            self.entities.append(opened.entity | {"offset": opened.start, "length": length})


def _attributes(name: str, rest: str, offset: str) -> dict[str, str]:
    found, at = {}, 0
    while match := _ATTRIBUTE.match(rest, at):
        value = next((match[form] for form in ("double", "single", "token") if match[form] is not None), "")
        found[match["name"].lower()] = html.unescape(value)
        at = match.end()
    if rest[at:].strip():
        raise WrongMarkup(f'Wrong attributes of the tag "{name}" {offset}')
    return found


def _entity(name: str, attributes: Mapping[str, str]) -> dict[str, Any]:
    kind = TAGS[name]
    if name == "blockquote" and "expandable" in attributes:
        kind = "expandable_blockquote"
    values = {
        "text_link": ("url", attributes.get("href", "")),
        "custom_emoji": ("custom_emoji_id", attributes.get("emoji-id", "")),
        "date_time": ("unix_time", int(attributes.get("unix", "0") or "0") if name == "tg-time" else 0),
    }
    return {"type": kind} | (dict([values[kind]]) if kind in values else {})
