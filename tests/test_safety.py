"""The urgent check: how a pattern is read, what is crossed out, and that no cry for help is lost on the way."""

import dataclasses
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.knowledge.urgent_checks import urgent_check
from bot.core.knowledge.whole import Knowledge, texts_of
from bot.core.safety import BadPattern, UrgentCheck, compile_check, compile_pattern

PIECES = {
    "partner": ("남편", "세대주"),
    "hit": ("때려", "때렸"),
    "spouse": ("husband", "my_wife"),
    "beats": ("beats", "is_beating"),
    "blank": (" ", ""),
}
TRIGGERS = {
    "suicide": ("죽고싶", "죽겠", "살기 싫", "want_to|wanna die", "自杀", "suicide"),
    "violence": ("@partner @hit", "남편+이|은 때려"),
}
HARMLESS = ("배고파|힘들어+죽겠", "추워서 죽겠", "죽고싶+은떡볶이", "to_die_for", "suicide squad")
SPEAKS = (
    "죽고 싶어요",
    "이제 살기가 정말 싫어요",
    "I want to die",
    "i wanna just die",
    "남편이 자꾸 때려요",
    "我想自杀",
    "죽겠어요",
)
CROSSED_OUT = (
    "배고파 죽겠다", "힘들어죽겠네", "추워서 정말 죽겠어요", "죽고 싶은 떡볶이", "this cake is to die for",
    "I saw Suicide Squad",
)  # fmt: skip
SILENT = (
    "", "하나센터 어디예요", "남편이 설거지를 해요", "때려치우고 싶어요", "죽고", "I want to diet",
    "wanted to dye my hair", "unwanted tomorrow diet", "suicidesquad", "살찌기 싫어요 운동",
    "남편 얼굴이 보고 싶은데 일이 많아서 집에 못 가요. 그래도 때려치울 수는 없지요",
    "want one two three four five to die",
)  # fmt: skip
HARMLESS_TEXTS = st.sampled_from(CROSSED_OUT)
PLAIN_WORDS = st.text(st.sampled_from("가나다라 abc.!?\n1ㅠ"), max_size=40)
PATTERN_TEXTS = st.text(st.sampled_from("가나 a b_+|@#.*()[]\\?^$-partnerhit"), max_size=30)


@pytest.fixture(scope="module")
def check() -> UrgentCheck:
    return compile_check(TRIGGERS, HARMLESS, PIECES)


def fires(trigger: str, text: str, *harmless: str) -> bool:
    return bool(compile_check({"kind": (trigger,)}, harmless, PIECES).kinds_in(text))


# --- the small language ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["죽고싶다", "죽고 싶다", "죽 고 싶다", "죽고, 싶다", "정말죽고싶어요", "죽\u200b고싶", "죽고\n싶"]
)
def test_korean_is_read_without_spaces(text: str) -> None:
    assert fires("죽고싶", text)
    assert fires("죽고_싶", text)


@pytest.mark.parametrize("text", ["我想 自杀", "自 杀", "自杀!"])
def test_chinese_is_read_without_spaces(text: str) -> None:
    assert fires("自杀", text)


def test_a_gap_lets_a_few_letters_stand_between_two_tokens() -> None:
    assert fires("남편 때려", "남편때려")
    assert fires("남편 때려", "남편이 술만 마시면 나를 때려요")
    assert not fires("남편 때려", "남편" + "가나다라마" * 8 + "때려")


def test_the_order_of_tokens_matters() -> None:
    assert not fires("남편 때려", "때려 남편")


def test_joined_atoms_have_no_gap() -> None:
    assert fires("남편+이|은", "남편이")
    assert fires("남편+이|은", "남편 은")
    assert not fires("남편+이|은", "남편도이")


def test_a_bar_separates_alternatives() -> None:
    assert fires("칼|총", "총을 들었어요")
    assert fires("칼|총", "칼을 들었어요")
    assert not fires("칼|총", "창을 들었어요")


@pytest.mark.parametrize("text", ["남편이 때려요", "세대주가 저를 때렸어요"])
def test_a_piece_stands_for_each_of_its_alternatives(text: str) -> None:
    assert fires("@partner @hit", text)


@pytest.mark.parametrize(
    ("text", "fired"),
    [("I want to die", True), ("i WANT to, die!", True), ("want to really just die", True), ("die", False),
     ("want to diet", False), ("wantto die", False), ("swant to die", False), ("want a b c d die", False)],
)  # fmt: skip
def test_latin_tokens_are_whole_words_and_an_underscore_is_a_space(text: str, fired: bool) -> None:
    assert fires("want_to die", text) is fired


def test_a_latin_gap_is_at_most_four_words() -> None:
    assert fires("want die", "want a b c d die")
    assert not fires("want die", "want a b c d e die")


def test_latin_pieces_are_whole_words_too() -> None:
    assert fires("@spouse @beats", "My wife, she is beating me")
    assert not fires("my_wife beats", "my wifebeats")


