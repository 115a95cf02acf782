"""Hostile texts, from the engine to what Telegram is sent: nothing fails, nothing becomes markup, no cry is lost."""

from pathlib import Path
from random import Random

import pytest
from botapi.markup import parse_html
from fuzzing.disguises import BLANK, CONTROL, DISGUISES, EMOJI, INVISIBLE, MARKS, MARKUP, SURROGATES
from fuzzing.insides import SHOWN, answered, besides, laid_open, ticket_of
from fuzzing.mutating import LONGEST

from bot.core import person_replies
from bot.core.engine import Engine
from bot.core.language.normal import MAX_LETTERS, plain
from bot.core.model import Language, Reply
from bot.evaluation import read_questions
from bot.telegram.rendering import keyboard, messages

FLOODS = (
    INVISIBLE,
    BLANK,
    CONTROL,
    SURROGATES,
    MARKS,
    *EMOJI,
    *MARKUP[:6],
    "가",
    "ㄱㅏ",
    "a ",
    "１０９",
    "ﾡ",
    "까요 ",
    "0-",
    "ﷺ",
)
LINKS = (
    "<a href='tg://user?id=1'>x</a>",
    "[x](tg://user?id=1)",
    "<b>굵게</b>",
    "@somebody",
    "https://evil.example",
    "&lt;b&gt;",
)
QUESTIONS = Path(__file__).parent / "questions" / "urgent.jsonl"
WHOLE = frozenset([
    "zero-width letters between", "an override of direction", "3,000 invisible letters before", "NFD", "NFKD",
    "Korean letters apart", "half-width Korean letters", "full-width letters", "a space after each letter",
])  # fmt: skip
"""Disguises behind which every cry for help that is heard without one is heard."""


@pytest.mark.parametrize("piece", FLOODS, ids=ascii)
def test_a_flood_is_answered_and_nothing_is_swallowed(engine: Engine, piece: str) -> None:
    with laid_open() as survived:
        for text in ((piece * LONGEST)[:LONGEST], "면허 어떻게 따요 " + piece * 20):
            answered(engine, text)
    assert survived == []


@pytest.mark.parametrize("piece", MARKUP, ids=ascii)
def test_markup_in_a_question_a_command_an_inline_query_or_a_ticket_stays_text(engine: Engine, piece: str) -> None:
    with laid_open() as survived:
        for text in (piece, f"{piece} 뜻이 뭐예요"):
            answered(engine, text)
            besides(engine, text)
    assert survived == []


@pytest.mark.parametrize("link", LINKS)
def test_what_somebody_writes_is_shown_to_them_and_to_the_group_letter_by_letter(engine: Engine, link: str) -> None:
    text = f"물음 {link} 끝"
    for shown in (
        person_replies.confirm(engine.knowledge, text, Language.KO),
        ticket_of(engine, text, Language.KO),
        person_replies.answered(engine.knowledge, text, Language.KO, ""),
    ):
        read = [parse_html(html) for html in messages(shown)]
        assert any(text in each.text for each in read)
        assert {entity["type"] for each in read for entity in each.entities} <= SHOWN


def test_no_button_says_what_somebody_wrote(engine: Engine) -> None:
    mark = "<b>@zzmarkzz</b>"
    for name in ("word", "center", "check"):
        reply: Reply | None = engine.command(name, mark, Language.KO)
        while reply:
            markup = keyboard(reply)
            rows = markup.to_dict()["inline_keyboard"] if markup else ()
            assert not [button for row in rows for button in row if "zzmarkzz" in button["text"] or "url" in button]
            reply = reply.also


@pytest.mark.parametrize("disguise", sorted(DISGUISES))
def test_a_disguised_cry_for_help_is_heard(engine: Engine, disguise: str) -> None:
    """Letters that look like others, and Latin letters torn apart, cannot all be told: three of four are heard."""
    random = Random(7)
    urgent = [each.text for each in read_questions(QUESTIONS) if any(id_.startswith("crisis") for id_ in each.ids)]
    heard = [text for text in urgent[::12] if engine.urgent.kinds_in(text)]
    still = [text for text in heard if engine.urgent_card(DISGUISES[disguise](text, random)[:LONGEST])]
    assert len(heard) > 10
    assert len(still) == len(heard) if disguise in WHOLE else len(still) >= 0.75 * len(heard)


@pytest.mark.parametrize("flood", [INVISIBLE, MARKS, "\u200b", "\ufe0f", "\u0301"], ids=ascii)
def test_a_flood_of_what_nobody_sees_does_not_push_words_out_of_what_is_read(flood: str) -> None:
    assert plain((flood * 4000)[:4000] + "죽고 싶어요") == "죽고 싶어요"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("ㅈㅜㄱㄱㅗ ㅅㅣㅍㅇㅓㅇㅛ", "죽고 싶어요"), ("\uffb8\uffd3\uffa1\uffa1\uffcc", "죽고"),
        ("ㅎㅏㅁㅠㅠ", "함ㅠㅠ"), ("ㅠㅠㅠ", "ㅠㅠ"),
        ("ㅋㅋㅋㅠㅠ", "ㅋㅋㅠㅠ"),
        ("ㅇㅋ", "ㅇㅋ"), ("ㄱㅅㄱㅅ", "ㄱㅅㄱㅅ"), ("\u302e죽\u302f고", "죽고"), ("１０９", "109"),
        ("죽\u2066고\u00ad싶\U000e0041다", "죽고싶다"),
    ],
)  # fmt: skip
def test_letters_are_read_as_they_are_meant(typed: str, read: str) -> None:
    assert plain(typed) == read


def test_what_is_read_of_a_text_stays_bounded() -> None:
    assert all(len(plain(piece * 20_000)) <= MAX_LETTERS for piece in ("ﷺ", "가", "ㅈㅜㄱ", "a\u0301"))
