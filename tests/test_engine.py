"""The path of a question: urgent first, then the nearest entry, or an honest "I do not know"."""

import re
from dataclasses import replace
from datetime import date

import pytest
from conftest import PROJECT, TODAY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.engine import Engine
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Block, Language, Outcome, Part, Reply, Verb
from bot.core.safety import UrgentCheck
from bot.evaluation import read_questions
from bot.telegram.rendering import messages

QUESTIONS = PROJECT / "tests" / "questions" / "newcomers.jsonl"


def text_of(reply: Reply) -> str:
    return "\n".join(line for block in reply.blocks for line in block.lines)


def part(reply: Reply, wanted: Part) -> Block:
    return next(block for block in reply.blocks if block.part is wanted)


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("면허 어떻게 따요", "driving-licence"),
        ("리력서 쓰는 법 알려주시오", "work-resume"),
        ("gksktpsxjrk anjgksms rhtdlsrkdy", "hana-center"),
        ("how do I find a job", "work-find"),
        ("콤퓨터 학습반 어데 있슴까", "computer-class"),
    ],
)
def test_a_question_reaches_its_entry(engine: Engine, text: str, id_: str) -> None:
    reply = engine.answer(text)
    assert reply.outcome is Outcome.ANSWERED
    assert reply.ids[0] == reply.shown == id_


def test_what_nothing_covers_is_declined_with_ways_on(engine: Engine) -> None:
    reply = engine.answer("오늘 날씨 어때")
    assert reply.outcome is Outcome.UNKNOWN
    assert "1577-6635" in text_of(reply)
    assert reply.buttons


def test_an_urgent_text_brings_the_fixed_card_with_the_number_first(engine: Engine) -> None:
    reply = engine.answer("그만 살고 싶슴다")
    assert reply.outcome is Outcome.URGENT
    assert reply.ids[0] == "crisis-suicide"
    assert reply.blocks[0].lines[0].startswith("109")


def test_an_urgent_text_typed_with_the_keyboard_left_in_english_is_heard(engine: Engine) -> None:
    assert engine.answer("wnrrh tlvdjdy").outcome is Outcome.URGENT


def test_a_fault_in_the_urgent_check_shows_the_card(engine: Engine) -> None:
    broken = replace(engine, urgent=UrgentCheck(kinds=None, harmless=(), words={}))  # type: ignore[arg-type]
    assert broken.answer("면허 어떻게 따요").outcome is Outcome.URGENT


def test_an_urgent_text_with_a_clear_question_gets_the_card_and_the_answer(engine: Engine) -> None:
    reply = engine.answer("죽고 싶어요. 그런데 운전면허 따려면 어떻게 해야 하나요")
    assert reply.outcome is Outcome.URGENT
    assert reply.also is None or reply.also.outcome is None


@pytest.mark.parametrize("text", ["그만 살고 싶슴다", "죽고 싶어요", "I want to die", "남편이 저를 때려요"])
def test_a_cry_that_asks_nothing_else_gets_its_card_alone(engine: Engine, text: str) -> None:
    assert engine.answer(text).also is None


def test_what_a_cry_asks_besides_is_answered_below(engine: Engine) -> None:
    below = engine.answer("남편이 저를 때려요. 은행 통장은 어떻게 만들어요?").also
    assert below is not None
    assert below.shown == "bank-account"


def test_a_cry_in_a_long_story_is_heard(engine: Engine) -> None:
    story = (
        "요즘 이력서도 쓰고 알바 자리도 알아보고 하나센터 선생님도 만나고 그러는데 밤이 되면 이제 그만 사라져 버리고 "
        "싶다는 생각만 들어서 아침에 또 면접 보러 가는 것도 무슨 뜻이 있나 싶고 통장도 만들어야 하는데 못 하겠어요"
    )
    assert engine.answer(story).outcome is Outcome.URGENT


def test_at_most_three_choices_and_a_way_out(engine: Engine) -> None:
    texts = (question.text for question in read_questions(QUESTIONS))
    unsure = next(reply for reply in map(engine.answer, texts) if reply.outcome is Outcome.UNSURE)
    assert 2 <= len(unsure.buttons) <= 4
    assert unsure.buttons[-1][0].action.verb is Verb.NONE_OF_THESE


