"""The menu and the way for those who do not know what to ask: short pages, a few taps, always a way back."""

from dataclasses import replace

import pytest
from conftest import TODAY, buttons
from hypothesis import given
from hypothesis import strategies as st

from bot.core import menus
from bot.core.building import opener_for
from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Entry, Knowledge
from bot.core.model import Action, Language, Part, Reply, Verb
from bot.core.opening import Opener

SPOKEN = (Language.KO, Language.EN)


def to(reply: Reply, verb: Verb) -> list[str]:
    return [b.action.target for b in buttons(reply) if b.action.verb is verb and b.action.language is reply.language]


def opened(opener: Opener, action: Action) -> Reply:
    reply = opener.open(action)
    assert reply is not None, action
    return reply


def back(opener: Opener, reply: Reply) -> Action:
    """Return where the one button that says "back" leads."""
    label = opener.knowledge.phrases[reply.language].back_button
    (action,) = (button.action for button in buttons(reply) if button.label == label)
    return action


def with_entries(knowledge: Knowledge, category: str, many: int) -> Knowledge:
    """Return the knowledge with so many entries in a category and none elsewhere."""
    content = knowledge.entries["work-find"].content
    ids = [f"entry-{at:03}" for at in range(many)]
    return replace(knowledge, entries={id_: Entry(id_, category, content) for id_ in ids})


# --- the menu ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SPOKEN)
def test_every_entry_stands_within_three_taps_of_the_menu(
    opener: Opener, knowledge: Knowledge, language: Language
) -> None:
    reached: set[str] = set()
    near = [Action(Verb.MENU, language)]
    for _ in range(3):
        near = [button.action for action in near for button in buttons(opened(opener, action))]
        reached |= {action.target for action in near if action.verb is Verb.LISTED_CARD and action.language is language}
        near = [action for action in near if action.verb is Verb.CATEGORY]
    assert reached == {*knowledge.entries, *knowledge.urgent.kinds}


