"""The words of a card, and the listed words that one spelt wrongly may have been meant for."""

import time

import pytest
from conftest import buttons
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.core.knowledge.models import Word, WordKind
from bot.core.knowledge.whole import Knowledge
from bot.core.knowledge.words import word_book, words_of_card
from bot.core.language.jamo import FINALS, INITIALS, VOWELS, is_syllable, join, split
from bot.core.language.normal import plain, spaceless
from bot.core.language.northern import northern_to_common
from bot.core.model import Action, Language, Part, Reply, Verb
from bot.core.opening import Opener
from bot.core.spelling import MOST_NEAR, nearest_words
from bot.core.word_replies import MOST_OF_A_CARD, word_card
from bot.telegram.rendering import keyboard, messages

SPOKEN = (Language.KO, Language.EN)


def asked(opener: Opener, text: str, language: Language = Language.KO) -> Reply:
    reply = opener.open(Action(Verb.WORD, language, text))
    assert reply is not None
    return reply


def key(name: str) -> str:
    return spaceless(northern_to_common(plain(name)))


# --- the words of a card -----------------------------------------------------------------------------------------

WAGES = Word(
    north=("로임",), south=("월급", "급여"), ko="일한 값으로 받는 돈입니다.", en="monthly pay", kind=WordKind.NORTHERN
)
SQUID = Word(
    north=("낙지",), south=("오징어",), ko="북쪽에서는 오징어를 말합니다.", en="squid", kind=WordKind.FALSE_FRIEND
)
PIN = Word(north=(), south=("비밀번호",), ko="나만 아는 번호입니다.", en="PIN", kind=WordKind.LOANWORD)


def test_each_word_of_a_card_is_named_once_and_none_that_means_something_else_in_the_north(
    opener: Opener, knowledge: Knowledge
) -> None:
    some = 0
    for entry in knowledge.entries.values():
        found = words_of_card(opener.words, entry.content)
        names, words = [name for name, _ in found], [word for _, word in found]
        assert len(names) == len(set(names))
        assert all(words.count(word) == 1 for word in words)
        assert WordKind.FALSE_FRIEND not in {word.kind for word in words}
        assert all(name in word.south for name, word in found)
        some += bool(found)
    assert some > len(knowledge.entries) / 2


def test_words_of_a_card_stand_in_the_order_in_which_it_says_them(knowledge: Knowledge) -> None:
    content = knowledge.entries["work-find"].content
    answer = content.answer.ko.model_copy(update={"lead": "오징어 상자에 비밀번호와 급여, 월급이 있습니다."})
    card = content.model_copy(update={"answer": content.answer.model_copy(update={"ko": answer})})
    assert words_of_card(word_book([WAGES, SQUID, PIN], []), card)[:2] == (("비밀번호", PIN), ("급여", WAGES))


@pytest.mark.parametrize("language", SPOKEN)
def test_the_words_of_a_card_are_told_with_what_they_are_called_in_the_north(
    opener: Opener, knowledge: Knowledge, language: Language
) -> None:
    for entry in knowledge.entries.values():
        reply = opener.open(Action(Verb.WORDS, language, entry.id))
        assert reply is not None
        told = [line for block in reply.blocks if block.part is Part.WORDS for line in block.lines]
        found = words_of_card(opener.words, entry.content)
        assert len(told) == min(len(found), MOST_OF_A_CARD)
        for line, (name, word) in zip(told, found, strict=False):
            assert line.startswith(name)
            assert (word.en if language is Language.EN else word.ko) in line
            assert all(north in line for north in word.north if north != name)
        if not found:
            assert knowledge.phrases[language].card_words_none in reply.blocks[1].lines


# --- spelt almost so ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("알봐", "알바"),
        ("아르바이뜨", "아르바이트"),
        ("아 르 바 이 뜨", "아르바이트"),
        ("노트북콤퓨터", "노트북 컴퓨터"),
        ("실업금여", "실업급여"),
        ("최저임굼", "최저임금"),
        ("리려서", "이력서"),
    ],
)
def test_a_word_with_one_wrong_letter_is_still_found(opener: Opener, wrong: str, right: str) -> None:
    assert key(right) in map(key, nearest_words(opener.words, wrong))


def changed(word: str, at: int, part: int, letter: int) -> str:
    """Return `word` with one letter of the syllable at `at` changed: its initial, its vowel or its final."""
    initial, vowel, final = split(word[at])
    syllable = (
        join(INITIALS[letter % len(INITIALS)], vowel, final),
        join(initial, VOWELS[letter % len(VOWELS)], final),
        join(initial, vowel, FINALS[letter % len(FINALS)]),
    )[part]
    return word[:at] + syllable + word[at + 1 :]


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 2), st.integers(0, len(FINALS) - 1))
def test_one_letter_wrong_in_a_word_of_three_syllables_is_forgiven(
    opener: Opener, number: int, place: int, part: int, letter: int
) -> None:
    """In the spelling in which North and South meet: where its rules change more, more than one letter is wrong."""
    listed = sorted(name for name in opener.words.names if len(name) >= 3 and all(map(is_syllable, name)))
    word = listed[number % len(listed)]
    wrong = changed(word, place % len(word), part, letter)
    assume(wrong != word and northern_to_common(wrong) == wrong and northern_to_common(word) == word)
    assert word in map(key, nearest_words(opener.words, wrong))


