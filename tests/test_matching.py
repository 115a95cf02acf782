"""Learning, ranking and judging on a small made-up set; keeping what was learnt; the bars and what they promise."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.language.reading import Reader, Sentence, reader_of
from bot.core.matching import grams, weights
from bot.core.matching.alarm import Alarm, alarm, parts
from bot.core.matching.bars import DECLINED, FALSE_ALARMS, PRECISION, Top, alarm_bar, bars_of
from bot.core.matching.fitting import fit
from bot.core.matching.fuzzy import likeness
from bot.core.matching.judging import judge
from bot.core.matching.ranking import LANGUAGES, SHORTLIST, Candidate, Matcher, counted, matcher_of
from bot.core.matching.weights import LOOKALIKE, NONE_OF_THEM, Weights
from bot.core.model import Language, Outcome

KEY = weights.key_of("made-up")
CHANCES = st.floats(0, 1, width=32) | st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
THINGS = {
    "driving": (("운전면허", "면허증", "운전 학원", "면허 시험", "자동차 면허"), ("driving licence", "driving test")),
    "job": (("일자리", "알바", "직장", "취직 자리", "회사 일"), ("a job", "work at a company")),
    "doctor": (("병원", "의사", "감기약", "치과", "진료"), ("a doctor", "the hospital")),
    NONE_OF_THEM: (("강아지 사료", "축구 경기", "영화 표", "날씨", "노래"), ("football news", "the weather")),
}
KOREAN = ("{} 어떻게 해요", "{} 알고 싶어요", "{} 때문에 왔어요")
ENGLISH = ("where do I find {}", "tell me about {} please", "I need {}")
QUESTIONS = (
    ("운전면허증은 어떻게 받나요", "driving"), ("면허 시험 보고 싶어요", "driving"), ("리력서 말고 일자리요", "job"),
    ("알바하고 싶어요", "job"), ("병원에 가고 싶어요", "doctor"), ("치과 어디예요", "doctor"),
    ("how do I get a driving licence", "driving"), ("I need the hospital", "doctor"),
    ("any job for me", "job"),
)  # fmt: skip


def made_up() -> list[tuple[str, str]]:
    """Return (label, text): four labels, twenty texts each, in Korean and in English."""
    found = []
    for label, (korean, english) in THINGS.items():
        texts = [form.format(thing) for thing, form in itertools.product(korean, KOREAN)]
        texts += [form.format(thing) for thing, form in itertools.product(english, ENGLISH)]
        found += [(label, text) for text in texts[:20]]
    return found


@pytest.fixture(scope="module")
def reader() -> Reader:
    return reader_of({}, {}, (text for _, text in made_up()), ())


@pytest.fixture(scope="module")
def learnt(reader: Reader) -> Weights:
    return fit(((label, reader.read(text)) for label, text in made_up()), KEY)


@pytest.fixture(scope="module")
def matcher(learnt: Weights) -> Matcher:
    return matcher_of(learnt)


def ranked(matcher: Matcher, reader: Reader, text: str) -> tuple[Candidate, ...]:
    return matcher.rank(matcher.view(reader.read(text)))


def same(one: Weights, other: Weights) -> bool:
    pairs = ((getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(Weights))
    return all(
        a.dtype == b.dtype and np.array_equal(a, b) if isinstance(a, np.ndarray) else type(a) is type(b) and a == b
        for a, b in pairs
    )


# --- pieces and likeness -----------------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_any_sentence_has_pieces_in_order_with_weights_of_one_or_more(text: str) -> None:
    for kind in grams.pieces([reader_of({}, {}, (), ()).read(text)]):
        assert np.all(np.diff(kind.code.astype(np.int64)) > 0)
        assert np.all(kind.value >= 1)
        assert not np.any(kind.row)


@given(st.lists(st.text(max_size=30), max_size=6))
def test_many_sentences_have_the_pieces_that_each_has_alone(texts: list[str]) -> None:
    sentences = [reader_of({}, {}, (), ()).read(text) for text in texts]
    for at, together in enumerate(grams.pieces(sentences)):
        for row, sentence in enumerate(sentences):
            alone = grams.pieces([sentence])[at]
            assert np.array_equal(together.code[together.row == row], alone.code)
            assert np.array_equal(together.value[together.row == row], alone.value)


@settings(deadline=None)
@given(text=st.text(st.sampled_from("운전면허 병원알바 어떻게 job tell me"), max_size=60))
def test_the_index_tells_what_comparing_with_each_phrase_would(reader: Reader, matcher: Matcher, text: str) -> None:
    """The judge is slow and plain: each phrase's pieces as a dictionary, their products summed one by one."""
    indexed = set(np.flatnonzero(np.diff(matcher.weights.starts.astype(np.int64))).tolist())
    asked = {at: value for at, value in pieces_of(matcher.weights, reader.read(text)).items() if at in indexed}
    slow = [
        sum(value * asked.get(piece, 0.0) for piece, value in pieces_of(matcher.weights, reader.read(phrase)).items())
        for _, phrase in made_up()
    ]
    assert np.allclose(matcher.view(reader.read(text)).shared, slow, atol=0.01)


