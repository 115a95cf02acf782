"""Every sentence said at the coordinators' desk, by name: knowledge/voice/desk_ko.yaml and desk_en.yaml."""

from bot.core.knowledge.fields import Line, Record


class DeskPhrases(Record):
    """One language's sentences. A `{name}` in braces is filled in when the sentence is said."""

    # the group
    home: tuple[Line, ...]
    commands: dict[str, Line]
    group_id: Line
    group_moved: Line
    languages: dict[str, Line]
    gone_button: Line
    trouble: Line
    reply_unknown: Line
    edited_unsent: Line
    anonymous: Line
    stopped: Line
    text_only: Line
    stop_button: Line
    # tickets
    ticket: Line
    ticket_again: Line
    ticket_reply: Line
    ticket_urgent: Line
    ticket_add_button: Line
    ticket_new_button: Line
    ticket_sent: Line
    ticket_sent_twice: Line
    ticket_blocked: Line
    ticket_failed: Line
    ticket_expired: Line
    ticket_broken: Line
    ticket_text_only: Line
    ticket_long: Line
    ticket_careful: Line
    ask_change_button: Line
    # entries
    found: Line
    nothing_found: Line
    find_how: Line
    show_how: Line
    new_how: tuple[Line, ...]
    new_from_ticket: tuple[Line, ...]
    new_exists: Line
    new_bad: Line
    entry_category: Line
    entry_asks: Line
    entry_facts: Line
    fact_line: Line
    entry_notes: Line
    preview_button: Line
    edit_button: Line
    asks_add_button: Line
    asks_drop_button: Line
    file_button: Line
    file_paste_button: Line
    history_button: Line
    retire_button: Line
    overdue_button: Line
    gaps_button: Line
    stats_button: Line
    draft_button: Line
    # editing
    choose_field: Line
    field_item: Line
    fields: dict[str, Line]
    write_reply: Line
    code_cut: Line
    write_line: Line
    write_lines: Line
    write_yaml: Line
    asks_add_how: tuple[Line, ...]
    asks_drop_how: Line
    asks_drop_choose: Line
    asks_drop_none: Line
    asks_added_none: Line
    file_how: tuple[Line, ...]
    file_bad: Line
    file_large: Line
    changed: Line
    new_entry: Line
    nothing_changed: Line
    not_published: Line
    more_lines: Line
    form_fits: Line
    no_problems: Line
    problems: Line
    problem_line: Line
    more_problems: Line
    edit_more_button: Line
    propose_button: Line
    discard_button: Line
    draft_none: Line
    draft_other: Line
    draft_discarded: Line
    draft_expired: Line
    someone_else: Line
    preview_inert: Line
    preview_impossible: Line
    # publishing
    measuring: Line
    trying: Line
    trying_steps: dict[str, Line]
    report: Line
    report_refused: Line
    report_silenced: Line
    report_figures: Line
    report_better: Line
    report_worse: Line
    report_same: Line
    report_unmeasured: Line
    report_moved: Line
    report_none: Line
    report_outcomes: dict[str, Line]
    report_competing: Line
    report_pair: Line
    report_wait: Line
    report_wait_alone: Line
    confirm_button: Line
    reject_button: Line
    confirm_own: Line
    proposal_gone: Line
    publishing: Line
    published: Line
    published_told: Line
    published_untold: Line
    rejected: Line
    outdated: Line
    merged: Line
    stale: Line
    not_written: Line
    not_committed: Line
    by_hand: Line
    by_hand_untried: Line
    by_hand_refused: Line
    # history, retiring
    history: Line
    history_none: Line
    history_how: Line
    history_line: Line
    revision: Line
    undo_button: Line
    undo_outdated: Line
    retire_how: tuple[Line, ...]
    retired: Line
    # looking
    overdue: Line
    overdue_none: Line
    overdue_line: Line
    due_soon_line: Line
    still_right_button: Line
    change_button: Line
    next_button: Line
    stats: Line
    stats_total: Line
    stats_shares: Line
    stats_week: Line
    stats_week_now: Line
    stats_entry: Line
    stats_none: Line
    stats_hidden: Line
    stats_weeks: Line
    stats_entries: Line
    stats_no_plot: Line
    hidden: Line
    gaps: Line
    gaps_none: Line
    gaps_line: Line
    gaps_unknown: Line
    reasons: dict[str, Line]
    export_button: Line
    export_caption: Line