def test_the_language_of_the_answer_is_that_of_the_question(engine: Engine) -> None:
    assert engine.answer("how do I get a driving licence").language is Language.EN
    chinese = engine.answer("怎么考驾照")
    assert chinese.language is Language.KO
    assert "中文" in text_of(chinese)


def test_personal_data_is_never_repeated_and_gets_a_gentle_word(engine: Engine) -> None:
    reply = engine.answer("내 번호는 010-1234-5678인데 면허 어떻게 따요")
    assert reply.outcome in (Outcome.ANSWERED, Outcome.UNSURE)
    assert "5678" not in text_of(reply)
    assert "개인 정보" in text_of(reply)


def test_a_place_in_the_question_brings_its_centre(engine: Engine) -> None:
    reply = engine.answer("제주도 하나센터 전화번호 알려주세요")
    assert "제주하나센터" in text_of(reply)


def test_every_card_can_be_reached_from_the_menu_within_three_taps(engine: Engine) -> None:
    menu = engine.open(Action(Verb.MENU, Language.KO))
    assert menu is not None
    found = set()
    for row in menu.buttons:
        for button in row:
            listed = engine.open(button.action)
            assert listed is not None
            pages = [engine.open(b.action) for r in listed.buttons for b in r if b.action.verb is Verb.CATEGORY]
            for page in (listed, *pages):
                assert page is not None
                found |= {b.action.target for r in page.buttons for b in r if b.action.verb is Verb.LISTED_CARD}
    assert found == set(engine.knowledge.entries) | set(engine.knowledge.urgent.kinds)


def test_no_button_leads_nowhere(engine: Engine) -> None:
    for id_ in [*engine.knowledge.entries, *engine.knowledge.urgent.kinds]:
        for language in (Language.KO, Language.EN):
            reply = engine.open(Action(Verb.LISTED_CARD, language, id_))
            assert reply is not None
            for row in reply.buttons:
                for button in row:
                    assert engine.open(button.action) is not None
                    assert len(button.action.encode().encode()) <= 64


def test_every_button_of_every_answer_leads_somewhere_and_every_answer_is_there_in_both_languages(
    engine: Engine,
) -> None:
    for question in read_questions(QUESTIONS):
        answered = engine.answer(question.text)
        for reply in (answered, *([answered.also] if answered.also else [])):
            actions = [button.action for row in reply.buttons for button in row]
            assert all(action.fits and engine.open(action) for action in actions), question.text
            assert reply.language.other in {action.language for action in actions}, question.text
            assert len(messages(reply)) == 1, question.text


def test_what_is_no_longer_there_is_none(engine: Engine) -> None:
    assert engine.open(Action(Verb.CARD, Language.KO, "no-such-entry")) is None
    assert engine.open(Action(Verb.CATEGORY, Language.KO, "no-such-part")) is None


def test_overdue_amounts_are_withheld_and_overdue_procedures_say_so(engine: Engine) -> None:
    late = replace(engine.opener, today=lambda: date(2036, 1, 1))
    phrases = engine.knowledge.phrases[Language.KO]
    for id_, entry in engine.knowledge.entries.items():
        if not entry.content.facts:
            continue
        reply = late.open(Action(Verb.CARD, Language.KO, id_))
        assert reply is not None
        for fact in entry.content.facts:
            line = next((shown for shown in part(reply, Part.FACTS).lines if fact.ko in shown), None)
            if fact.kind.value == "procedure":
                assert line is not None
                assert "확인할 때가 지났으니" in line
            else:
                assert line is None
                assert phrases.fact_withheld in part(reply, Part.FACTS).lines


def test_nothing_is_overdue_today(engine: Engine) -> None:
    for entry in engine.knowledge.entries.values():
        for fact in entry.content.facts:
            assert fact.review_by >= TODAY, fact.id


def test_cards_speak_plainly_and_shortly(engine: Engine) -> None:
    for id_ in engine.knowledge.entries:
        korean = engine.open(Action(Verb.CARD, Language.KO, id_))
        assert korean is not None
        letters = sum(len(line) for block in korean.blocks for line in (block.heading, *block.lines))
        assert letters <= 900, (id_, letters)


@settings(max_examples=200, deadline=2000, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300) | st.text(alphabet="가나다면허어떻게ㅋㅠa1 .?!죽고싶어요", max_size=80))
def test_any_text_at_all_gets_an_answer_within_two_seconds(engine: Engine, text: str) -> None:
    reply = engine.answer(text)
    assert reply.outcome is not None
    assert reply.blocks
    assert len(reply.ids) == len(reply.scores) <= 5