def pieces_of(learnt: Weights, sentence: Sentence) -> dict[int, float]:
    found = counted(learnt, sentence)
    return dict(zip(found.at.tolist(), found.value.tolist(), strict=True))


@given(st.text(max_size=40), st.lists(st.text(max_size=40), min_size=1, max_size=5))
def test_likeness_is_between_nothing_and_the_same(letters: str, phrases: list[str]) -> None:
    found = likeness(letters, phrases)
    assert found.shape == (len(phrases),)
    assert np.all((found >= 0) & (found <= 1))
    assert likeness(letters, [letters])[0] == 1


# --- learning and ranking ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "label"), QUESTIONS)
def test_the_right_one_comes_first(reader: Reader, matcher: Matcher, text: str, label: str) -> None:
    assert ranked(matcher, reader, text)[0].id == label


def test_nearly_every_text_that_was_learnt_from_comes_first(reader: Reader, matcher: Matcher) -> None:
    texts = [(label, text) for label, text in made_up() if label != NONE_OF_THEM]
    right = [ranked(matcher, reader, text)[0].id == label for label, text in texts]
    assert sum(right) >= 0.95 * len(right)


def test_a_covered_question_is_more_probable_than_one_that_nothing_covers(reader: Reader, matcher: Matcher) -> None:
    covered = min(ranked(matcher, reader, text)[0].probability for text in ("운전면허 알고 싶어요", "병원 어떻게 해요"))
    assert ranked(matcher, reader, "축구 경기 노래")[0].probability < covered


@settings(deadline=None)
@given(text=st.text(st.characters(), max_size=200) | st.text(st.sampled_from("운전면허 병원알바 job")))
def test_any_text_is_ranked_with_probabilities_in_falling_order(reader: Reader, matcher: Matcher, text: str) -> None:
    found = ranked(matcher, reader, text)
    chances = [each.probability for each in found]
    assert all(0 <= chance <= 1 for chance in chances)
    assert chances == sorted(chances, reverse=True)
    assert len({each.id for each in found}) == len(found) <= SHORTLIST
    assert NONE_OF_THEM not in {each.id for each in found}


def test_a_text_without_letters_is_ranked_nowhere(reader: Reader, matcher: Matcher) -> None:
    assert ranked(matcher, reader, "?!") == ()
    assert ranked(matcher, reader, "") == ()


def test_equal_input_gives_equal_weights(reader: Reader, learnt: Weights) -> None:
    assert same(learnt, fit([(label, reader.read(text)) for label, text in made_up()], KEY))


def test_texts_without_letters_teach_nothing(reader: Reader, learnt: Weights) -> None:
    texts = [("job", "?!"), *made_up(), (NONE_OF_THEM, ""), ("driving", "...")]
    assert same(learnt, fit([(label, reader.read(text)) for label, text in texts], KEY))


