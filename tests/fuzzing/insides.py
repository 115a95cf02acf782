"""All that a text goes through, with what the engine deliberately survives laid open.

`Engine` survives its own faults, so that a cry for help is never lost to one. Here each of them is kept and shown.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final, TypeVar

from botapi.markup import parse_html, utf16_length

from bot.core import engine as engine_room
from bot.core import person_replies
from bot.core.engine import Engine
from bot.core.knowledge.loading import Unreadable, canonical, read_source
from bot.core.language.asking import asks, questions_in, sentences_in
from bot.core.language.reading import language_of
from bot.core.model import LONGEST_ACTION, Language, Reply
from bot.core.privacy import masked, personal_data
from bot.desk.model import Notice
from bot.desk.tickets import ticket
from bot.telegram import inline, rendering

T = TypeVar("T")
SHOWN: Final = frozenset(["bold", "italic", "blockquote", "pre", "spoiler", "code"])
"""The only marks that a message of ours may have: none of them leads anywhere or calls anybody."""
SEAL: Final = "A" * 56
FILES: Final = ("advice/work/work-find.yaml", "urgent.yaml", "contacts.yaml", "voice/ko.yaml", "words/northern.yaml")
"""Names in the knowledge folder: files of five forms."""
COMMANDS: Final = ("word", "center", "check", "start", "what")


@contextmanager
def laid_open() -> Iterator[list[Exception]]:
    """Keep each exception that the engine survives in the list that is given."""
    kept: list[Exception] = []

    def surviving(work: Callable[[], T], instead: T) -> T:
        try:
            return work()
        except Exception as error:  # noqa: BLE001, RUF100 - what is survived is what is looked for
            kept.append(error)
            return instead

    names = vars(engine_room)
    ours = names["surviving"]
    names["surviving"] = surviving
    try:
        yield kept
    finally:
        names["surviving"] = ours


def answered(engine: Engine, text: str, last: str = "") -> Reply:
    """Answer `text`, show the answer as Telegram would, mask it; fail if Telegram would refuse what is shown."""
    reply = engine.answer(text, last)
    shown: Reply | None = reply
    while shown:
        judge(shown)
        shown = shown.also
    personal_data(text)
    masked(text)
    return reply


def besides(engine: Engine, text: str, language: Language = Language.KO) -> None:
    """Do all else with `text`: commands, an inline query, a ticket on its way, its language and its parts."""
    for name in COMMANDS:
        judge(engine.command(name, text, language))
    for result in inline.results(engine.found(text)):
        judge_html(result.input_message_content.to_dict()["message_text"])
    spoken = language_of(text).spoken
    judge(person_replies.confirm(engine.knowledge, text, spoken, SEAL))
    judge(person_replies.answered(engine.knowledge, text, spoken, SEAL))
    judge(ticket_of(engine, text, spoken))
    for part in (*questions_in(text), *sentences_in(text)):
        asks(part)


def ticket_of(engine: Engine, text: str, language: Language) -> Notice:
    """Return what the coordinators' group would see of `text`."""
    near = [each.id for each in engine.matcher.rank(engine.view(text)) if each.id in engine.knowledge.entries]
    question, urgent = person_replies.question_of(text), engine.urgent_card(text) is not None
    day = date(2026, 11, 21).isoformat()
    return ticket(engine.knowledge, question, language, SEAL, near, last_day=day, again=False, urgent=urgent)


def text_of(data: bytes) -> str:
    """Return `data` as a text of at most a message's letters; surrogates, which no UTF-8 has, are let through."""
    return data.decode("utf-8", "surrogatepass" if b"\xed" in data and is_text(data) else "replace")[
        : rendering.LONGEST
    ]


def is_text(data: bytes) -> bool:
    """Say whether `data` is UTF-8, surrogates allowed."""
    try:
        data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def read_as_knowledge(data: bytes) -> None:
    """Read `data` as a file of every form; fail with anything but what says why it is refused."""
    for name in FILES:
        try:
            source = read_source(name, data)
        except Unreadable as unreadable:
            for problem in unreadable.problems:
                assert problem.line >= 1
                str(problem)
        else:
            assert read_source(name, canonical(source).encode()).value == source.value


def judge(shown: Reply | Notice) -> None:
    """Fail if Telegram would refuse `shown`, or if it has a mark of a kind that we never set."""
    for html in rendering.messages(shown):
        judge_html(html)
    markup = rendering.keyboard(shown)
    for row in markup.inline_keyboard if markup else ():
        for button in row:
            assert button.url is None
            assert isinstance(button.callback_data, str)
            assert 1 <= len(button.callback_data.encode()) <= LONGEST_ACTION
            assert button.text.strip()


def judge_html(html: str) -> None:
    """Fail if Telegram would refuse `html`, or if it has a mark of a kind that we never set."""
    html.encode()
    seen = parse_html(html)
    assert utf16_length(seen.text) <= rendering.LONGEST
    assert {entity["type"] for entity in seen.entities} <= SHOWN
