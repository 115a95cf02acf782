"""Every sentence the bot itself says, by name: knowledge/voice/ko.yaml and en.yaml."""

from bot.core.knowledge.fields import Line, Record
from bot.core.model import Feedback


class Phrases(Record):
    """One language's sentences. A `{name}` in braces is filled in when the sentence is said."""

    # first meeting, help, privacy
    start: tuple[Line, ...]
    help: tuple[Line, ...]
    privacy: tuple[Line, ...]
    my_data: tuple[Line, ...]
    cleared: tuple[Line, ...]
    cleared_partly: tuple[Line, ...]
    clear_only_private: Line
    commands: dict[str, Line]
    description: Line
    short_description: Line
    # words that tell a stranger who is asking: in no title, button or command; nor, with those of `telling_offices`,
    # in what is held up at a counter, but where it is needed
    telling: tuple[Line, ...]
    telling_offices: tuple[Line, ...]
    # menu
    menu: Line
    category: Line
    page_button: Line
    menu_button: Line
    back_button: Line
    other_language_button: Line
    help_button: Line
    privacy_button: Line
    my_data_button: Line
    clear_button: Line
    none_of_these_button: Line
    # what to ask
    stages_button: Line
    stages: Line
    stage_part: Line
    stage_questions: Line
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
    checked: Line
    date: Line
    # below a card
    show_button: Line
    call_button: Line
    in_english: Line
    origin_told: Line
    card_words_button: Line
    card_words: Line
    card_word: Line
    card_word_and_north: Line
    card_words_none: Line
    helpful_button: Line
    unhelpful_button: Line
    feedback_why: Line
    feedback_reasons: dict[Feedback, Line]
    feedback_heard: dict[Feedback, tuple[Line, ...]]
    person_button: Line
    person: tuple[Line, ...]
    # asking a person in writing, where a group of coordinators is set
    person_desk_button: Line
    person_desk_command: Line
    person_desk: tuple[Line, ...]
    privacy_desk: Line
    my_data_desk: Line
    ask_button: Line
    ask_write: tuple[Line, ...]
    ask_confirm: tuple[Line, ...]
    ask_masked: Line
    ask_send_button: Line
    ask_send_whole_button: Line
    ask_not_send_button: Line
    ask_sent: tuple[Line, ...]
    ask_sent_again: tuple[Line, ...]
    ask_not_sent: tuple[Line, ...]
    ask_unreachable: tuple[Line, ...]
    ask_too_long: Line
    ask_only_private: Line
    ask_too_many: tuple[Line, ...]
    ask_lost: tuple[Line, ...]
    ask_answered: Line
    ask_again_button: Line
    ask_expired: tuple[Line, ...]
    ask_published: tuple[Line, ...]
    # words
    word_button: Line
    word_ask: tuple[Line, ...]
    word_near: tuple[Line, ...]
    word_unknown: tuple[Line, ...]
    word_here: Line
    word_north: Line
    concept_nearest: Line
    concept_harm: Line
    concept_first: Line
    # Hana Centers
    center_button: Line
    center_elsewhere_button: Line
    centers: Line
    center_ask: tuple[Line, ...]
    center_choose: Line
    center_found: Line
    center_checked: Line
    center_unconfirmed: Line
    center_overdue: Line
    center_near: Line
    center_far: Line
    center_not_found: Line
    # is an offer safe
    offer_button: Line
    offer_ask: tuple[Line, ...]
    offer_ticked: Line
    offer_result_button: Line
    offer_again_button: Line
    verdict: Line
    verdict_some: tuple[Line, ...]
    verdict_none: Line
    verdict_none_more: tuple[Line, ...]
    verdict_signs: Line
    verdict_line: Line
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
    late: Line
    gone: Line
    # what is not text, and what goes wrong
    only_text: dict[str, Line]
    empty: Line
    trouble: Line
    slower: Line
    # the terminal
    terminal_welcome: tuple[Line, ...]
    terminal_prompt: Line
    terminal_choose: Line
    terminal_cleared: Line
    terminal_bye: Line