@given(many=st.integers(1, 99))
def test_pages_are_short_have_every_entry_once_and_lead_to_each_other(knowledge: Knowledge, many: int) -> None:
    full = with_entries(knowledge, "work", many)
    pages = -(-many // menus.A_PAGE)
    listed: list[str] = []
    for page in range(1, pages + 1):
        reply = menus.category(full, Action(Verb.CATEGORY, Language.KO, f"work.{page}"))
        assert reply is not None
        assert 1 <= len(to(reply, Verb.LISTED_CARD)) <= menus.A_PAGE
        listed += to(reply, Verb.LISTED_CARD)
        assert to(reply, Verb.CATEGORY) == [f"work.{other}" for other in range(1, pages + 1) if other != page]
    assert listed == list(full.entries)
    assert menus.category(full, Action(Verb.CATEGORY, Language.KO, f"work.{pages + 1}")) is None


def test_a_category_without_a_page_is_its_first(opener: Opener, knowledge: Knowledge) -> None:
    for category in knowledge.categories:
        plain, first = (opened(opener, Action(Verb.CATEGORY, Language.KO, category.id + page)) for page in ("", ".1"))
        assert plain.blocks == first.blocks
        assert to(plain, Verb.LISTED_CARD) == to(first, Verb.LISTED_CARD)


def test_the_menu_has_every_category_that_holds_something_and_no_other(knowledge: Knowledge) -> None:
    full = with_entries(knowledge, "work", 1)
    for reply in (menus.menu(full, Language.KO), menus.greeting(full, Language.KO)):
        assert to(reply, Verb.CATEGORY) == [menus.URGENT_CATEGORY, "work"]
    whole = to(menus.menu(knowledge, Language.EN), Verb.CATEGORY)
    assert whole == [category.id for category in knowledge.categories]


def test_emergencies_stand_first_under_theirs(opener: Opener, knowledge: Knowledge) -> None:
    kinds = list(knowledge.urgent.kinds)
    assert list(menus.ids_of(knowledge, menus.URGENT_CATEGORY))[: len(kinds)] == kinds
    assert not set(menus.ids_of(knowledge, "work")) & set(kinds)


@pytest.mark.parametrize("target", ["", "gone", "gone.1", "work.0", "work.9", "work.99", "WORK"])
def test_a_page_that_does_not_exist_opens_nothing(opener: Opener, target: str) -> None:
    assert opener.open(Action(Verb.CATEGORY, Language.KO, target)) is None


@pytest.mark.parametrize("target", ["work.x", "work.٣", "work.-1", "work.999999999999"])
def test_a_page_that_is_no_number_opens_nothing(opener: Opener, target: str) -> None:
    assert opener.open(Action(Verb.CATEGORY, Language.KO, target)) is None


@given(many=st.integers(1, 40), data=st.data())
def test_a_card_leads_back_to_the_page_on_which_it_stands(knowledge: Knowledge, many: int, data: st.DataObject) -> None:
    full = with_entries(knowledge, "work", many)
    id_ = data.draw(st.sampled_from(sorted(full.entries)))
    action = menus.back_to_list(full, id_, "work", Language.KO).action
    page = menus.category(full, action)
    assert page is not None
    assert id_ in to(page, Verb.LISTED_CARD)


def test_every_listed_card_leads_back_to_its_list_and_the_list_to_the_menu(opener: Opener) -> None:
    for category in to(menus.menu(opener.knowledge, Language.KO), Verb.CATEGORY):
        pages = [category, *to(opened(opener, Action(Verb.CATEGORY, Language.KO, category)), Verb.CATEGORY)]
        for target in pages:
            page = opened(opener, Action(Verb.CATEGORY, Language.KO, target))
            assert back(opener, page) == Action(Verb.MENU, Language.KO)
            for id_ in to(page, Verb.LISTED_CARD):
                card = opened(opener, Action(Verb.LISTED_CARD, Language.KO, id_))
                assert back(opener, card) == Action(Verb.CATEGORY, Language.KO, target)


def test_buttons_of_a_list_are_the_titles_of_their_cards(opener: Opener, knowledge: Knowledge) -> None:
    for language in SPOKEN:
        page = opened(opener, Action(Verb.CATEGORY, language, "work"))
        for button in buttons(page):
            if button.action.verb is Verb.LISTED_CARD:
                title = opened(opener, button.action).blocks[0]
                assert (title.part, title.lines) == (Part.TITLE, (button.label,))


# --- what to ask -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SPOKEN)
def test_three_taps_lead_to_a_card_and_back_leads_step_by_step_to_the_menu(
    opener: Opener, knowledge: Knowledge, language: Language
) -> None:
    how_long = Action(Verb.STAGES, language)
    assert back(opener, opened(opener, how_long)).verb is Verb.MENU
    stages = [Action(Verb.STAGES, language, target) for target in to(opened(opener, how_long), Verb.STAGES) if target]
    assert [stage.target for stage in stages] == [stage.id for stage in knowledge.stages]
    for stage in stages:
        assert back(opener, opened(opener, stage)) == how_long
        parts = [
            button.action
            for button in buttons(opened(opener, stage))
            if button.action.verb is Verb.STAGES and button.action.parts[:1] == stage.parts
        ]
        assert parts
        for part in (each for each in parts if each.language is language):
            questions = opened(opener, part)
            assert back(opener, questions) == stage
            cards = to(questions, Verb.STAGE_CARD)
            assert cards
            for target in cards:
                card = opened(opener, Action(Verb.STAGE_CARD, language, target))
                assert card.shown == target.rpartition(".")[2]
                assert back(opener, card) == part


@pytest.mark.parametrize("language", SPOKEN)
def test_each_question_stands_whole_above_its_numbered_button(
    opener: Opener, knowledge: Knowledge, language: Language
) -> None:
    for stage in knowledge.stages:
        for part in stage.parts:
            reply = opened(opener, Action(Verb.STAGES, language, f"{stage.id}.{part.category}"))
            (steps,) = (block.lines for block in reply.blocks if block.part is Part.STEPS)
            assert list(steps) == [said(question, language) for question in part.questions]
            labels = [b.label for b in buttons(reply) if b.action.verb is Verb.STAGE_CARD]
            assert labels == [f"{at}. {line}" for at, line in enumerate(steps, 1)]
            assert to(reply, Verb.STAGE_CARD) == [f"{stage.id}.{part.category}.{q.entry}" for q in part.questions]


@pytest.mark.parametrize("target", ["gone", "first-weeks.gone", "gone.work", "first-weeks.", ".", "first-weeks.work.x"])
def test_a_step_that_is_gone_opens_nothing(opener: Opener, target: str) -> None:
    assert opener.open(Action(Verb.STAGES, Language.KO, target)) is None


@pytest.mark.parametrize("target", ["", "work-find", "first-weeks.work", "first-weeks.work.gone", "a.b.c", "a.b.c.d"])
def test_a_card_of_a_step_that_is_gone_opens_nothing(opener: Opener, target: str) -> None:
    assert opener.open(Action(Verb.STAGE_CARD, Language.KO, target)) is None


@pytest.mark.parametrize("language", SPOKEN)
def test_a_card_whose_list_is_gone_still_opens_and_promises_no_way_back(
    knowledge: Knowledge, language: Language
) -> None:
    without = opener_for(replace(knowledge, stages=()), lambda: TODAY)
    stage = knowledge.stages[0]
    id_ = stage.parts[0].questions[0].entry
    card = without.open(Action(Verb.STAGE_CARD, language, f"{stage.id}.{stage.parts[0].category}.{id_}"))
    assert card is not None
    assert card == without.open(Action(Verb.CARD, language, id_))
    labels = [button.label for button in buttons(card)]
    assert knowledge.phrases[language].back_button not in labels
    assert all(without.open(button.action) for button in buttons(card))
