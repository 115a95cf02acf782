"""Buttons in rows: as many as an old phone shows, no label cut off that is not read elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.building import opener_for
from bot.core.engine import Engine
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Button, Language, Verb
from bot.core.opening import COMMANDS
from bot.core.rows import HALF_A_ROW, in_rows, width

A_ROW = 2 * HALF_A_ROW + 8
LABELS = st.text(st.sampled_from("가나다 ab ‹2中"), min_size=1, max_size=30)


@pytest.mark.parametrize(("label", "wide"), [("", 0), ("abc", 3), ("가나", 4), ("2쪽", 3), ("中文 a", 6)])
def test_a_korean_letter_is_as_wide_as_two_latin_ones(label: str, wide: int) -> None:
    assert width(label) == wide


@given(st.lists(LABELS, max_size=12))
def test_buttons_stay_in_their_order_at_most_two_in_a_row_and_only_short_ones_side_by_side(labels: list[str]) -> None:
    buttons = [Button(label, Action(Verb.MENU, Language.KO)) for label in labels]
    rows = in_rows(buttons)
    assert [button for row in rows for button in row] == buttons
    assert all(len(row) in (1, 2) for row in rows)
    assert all(width(button.label) <= HALF_A_ROW for row in rows if len(row) == 2 for button in row)


@given(st.lists(st.text("가", min_size=1, max_size=10), min_size=2, max_size=12))
def test_short_ones_fill_the_rows(labels: list[str]) -> None:
    rows = in_rows([Button(label, Action(Verb.MENU, Language.KO)) for label in labels])
    assert len(rows) == (len(labels) + 1) // 2


def test_no_label_is_cut_off_on_an_old_phone_unless_it_stands_whole_in_the_text(
    knowledge: Knowledge,
) -> None:
    opener = opener_for(knowledge, lambda: knowledge.contacts["police-112"].checked)
    waiting = [Action(verb, language) for verb in COMMANDS.values() for language in (Language.KO, Language.EN)]
    seen: set[Action] = set()
    cut: set[str] = set()
    while waiting:
        action = waiting.pop()
        if action in seen or (action.verb in (Verb.OFFER, Verb.VERDICT) and len(action.target) > 1):
            continue
        seen.add(action)
        reply = opener.open(action)
        assert reply is not None
        text = " ".join(line for block in reply.blocks for line in block.lines)
        for row in reply.buttons:
            room = A_ROW if len(row) == 1 else HALF_A_ROW
            cut |= {b.label for b in row if width(b.label) > room and b.label.partition(". ")[2] not in (text or " ")}
            cut |= {b.label for b in row if width(b.label) > room and ". " not in b.label}
            waiting += [button.action for button in row]
    assert cut == set()


def test_the_choices_of_an_answer_are_titles_that_fit(engine: Engine) -> None:
    reply = engine.answer("어제 하나원에서 나왔슴다 뭐부터 해야 함까")
    assert all(width(button.label) <= A_ROW for row in reply.buttons for button in row)
