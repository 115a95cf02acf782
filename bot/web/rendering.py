"""A page as HTML: the only door to jinja2. Whatever is put into a template is escaped."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from bot.core.knowledge.web_phrases import WebPhrases
from bot.web.printed import Book, Sheet
from bot.web.showing import Shown

_FOLDER: Final = files("bot.web") / "templates"


def _text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


STYLE: Final = _text("page.css")
SCRIPT: Final = _text("page.js")
POLICY: Final = (
    f"default-src 'none'; style-src {_digest(STYLE)}; script-src {_digest(SCRIPT)}; img-src data:; "
    "connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a browser may do with a page of ours: nothing comes from elsewhere, nothing but these two texts is obeyed."""


@dataclass(frozen=True, slots=True)
class OtherHome:
    """The first page in the other language."""

    language: str
    address: str
    label: str


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page: what is shown from top to bottom, and the form to ask, which tells what was shown `last`.

    `kept` says that it can be forgotten by leaving it. The first page is headed by a link to the `other` one, and the
    form stands below its first part. A `title` names no topic: titles stay in a history.
    """

    language: str
    name: str
    title: str
    heading: str
    shown: tuple[Shown, ...]
    is_home: bool
    kept: bool
    last: str
    home: str
    other: OtherHome
    asked_at: str
    posted_to: str
    leave: str
    longest: int


def html(page: Page, words: WebPhrases) -> str:
    """Return the page in HTML."""
    return _render("page.html", page=page, words=words, style=Markup(STYLE), script=Markup(SCRIPT))  # noqa: S704 - ours


def poster_html(sheet: Sheet, code: str) -> str:
    """Return the sheet in HTML; `code` is an SVG of ours."""
    return _render("poster.html", sheet=sheet, style=Markup(_text("poster.css")), code=Markup(code))  # noqa: S704


def book_html(book: Book) -> str:
    """Return the book in HTML that needs nothing else: no other file, no network, no script."""
    style = f"{STYLE}\n{_text('book.css')}"
    policy = f"default-src 'none'; style-src {_digest(style)}; base-uri 'none'; form-action 'none'"
    return _render("book.html", book=book, policy=policy, style=Markup(style))  # noqa: S704


def _render(name: str, **values: object) -> str:
    return _TEMPLATES.get_template(name).render(**values)


_TEMPLATES: Final = Environment(
    loader=DictLoader({name: _text(name) for name in ("parts.html", "page.html", "poster.html", "book.html")}),
    autoescape=True,
    undefined=StrictUndefined,
)