def test_what_was_learnt_has_the_shapes_it_says(learnt: Weights) -> None:
    pieces, labels, phrases = len(learnt.codes), len(learnt.labels), len(learnt.letters)
    signs = len(learnt.centre)
    assert learnt.labels == ("", "doctor", "driving", "job")
    assert np.all(np.diff(learnt.codes.astype(np.int64)) > 0)
    assert (learnt.rarity.shape, learnt.table.shape, learnt.base.shape) == ((pieces,), (pieces, labels), (labels,))
    assert (learnt.owner.shape, phrases) == ((phrases,), 80)
    assert (learnt.starts.shape, learnt.starts[-1]) == ((pieces + 1,), len(learnt.phrases))
    assert learnt.phrases.shape == learnt.shares.shape
    assert np.all(learnt.phrases < phrases)
    assert (learnt.signs.shape, learnt.spread.shape) == ((len(LANGUAGES), signs + 1), (signs,))
    assert learnt.bars.shape == (len(LANGUAGES), 3)
    assert all(np.all(np.isfinite(array)) for array in (learnt.table, learnt.signs, learnt.bars, learnt.spread))


def test_a_single_topic_can_be_learnt(reader: Reader) -> None:
    texts = [(label, reader.read(text)) for label, text in made_up() if label in ("job", NONE_OF_THEM)]
    assert [each.id for each in ranked(matcher_of(fit(texts, KEY)), reader, "알바 알고 싶어요")] == ["job"]


# --- the alarm ---------------------------------------------------------------------------------------------------

DARK = ("살고 싶지 않아요", "사라지고 싶어요", "다 끝내고 싶어요", "더는 못 버티겠어요", "죽고 싶은 마음뿐이에요")
RAW = ("남편이 때려요", "아빠가 때려서 무서워요", "오빠한테 맞았어요", "매일 맞고 살아요", "남편이 목을 졸라요")
HARMLESS = ("배고파 죽겠어요", "웃겨 죽는 줄 알았어요", "날씨가 사람 잡네요", "알람이 때려요", "치킨 때리러 가요")
BEFORE = ("오늘 ", "요즘 ", "저는 ", "정말 ", "밤마다 ", "이제 ", "어제부터 ", "그냥 ")


@pytest.fixture(scope="module")
def listening(reader: Reader) -> Matcher:
    """Return a matcher that knows two kinds of emergency beside the four labels."""
    texts = [("dark", b + t) for t in DARK for b in BEFORE] + [("raw", b + t) for t in RAW for b in BEFORE]
    texts += [(LOOKALIKE, b + t) for t in HARMLESS for b in BEFORE]
    return matcher_of(fit(((label, reader.read(text)) for label, text in [*made_up(), *texts]), KEY, ("dark", "raw")))


def heard(listening: Matcher, reader: Reader, text: str) -> Alarm:
    return alarm(listening, listening.view(reader.read(text)))


@pytest.mark.parametrize(
    ("text", "kind"), [("나도 사라지고 싶어요", "dark"), ("살고 싶지 않은 밤", "dark"), ("우리 남편이 때려요", "raw")]
)
def test_what_is_like_a_cry_for_help_raises_the_alarm_of_its_kind(
    listening: Matcher, reader: Reader, text: str, kind: str
) -> None:
    found = heard(listening, reader, text)
    assert found.raised
    assert found.kind == kind


@pytest.mark.parametrize("text", ["배고파서 죽겠어요", "면허 시험 보고 싶어요", "병원 어디예요", "?!", ""])
def test_what_is_not_raises_none(listening: Matcher, reader: Reader, text: str) -> None:
    assert not heard(listening, reader, text).raised


def test_a_cry_in_the_middle_of_a_long_story_is_heard(listening: Matcher, reader: Reader) -> None:
    story = "운전면허 시험 보고 알바 자리도 찾고 병원 진료도 받고 일자리 알고 싶어서 왔는데 " * 2
    whole = f"{story} 저는 정말 이제 사라지고 싶어요 {story}"
    found = heard(listening, reader, whole)
    assert (found.kind, found.raised) == ("dark", True)
    assert found.probability > heard(listening, reader, story * 2).probability


