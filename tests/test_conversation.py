"""A short question about the last topic, and two questions in one message."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.engine import Engine
from bot.core.language.asking import MOST, questions_in
from bot.core.model import Action, Block, Language, Outcome, Part, Reply, Verb

SHORT = [
    ("그럼 얼마예요?", "cost"), ("돈 얼마나 듬까", "cost"), ("그거 공짜예요", "cost"), ("and how much is it?", "cost"),
    ("那多少钱", "cost"), ("어디서요?", "place"), ("그건 어디서 해요", "place"), ("기럼 어디로 감까", "place"),
    ("where do I go then", "place"), ("얼마나 걸려요", "time"), ("언제까지 해야 돼요?", "time"),
    ("how long does it take", "time"),
    ("서류는요", "papers"), ("그럼 뭐 가져가요", "papers"), ("what do I need to bring", "papers"),
    ("전화번호 알려주세요", "contact"), ("누구한테 물어봐요", "contact"), ("which number do I call", "contact"),
    ("어떻게 신청해요", "steps"), ("뭐부터 해야 함까", "steps"), ("what do I do first", "steps"), ("怎么办", "steps"),
]  # fmt: skip


def lines(reply: Reply) -> list[str]:
    return [line for block in reply.blocks for line in block.lines]


def numbers(blocks: tuple[Block, ...]) -> set[str]:
    return {line for block in blocks if block.part is Part.CONTACTS for line in block.lines}


# --- about the last topic ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "aspect"), SHORT)
def test_a_short_question_is_heard_as_one_about_the_last_topic(engine: Engine, text: str, aspect: str) -> None:
    assert engine.follower.aspect_in(text) == aspect


@pytest.mark.parametrize(
    "text",
    [
        "면허 어떻게 따요",
        "통장 만드는 데 얼마예요",
        "하나센터 전화번호",
        "",
        "?!",
        "고마워요",
        "how do I get a licence",
        "가" * 400,
    ],
)
def test_a_question_that_names_its_topic_is_not(engine: Engine, text: str) -> None:
    assert engine.follower.aspect_in(text) == ""


def test_it_is_answered_from_the_card_of_that_topic(engine: Engine) -> None:
    card = engine.open(Action(Verb.CARD, Language.KO, "driving-licence"))
    assert card is not None
    reply = engine.answer("그럼 얼마예요?", last="driving-licence")
    assert (reply.outcome, reply.ids, reply.shown) == (Outcome.ANSWERED, ("driving-licence",), "driving-licence")
    told = lines(reply)[1:]
    assert told
    assert set(told) <= set(lines(card))
    assert any("만" in line and "원" in line for line in told)
    assert reply.buttons[0][0].action.target == "driving-licence"


def test_the_number_asked_for_is_one_of_the_card(engine: Engine) -> None:
    card = engine.open(Action(Verb.CARD, Language.KO, "housing"))
    assert card is not None
    assert numbers(engine.answer("전화번호는요?", last="housing").blocks) == numbers(card.blocks)


def test_in_english_it_is_answered_in_english(engine: Engine) -> None:
    reply = engine.answer("how much does it cost?", last="driving-licence")
    assert reply.language is Language.EN
    assert reply.shown == "driving-licence"


def test_without_a_last_topic_nothing_is_guessed(engine: Engine) -> None:
    assert engine.answer("그럼 얼마예요?").shown == ""
    assert engine.answer("그럼 얼마예요?", last="no-such-entry").shown == ""


def test_a_new_topic_is_a_new_topic(engine: Engine) -> None:
    assert engine.answer("통장 어떻게 만들어요", last="driving-licence").shown == "bank-account"


def test_asked_what_to_say_the_bot_gives_the_words_and_tells_when_they_tell_of_the_origin(engine: Engine) -> None:
    entry = engine.knowledge.entries["work-unpaid"].content
    assert entry.call
    assert entry.show
    for text in ("전화로 뭐라고 말해요?", "가서 뭐라 함까", "그럼 뭐라고 하면 돼요"):
        said = engine.answer(text, last="work-unpaid")
        assert {entry.call.ko, entry.show.ko} <= set(lines(said)), text
        assert not [line for line in lines(said) if "드러납니다" in line]
    assert [line for line in lines(engine.answer("가서 뭐라고 해요", last="work-incentive")) if "드러납니다" in line]


@pytest.mark.parametrize("command", ["check", "word", "center", "menu", "person", "help"])
def test_a_cry_behind_a_command_is_not_talked_past(engine: Engine, command: str) -> None:
    assert engine.command(command, " 그만 살고 싶슴다", Language.KO).also is None


def test_what_a_command_finds_stands_below_the_urgent_card(engine: Engine) -> None:
    both = engine.command("check", "통장을 안 빌려주면 죽이겠다고 협박해요", Language.KO)
    assert both.outcome is Outcome.URGENT
    assert both.also
    assert "위험 신호" in str(both.also.blocks)


def test_a_cry_in_chinese_says_below_the_numbers_how_to_read_on(engine: Engine) -> None:
    for text in ("我不想活了", "我想死"):
        reply = engine.answer(text)
        assert reply.blocks[0].lines[0].startswith("109")
        assert "中文" in reply.blocks[-1].lines[0]


@pytest.mark.parametrize("text", ["강남구", "수원", "중구", "강서구"])
def test_centers_found_by_name_are_the_same_in_the_other_language(engine: Engine, text: str) -> None:
    reply = engine.command("center", text, Language.KO)
    turned = next(b.action for row in reply.buttons for b in row if b.action.language is Language.EN)
    english = engine.open(turned)
    assert english
    kept = [
        [b.action.target for row in r.buttons for b in row if b.action.verb.name == "CENTER"] for r in (reply, english)
    ]
    assert kept[0] == kept[1]


def test_a_listed_word_alone_is_explained_where_nothing_surely_answers(engine: Engine) -> None:
    assert "월급" in str(engine.answer("로임").blocks)


def test_urgent_goes_before_the_last_topic(engine: Engine) -> None:
    assert engine.answer("그만 살고 싶어요", last="driving-licence").outcome is Outcome.URGENT


def test_each_aspect_of_each_entry_has_something_to_say(engine: Engine) -> None:
    """Lines of the card, or the honest sentence that it says nothing, with a number to call."""
    aspects = engine.knowledge.follow_ups.aspects
    asked = {name: aspect.asks.ko[0] for name, aspect in aspects.items()}
    for id_, (name, text) in itertools.product(engine.knowledge.entries, asked.items()):
        reply = engine.answer(text, last=id_)
        assert reply.shown == id_, (id_, name)
        assert len(lines(reply)) > 1, (id_, name)


def test_every_listed_follow_up_is_heard_as_its_own(engine: Engine) -> None:
    for name, aspect in engine.knowledge.follow_ups.aspects.items():
        for language in Language:
            for text in aspect.asks.of(language):
                assert engine.follower.aspect_in(text) == name, text


# --- two questions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("통장 어떻게 만들어요? 면허는 어떻게 따요?", {"bank-account", "driving-licence"}),
        ("운전면허 따고 싶어요. 그리고 이력서는 어떻게 써요", {"driving-licence", "work-resume"}),
        ("how do I open a bank account? and how do I get a driving licence?", {"bank-account", "driving-licence"}),
        ("怎么考驾照？怎么开银行账户？", {"driving-licence", "bank-account"}),
    ],
)
def test_two_questions_are_both_answered_in_their_order(engine: Engine, text: str, both: set[str]) -> None:
    reply = engine.answer(text)
    assert reply.outcome is Outcome.ANSWERED
    assert reply.also is not None
    assert {reply.shown, reply.also.shown} == both == set(reply.ids[:2])
    assert reply.also.outcome is None


@pytest.mark.parametrize(
    "text",
    [
        "저는 하나원에서 나온 지 한 달 됐어요. 면허 어떻게 따요?",
        "면허 어떻게 따요? 돈은 얼마나 들어요?",
        "면허 따려면 어떻게 해요?? 빨리 알려줘요!!",
        "날씨 어때요? 배고픈데 뭐 먹을까요?",
    ],
)
def test_a_story_before_a_question_and_the_same_topic_twice_are_one(engine: Engine, text: str) -> None:
    assert engine.answer(text).also is None


@given(st.text(st.sampled_from("가나다까요? .!\n그리고 어디 how and 吗？"), max_size=200))
def test_the_questions_found_stand_in_the_message(text: str) -> None:
    found = questions_in(text)
    assert len(found) in (0, *range(2, MOST + 1))
    assert all(question in text for question in found)


def test_one_question_alone_is_not_split() -> None:
    assert questions_in("면허 어떻게 따요?") == []
    assert questions_in("how do I get a driving licence") == []


@pytest.mark.parametrize("command", ["start", "clear", "mydata", "privacy"])
def test_some_commands_mean_the_same_whatever_stands_behind_them(engine: Engine, command: str) -> None:
    alone = engine.command(command, "", Language.KO)
    assert engine.command(command, "ref_12345", Language.KO).blocks == alone.blocks
    assert engine.command(command, "모두", Language.KO).clears == (command == "clear")


def test_behind_other_commands_stands_a_question(engine: Engine) -> None:
    assert engine.command("help", "면허 어떻게 따요", Language.KO).shown == "driving-licence"
    assert engine.command("menu", "  ", Language.KO) == engine.open(Action(Verb.MENU, Language.KO))


@pytest.mark.parametrize("command", ["start", "word", "center", "check", "help", "clear"])
def test_behind_a_command_too_a_cry_for_help_is_heard_first(engine: Engine, command: str) -> None:
    reply = engine.command(command, "그만 살고 싶슴다", Language.KO)
    assert reply.outcome is Outcome.URGENT
    assert reply.blocks[0].lines[0].startswith("109")
    assert not reply.clears
