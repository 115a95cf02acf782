"""Every sentence the bot itself says, by name: knowledge/voice/ko.yaml and en.yaml."""

from bot.core.knowledge.fields import Line, Record


class Phrases(Record):
    """One language's sentences. A `{name}` in braces is filled in when the sentence is said."""

    # first meeting, help, privacy
    start: tuple[Line, ...]
    help: tuple[Line, ...]
    privacy: tuple[Line, ...]
    commands: dict[str, Line]
    description: Line
    short_description: Line
    # menu
    menu: Line
    category: Line
    menu_button: Line
    back_button: Line
    other_language_button: Line
    help_button: Line
    privacy_button: Line
    none_of_these_button: Line
    # the parts of a card
    steps: Line
    voice: Line
    voice_line: Line
    facts: Line
    fact_line: Line
    fact_overdue: Line
    fact_withheld: Line
    contacts: Line
    contact_line: Line
    contact_line_with_hours: Line
    search: Line
    words: Line
    word_here: Line
    word_north: Line
    concept_nearest: Line
    concept_harm: Line
    concept_first: Line
    show_button: Line
    show: Line
    call: Line
    checked: Line
    centers: Line
    # outcomes
    hello: tuple[Line, ...]
    thanks: tuple[Line, ...]
    unsure: tuple[Line, ...]
    unknown: tuple[Line, ...]
    none_of_these: tuple[Line, ...]
    urgent_also: Line
    follow_up_none: Line
    chinese: Line
    personal_data: Line
    gone: Line
    # what is not text, and what goes wrong
    only_text: dict[str, Line]
    empty: Line
    trouble: Line
    # the terminal
    terminal_welcome: tuple[Line, ...]
    terminal_prompt: Line
    terminal_choose: Line
    terminal_bye: Line
