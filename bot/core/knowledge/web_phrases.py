"""Every sentence said on the web page alone, by name: knowledge/voice/web_ko.yaml and web_en.yaml."""

from bot.core.knowledge.fields import Line, Record
from bot.core.knowledge.phrases import Phrases


class Instead(Record):
    """Sentences said in place of those of the same name in Phrases, which speak of a messenger and its commands."""

    start: tuple[Line, ...]
    help: tuple[Line, ...]
    privacy: tuple[Line, ...]
    my_data: tuple[Line, ...]
    cleared: tuple[Line, ...]
    clear_button: Line
    person_button: Line
    word_ask: tuple[Line, ...]
    center_ask: tuple[Line, ...]
    offer_ask: tuple[Line, ...]
    personal_data: Line
    empty: Line


class WebPhrases(Record):
    """One language's sentences of the page."""

    instead: Instead
    # in place of a line of an urgent card that names CLEARING
    hide: Line
    name: Line
    skip_to_answer: Line
    home_link: Line
    back_to_card: Line
    answer_title: Line
    ask_label: Line
    ask_note: Line
    ask_again_label: Line
    ask_button: Line
    choices_label: Line
    leave_button: Line
    leave_note: Line
    too_long: Line
    not_found: Line
    # where an answer stood that is kept no longer
    answer_gone: Line
    # the list of what may have been offered, as one form
    offer_result: Line
    # the sheet with the code for a camera
    poster_title: Line
    poster: tuple[Line, ...]
    # everything in one file; what urgent cards say of a chat is left out of it
    of_a_chat: tuple[Line, ...]
    book_title: Line
    book: tuple[Line, ...]
    book_contents: Line
    book_centers: Line
    book_concepts: Line
    book_words: Line
    book_back: Line


CLEARING = "/clear"
"""The command that takes a chat away: there is none on a page, which is left quickly instead."""


def on_the_page(lines: tuple[str, ...], web: WebPhrases) -> tuple[str, ...]:
    """Return the lines of an urgent card as the page says them."""
    return tuple(web.hide if CLEARING in line else line for line in lines)


def in_the_book(lines: tuple[str, ...], web: WebPhrases) -> tuple[str, ...]:
    """Return the lines of an urgent card that are true of a file: nobody is left there, or talked to."""
    return tuple(line for line in lines if CLEARING not in line and line not in web.of_a_chat)


def as_on_a_page(phrases: Phrases, web: WebPhrases) -> Phrases:
    """Return the sentences with those in place that the page says instead."""
    return phrases.model_copy(update=dict(web.instead))
