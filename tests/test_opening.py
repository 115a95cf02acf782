"""Everything there is to show, walked through button by button: nothing leads nowhere, nothing is too long."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

import pytest
from botapi import strictness
from botapi.markup import parse_html
from conftest import TODAY, buttons
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core import replies
from bot.core.building import opener_for
from bot.core.knowledge.models import said
from bot.core.knowledge.whole import Knowledge
from bot.core.menus import menu
from bot.core.model import LONGEST_ACTION, Action, Courtesy, Feedback, Language, Outcome, Part, Reply, Verb
from bot.core.opening import ABOUT_PEOPLE, COMMANDS, SHOWN_OF_CHECKSUM, Opener
from bot.telegram.rendering import keyboard, messages

SPOKEN = (Language.KO, Language.EN)
Shown: TypeAlias = Mapping[Action, Reply | None]
LETTERS_OF_OFFERS = 2
"""Offers are followed so far: with every set of letters there would be thousands of replies."""
LONGEST_KOREAN_CARD = 900
LONGEST_LABEL = 64
CARDS = (Verb.CARD, Verb.LISTED_CARD, Verb.STAGE_CARD)


def labelled(reply: Reply, label: str) -> Action:
    (found,) = (button.action for button in buttons(reply) if button.label == label)
    return found


def crawl(opener: Opener, starts: Iterable[Action]) -> Shown:
    """Return what every button opens that can be reached from `starts`."""
    shown: dict[Action, Reply | None] = {}
    left = list(starts)
    while left:
        action = left.pop()
        offered = action.verb in (Verb.OFFER, Verb.VERDICT)
        if action in shown or (offered and len(action.target) > LETTERS_OF_OFFERS):
            continue
        reply = shown[action] = opener.open(action)
        left += [button.action for button in buttons(reply)] if reply else []
    return shown


@pytest.fixture(scope="module")
def opener(knowledge: Knowledge) -> Opener:
    return opener_for(knowledge, lambda: TODAY, "1.2.3")


@pytest.fixture(scope="module")
def pressed(opener: Opener) -> Shown:
    """Return what can be reached with commands and buttons alone."""
    return crawl(opener, [Action(verb, language) for verb in COMMANDS.values() for language in SPOKEN])


@pytest.fixture(scope="module")
def everything(opener: Opener, knowledge: Knowledge, pressed: Shown) -> Mapping[Action, Reply]:
    """Return that, and what only a written text leads to: words, concepts, aspects, choices, what is not known."""
    ids = sorted((*knowledge.entries, *knowledge.urgent.kinds), key=len)
    aspects = [f"{id_}.{aspect}" for id_ in knowledge.entries for aspect in knowledge.follow_ups.aspects]
    texts = (
        (Verb.CONCEPT, [concept.id for concept in knowledge.concepts]),
        (Verb.ASPECT, aspects),
        (Verb.CHOICES, [".".join(ids[-3:]), ".".join(ids[:2])]),
        (Verb.COURTESY, list(Courtesy)),
        (Verb.UNKNOWN, [""]),
        (Verb.NONE_OF_THESE, [""]),
        (Verb.WORD, [*opener.words.names.values(), "알봐", "양자역학"]),
    )
    starts = [Action(verb, language, target) for verb, found in texts for target in found for language in SPOKEN]
    shown = {**pressed, **crawl(opener, starts)}
    return {action: reply for action, reply in shown.items() if reply}


def lines(reply: Reply) -> list[str]:
    return [line for block in reply.blocks for line in (block.heading, *block.lines) if line]


def text_of(reply: Reply) -> str:
    return "\n".join(lines(reply))


# --- what the buttons lead to ------------------------------------------------------------------------------------


def test_every_button_and_every_command_opens_something(pressed: Shown, everything: Mapping[Action, Reply]) -> None:
    assert [action for action, reply in pressed.items() if reply is None] == []
    assert len(everything) > len(pressed) > 1000


def test_every_kind_of_button_is_shown_somewhere(everything: Mapping[Action, Reply]) -> None:
    only_with_a_desk = set(ABOUT_PEOPLE) - {Verb.PERSON}  # followed in test_asking.py, and here below
    assert {action.verb for action in everything} == set(Verb) - only_with_a_desk


@pytest.mark.parametrize("language", SPOKEN)
def test_without_a_desk_every_button_about_people_tells_whom_to_call(opener: Opener, language: Language) -> None:
    for verb in ABOUT_PEOPLE:
        reply = opener.open(Action(verb, language, "whatever"))
        assert reply
        assert "1577-6635" in str(reply.blocks)
        assert not {button.action.verb for button in buttons(reply)} & (set(ABOUT_PEOPLE) - {Verb.PERSON})


@pytest.mark.parametrize("language", SPOKEN)
def test_with_a_desk_a_person_can_be_asked_in_writing_and_what_is_kept_is_told(
    knowledge: Knowledge, language: Language
) -> None:
    opener = opener_for(knowledge, lambda: TODAY, "1.2.3", desk=True)
    phrases = opener.knowledge.phrases[language]
    people = opener.open(Action(Verb.PERSON, language))
    assert people
    assert phrases.ask_button in [button.label for button in buttons(people)]
    for verb, line in ((Verb.PRIVACY, phrases.privacy_desk), (Verb.MY_DATA, phrases.my_data_desk)):
        told = opener.open(Action(verb, language))
        assert told
        assert line in told.blocks[0].lines


def test_every_button_carries_its_action_and_has_room_for_it(everything: Mapping[Action, Reply]) -> None:
    carried = {button.action for reply in everything.values() for button in buttons(reply)}
    assert [action for action in carried if Action.decode(action.encode()) != action] == []
    assert [action for action in carried if len(action.encode().encode()) > LONGEST_ACTION] == []


def test_every_entry_emergency_and_center_is_reached_without_writing(pressed: Shown, knowledge: Knowledge) -> None:
    for language in SPOKEN:
        here = [action for action in pressed if action.language is language]
        listed = {action.target for action in here if action.verb is Verb.LISTED_CARD}
        assert listed == {*knowledge.entries, *knowledge.urgent.kinds}
        found = [pressed[action] for action in here if action.verb in (Verb.CENTER, Verb.CENTERS)]
        alone = {line for reply in found if reply for block in reply.blocks[:2] for line in block.lines}
        assert {said(center.name, language) for center in knowledge.centers.values()} <= alone


def test_every_question_of_every_stage_and_every_entry_of_a_concept_is_reached(
    pressed: Shown, knowledge: Knowledge
) -> None:
    questions = {
        f"{stage.id}.{part.category}.{question.entry}"
        for stage in knowledge.stages
        for part in stage.parts
        for question in part.questions
    }
    concepts = {concept.entry for concept in knowledge.concepts}
    for language in SPOKEN:
        asked = {a.target for a in pressed if a.verb is Verb.STAGE_CARD and a.language is language}
        assert asked == questions
        assert concepts <= {a.target for a in pressed if a.verb in CARDS and a.language is language}


def test_every_text_for_the_counter_and_the_telephone_is_reached(pressed: Shown, knowledge: Knowledge) -> None:
    for verb, field in ((Verb.SHOW, "show"), (Verb.CALL, "call")):
        there = {id_ for id_, entry in knowledge.entries.items() if getattr(entry.content, field)}
        assert {action.target for action in pressed if action.verb is verb} == there


def test_only_what_was_done_is_no_dead_end_and_no_other_reply_is_one(everything: Mapping[Action, Reply]) -> None:
    dead = {action.verb for action, reply in everything.items() if not any(buttons(reply))}
    assert dead == {Verb.CLEAR}  # its note may be taken away: a button would have to outlive it


def test_every_reply_stands_in_its_language_and_leads_to_the_same_in_the_other(
    everything: Mapping[Action, Reply],
) -> None:
    """Thanks for a tap do not: the button would have to say the same of the card once more, which would be counted."""
    without = set()
    for action, reply in everything.items():
        assert reply.language is action.language
        other = {button.action for button in buttons(reply) if button.action.language is not action.language}
        if not other:
            without.add((action.verb, action.target.rpartition(".")[2] if action.verb is Verb.FEEDBACK else ""))
        elif action.verb is Verb.FEEDBACK:
            assert {each.verb for each in other} == {Verb.REASONS}
        elif action.verb is Verb.WORD:  # may have been answered by a concept; a word not listed turns to the question
            assert {each.verb for each in other} <= {Verb.WORD, Verb.CONCEPT}
        else:
            assert other == {action.turned()}
    thanked = {(Verb.FEEDBACK, felt.value) for felt in Feedback if felt is not Feedback.UNHELPFUL}
    assert without == {(Verb.CLEAR, ""), *thanked}


def test_no_button_leads_to_where_one_is(everything: Mapping[Action, Reply]) -> None:
    for action, reply in everything.items():
        here = Action(action.verb, action.language, action.target)
        assert here not in {button.action for button in buttons(reply)}, action


def test_no_reply_has_two_buttons_that_look_alike(everything: Mapping[Action, Reply]) -> None:
    for action, reply in everything.items():
        labels = [button.label for button in buttons(reply)]
        assert len(labels) == len(set(labels)), (action, labels)


# --- how it looks ------------------------------------------------------------------------------------------------


def test_every_reply_says_something_in_every_block_and_line(everything: Mapping[Action, Reply]) -> None:
    for action, reply in everything.items():
        assert reply.blocks, action
        assert all(block.lines for block in reply.blocks), action
        assert all(line.strip() for block in reply.blocks for line in block.lines), action


def test_every_reply_is_one_message_that_telegram_reads_with_all_its_lines(everything: Mapping[Action, Reply]) -> None:
    for action, reply in everything.items():
        pieces = messages(reply)
        assert len(pieces) == 1, action
        seen = strictness.shown_text({"text": pieces[0], "parse_mode": "HTML"})
        assert seen.text == parse_html(pieces[0]).text.strip()
        assert all(line in seen.text for line in lines(reply)), action


def test_every_keyboard_is_one_that_telegram_takes_with_all_its_buttons(everything: Mapping[Action, Reply]) -> None:
    for action, reply in everything.items():
        markup = keyboard(reply)
        if not any(buttons(reply)):
            assert markup is None
            continue
        assert markup is not None
        taken = strictness.reply_markup({"reply_markup": markup.to_dict()}, inline_only=True)
        assert taken is not None
        found = [(each["text"], each["callback_data"]) for row in taken["inline_keyboard"] for each in row]
        assert found == [(button.label, button.action.encode()) for button in buttons(reply)], action


def test_labels_are_neither_empty_nor_long_and_nothing_is_said_by_a_picture_alone(
    everything: Mapping[Action, Reply],
) -> None:
    for action, reply in everything.items():
        for button in buttons(reply):
            assert 1 <= len(button.label) <= LONGEST_LABEL, (action, button.label)
            assert any(map(str.isalpha, button.label)), (action, button.label)
        first = reply.blocks[0].lines[0]
        assert any(map(str.isalpha, first)) or (action.verb is Verb.WORD and first == action.target), action  # "1+1"


def test_nothing_that_is_seen_from_afar_tells_who_is_asking(
    everything: Mapping[Action, Reply], knowledge: Knowledge
) -> None:
    """The first line stands in a notification, and labels can be read over a shoulder.

    Words that were asked stand as they were written. A text to hold up may tell where it is needed: with a warning.
    """
    words = [word.casefold() for phrases in knowledge.phrases.values() for word in phrases.telling]
    for action, reply in everything.items():
        first = "" if action.verb is Verb.WORD or reply.alert else reply.blocks[0].lines[0]
        labels = [b.label for b in buttons(reply) if b.action.verb is not Verb.WORD]
        for text in (first, *labels):
            assert [word for word in words if word in text.casefold()] == [], (action, text)


def test_a_text_that_tells_where_somebody_comes_from_warns_and_no_other_does(
    everything: Mapping[Action, Reply], knowledge: Knowledge
) -> None:
    told = {id_ for id_, entry in knowledge.entries.items() if entry.content.origin}
    assert told
    for action, reply in everything.items():
        needed = action.verb in (Verb.SHOW, Verb.CALL) and action.target in told
        assert reply.alert == (knowledge.phrases[action.language].origin_told if needed else ""), action


def test_no_card_is_longer_in_korean_than_people_read(everything: Mapping[Action, Reply]) -> None:
    cards = {a: r for a, r in everything.items() if a.verb in CARDS and a.language is Language.KO}
    lengths = {action.target: sum(map(len, lines(reply))) for action, reply in cards.items()}
    assert {target: length for target, length in lengths.items() if length > LONGEST_KOREAN_CARD} == {}
    assert max(lengths.values()) > LONGEST_KOREAN_CARD / 2


def test_what_is_only_looked_at_is_no_answer_and_is_not_counted_as_felt(everything: Mapping[Action, Reply]) -> None:
    for action, reply in everything.items():
        assert (reply.outcome, reply.ids, reply.scores, reply.also) == (None, (), (), None), action
        assert (reply.felt is not None) is (action.verb is Verb.FEEDBACK), action
        assert reply.clears is (action.verb is Verb.CLEAR), action


def test_a_card_says_which_entry_it_shows_so_that_it_can_be_asked_about(everything: Mapping[Action, Reply]) -> None:
    for action, reply in everything.items():
        if action.verb in CARDS:
            assert reply.shown == action.parts[-1], action


# --- what is not there -------------------------------------------------------------------------------------------

IDS = st.sampled_from(["work", "work-find", "safety", "crisis-suicide", "first-weeks", "cost", "helpful", "seoul", "a"])
TARGETS = st.text(max_size=20) | st.lists(IDS | st.text(max_size=4), max_size=4).map(".".join)


@given(st.sampled_from(Verb), st.sampled_from(SPOKEN), TARGETS, st.booleans())
@example(Verb.CATEGORY, Language.KO, "work.٣", False)
@example(Verb.WORD, Language.KO, "\0", False)
@example(Verb.WORD, Language.EN, "<b>&amp;", False)
@example(Verb.CHOICES, Language.KO, "work-find.work-find", False)
def test_whatever_a_forged_button_carries_opens_something_that_can_be_shown_or_nothing(
    knowledge: Knowledge, opener: Opener, verb: Verb, language: Language, target: str, below: bool
) -> None:
    reply = opener.open(Action(verb, language, target, below))
    if reply is None:
        return
    assert reply.language is language
    assert all(button.action.fits for button in buttons(reply))
    pieces = messages(reply)
    assert len(pieces) == 1
    assert parse_html(pieces[0]).text.strip()


@pytest.mark.parametrize("verb", [*CARDS, Verb.WORDS, Verb.SHOW, Verb.CALL, Verb.REASONS, Verb.CONCEPT, Verb.CENTER])
@pytest.mark.parametrize("target", ["", "no-such-id", "work-find.work-find", "work", "WORK-FIND", "."])
def test_an_id_that_is_not_there_opens_nothing(opener: Opener, verb: Verb, target: str) -> None:
    assert opener.open(Action(verb, Language.KO, target)) is None


@pytest.mark.parametrize(
    ("verb", "target"),
    [
        (Verb.CHOICES, ""), (Verb.CHOICES, "gone.older"), (Verb.ASPECT, "work-find"), (Verb.ASPECT, "work-find.gone"),
        (Verb.ASPECT, "gone.cost"), (Verb.COURTESY, ""), (Verb.COURTESY, "bye"), (Verb.CENTERS, "north-pole"),
    ],
)  # fmt: skip
def test_what_points_at_nothing_opens_nothing(opener: Opener, verb: Verb, target: str) -> None:
    assert opener.open(Action(verb, Language.KO, target)) is None


def test_of_choices_those_that_are_left_are_shown(opener: Opener) -> None:
    reply = opener.open(Action(Verb.CHOICES, Language.KO, "gone.work-find.older"))
    assert reply is not None
    assert [b.action.target for b in buttons(reply) if b.action.verb is Verb.CARD] == ["work-find"]


def test_a_text_to_hold_up_that_an_entry_does_not_have_opens_nothing(opener: Opener, knowledge: Knowledge) -> None:
    for verb, field in ((Verb.SHOW, "show"), (Verb.CALL, "call")):
        without = next(id_ for id_, entry in knowledge.entries.items() if not getattr(entry.content, field))
        assert opener.open(Action(verb, Language.KO, without)) is None


def test_a_button_that_is_gone_is_said_above_the_menu(knowledge: Knowledge) -> None:
    for language in SPOKEN:
        reply = replies.gone(knowledge, menu(knowledge, language))
        assert reply.blocks[0].lines == (knowledge.phrases[language].gone,)
        assert reply.blocks[1:] == menu(knowledge, language).blocks
        assert reply.buttons == menu(knowledge, language).buttons


# --- feedback ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SPOKEN)
def test_no_help_asks_why_with_every_reason_and_counts_once(
    opener: Opener, knowledge: Knowledge, language: Language
) -> None:
    phrases = knowledge.phrases[language]
    card = opener.open(Action(Verb.CARD, language, "work-find"))
    assert card is not None
    why = opener.open(labelled(card, phrases.unhelpful_button))
    assert why is not None
    assert (why.felt, why.shown) == (Feedback.UNHELPFUL, "work-find")
    assert text_of(why) == phrases.feedback_why
    reasons = {b.label: b.action.target for b in buttons(why) if b.action.verb is Verb.FEEDBACK}
    assert reasons == {label: f"work-find.{felt.value}" for felt, label in phrases.feedback_reasons.items()}
    assert len(reasons) == len(Feedback) - 2


@pytest.mark.parametrize("language", SPOKEN)
def test_turning_the_language_of_the_question_why_counts_nothing_and_keeps_every_reason(
    opener: Opener, knowledge: Knowledge, language: Language
) -> None:
    reply = opener.open(Action(Verb.FEEDBACK, language, "work-find.unhelpful"))
    for _ in range(2):
        assert reply is not None
        reply = opener.open(labelled(reply, knowledge.phrases[reply.language].other_language_button))
        assert reply is not None
        assert (reply.felt, reply.shown) == (None, "")
        phrases = knowledge.phrases[reply.language]
        labels = [b.label for b in buttons(reply) if b.action.verb is Verb.FEEDBACK]
        assert set(labels) == set(phrases.feedback_reasons.values())
    assert reply is not None
    assert reply.language is language


@pytest.mark.parametrize("language", SPOKEN)
@pytest.mark.parametrize("felt", [felt for felt in Feedback if felt is not Feedback.UNHELPFUL])
def test_each_reason_thanks_and_cannot_be_counted_again_from_there(
    opener: Opener, knowledge: Knowledge, language: Language, felt: Feedback
) -> None:
    reply = opener.open(Action(Verb.FEEDBACK, language, f"work-find.{felt}"))
    assert reply is not None
    assert (reply.felt, reply.shown) == (felt, "work-find")
    assert reply.blocks[0].lines == knowledge.phrases[language].feedback_heard[felt]
    after = [opener.open(button.action) for button in buttons(reply)]
    assert all(each is not None and each.felt is None for each in after)


@pytest.mark.parametrize(
    "target",
    ["", "work-find", "work-find.", ".helpful", "work-find.angry", "gone.helpful", "work-find.HELPFUL",
     "work-find.helpful.helpful", "crisis-suicide.helpful"],
)  # fmt: skip
def test_a_feeling_nobody_can_have_is_not_counted(opener: Opener, target: str) -> None:
    assert opener.open(Action(Verb.FEEDBACK, Language.KO, target)) is None


# --- single replies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SPOKEN)
def test_who_asks_what_is_kept_is_told_the_version_and_the_fingerprint(
    opener: Opener, knowledge: Knowledge, language: Language
) -> None:
    reply = opener.open(Action(Verb.MY_DATA, language))
    assert reply is not None
    assert "1.2.3" in text_of(reply)
    assert knowledge.checksum[:SHOWN_OF_CHECKSUM] in text_of(reply)
    assert Verb.CLEAR in {button.action.verb for button in buttons(reply)}


def test_a_text_to_hold_up_stands_alone_in_korean_and_is_followed_by_its_meaning_in_english(
    opener: Opener, knowledge: Knowledge
) -> None:
    for verb, field in ((Verb.SHOW, "show"), (Verb.CALL, "call")):
        for id_, entry in knowledge.entries.items():
            if (text := getattr(entry.content, field)) is None:
                continue
            korean, english = (opener.open(Action(verb, language, id_)) for language in SPOKEN)
            assert korean is not None
            assert english is not None
            assert [block.lines for block in korean.blocks] == [(text.ko,)]
            assert [block.lines for block in english.blocks] == [(text.ko,), (text.en,)]


def test_a_card_offers_only_what_its_entry_has(opener: Opener, knowledge: Knowledge) -> None:
    for id_, entry in knowledge.entries.items():
        reply = opener.open(Action(Verb.CARD, Language.KO, id_))
        assert reply is not None
        verbs = [button.action.verb for button in buttons(reply)]
        assert (Verb.SHOW in verbs) is (entry.content.show is not None)
        assert (Verb.CALL in verbs) is (entry.content.call is not None)
        if Verb.WORDS in verbs:
            words = opener.open(Action(Verb.WORDS, Language.KO, id_))
            assert words is not None
            assert Part.WORDS in {block.part for block in words.blocks}


def test_what_can_be_opened_from_an_answer_stands_below_it_so_that_the_answer_stays(
    everything: Mapping[Action, Reply],
) -> None:
    """Only the way back to a list and the other language take the place of a card."""
    for action, reply in everything.items():
        if action.verb in CARDS:
            away = {b.action.verb for b in buttons(reply) if not b.action.below and b.action.language is reply.language}
            assert away <= {Verb.CATEGORY, Verb.STAGES}, action


def test_no_outcome_is_shown_as_a_command() -> None:
    assert set(COMMANDS) & set(Outcome) == set()
    assert len(set(COMMANDS.values())) == len(COMMANDS)
