"""What the coordinators' group sees of a question: the text and nothing else, and what can be done with it."""

from collections.abc import Sequence

from bot.core.knowledge.whole import Knowledge
from bot.core.model import Block, Language, Part
from bot.core.rows import title_of
from bot.desk.model import DeskAction, DeskButton, DeskVerb, Notice

MOST_NEAREST = 3


def ticket(
    knowledge: Knowledge, question: str, language: Language, seal: str, nearest: Sequence[str], *, last_day: str,
    again: bool, urgent: bool,
) -> Notice:  # fmt: skip
    """Return a question for the group. It speaks Korean, with a line of English: nobody has asked for it yet.

    `language` is what the asker is answered in; `again` says that it was written back under an earlier ticket, `urgent`
    that it sounds like a cry for help.
    """
    ko, en = knowledge.desk[Language.KO], knowledge.desk[Language.EN]
    title, in_english = (ko.ticket_again, en.ticket_again) if again else (ko.ticket, en.ticket)
    lines = (ko.ticket_reply.format(day=last_day), en.ticket_reply.format(day=last_day))
    blocks = (
        Block(Part.TITLE, (title.format(language=ko.languages[language]),)),
        Block(Part.SMALL, (in_english.format(language=en.languages[language]),)),
        *((Block(Part.TEXT, (ko.ticket_urgent, en.ticket_urgent)),) if urgent else ()),
        Block(Part.QUOTE, (question,)),
        Block(Part.SMALL, lines),
    )
    add = [
        (DeskButton(ko.ticket_add_button.format(title=title_of(knowledge, id_, Language.KO)),
                    DeskAction(DeskVerb.ADD_FROM_TICKET, id_)),)
        for id_ in nearest[:MOST_NEAREST]
    ]  # fmt: skip
    new = DeskButton(ko.ticket_new_button, DeskAction(DeskVerb.NEW_FROM_TICKET, f"{language.spoken}{seal}"))
    return Notice(blocks, (*add, (new,)), Language.KO)


def way_in(target: str) -> tuple[Language, str] | None:
    """Return the asker's language and the seal in a ticket's button, or None for what is none."""
    code, seal = target[:2], target[2:]
    return (Language(code), seal) if code in (Language.KO, Language.EN) and seal else None