def test_kinds_of_emergency_never_answer_and_change_no_ranking_of_entries(listening: Matcher, reader: Reader) -> None:
    for text, label in QUESTIONS:
        found = ranked(listening, reader, text)
        assert found[0].id == label
        assert {each.id for each in found} <= {"driving", "job", "doctor"}


@given(st.text(st.sampled_from("가나 다라 ab c"), max_size=300))
def test_every_word_stands_in_a_part(text: str) -> None:
    sentence = reader_of({}, {}, (), ()).read(text)
    windows = parts(sentence)
    assert windows[0] == sentence
    if len(windows) > 1:
        assert {word for part in windows[1:] for word in part.words.split()} == set(sentence.words.split())


@given(st.lists(CHANCES, max_size=200))
def test_the_bar_of_the_alarm_lets_through_as_few_harmless_texts_as_it_promises(chances: list[float]) -> None:
    bar = alarm_bar(np.array(chances, np.float32))
    assert sum(np.float32(chance) >= bar for chance in chances) <= FALSE_ALARMS * len(chances)


# --- keeping what was learnt -------------------------------------------------------------------------------------


@pytest.fixture
def kept(learnt: Weights, tmp_path: Path) -> Path:
    path = tmp_path / "deeper" / "weights.npz"
    weights.save(learnt, path)
    return path


def test_what_is_kept_comes_back_the_same(learnt: Weights, kept: Path) -> None:
    found = weights.load(kept, KEY)
    assert found is not None
    assert same(found, learnt)


def test_nothing_half_written_is_left_behind(kept: Path) -> None:
    assert [path.name for path in kept.parent.iterdir()] == ["weights.npz"]


def test_weights_for_other_knowledge_are_not_used(kept: Path) -> None:
    assert weights.load(kept, weights.key_of("other")) is None
    assert weights.load(kept, "") is None


def test_a_missing_file_is_nothing(tmp_path: Path) -> None:
    assert weights.load(tmp_path / "weights.npz", KEY) is None
    assert weights.load(tmp_path, KEY) is None
    (tmp_path / "file").touch()
    assert weights.load(tmp_path / "file" / "weights.npz", KEY) is None