@pytest.mark.parametrize("word", ["", " ", "ㅇ", "가", "양자역학", "zzzzzz", "!!!", "\0", "天气", "x" * 4096])
def test_for_nothing_and_for_what_is_like_no_word_none_is_offered(opener: Opener, word: str) -> None:
    assert nearest_words(opener.words, word) == ()


@settings(deadline=None)
@given(st.text(max_size=200))
def test_for_any_text_few_words_are_offered_all_listed_and_each_once(opener: Opener, text: str) -> None:
    found = nearest_words(opener.words, text)
    assert len(found) <= MOST_NEAR
    assert len(found) == len(set(found))
    assert set(found) <= set(opener.words.names.values())


def test_a_long_text_does_not_take_long_to_be_compared(opener: Opener) -> None:
    started = time.process_time()
    nearest_words(opener.words, "알바 구하는 법을 알려주세요 " * 250)
    assert time.process_time() - started < 0.5


def test_a_listed_word_is_nearest_to_itself(opener: Opener) -> None:
    for name in list(opener.words.names.values())[::20]:
        if len(key(name)) > 2:
            assert key(nearest_words(opener.words, name)[0]) == key(name)


@pytest.mark.parametrize("language", SPOKEN)
def test_a_word_spelt_wrongly_is_answered_with_buttons_that_explain(opener: Opener, language: Language) -> None:
    reply = asked(opener, "알봐", language)
    assert reply.blocks[0].lines == opener.knowledge.phrases[language].word_near
    (near,) = (b for b in buttons(reply) if b.action.verb is Verb.WORD and b.action.language is language)
    assert near.label == near.action.target == "알바"
    assert opener.open(near.action) == asked(opener, "알바", language)


@pytest.mark.parametrize("language", SPOKEN)
def test_a_word_like_none_is_said_not_to_be_listed_and_people_are_offered(opener: Opener, language: Language) -> None:
    reply = asked(opener, "양자역학", language)
    assert reply.blocks[0].lines == opener.knowledge.phrases[language].word_unknown
    assert Verb.PERSON in {button.action.verb for button in buttons(reply)}


# --- a word asked for --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [" 알바 ", "알 바", "알바?", "알바가 뭐예요", "알바 뜻", "  알바는 무슨 말임까?"])
def test_spaces_and_a_question_around_a_word_change_nothing(opener: Opener, text: str) -> None:
    assert asked(opener, text).blocks == asked(opener, "알바").blocks


@pytest.mark.parametrize("text", ["jeonse", "Jeonse", "JEONSE", " JeonSe ", "what is JEONSE", "What does Jeonse mean?"])
def test_capitals_change_nothing(opener: Opener, text: str) -> None:
    assert asked(opener, text, Language.EN).blocks == asked(opener, "jeonse", Language.EN).blocks
    assert asked(opener, text, Language.EN).blocks[0].part is Part.TITLE


def test_every_listed_word_and_every_name_of_a_concept_is_explained(opener: Opener, knowledge: Knowledge) -> None:
    words = [(name, word.ko) for word in knowledge.words for name in (*word.north, *word.south)]
    for name, meaning in words:
        concept, same = opener.words.named(name)
        lines = [line for block in asked(opener, name).blocks for line in block.lines]
        if concept:
            assert concept.what.ko in lines, name
        elif meaning in {each.ko for each in same}:  # of a word with many meanings only some are told
            assert meaning in lines, name
    for each in knowledge.concepts:
        for name in (*each.words, *each.english):
            assert asked(opener, name).blocks[0].lines == (each.title.ko,), name


@pytest.mark.parametrize("language", SPOKEN)
def test_a_word_card_names_the_other_side_and_not_the_word_itself(knowledge: Knowledge, language: Language) -> None:
    phrases = knowledge.phrases[language]
    reply = word_card(knowledge, "급여", [WAGES], language)
    meaning = WAGES.en if language is Language.EN else WAGES.ko
    assert [block.lines for block in reply.blocks] == [
        ("급여",),
        (meaning, phrases.word_here.format(words="월급"), phrases.word_north.format(words="로임")),
    ]


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("asked_for", ["로" * 30, "a" * 4000, "로임" + " !" * 2000])
def test_a_word_longer_than_a_button_carries_is_explained_without_the_button(
    knowledge: Knowledge, language: Language, asked_for: str
) -> None:
    reply = word_card(knowledge, asked_for, [WAGES], language)
    assert reply.blocks[0].lines == (asked_for,)
    assert [button.action.verb for button in buttons(reply)] == [Verb.MENU]
    assert keyboard(reply) is not None
    assert messages(reply)


@given(st.text(max_size=60))
def test_whatever_word_is_asked_for_its_buttons_can_be_sent(opener: Opener, text: str) -> None:
    for language in SPOKEN:
        reply = asked(opener, text, language)
        assert all(button.action.fits for button in buttons(reply))
        assert keyboard(reply) is not None
        assert len(messages(reply)) == 1
