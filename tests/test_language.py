"""One comparable form of a sentence: letters, keyboard, northern spelling, and the reader over them all."""

import time
import unicodedata
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.language.jamo import COMPOUND, FINALS, INITIALS, VOWELS, decompose, is_syllable, join, split
from bot.core.language.keyboard import as_korean
from bot.core.language.normal import MAX_LETTERS, joined, plain, spaceless
from bot.core.language.northern import northern_to_common, skeleton
from bot.core.language.reading import Reader, language_of, reader_of, syllable_pairs
from bot.core.language.roman import as_hangul
from bot.core.language.seen import seen
from bot.core.model import Language

SYLLABLES = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
KOREAN = st.text(SYLLABLES, max_size=40)
ANY_TEXT = st.text(st.characters(), max_size=300)  # lone surrogates too: a text may come from anywhere

KEYS = dict(
    zip(
        "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎㅏㅐㅑㅒㅓㅔㅕㅖㅗㅛㅜㅠㅡㅣ",
        "rRseEfaqQtTdwWczxvgkoiOjpuPhynbml",
        strict=True,
    )
)

KOREAN_ASKS = (
    "하나센터가 어디에 있어요", "알바 구하고 싶어요", "운전면허 어떻게 따요", "병원에 가고 싶어요", "일자리 정보",
    "컴퓨터를 배우고 싶어요", "이력서 쓰는 법", "은행 통장 만들기", "안녕하세요 저는 일을 찾고 있어요", "집을 구해요",
)  # fmt: skip
ENGLISH_ASKS = ("Where is the Hana Center?", "How do I find a job?", "Can I get help with a resume?")

ENGLISH_QUESTIONS = (
    "How do I get a driving licence?", "Where can I learn Korean?", "What does the centre do?", "Who can help me?",
    "I lost my job yesterday", "My boss does not pay me", "Is this job offer a scam?", "How much is the rent?",
    "Can my daughter go to school here?", "I am tired", "What is a deposit", "Where do I buy a used car",
    "Do I need insurance?", "Which bus goes there", "How do I open a bank account", "the doctor does not understand me",
    "I feel lonely", "Are computer classes free?", "visa", "tax", "help", "sky", "click", "code", "chicken", "belt",
    "API", "CPU", "what should I say at an interview", "they laughed at my accent", "can I study at night",
    "Is it too late to go to college at 40", "How do people here find friends", "where is the nearest hospital",
    "my phone is broken", "what is wifi", "I want to send money", "please talk to me", "what now", "thank you so much",
)  # fmt: skip

SAME_WORD = (
    ("리력서", "이력서"), ("녀자", "여자"), ("로동", "노동"), ("량심", "양심"), ("련락처", "연락처"), ("례절", "예절"),
    ("료금", "요금"), ("류행", "유행"), ("리유", "이유"), ("락원", "낙원"), ("래일", "내일"), ("뢰물", "뇌물"),
    ("루수", "누수"), ("릉", "능"), ("년령", "연령"), ("로동능력", "노동능력"), ("로동시간", "노동시간"),
    ("되여", "되어"), ("되여", "돼"), ("되였다", "되었다"), ("되였습니다", "됐습니다"), ("안되였다", "안됐다"),
    ("띄여쓰기", "띄어쓰기"), ("뛰여가다", "뛰어가다"), ("내여주다", "내어주다"), ("쉬였다", "쉬었다"),
    ("비여있다", "비어있다"), ("세여보다", "세어보다"), ("희여지다", "희어지다"), ("떼여내다", "떼어내다"),
    ("화페", "화폐"), ("지페", "지폐"),
    ("함까", "합니까"), ("갑네까", "갑니까"), ("감다", "갑니다"), ("먹습네까", "먹습니까"), ("갑네다", "갑니다"),
    ("했습네다", "했습니다"), ("있슴둥", "있습니까"), ("있슴두", "있습니까"), ("감둥", "갑니까"),
    ("좋슴다", "좋습니다"), ("있슴까", "있습니까"), ("좋습꾸마", "좋습니다"), ("알디요", "알지요"),
    ("할가요", "할까요"), ("가시라요", "가세요"), ("주시오", "주세요"),
    ("주십시오", "주세요"), ("주십쇼", "주세요"), ("알갔슴까", "알겠습니까"),
)  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> Reader:
    return reader_of({"콤퓨터": "컴퓨터", "뻐스": "버스"}, {"손전화": "휴대폰"}, KOREAN_ASKS, ENGLISH_ASKS)


