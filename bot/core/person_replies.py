"""Asking a person: by telephone, or in writing. What is written goes to the coordinators, shown before it is sent."""

from collections.abc import Sequence

from bot.core.knowledge.cards import contacts_block
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Block, Button, Language, Part, Reply, Verb
from bot.core.privacy import masked
from bot.core.rows import card_button, related, topics, way_out

ABOUT_PEOPLE = "bot-person"
"""The entry about speaking with a person."""
LONGEST_QUESTION = 1000
"""So many letters of a question are sent to a person: what can be read and answered at once."""


def people(knowledge: Knowledge, language: Language, *, desk: bool = False) -> Reply:
    """Return who can be asked by telephone, and with a `desk` the way to ask in writing."""
    phrases = knowledge.phrases[language]
    entry = knowledge.entries.get(ABOUT_PEOPLE)
    blocks = [Block(Part.TEXT, phrases.person_desk if desk else phrases.person)]
    rows: list[tuple[Button, ...]] = [(ask_button(knowledge, language),)] if desk else []
    if entry:
        blocks.append(contacts_block(knowledge, entry.content.contacts, language))
        rows += [related(knowledge, entry.id, language)]
        if entry.content.call:
            rows += [(Button(phrases.call_button, Action(Verb.CALL, language, entry.id, below=True)),)]
    return Reply(tuple(blocks), (*rows, way_out(knowledge, Action(Verb.PERSON, language))), language)


def ask_button(knowledge: Knowledge, language: Language) -> Button:
    """Return the button to ask a person in writing."""
    return Button(knowledge.phrases[language].ask_button, Action(Verb.WRITE, language, below=True))


def question_of(text: str) -> str:
    """Return a question as one line: that is what is shown before sending, and what is sent."""
    return " ".join(text.split())


def is_too_long(text: str) -> bool:
    """Say whether a question is longer than what is sent to a person."""
    return len(question_of(text)) > LONGEST_QUESTION


def write(knowledge: Knowledge, language: Language) -> Reply:
    """Return the request to write a question."""
    return _told(knowledge, knowledge.phrases[language].ask_write, language, [_not_send(knowledge, language)])


def confirm(knowledge: Knowledge, text: str, language: Language, seal: str = "") -> Reply:
    """Return the question as it would be sent, personal data hidden, with buttons to send it or not.

    `seal` is the way to the ticket under which somebody writes back, "" for a new question.
    """
    phrases = knowledge.phrases[language]
    if is_too_long(text):
        return too_long(knowledge, language)
    question = question_of(text)
    hidden = masked(question)
    send = Button(phrases.ask_send_button, Action(Verb.SEND, language, seal))
    whole = Button(phrases.ask_send_whole_button, Action(Verb.SEND_WHOLE, language, seal))
    rows = [(send,), *([(whole,)] if hidden != question else []), (_not_send(knowledge, language),)]
    note = [Block(Part.SMALL, (phrases.ask_masked,))] if hidden != question else []
    return Reply((Block(Part.TEXT, phrases.ask_confirm), Block(Part.QUOTE, (hidden,)), *note), tuple(rows), language)


def too_long(knowledge: Knowledge, language: Language) -> Reply:
    """Return that a question is too long to be sent."""
    line = knowledge.phrases[language].ask_too_long.format(limit=LONGEST_QUESTION)
    return _told(knowledge, (line,), language, [ask_button(knowledge, language)])


def sent(knowledge: Knowledge, language: Language, days: int, *, again: bool = False) -> Reply:
    """Return that the question went to the people, and for how many days an answer can come back."""
    phrases = knowledge.phrases[language]
    lines = phrases.ask_sent_again if again else tuple(line.format(days=days) for line in phrases.ask_sent)
    return _told(knowledge, lines, language)


def too_many(knowledge: Knowledge, language: Language) -> Reply:
    """Return that somebody has asked as much as can be answered for now, and whom to call."""
    return _told(knowledge, knowledge.phrases[language].ask_too_many, language)


def only_private(knowledge: Knowledge, language: Language) -> Reply:
    """Return that a person is asked in a chat of two alone."""
    return _told(knowledge, (knowledge.phrases[language].ask_only_private,), language)


def not_sent(knowledge: Knowledge, language: Language) -> Reply:
    """Return that nothing was sent."""
    return _told(knowledge, knowledge.phrases[language].ask_not_sent, language)


def unreachable(knowledge: Knowledge, language: Language) -> Reply:
    """Return that the people cannot be reached now, and whom to call."""
    return _told(knowledge, knowledge.phrases[language].ask_unreachable, language, [ask_button(knowledge, language)])


def lost(knowledge: Knowledge, language: Language) -> Reply:
    """Return that there is no text to send."""
    return _told(knowledge, knowledge.phrases[language].ask_lost, language, [ask_button(knowledge, language)])


def expired(knowledge: Knowledge, language: Language) -> Reply:
    """Return that the way back is too old, or was used."""
    return _told(knowledge, knowledge.phrases[language].ask_expired, language, [ask_button(knowledge, language)])


def answered(knowledge: Knowledge, text: str, language: Language, seal: str) -> Reply:
    """Return what a person answered; with a `seal` there is a way to write back once more.

    It comes days later, perhaps to a telephone that somebody else holds: notifications do not show it.
    """
    phrases = knowledge.phrases[language]
    lines = tuple(line.strip() for line in text.splitlines() if line.strip())
    again = [Button(phrases.ask_again_button, Action(Verb.WRITE_BACK, language, seal, below=True))] if seal else []
    blocks = (Block(Part.TEXT, (phrases.ask_answered,)), Block(Part.HIDDEN, ("\n".join(lines),)))
    return Reply(blocks, tuple((each,) for each in (*again, topics(knowledge, language))), language)


def published(knowledge: Knowledge, id_: str, language: Language) -> Reply:
    """Return that there is now an entry on what somebody asked."""
    card = card_button(knowledge, Action(Verb.CARD, language, id_, below=True))
    return _told(knowledge, knowledge.phrases[language].ask_published, language, [card])


def _not_send(knowledge: Knowledge, language: Language) -> Button:
    return Button(knowledge.phrases[language].ask_not_send_button, Action(Verb.NOT_SEND, language))


def _told(knowledge: Knowledge, lines: Sequence[str], language: Language, buttons: Sequence[Button] = ()) -> Reply:
    rows = tuple((each,) for each in (*buttons, topics(knowledge, language)))
    return Reply((Block(Part.TEXT, tuple(lines)),), rows, language)