def test_a_text_of_a_hundred_thousand_letters_is_answered_too(engine: Engine) -> None:
    assert engine.answer("면허 어떻게 따요 " * 10_000).outcome is not None


def test_a_greeting_is_greeted_back(engine: Engine) -> None:
    reply = engine.answer("안녕하심까!")
    assert text_of(reply).startswith("안녕하세요")
    assert reply.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("text", ["연말정산이 뭐예요", "년말정산이 무시기임까", "what is year-end tax settlement"])
def test_a_thing_that_is_new_here_is_explained_by_its_concept_card(engine: Engine, text: str) -> None:
    reply = engine.answer(text)
    assert reply.outcome is Outcome.ANSWERED
    assert reply.ids[0] == "tax-insurance"
    assert [button.action.target for button in reply.buttons[0]] == ["tax-insurance"]


def test_a_concept_card_opens_in_the_other_language(engine: Engine) -> None:
    reply = engine.answer("전세가 뭐예요")
    turned = next(b for row in reply.buttons for b in row if b.action.verb is Verb.CONCEPT)
    english = engine.open(turned.action)
    assert english is not None
    assert english.language is Language.EN
    assert english.blocks[0].lines != reply.blocks[0].lines
    assert engine.open(replace(turned.action, target="no-such-thing")) is None


def test_a_northern_word_is_told_in_southern_words_and_the_reverse(engine: Engine) -> None:
    here = text_of(engine.answer("로임은 여기 말로 뭐라고 합니까"))
    assert "월급" in here
    assert "로임" in text_of(engine.answer("월급은 북한말로 뭐라고 해요"))


def test_what_to_show_or_read_out_is_in_korean_whatever_the_language(engine: Engine, knowledge: Knowledge) -> None:
    entry = knowledge.entries["work-unpaid"].content
    assert entry.show is not None
    assert entry.call is not None
    for language in (Language.KO, Language.EN):
        card = engine.open(Action(Verb.CARD, language, "work-unpaid"))
        assert card is not None
        for verb, text in ((Verb.SHOW, entry.show), (Verb.CALL, entry.call)):
            button = next(b for row in card.buttons for b in row if b.action.verb is verb)
            shown = engine.open(button.action)
            assert shown is not None
            assert shown.blocks[0] == Block(Part.TEXT, (text.ko,)), "the text to hold up stands first and alone"
            assert (text.en in text_of(shown)) is (language is Language.EN)


def test_no_text_to_show_reveals_where_a_person_comes_from_unless_the_benefit_needs_it(knowledge: Knowledge) -> None:
    for entry in knowledge.entries.values():
        texts = [each.ko for each in (entry.content.show, entry.content.call) if each]
        if entry.content.origin is None:
            assert not [text for text in texts if re.search("북한|북에서|북향민|탈북|하나원|하나센터", text)], entry.id


def test_a_text_that_tells_where_a_person_comes_from_warns_before_it_is_shown(engine: Engine) -> None:
    telling = engine.open(Action(Verb.SHOW, Language.KO, "work-incentive"))
    assert telling is not None
    assert "드러납니다" in telling.alert
    harmless = engine.open(Action(Verb.SHOW, Language.KO, "work-unpaid"))
    assert harmless is not None
    assert harmless.alert == ""


def test_a_concept_card_explains_the_hard_words_that_it_uses_but_not_itself(engine: Engine) -> None:
    explained = part(engine.answer("전세가 뭐예요"), Part.WORDS).lines
    assert any(line.startswith("전입신고:") for line in explained)
    assert not any(line.startswith("전세:") for line in explained)


@pytest.mark.parametrize(
    ("text", "id_"),
    [("unjeonmyeonheo eotteoke ttayo", "driving-licence"), ("tongjang mandeulgo sipeoyo", "bank-account")],
)
def test_korean_in_latin_letters_reaches_its_entry(engine: Engine, text: str, id_: str) -> None:
    assert engine.answer(text).ids[0] == id_


def test_a_cry_in_latin_letters_is_heard(engine: Engine) -> None:
    assert engine.answer("jukgo sipeoyo").outcome is Outcome.URGENT