def typed_in_english(text: str) -> str:
    """Return the English keys under which `text` is typed on a two-set Korean keyboard."""
    letters = (letter for syllable in text for letter in (split(syllable) if is_syllable(syllable) else syllable))
    return "".join(KEYS.get(key, key) for letter in letters for key in COMPOUND.get(letter, letter))


# --- letters -----------------------------------------------------------------------------------------------------


@given(SYLLABLES)
def test_a_syllable_taken_apart_and_joined_is_the_same_syllable(syllable: str) -> None:
    assert join(*split(syllable)) == syllable


@given(st.sampled_from(INITIALS), st.sampled_from(VOWELS), st.sampled_from(FINALS.replace(" ", "")) | st.just(""))
def test_three_letters_joined_and_taken_apart_are_the_same_letters(initial: str, vowel: str, final: str) -> None:
    assert split(join(initial, vowel, final)) == (initial, vowel, final)


@given(ANY_TEXT)
def test_only_syllables_are_taken_apart(text: str) -> None:
    assert [letter for letter in decompose(text) if is_syllable(letter)] == []
    assert decompose(decompose(text)) == decompose(text)


@given(KOREAN)
def test_taking_apart_follows_unicode(text: str) -> None:
    compatibility = unicodedata.normalize("NFKD", decompose(text))  # ㄱ is one letter, at the end of a syllable another
    assert len(decompose(text)) == len(unicodedata.normalize("NFD", text)) == len(compatibility)


# --- the keyboard left in English --------------------------------------------------------------------------------


@given(KOREAN)
def test_korean_typed_on_english_keys_comes_back(text: str) -> None:
    assert as_korean(typed_in_english(text)) == text


@given(st.text(SYLLABLES | st.sampled_from(" .,?!0123"), max_size=40))
def test_spaces_digits_and_punctuation_stay_while_keys_are_read(text: str) -> None:
    assert as_korean(typed_in_english(text)) == text


@pytest.mark.parametrize(
    ("keys", "korean"),
    [("gksktpsxj", "하나센터"), ("dkssud", "안녕"), ("RhfWjd", "꼴쩡"), ("Ekfqkf", "딸발"),
     ("rkqt", "값"), ("ekfrdl", "닭이"),
     ("rkrtk", "각사"), ("rhkswl", "관지"), ("dmltk", "의사"), ("GKSKTPSXJ", "하나쏀터")],
)  # fmt: skip
def test_keys_compose_as_the_keyboard_composes(keys: str, korean: str) -> None:
    assert as_korean(keys) == korean


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), max_size=60))
def test_every_run_of_keys_is_read_and_no_key_is_lost(keys: str) -> None:
    apart = "".join(COMPOUND.get(letter, letter) for letter in decompose(as_korean(keys)))
    shifted = {key.upper(): letter for letter, key in KEYS.items() if key.upper() not in KEYS.values()}
    wanted = {**shifted, **{key: letter for letter, key in KEYS.items()}}
    assert apart == "".join(wanted[key] for key in keys)


# --- the plain form ----------------------------------------------------------------------------------------------


@given(ANY_TEXT)
def test_any_text_has_a_plain_form_which_is_its_own_plain_form(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert len(once) <= MAX_LETTERS
    assert "  " not in once
    assert once == once.strip()


@given(st.text(max_size=200))
def test_composed_and_decomposed_texts_have_one_plain_form(text: str) -> None:
    assert plain(unicodedata.normalize("NFD", text)) == plain(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("  Hello,   WORLD!! ", "hello world"),
        ("ㅠㅠㅠㅠ", "ㅠㅠ"),
        ("ㅋㅋㅋㅋㅋ 정말요?", "ㅋㅋ 정말요"),
        ("고마워ㄳ", "고마워ㄳ"),
        ("ｗｉｆｉ １２", "wifi 12"),
        ("café", "cafe"),
        ("죽\u200b고 싶다", "죽고 싶다"),
        ("죽\u00ad고", "죽고"),
        ("죽\u3164고", "죽 고"),
        ("want_to_die", "want to die"),
        ("want :_to", "want to"),
        ("한\n줄\t둘", "한 줄 둘"),
        ("와아아아아", "와아아"),
        ("!!! ???", ""),
        ("", ""),
    ],
)
def test_decoration_is_dropped(text: str, wanted: str) -> None:
    assert plain(text) == wanted


@given(ANY_TEXT)
def test_a_spaceless_text_has_no_spaces_and_the_same_letters(text: str) -> None:
    assert spaceless(text) == plain(text).replace(" ", "")


