"""Is an offer safe: signs ticked or told, how many there are, whom to call, and how long a text may take."""

import time
from dataclasses import replace

import pytest
from conftest import TODAY, buttons
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.building import opener_for
from bot.core.knowledge.message_models import Flag, Lines, OffersFile
from bot.core.knowledge.models import Both
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Action, Button, Language, Part, Reply, Verb
from bot.core.offers import OfferCheck, offer_check
from bot.core.opening import Opener
from bot.core.safety import BadPattern

SPOKEN = (Language.KO, Language.EN)
LONGEST_TEXT = 4096


def flag(letter: str, name: str, *triggers: str) -> Flag:
    why = Both(ko=f"{name}은 위험합니다.", en=f"{name} is dangerous.")
    return Flag(letter=letter, title=Both(ko=f"{name} 신호", en=f"{name} sign"), why=why, triggers=triggers)


FLAGS = {
    "borrow": flag("m", "통장", "@book 빌려", "borrow my_account"),
    "first": flag("a", "선불", "먼저 보내|내라"),
    "secret": flag("z", "비밀", "아무에게도 말하지 !연극"),
}
STEPS = Lines(
    ko=("돈을 주지 않습니다.", "먼저 물어봅니다.", "112에 전화합니다."), en=("Give nothing.", "Ask.", "Call 112.")
)
OFFERS = OffersFile(
    pieces={"book": ("통장", "계좌")},
    harmless=("보험 통장",),
    flags=FLAGS,
    steps=STEPS,
    contacts=("police-112", "hana-call-centre"),
    entry="scam",
)
CHECK = offer_check(OFFERS)
ORDER = "maz"


@pytest.fixture(scope="module")
def opener(knowledge: Knowledge) -> Opener:
    return opener_for(replace(knowledge, offers=OFFERS), lambda: TODAY)


@pytest.fixture(scope="module")
def real(knowledge: Knowledge) -> OfferCheck:
    return offer_check(knowledge.offers)


def opened(opener: Opener, verb: Verb, letters: str, language: Language = Language.KO) -> Reply:
    reply = opener.open(Action(verb, language, letters))
    assert reply is not None
    return reply


def ticks(reply: Reply) -> list[Button]:
    """Return the buttons of the flags themselves."""
    return [b for b in buttons(reply) if b.action.verb is Verb.OFFER and b.action.language is reply.language]


def result(reply: Reply) -> Button:
    (button,) = (button for button in buttons(reply) if button.action.verb is Verb.VERDICT)
    return button


def spoken_part(label: str) -> str:
    return "".join(letter for letter in label if letter.isalpha())


# --- signs in a text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("통장을 빌려 달래요", "m"),
        ("계좌 좀 빌려달람다", "m"),
        ("They want to borrow my account", "m"),
        ("돈을 먼저 보내래요, 아무에게도 말하지 말래요", "az"),
        ("아무에게도 말하지 말고 먼저 내라, 통장도 빌려 달래요", "maz"),
        ("보험 통장을 빌려줬어요", ""),
        ("연극에서 아무에게도 말하지 말라는 대사", ""),
        ("통장을 만들고 싶어요", ""),
        ("", ""),
    ],
)
def test_signs_are_told_in_the_order_of_the_file_whatever_the_order_of_the_text(text: str, letters: str) -> None:
    assert CHECK.flags_in(text) == letters


def test_a_rule_that_cannot_be_read_is_said() -> None:
    for broken in (
        OFFERS.model_copy(update={"flags": {"borrow": flag("m", "통장", "@nothing 빌려")}}),
        OFFERS.model_copy(update={"harmless": ("@nothing",)}),
    ):
        with pytest.raises(BadPattern):
            offer_check(broken)


@given(st.text(max_size=12) | st.text(st.sampled_from(ORDER + "bq"), max_size=12))
def test_letters_are_put_in_order_once_each_and_unknown_ones_dropped(letters: str) -> None:
    known = CHECK.known(letters)
    assert known == "".join(letter for letter in ORDER if letter in letters)
    assert CHECK.known(known) == known
    assert CHECK.known(reversed(letters)) == known


# --- the list to tick --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SPOKEN)
def test_every_sign_can_be_ticked_and_unticked_again(opener: Opener, language: Language) -> None:
    empty = opened(opener, Verb.OFFER, "", language)
    assert len(ticks(empty)) == len(FLAGS)
    for at, letter in enumerate(ORDER):
        ticked = opener.open(ticks(empty)[at].action)
        assert ticked is not None
        assert result(ticked).action.target == letter
        before, after = ([each.label for each in ticks(reply)] for reply in (empty, ticked))
        assert [one != other for one, other in zip(before, after, strict=True)] == [each == letter for each in ORDER]
        assert opener.open(ticks(ticked)[at].action) == empty


@given(st.permutations(range(len(ORDER))), st.integers(0, len(ORDER)))
def test_the_order_in_which_signs_are_ticked_changes_nothing(opener: Opener, order: list[int], many: int) -> None:
    reply = opened(opener, Verb.OFFER, "")
    for at in order[:many]:
        pressed = opener.open(ticks(reply)[at].action)
        assert pressed is not None
        reply = pressed
    letters = "".join(letter for at, letter in enumerate(ORDER) if at in order[:many])
    assert reply == opened(opener, Verb.OFFER, letters)
    assert result(reply).action.target == letters
    assert str(many) in result(reply).label