def test_capitals_and_accents_in_text_or_trigger_do_not_matter() -> None:
    assert fires("WANT_to Die", "want to die")
    assert fires("want_to_die", "WÁNT TO DÍE")


def test_a_tilde_lets_a_whole_sentence_stand_between_two_tokens() -> None:
    between = "이 어제 밤에 술을 마시고 집에 늦게 들어와서는 아무 말도 없이 저를 "
    assert fires("남편 ~ 때려", f"남편{between}때려요")
    assert not fires("남편 때려", f"남편{between}때려요")


def test_a_token_with_a_bang_must_stand_nowhere() -> None:
    assert fires("자살 !드라마|영화", "자살 이야기")
    assert not fires("자살 !드라마|영화", "자살 이야기가 나오는 영화")
    assert not fires("자살 !드라마|영화", "영화에 나온 자살")


def test_the_edges_of_a_word_and_of_the_text_can_be_asked_for() -> None:
    assert fires("^+불이야", "큰일이에요 불이야")
    assert not fires("^+불이야", "이불이야")
    assert fires("^^+살려주세요+$$", "살려 주세요!")
    assert not fires("^^+살려주세요+$$", "컴퓨터 좀 살려 주세요")


def test_letters_with_a_meaning_in_regular_expressions_mean_themselves() -> None:
    assert not fires("가.나", "가다나")
    assert not fires("a.*b", "a c b")


NOTHING_SAID = (
    "", "   ", "@nobody", "@", "@blank", "+", "|", "a+", "+a", "||", "죽고 |", "_", "_+_", "죽고 _", "^", "$ ^", "^+$",
    "~", "!가",
)  # fmt: skip


@pytest.mark.parametrize("pattern", NOTHING_SAID)
def test_a_pattern_that_says_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        compile_pattern(pattern, PIECES)
    with pytest.raises(BadPattern):
        compile_check({"kind": (pattern,)}, (), PIECES)
    with pytest.raises(BadPattern):
        compile_check({"kind": ("가",)}, (pattern,), PIECES)


def test_the_missing_piece_is_named() -> None:
    with pytest.raises(BadPattern, match="@nobody"):
        compile_pattern("@partner @nobody", PIECES)


@given(PATTERN_TEXTS)
def test_a_pattern_is_refused_or_never_fires_on_nothing(pattern: str) -> None:
    try:
        check = compile_check({"kind": (pattern,)}, (), PIECES)
    except BadPattern:
        return
    assert check.kinds_in("") == ()
    assert check.kinds_in("x y z") == ()


# --- the whole check ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", SPEAKS)
def test_a_text_that_speaks_of_an_emergency_fires(check: UrgentCheck, text: str) -> None:
    assert check.kinds_in(text)


@pytest.mark.parametrize("text", CROSSED_OUT)
def test_a_harmless_phrase_is_crossed_out(check: UrgentCheck, text: str) -> None:
    assert check.kinds_in(text) == ()


@pytest.mark.parametrize("text", SILENT)
def test_other_texts_are_silent(check: UrgentCheck, text: str) -> None:
    assert check.kinds_in(text) == ()


@pytest.mark.parametrize("text", ["배고파죽겠다", "배고파 죽겠다", "배 고파 죽 겠다", "배고파, 죽겠다"])
def test_spacing_does_not_matter_in_a_harmless_phrase_either(text: str) -> None:
    assert not fires("죽겠", text, "배고파+죽겠")
    assert not fires("죽겠", text, "배고파죽겠")


def test_all_kinds_are_named_in_the_order_of_the_file(check: UrgentCheck) -> None:
    assert check.kinds_in("남편이 때려요. 죽고 싶어요") == ("suicide", "violence")


def test_no_trigger_reaches_across_what_was_crossed_out() -> None:
    assert fires("남편 때려", "남편 아이 때려")
    assert not fires("남편 때려", "남편 아이 때려", "아이")
    assert fires("want die", "want so die")
    assert not fires("want die", "want so die", "so")


@given(st.text(st.characters(), max_size=400))
def test_any_text_can_be_checked(text: str) -> None:
    check = compile_check(TRIGGERS, HARMLESS, PIECES)
    assert set(check.kinds_in(text)) <= set(TRIGGERS)


@given(st.sampled_from(SPEAKS), st.lists(HARMLESS_TEXTS, max_size=3), st.lists(HARMLESS_TEXTS, max_size=3))
def test_harmless_phrases_before_or_after_never_hide_a_trigger(text: str, before: list[str], after: list[str]) -> None:
    check = compile_check(TRIGGERS, HARMLESS, PIECES)
    assert set(check.kinds_in(text)) <= set(check.kinds_in(". ".join([*before, text, *after])))


