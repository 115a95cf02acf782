"""A Reply as the parts of a page: what stands where, what is a link, which numbers can be called. No markup yet."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Block, Button, Language, Outcome, Part, Reply, Verb

OPENING = "/a/"
"""Where what a link shows is asked for: its action follows."""
_POSTED = frozenset([Verb.FEEDBACK, Verb.OFFER, Verb.VERDICT])
"""No links if they have a target: what is counted when it is pressed, for whoever looks ahead at links must count
nothing; what somebody was told, which would stand in the address and in the history. The same holds for cards of
emergencies.
"""
_COUNTED = r"[%원명년만천일개월시호건]|\s(?:days|won|people|hours|months)\b"
"""What stands behind a number that counts something and is nobody's telephone."""
_LETTERS = {
    Language.KO: re.compile(r"[가-힣]"), Language.EN: re.compile(r"[A-Za-z]"), Language.ZH: re.compile(r"[一-鿿]"),
}  # fmt: skip
_LARGE = frozenset([Verb.SHOW, Verb.CALL])
"""What is held up to somebody, or read out with the telephone at the ear, stands in large letters."""


@dataclass(frozen=True, slots=True)
class Run:
    """Some letters of a line; `number` is what to dial if they are a telephone number of the register."""

    text: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text; `language` is named where it is not the page's: a screen reader must know how to say it."""

    runs: tuple[Run, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Section:
    """A block as it stands on the page: what it is, its heading, its lines."""

    kind: Part
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A button as it stands on the page: a link to an `address`, or what is `posted` when it is pressed."""

    label: str
    language: str
    address: str = ""
    posted: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """Something that may be ticked, and whether it is."""

    letter: str
    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A reply as it stands on the page; `look` is "urgent", "large" or nothing.

    What is ticked of `ticks` goes with whatever is posted.
    """

    title: str
    look: str
    alert: str
    sections: tuple[Section, ...]
    links: tuple[Link, ...]
    ticks: tuple[Tick, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """The telephone numbers of the register, found in texts as wholes."""

    pattern: re.Pattern[str]

    def runs(self, line: str) -> tuple[Run, ...]:
        """Return `line` in runs, each number by itself."""
        return tuple(self._runs(line))

    def _runs(self, line: str) -> Iterator[Run]:
        at = 0
        for found in self.pattern.finditer(line):
            if found.start() > at:
                yield Run(line[at : found.start()])
            yield Run(found.group(), found.group().replace("-", ""))
            at = found.end()
        if at < len(line):
            yield Run(line[at:])


def numbers_of(knowledge: Knowledge) -> Numbers:
    """Return what finds the numbers of `knowledge` that a tap may dial as they stand."""
    dialled = {each.number for each in knowledge.contacts.values() if not each.area_code}
    numbers = sorted(dialled, key=len, reverse=True)
    known = "|".join(map(re.escape, numbers)) or "(?!)"
    return Numbers(re.compile(rf"(?<![\d-])(?:{known})(?![\d-]|{_COUNTED})"))


def shown(reply: Reply, numbers: Numbers, hidden: Collection[str], action: Action | None = None) -> tuple[Shown, ...]:
    """Return `reply` and what it says also, as they stand on the page.

    The cards `hidden` (the ids of emergencies) stand in no address; `action` is what opened the reply, if
    something did.
    """
    look = "large" if action and action.verb in _LARGE else ""
    first, *rest = reply.blocks or (Block(Part.TEXT, ()),)
    titled = first.part is Part.TITLE and len(first.lines) == 1
    own = Shown(
        title=first.lines[0] if titled else "",
        look="urgent" if reply.outcome is Outcome.URGENT or reply.shown in hidden else look,
        alert=reply.alert,
        sections=tuple(_section(block, numbers, reply.language) for block in (rest if titled else (first, *rest))),
        links=tuple(_link(button, reply.language, hidden) for row in reply.buttons for button in row),
    )
    return (own, *(shown(reply.also, numbers, hidden) if reply.also else ()))


def with_ticks(page: Shown, reply: Reply, knowledge: Knowledge, action: Action) -> Shown:
    """Return the list of what may have been offered as one form, in which `action` says what is ticked.

    In a chat each tap shows the list anew; here that would be one page after another.
    """
    language = reply.language
    links = []
    for button in (each for row in reply.buttons for each in row):
        match button.action.verb:
            case Verb.OFFER if button.action.language is language:
                continue
            case Verb.VERDICT:
                links.append(Link(knowledge.web[language].offer_result, "", posted=_untold(button.action)))
            case Verb.OFFER:
                links.append(Link(button.label, _foreign(button.label, language), posted=_untold(button.action)))
            case _:
                links.append(_link(button, language, ()))
    flags = knowledge.offers.flags.values()
    ticks = (Tick(each.letter, said(each.title, language), each.letter in action.target) for each in flags)
    return replace(page, links=tuple(links), ticks=tuple(ticks))


def _untold(action: Action) -> str:
    return replace(action, target="").encode()


def _section(block: Block, numbers: Numbers, language: Language) -> Section:
    lines = tuple(Line(numbers.runs(line), _foreign(line, language)) for line in block.lines)
    return Section(block.part, block.heading, lines)


def _foreign(text: str, page: Language) -> str:
    """Return the language of most of a text if it is not the page's, else nothing: a word of another is no matter."""
    many = {language: len(found.findall(text)) for language, found in _LETTERS.items()}
    most = max(many, key=many.__getitem__)
    return str(most) if most is not page and 2 * many[most] > sum(many.values()) else ""


def _link(button: Button, page: Language, hidden: Collection[str]) -> Link:
    foreign = _foreign(button.label, page)
    if (button.action.verb in _POSTED and button.action.target) or not set(hidden).isdisjoint(button.action.parts):
        return Link(button.label, foreign, posted=button.action.encode())
    return Link(button.label, foreign, address=OPENING + quote(button.action.encode(), safe=":.+"))
