"""What there is to choose from: the parts of life, their entries, and the way for those who do not know what to ask."""

from collections.abc import Sequence

from bot.core.knowledge.models import Stage, StagePart, said
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Block, Button, Language, Part, Reply, Verb
from bot.core.rows import card_button, in_rows, lost, other_language, related, titled

URGENT_CATEGORY = "safety"
A_PAGE = 8
"""So many entries stand on one page of a menu: what an old phone shows without scrolling."""


def greeting(knowledge: Knowledge, language: Language) -> Reply:
    """Return the first meeting: three lines, the parts of life, and the way for those who do not know what to ask."""
    phrases = knowledge.phrases[language]
    here = Action(Verb.START, language)
    rows = (
        *_category_rows(knowledge, language),
        (lost(knowledge, language, below=False),),
        (other_language(knowledge, here),),
    )
    return Reply((Block(Part.TEXT, phrases.start),), rows, language)


def menu(knowledge: Knowledge, language: Language) -> Reply:
    """Return everything there is: the parts of life, and what else the bot can do."""
    phrases = knowledge.phrases[language]
    others = (
        Button(phrases.center_button, Action(Verb.CENTERS, language)),
        Button(phrases.word_button, Action(Verb.WORD, language)),
        Button(phrases.offer_button, Action(Verb.OFFER, language)),
        Button(phrases.person_button, Action(Verb.PERSON, language)),
        Button(phrases.help_button, Action(Verb.HELP, language)),
        Button(phrases.privacy_button, Action(Verb.PRIVACY, language)),
    )
    here = Action(Verb.MENU, language)
    rows = (*_category_rows(knowledge, language), (lost(knowledge, language, below=False),), *in_rows(others))
    return Reply((Block(Part.TEXT, (phrases.menu,)),), (*rows, (other_language(knowledge, here),)), language)


def category(knowledge: Knowledge, action: Action) -> Reply | None:
    """Return a page of the entries of one part of life, or None if there is no such part or page.

    The target is the category, followed by the page if that is not the first.
    """
    id_, *rest = action.parts or ("",)
    titles = {each.id: each.title for each in knowledge.categories}
    pages = pages_of(ids_of(knowledge, id_))
    numbers = {"": 1} | {str(number): number for number in range(1, len(pages) + 1)}
    page = numbers.get(".".join(rest), 0)
    if id_ not in titles or not pages or not page:
        return None
    language = action.language
    phrases = knowledge.phrases[language]
    rows = [(card_button(knowledge, Action(Verb.LISTED_CARD, language, each)),) for each in pages[page - 1]]
    turns = tuple(
        Button(phrases.page_button.format(page=number), Action(Verb.CATEGORY, language, f"{id_}.{number}"))
        for number in range(1, len(pages) + 1)
        if number != page
    )
    back = Button(phrases.back_button, Action(Verb.MENU, language))
    blocks = (Block(Part.TITLE, (said(titles[id_], language),)), Block(Part.TEXT, (phrases.category,)))
    return Reply(blocks, (*rows, turns, (back, other_language(knowledge, action))), language)


def back_to_list(knowledge: Knowledge, id_: str, category_id: str, language: Language) -> Button:
    """Return the button back to the page of the menu on which an entry stands."""
    page = next((at for at, ids in enumerate(pages_of(ids_of(knowledge, category_id)), 1) if id_ in ids), 1)
    target = category_id if page == 1 else f"{category_id}.{page}"
    return Button(knowledge.phrases[language].back_button, Action(Verb.CATEGORY, language, target))


def pages_of(ids: Sequence[str]) -> list[Sequence[str]]:
    """Return the ids in pages."""
    return [ids[at : at + A_PAGE] for at in range(0, len(ids), A_PAGE)]