# --- northern spelling -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("north", "south"), SAME_WORD)
def test_a_northern_spelling_meets_the_southern_one(north: str, south: str) -> None:
    assert northern_to_common(north) == northern_to_common(south)


@pytest.mark.parametrize(
    ("one", "other"),
    [("뻐스", "버스"), ("되다", "지다"), ("하여", "하어"), ("보여", "보어"), ("모여", "모어"), ("먹여", "먹어"),
     ("안해", "아내"), ("꼴", "골"), ("노동", "오동")],
)  # fmt: skip
def test_words_that_no_rule_joins_stay_apart(one: str, other: str) -> None:
    assert northern_to_common(one) != northern_to_common(other)


@pytest.mark.parametrize(
    "word", ["뉴스", "녀석", "님", "니트", "남녀", "도로", "근로", "하여", "보여", "참여", "hello", "123"]
)
def test_words_that_both_sides_write_alike_stay_as_they_are(word: str) -> None:
    assert northern_to_common(word) == word


@given(ANY_TEXT)
def test_any_text_can_be_brought_to_common_spelling(text: str) -> None:
    common = northern_to_common(text)
    assert [letter for letter in common if not is_syllable(letter)] == [x for x in text if not is_syllable(x)]


def test_the_skeleton_of_a_loanword_is_the_same_on_both_sides() -> None:
    assert skeleton(decompose("뻐스")) == skeleton(decompose("버스"))
    assert skeleton(decompose("아빠트")) == skeleton(decompose("아파트"))
    assert skeleton(decompose("땜")) == skeleton(decompose("댐"))


# --- reading -----------------------------------------------------------------------------------------------------


@given(text=ANY_TEXT)
def test_any_text_can_be_read(reader: Reader, text: str) -> None:
    sentence = reader.read(text)
    assert " " not in sentence.letters
    assert sentence.letters == decompose(sentence.words.replace(" ", ""))
    assert reader.read(text) == sentence


@given(text=st.text(SYLLABLES | st.sampled_from("abcé .?ㅋㅠ뻐스손전화"), max_size=60))
def test_composed_and_decomposed_korean_read_alike(reader: Reader, text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert reader.read(unicodedata.normalize("NFD", text)) == reader.read(composed)


@pytest.mark.parametrize("piece", ["가", "a", "gks ", "ㅠ", "我", " ", "\u0301", "👍🏽", "되여", "ﷺ", "한_", "a1가 "])
def test_a_hundred_thousand_letters_are_read_in_a_moment(reader: Reader, piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    begun = time.process_time()
    reader.read(text)
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [("콤퓨터를 배우고 싶어요", "컴퓨터를 배우고 싶어요"), ("뻐스", "버스"), ("뻐스를 타요", "버스를 타요"),
     ("리력서쓰는법", "이력서 쓰는 법"), ("어디로 감까?", "어디로갑니까"),
     ("dkfqk rngkrh tlvdjdy", "알바 구하고 싶어요")],
)  # fmt: skip
def test_the_same_question_written_in_two_ways_has_the_same_letters(reader: Reader, one: str, other: str) -> None:
    assert reader.read(one).letters == reader.read(other).letters


def test_a_word_of_the_list_is_only_replaced_at_the_beginning_of_a_word(reader: Reader) -> None:
    assert reader.read("왕뻐스").words == "왕뻐스"


def test_a_southern_word_is_added_after_a_northern_one(reader: Reader) -> None:
    assert reader.read("손전화 사고 싶어요").words == "손전화 사고 싶어요 휴대폰"


def test_a_reader_without_words_reads_all_the_same() -> None:
    assert reader_of({}, {}, (), ()).read("하나센터 어디예요?").words == "하나센터 어디예요"


@pytest.mark.parametrize(
    ("text", "language"),
    [("하나센터", Language.KO), ("ㅋㅋ", Language.KO), ("job 찾기", Language.KO), ("我想找工作", Language.ZH),
     ("我 want", Language.ZH), ("Hello", Language.EN), ("WHO", Language.EN), ("", Language.KO), ("123", Language.KO),
     ("👍", Language.KO)],
)  # fmt: skip
def test_the_language_is_known_by_the_letters(text: str, language: Language) -> None:
    assert language_of(text) is language


@pytest.mark.parametrize("text", ["ㅋㅋㅋㅋ ok", "ㅇㅇ", "ㅠㅠ help"])
def test_korean_letters_that_stand_alone_are_read_as_korean(reader: Reader, text: str) -> None:
    assert reader.read(text).language is Language.KO


@pytest.mark.parametrize("text", ENGLISH_QUESTIONS)
def test_english_is_never_turned_into_korean(reader: Reader, text: str) -> None:
    assert reader.as_meant(text) == text
    assert reader.as_meant(text.upper()) == text.upper()


@pytest.mark.parametrize("text", KOREAN_ASKS)
def test_korean_typed_on_english_keys_is_read_as_korean(reader: Reader, text: str) -> None:
    assert reader.as_meant(typed_in_english(text)) == text
    assert reader.read(typed_in_english(text)) == reader.read(text)


@given(text=ANY_TEXT)
def test_a_text_with_korean_or_chinese_letters_is_meant_as_it_stands(reader: Reader, text: str) -> None:
    assert reader.as_meant(f"{text}한") == joined(f"{text}한")
    assert reader.as_meant(f"我{text}") == joined(f"我{text}")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("살 기 싫 어 요", "살기싫어요"), ("살.기.싫.어.요!", "살기싫어요!"), ("那 个 人 打 我", "那个人打我"),
        ("p l e a s e  h u r r y  u p", "please  hurry  u p"), ("살\n려\n주\n세\n요 지 금", "살려주세요지금"),
        ("할 수 있 다", "할 수 있 다"), ("온 지 한 달 된 사람", "온 지 한 달 된 사람"),
        ("이 집 내 거 맞나요", "이 집 내 거 맞나요"), ("a_b_c_d_e", "abcde"),
        ("1 2 3 4 5", "12345"), ("살\u200b 기 싫 어 요", "살기싫어요"),
    ],
)  # fmt: skip
def test_what_is_typed_letter_by_letter_is_put_together(reader: Reader, typed: str, meant: str) -> None:
    assert joined(typed) == meant
    assert joined(meant) == meant
    assert reader.read(typed) == reader.read(meant)