def test_letters_that_mean_nothing_any_more_are_dropped_from_old_buttons(opener: Opener) -> None:
    assert opened(opener, Verb.OFFER, "qza!") == opened(opener, Verb.OFFER, "az")
    assert opened(opener, Verb.VERDICT, "zzq") == opened(opener, Verb.VERDICT, "z")


def test_what_is_ticked_stays_ticked_in_the_other_language_and_when_it_is_changed_later(opener: Opener) -> None:
    for verb in (Verb.OFFER, Verb.VERDICT):
        (other,) = (b.action for b in buttons(opened(opener, verb, "az")) if b.action.language is Language.EN)
        assert (other.verb, other.target) == (verb, "az")
    again = [b.action.target for b in buttons(opened(opener, Verb.VERDICT, "az")) if b.action.verb is Verb.OFFER]
    assert again == ["az"]


@pytest.mark.parametrize("language", SPOKEN)
def test_the_list_says_in_words_what_is_chosen_not_by_a_picture(knowledge: Knowledge, language: Language) -> None:
    real = opener_for(knowledge, lambda: TODAY)
    letters = "".join(each.letter for each in knowledge.offers.flags.values())
    none, every = (ticks(opened(real, Verb.OFFER, target, language)) for target in ("", letters))
    assert len(none) == len(every) == len(letters)
    for before, after in zip(none, every, strict=True):
        assert spoken_part(before.label)
        assert spoken_part(before.label) in spoken_part(after.label)
        assert spoken_part(before.label) != spoken_part(after.label)


def test_the_fullest_list_fits_a_button(knowledge: Knowledge) -> None:
    real = opener_for(knowledge, lambda: TODAY)
    letters = "".join(each.letter for each in knowledge.offers.flags.values())
    for verb in (Verb.OFFER, Verb.VERDICT):
        assert all(button.action.fits for button in buttons(opened(real, verb, letters)))


# --- the verdict -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("letters", ["", "a", "mz", "maz"])
def test_the_verdict_counts_the_signs_and_says_of_each_why(
    opener: Opener, knowledge: Knowledge, language: Language, letters: str
) -> None:
    phrases = knowledge.phrases[language]
    reply = opened(opener, Verb.VERDICT, letters, language)
    title = phrases.verdict.format(count=len(letters)) if letters else phrases.verdict_none
    assert reply.blocks[0].lines == (title,)
    signs = [line for block in reply.blocks if block.part is Part.FACTS for line in block.lines]
    assert len(signs) == len(letters)
    for line, letter in zip(signs, letters, strict=True):
        told = CHECK.flags[letter]
        assert all((each.en if language is Language.EN else each.ko) in line for each in (told.title, told.why))


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("letters", ["", "a", "maz"])
def test_whatever_the_verdict_the_steps_and_whom_to_call_are_there(
    opener: Opener, knowledge: Knowledge, language: Language, letters: str
) -> None:
    reply = opened(opener, Verb.VERDICT, letters, language)
    (steps,) = (block.lines for block in reply.blocks if block.part is Part.STEPS)
    assert steps == (STEPS.en if language is Language.EN else STEPS.ko)
    (contacts,) = (block.lines for block in reply.blocks if block.part is Part.CONTACTS)
    for line, id_ in zip(contacts, OFFERS.contacts, strict=True):
        assert knowledge.contacts[id_].number in line
    assert [b.action.target for b in buttons(reply) if b.action.verb is Verb.CARD] == [OFFERS.entry]


@pytest.mark.parametrize("language", SPOKEN)
def test_no_known_sign_is_not_called_safe(opener: Opener, knowledge: Knowledge, language: Language) -> None:
    none, some = (opened(opener, Verb.VERDICT, letters, language) for letters in ("", "a"))
    phrases = knowledge.phrases[language]
    assert none.blocks[1].lines == phrases.verdict_none_more
    assert some.blocks[1].lines == phrases.verdict_some
    assert phrases.verdict_signs not in {block.heading for block in none.blocks}
    assert "0" not in none.blocks[0].lines[0]


# --- how long it takes -------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.data())
def test_no_text_takes_long_to_be_searched_for_signs(real: OfferCheck, data: st.DataObject) -> None:
    """Texts made of the rules' own words over and over are the slowest there are."""
    words = st.sampled_from(sorted(word for found in real.rules.words.values() for word in found))
    pieces = data.draw(st.lists(words | st.text(max_size=8), min_size=1, max_size=12))
    joint = data.draw(st.sampled_from(["", " ", ", ", " 먼저 "]))
    text = (joint.join(pieces) + joint) * LONGEST_TEXT
    started = time.process_time()
    letters = real.flags_in(text[:LONGEST_TEXT])
    assert time.process_time() - started < 0.5
    assert letters == real.known(letters)


@settings(deadline=None)
@given(st.text(max_size=LONGEST_TEXT))
def test_any_text_is_searched_and_letters_of_flags_come_back(real: OfferCheck, text: str) -> None:
    started = time.process_time()
    assert set(real.flags_in(text)) <= set(real.flags)
    assert time.process_time() - started < 0.5