def stages(knowledge: Knowledge, action: Action) -> Reply | None:
    """Return a step of the way for those who do not know what to ask, or None where it leads no more.

    The target is empty (how long are you here?), a stage (which part of life?), or a stage and a part (the questions).
    """
    stage = next((each for each in knowledge.stages if each.id == action.parts[0]), None) if action.target else None
    if not action.target:
        return _how_long(knowledge, action)
    if stage and len(action.parts) == 1:
        return _which_part(knowledge, action, stage)
    part = next((each for each in stage.parts if each.category == action.parts[1]), None) if stage else None
    return _what_to_ask(knowledge, action, stage, part) if stage and part and len(action.parts) == 2 else None


def _how_long(knowledge: Knowledge, action: Action) -> Reply:
    language = action.language
    phrases = knowledge.phrases[language]
    rows = [(Button(said(each.title, language), Action(Verb.STAGES, language, each.id)),) for each in knowledge.stages]
    return _step(knowledge, action, (Block(Part.TEXT, (phrases.stages,)),), rows, Action(Verb.MENU, language))


def _which_part(knowledge: Knowledge, action: Action, stage: Stage) -> Reply:
    language = action.language
    titles = {each.id: said(each.title, language) for each in knowledge.categories}
    buttons = [
        Button(titles[part.category], Action(Verb.STAGES, language, f"{stage.id}.{part.category}"))
        for part in stage.parts
    ]
    lines = (said(stage.title, language), knowledge.phrases[language].stage_part)
    return _step(knowledge, action, titled(*lines), in_rows(buttons), Action(Verb.STAGES, language))


def _what_to_ask(knowledge: Knowledge, action: Action, stage: Stage, part: StagePart) -> Reply:
    language = action.language
    title = next(said(each.title, language) for each in knowledge.categories if each.id == part.category)
    questions = tuple(said(each, language) for each in part.questions)
    targets = [f"{stage.id}.{part.category}.{each.entry}" for each in part.questions]
    # numbered as in the text above, where each question stands whole: a narrow screen cuts buttons
    rows: list[tuple[Button, ...]] = [
        (Button(f"{at}. {text}", Action(Verb.STAGE_CARD, language, target)),)
        for at, (text, target) in enumerate(zip(questions, targets, strict=True), 1)
    ]
    if part.category == URGENT_CATEGORY:  # whoever taps "in danger" is shown whom to call first
        rows = [related(knowledge, kind, language) for kind in knowledge.urgent.kinds] + rows
    first = titled(f"{said(stage.title, language)} · {title}", knowledge.phrases[language].stage_questions)
    blocks = (*first, Block(Part.STEPS, questions))
    return _step(knowledge, action, blocks, rows, Action(Verb.STAGES, language, stage.id))


def _step(
    knowledge: Knowledge, here: Action, blocks: tuple[Block, ...], rows: Sequence[tuple[Button, ...]], back: Action
) -> Reply:
    """Return one step of the way, with the way back and the same in the other language."""
    last = (Button(knowledge.phrases[here.language].back_button, back), other_language(knowledge, here))
    return Reply(blocks, (*rows, last), here.language)


def lines(knowledge: Knowledge, texts: Sequence[str], action: Action, rows: Sequence[tuple[Button, ...]] = ()) -> Reply:
    """Return plain lines (help, privacy, ...) with the way to the menu and to the other language."""
    phrases = knowledge.phrases[action.language]
    menu_button = Button(phrases.menu_button, Action(Verb.MENU, action.language))
    last = (menu_button, other_language(knowledge, action))
    return Reply((Block(Part.TEXT, tuple(texts)),), (*rows, last), action.language)


def ids_of(knowledge: Knowledge, category_id: str) -> tuple[str, ...]:
    """Return the ids under a category; the urgent kinds stand first under theirs."""
    urgent = tuple(knowledge.urgent.kinds) if category_id == URGENT_CATEGORY else ()
    return (*urgent, *(entry.id for entry in knowledge.entries_of(category_id)))


def _category_rows(knowledge: Knowledge, language: Language) -> tuple[tuple[Button, ...], ...]:
    filled = [category for category in knowledge.categories if ids_of(knowledge, category.id)]
    return in_rows([Button(said(each.title, language), Action(Verb.CATEGORY, language, each.id)) for each in filled])