@given(words=st.lists(st.text(st.sampled_from("가나다abc我"), min_size=2), max_size=8), gap=st.sampled_from(" .\n_-"))
def test_words_of_two_letters_stay_as_they_are(words: list[str], gap: str) -> None:
    assert joined(gap.join(words)) == gap.join(words)


@given(text=st.text(st.sampled_from("가나bc .\n_\u200b")))
def test_what_was_put_together_has_the_same_letters(text: str) -> None:
    assert spaceless(joined(text)) == spaceless(text)


def test_pairs_of_syllables_cross_spaces_but_not_other_letters() -> None:
    assert syllable_pairs("하나 센터 a 둘") == ["하나", "나센", "센터"]


# --- Korean in Latin letters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latin", "korean"),
    [
        ("myeonheo eotteoke ttayo", "면허 어떻게 따요"), ("hanasenteo eodi isseoyo", "하나센터 어디 있어요"),
        ("annyeonghaseyo", "안녕하세요"), ("bimilbeonho", "비밀번호"), ("jukgo sipeoyo", "죽고 싶어요"),
        ("unjeon myunheo", "운전 뮨허"), ("gimchi", "김치"), ("ilhago sipeoyo", "일하고 싶어요"),
    ],
)  # fmt: skip
def test_korean_in_latin_letters_is_read_as_it_sounds(latin: str, korean: str) -> None:
    assert as_hangul(latin) == korean


@pytest.mark.parametrize("text", ["how do I find a job", "licence", "xyz", "", "123 ?!"])
def test_what_is_no_korean_in_latin_letters_is_not_read(text: str) -> None:
    assert as_hangul(text) is None


@given(st.text(st.sampled_from("가나다라마바사아자차카타파하거너더러머버서어저"), min_size=1, max_size=12))
def test_open_syllables_survive_being_written_in_latin_letters(text: str) -> None:
    """The judge writes them by the same official table, syllable by syllable."""
    initials = dict(
        zip("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ", "g n d r m b s - j ch k t p h".replace("-", "").split(" "), strict=True)
    )
    latin = "".join(initials[split(letter)[0]] + {"ㅏ": "a", "ㅓ": "eo"}[split(letter)[1]] for letter in text)
    if not any(pair in latin for pair in ("aa", "ae", "oa", "oe")):  # 아어 is 애 without a break
        assert as_hangul(latin) == text


@given(st.sets(st.text(min_size=1, max_size=6), max_size=40), st.text(min_size=1, max_size=6))
def test_what_was_seen_is_known_again_and_other_pieces_hardly_ever(pieces: set[str], other: str) -> None:
    known = seen(pieces)
    assert all(piece in known for piece in pieces)
    assert (other in known) == (other in pieces) or crc32(other.encode()) in {crc32(each.encode()) for each in pieces}