@pytest.mark.parametrize(
    "data", [b"", b"\0", b"PK\x03\x04", b"\x80\x04.", "글".encode(), b"\x93NUMPY\x01\x00", b"{}" * 500]
)
def test_a_foreign_file_is_nothing(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "weights.npz"
    path.write_bytes(data)
    assert weights.load(path, KEY) is None


def test_a_single_array_and_an_archive_of_others_are_nothing(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.zeros(3))
    np.savez(tmp_path / "others.npz", key=np.asarray(KEY), codes=np.zeros(3))
    assert weights.load(tmp_path / "one.npy", KEY) is None
    assert weights.load(tmp_path / "others.npz", KEY) is None


def test_a_file_that_was_cut_short_is_nothing(kept: Path) -> None:
    data = kept.read_bytes()
    for length in range(0, len(data), max(1, len(data) // 200)):
        kept.write_bytes(data[:length])
        assert weights.load(kept, KEY) is None, length


@settings(max_examples=400, deadline=None)
@given(where=st.floats(0, 1, exclude_max=True), nearby=st.integers(0, 400), bits=st.integers(1, 255))
def test_a_damaged_file_is_nothing_or_just_as_good(
    learnt: Weights, tmp_path_factory: pytest.TempPathFactory, where: float, nearby: int, bits: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged.npz"
    weights.save(learnt, path)
    data = bytearray(path.read_bytes())
    at = (int(where * len(data)) if nearby > 200 else -1 - nearby) % len(data)
    data[at] ^= bits
    path.write_bytes(data)
    found = weights.load(path, KEY)
    assert found is None or same(found, learnt), at


# --- judging -----------------------------------------------------------------------------------------------------


def judged(learnt: Weights, *chances: float, bars: tuple[float, float, float] = (0.8, 0.1, 0.3)) -> Outcome:
    barred = dataclasses.replace(learnt, bars=np.array([bars] * len(LANGUAGES), np.float32))
    return judge(barred, Language.KO, [Candidate(str(at), chance) for at, chance in enumerate(chances)])


@pytest.mark.parametrize(
    ("chances", "outcome"),
    [((), Outcome.UNKNOWN), ((0.29,), Outcome.UNKNOWN), ((0.31,), Outcome.UNSURE), ((0.79, 0.1), Outcome.UNSURE),
     ((0.81,), Outcome.ANSWERED), ((0.81, 0.6), Outcome.ANSWERED), ((0.81, 0.75), Outcome.UNSURE),
     ((1.0, 0.0), Outcome.ANSWERED), ((0.0,), Outcome.UNKNOWN)],
)  # fmt: skip
def test_the_bars_decide_between_answer_choices_and_not_knowing(
    learnt: Weights, chances: tuple[float, ...], outcome: Outcome
) -> None:
    assert judged(learnt, *chances) is outcome


def test_a_probability_on_the_bar_is_enough(learnt: Weights) -> None:
    assert judged(learnt, 0.75, 0.5, bars=(0.75, 0.25, 0.5)) is Outcome.ANSWERED
    assert judged(learnt, 0.5, bars=(0.75, 0.25, 0.5)) is Outcome.UNSURE


def test_each_language_has_its_own_bars(learnt: Weights) -> None:
    bars = np.array([(0.9, 0, 0.8), (0.5, 0, 0.1), (0.7, 0, 0.2)], np.float32)
    barred = dataclasses.replace(learnt, bars=bars)
    ranked = [Candidate("job", 0.6)]
    found = {language: judge(barred, language, ranked) for language in (Language.KO, Language.EN, Language.ZH)}
    assert found == {
        Language.KO: Outcome.UNKNOWN,
        Language.EN: Outcome.ANSWERED,
        Language.ZH: Outcome.UNSURE,
    }


# --- the bars ----------------------------------------------------------------------------------------------------


def top(chance: float, kind: str) -> Top:
    return Top(chance, kind == "right", kind == "none")


TOPS = st.lists(st.builds(top, CHANCES, st.sampled_from(["right", "right", "wrong", "none"])), min_size=1, max_size=60)


@given(TOPS)
def test_the_first_bar_holds_the_precision_it_promises(tops: list[Top]) -> None:
    answer, _, _ = bars_of(tops)
    answered = [right for chance, right, _ in tops if chance >= answer]
    assert sum(answered) >= PRECISION * len(answered)


@given(TOPS)
def test_the_third_bar_lets_through_as_few_uncovered_texts_as_it_promises(
    tops: list[Top],
) -> None:
    _, _, choices = bars_of(tops)
    uncovered = [chance for chance, _, none in tops if none]
    assert sum(chance >= choices for chance in uncovered) <= (1 - DECLINED) * len(uncovered) + 1e-9


@given(TOPS)
def test_choices_are_offered_before_an_answer_is_given(tops: list[Top]) -> None:
    answer, lead, choices = bars_of(tops)
    assert choices <= answer
    assert lead >= 0


def test_the_first_bar_is_the_lowest_that_is_precise_enough() -> None:
    tops = [top(0.01 * (number + 1), "right" if number >= 50 else "wrong") for number in range(100)]
    answer, _, _ = bars_of(tops)
    wrong = int(50 / PRECISION - 50)
    assert answer == pytest.approx(0.51 - 0.01 * wrong)


def test_everything_right_is_answered_from_the_lowest() -> None:
    assert bars_of([top(chance, "right") for chance in (0.5, 0.75, 0.25)])[0] == 0.25


def test_the_fitted_bars_hold_for_a_sentence_of_the_reader(reader: Reader, learnt: Weights) -> None:
    found = ranked(matcher_of(learnt), reader, "운전면허 어떻게 해요")
    assert judge(learnt, Language.KO, found) in (Outcome.ANSWERED, Outcome.UNSURE)
    assert isinstance(reader.read("운전면허"), Sentence)