@pytest.mark.parametrize(
    "text",
    [
        "추워서 자살하고 싶어요. 힘들어 죽겠다",
        "추워서 미치겠고 자살하고 죽겠어요",
        "추워서 나왔는데 자살. 추워서 죽겠다",
    ],
)
def test_what_stands_in_the_gap_of_a_harmless_phrase_is_still_read(text: str) -> None:
    assert fires("자살", text, "추워서 죽겠")


@pytest.mark.parametrize("text", ["I would suicide now for this squad", "suicide, suicide squad"])
def test_latin_words_in_the_gap_of_a_harmless_phrase_are_still_read(text: str) -> None:
    assert fires("now", "suicide now squad", "suicide squad")
    assert fires("would|suicide", text, "suicide squad")


@given(st.sampled_from(SPEAKS), PLAIN_WORDS, PLAIN_WORDS)
def test_words_before_or_after_never_hide_a_trigger(text: str, before: str, after: str) -> None:
    check = compile_check(TRIGGERS, (), PIECES)
    assert set(check.kinds_in(text)) <= set(check.kinds_in(f"{before} {text} {after}"))


@pytest.mark.parametrize(
    "piece", ["죽", "남편", "want ", "want to ", "배고파", "추워서", "#", " ", "a", "suicide ", "남편 때"]
)
def test_a_hundred_thousand_letters_are_checked_in_a_moment(check: UrgentCheck, piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    begun = time.perf_counter()
    check.kinds_in(text)
    assert time.perf_counter() - begun < 1.0


# --- the project's own wordings ------------------------------------------------------------------------------------


def test_looking_for_words_first_changes_no_verdict(knowledge: Knowledge) -> None:
    """The check compiles an expression only for rows whose words are in the text; this judge tries every row."""
    urgent = knowledge.urgent
    check = urgent_check(urgent)
    texts = [text for kind in urgent.kinds.values() for _, text in texts_of(kind.heard)][::9]
    texts += [text for _, text in texts_of(knowledge.urgent_texts.lookalike)][::20]
    for text in texts:
        heard = check.hear(text)
        everything = {key for triggers in check.kinds.values() for t in triggers for key in t.wanted.keys}
        everything |= {key for row in check.harmless for key in row.keys}
        everything |= {key for triggers in check.kinds.values() for t in triggers for u in t.unwanted for key in u.keys}
        slow = dataclasses.replace(heard, left=heard.whole, keys=everything)
        for phrase in check.harmless:
            slow.cross_out(phrase)
        found = tuple(kind for kind, triggers in check.kinds.items() if any(map(slow.fires, triggers)))
        assert check.kinds_in(text) == found, text


@pytest.mark.parametrize(
    "text",
    [
        "어디서 살아야 하나", "어데서 살아야 함까", "어느 동네에서 살아야 하나요", "뭐 먹고 살아야 하나",
        "월급으로 살아야 하는지", "이 돈으로 어떻게 살아야 하나요", "같이 살아야 하나 따로 나가야 하나",
        "뭘 해 먹고 살아야 할지 모르겠슴다",
    ],
)  # fmt: skip
def test_where_and_on_what_to_live_is_an_everyday_question(knowledge: Knowledge, text: str) -> None:
    assert urgent_check(knowledge.urgent).kinds_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "왜 살아야 하나", "나는 어디서 왔고 왜 살아야 하나", "같이 죽을까 살아야 하나", "돈도 없고 왜 살아야 하나",
        "돈 때문에 이렇게 살아야 하나", "어디서도 반기지 않는데 살아야 하나", "혼자 어떻게 살아야 하나",
    ],
)  # fmt: skip
def test_why_to_live_is_none(knowledge: Knowledge, text: str) -> None:
    assert urgent_check(knowledge.urgent).kinds_in(text) == ("crisis-suicide",)


@pytest.mark.parametrize(
    "text",
    [
        "남편이 내 휴대폰을 몰래 봅니다", "집사람이 나를 감시합니다", "세대주가 내 손전화를 들여다봄다",
        "애인이 내 위치를 추적해요", "남자친구가 카톡을 다 검사해요", "my husband watches my phone",
        "my boyfriend tracks my location",
    ],
)  # fmt: skip
def test_who_is_watched_by_a_partner_is_shown_who_helps(knowledge: Knowledge, text: str) -> None:
    assert urgent_check(knowledge.urgent).kinds_in(text)[:1] == ("crisis-violence",)


@pytest.mark.parametrize(
    "text",
    [
        "남편이 휴대폰만 봅니다", "남편이 핸드폰을 보고 웃어요", "남편 휴대폰을 바꿔 주고 싶어요",
        "my husband watches TV on my phone", "남편이 폰을 보는데 여기 쓴 글 지울 수 있나요",
        "아내가 휴대폰을 잃어버렸어요", "my wife follows me on instagram",
    ],
)  # fmt: skip
def test_a_partner_with_a_telephone_is_none(knowledge: Knowledge, text: str) -> None:
    assert urgent_check(knowledge.urgent).kinds_in(text) == ()
