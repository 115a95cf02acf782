"""A question goes to people without a name and an answer comes back, and nothing of anybody is left anywhere."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from botapi import chats, updates
from botapi.people import Who
from botapi.server import BotApiServer, Refusal, Sent
from coordinator import GROUP, ONE, OTHER, Coordinator, desk_settings, small_knowledge
from newcomer import PATIENCE, PROJECT, Newcomer, environment_with, running

from bot.core.knowledge.desk_phrases import DeskPhrases
from bot.core.knowledge.loading import assemble, read_folder
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Language
from bot.core.person_replies import LONGEST_QUESTION
from bot.core.privacy import MASK
from bot.sealing import Purpose, Sealer, Way, new_key
from bot.telegram.asking import MOST
from bot.telegram.desk_tickets import LONGEST_ANSWER

KEY = new_key()
DAYS = 14
SEALER = Sealer(KEY, DAYS)
CHATS = iter(range(5_417_283_001, 5_417_284_000))
OTHER_GROUP = -1_002_718_281
A_MINUTE, MOST_IN_A_TEST = 20, 5
"""Messages that a group may be sent in a minute, and that a test here sends to it unless it asks for more."""
MARK, MARK_EN = "꿹뛟쌻", "zqxjvkw"
"""Stand in whatever anybody writes here, and nowhere else."""
NUMBER = "010-8765-4321"
QUESTION = f"{MARK} 화단에 심을 꽃은 어디에서 사나요"


# --- the street and who is on it -----------------------------------------------------------------------------------


def furnished(folder: Path) -> Path:
    """Put a small knowledge, what was learnt for it and a place for temporary files into `folder`; return that."""
    for name in ("learnt", "temporary"):
        (folder / name).mkdir()
    knowledge = small_knowledge(folder / "knowledge")
    command = [sys.executable, "-m", "bot.fit", str(knowledge), str(folder / "learnt" / "weights.npz")]
    subprocess.run(command, check=True, cwd=PROJECT)
    return folder


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder under which everything is kept."""
    return furnished(tmp_path_factory.mktemp("asking"))


def bot_in(root: Path, name: str, **more: str) -> Mapping[str, str]:
    """Return the environment of a bot with a data folder of its own, with a desk, telling its log all it may."""
    (root / name).mkdir()
    own = environment_with(root / "learnt", root / name)
    told = {"TMPDIR": str(root / "temporary"), "LOG_LEVEL": "DEBUG"}
    return {**own, **told, **desk_settings(root / "knowledge", KEY), **more}


@dataclass(slots=True)
class Street:
    """A server, and the bot that runs against it in the coordinators' group.

    Telegram takes twenty messages a minute for a group, and the bot keeps to that: it is started anew in time.
    """

    server: BotApiServer
    environment: Mapping[str, str]
    log: Path
    stack: ExitStack = field(default_factory=ExitStack)
    limit: int = 0

    def open(self, most: int = MOST_IN_A_TEST) -> None:
        """See that the bot runs and may still send the group so many messages."""
        told = len(self.server.sent_to(GROUP))
        if told + most > self.limit:
            self.stack.close()
            polled = len(self.server.calls_of("getUpdates"))
            self.stack.enter_context(running(self.server, self.environment, self.log))
            self.server.wait_for(lambda server: len(server.calls_of("getUpdates")) > polled, timeout=PATIENCE)
            self.limit = told + A_MINUTE


@pytest.fixture(scope="module")
def all_day(root: Path) -> Iterator[Street]:
    environment = bot_in(root, "street")
    with BotApiServer() as server:
        server.add_group(GROUP)
        here = Street(server, environment, root / "street" / "log")
        with here.stack:
            yield here


@pytest.fixture
def street(all_day: Street) -> BotApiServer:
    """Return a server with a bot running against it that is in the coordinators' group."""
    all_day.open()
    return all_day.server


@pytest.fixture
def anna(street: BotApiServer) -> Newcomer:
    return Newcomer(street, next(CHATS))


@pytest.fixture
def one(street: BotApiServer) -> Coordinator:
    return Coordinator(street)


@pytest.fixture(scope="module")
def known(root: Path) -> Knowledge:
    return assemble(read_folder(root / "knowledge"))


@pytest.fixture(scope="module")
def said(known: Knowledge) -> Phrases:
    return known.phrases[Language.KO]


@pytest.fixture(scope="module")
def desk(known: Knowledge) -> DeskPhrases:
    return known.desk[Language.KO]


def shown_before_sending(person: Newcomer, text: str = QUESTION) -> Sent:
    """Ask, then ask for a person, then in writing; return the message with the question as it would be sent."""
    person.says(text)
    person.presses_kind("r+:")
    return person.presses_kind("3+:")[-1]


def ticket_for(person: Newcomer, text: str = QUESTION) -> Sent:
    """Ask people in writing; return the ticket in their group."""
    shown_before_sending(person, text)
    person.presses_kind("4:")
    return person.server.sent_to(GROUP)[-1]


def answered(person: Newcomer, one: Coordinator, ticket: Sent, text: str = f"{MARK} 꽃집에 가세요") -> Sent:
    """Let a coordinator reply to a ticket; return what reached whoever asked."""
    before = len(person.server.sent_to(person.chat))
    one.says(text, reply_to=ticket)
    (answer,) = person.server.sent_to(person.chat)[before:]
    return answer


@contextmanager
def nothing_sent_to(server: BotApiServer, chat: int) -> Iterator[None]:
    before = len(server.sent_to(chat))
    yield
    assert server.sent_to(chat)[before:] == []


def faults(server: BotApiServer) -> list[Refusal]:
    """Return what Telegram refused, but for what tests here bring about: who is gone, restarts, many taps."""
    meant = ("chat not found", "bot was blocked", "bot was kicked", "terminated by other", "not modified")
    return [each for each in server.refused if not any(why in each.description for why in meant)]


def planted(server: BotApiServer, chat: int, text: str, *data: str, reply_to: int | None = None) -> Sent:
    """Put a message of the bot into a chat, as if sent earlier, with a button for each of `data`."""
    state, kind = server.state, "private" if chat > 0 else "supergroup"
    with state.changing():
        where = state.chats.setdefault(chat, updates.chat(chat, kind))
        rows = [[{"text": "단추", "callback_data": each}] for each in data]
        content = {"text": text, **chats.buttons_of({"inline_keyboard": rows})}
        content |= {"reply_to_message": state.messages[chat, reply_to]} if reply_to else {}
        message = updates.message(state.new_message_id(), updates.as_sender(state.bot), where, content)
        state.messages[chat, message["message_id"]] = message
        chats.show(state, message, text, "sendMessage")
        return state.showing[chat, message["message_id"]]


def mine(person: Newcomer) -> int:
    """Return the id of the first message that a person wrote."""
    ours = {sent.message_id for sent in person.server.sent_to(person.chat)}
    return next(each for each in person.server.history(person.chat) if each not in ours)


# --- a question goes and an answer comes ---------------------------------------------------------------------------


def test_what_will_be_sent_is_shown_before_and_only_that_is_sent(anna: Newcomer, said: Phrases) -> None:
    text = f"{MARK} 꽃 <b>값</b> 😀 얼마\n\n예요? {NUMBER} 또는 a.b@example.com"
    with nothing_sent_to(anna.server, GROUP):
        shown = shown_before_sending(anna, text)
    as_sent = f"{MARK} 꽃 <b>값</b> 😀 얼마 예요? {MASK} 또는 {MASK}"
    assert as_sent in shown.text.splitlines()
    assert all(line in shown.text for line in (*said.ask_confirm, said.ask_masked)), "told beforehand"
    assert NUMBER not in shown.text
    anna.presses_kind("4:", on=shown)
    ticket = anna.server.sent_to(GROUP)[-1]
    assert as_sent in ticket.text.splitlines()
    assert NUMBER not in ticket.raw
    after = anna.shown[-1]
    assert (after.message_id, after.text.splitlines()[0]) == (shown.message_id, said.ask_sent[0])
    assert str(DAYS) in after.text


def test_the_ticket_has_the_question_and_nothing_of_the_asker(anna: Newcomer, desk: DeskPhrases) -> None:
    ticket = ticket_for(anna)
    assert QUESTION in ticket.text.splitlines()
    assert ticket.text.splitlines()[0] == desk.ticket.format(language=desk.languages["ko"])
    assert (date.today() + timedelta(DAYS)).isoformat() in ticket.text
    call = next(call for call in reversed(anna.server.calls_of("sendMessage")) if call.params["chat_id"] == GROUP)
    known = {"chat_id", "text", "parse_mode", "reply_markup", "link_preview_options"}
    assert call.params.keys() <= known, "a new message, no copy of another"
    sent = json.dumps(call.params, ensure_ascii=False)
    assert QUESTION in sent
    assert [each for each in (str(anna.chat), updates.FIRST_NAME, updates.USERNAME, "tg://") if each in sent] == []
    message = anna.server.state.messages[GROUP, ticket.message_id]
    assert [field for field in message if "forward" in field or "origin" in field or "quote" in field] == []


def test_an_answer_reaches_the_question_without_anything_of_the_coordinator(
    anna: Newcomer, one: Coordinator, said: Phrases, desk: DeskPhrases
) -> None:
    ticket = ticket_for(anna)
    answer = answered(anna, one, ticket, f"{MARK} 꽃집은 시장에 있습니다.\n\n아침에 가세요.")
    assert answer.reply_to == mine(anna), "it answers the question that was asked"
    assert answer.text.startswith(said.ask_answered)
    assert f"{MARK} 꽃집은 시장에 있습니다.\n아침에 가세요." in answer.text
    assert anna.server.sent_to(GROUP)[-1].text == desk.ticket_sent_twice
    call = anna.server.calls_of("sendMessage")[-2]
    assert call.params["chat_id"] == anna.chat
    sent = json.dumps(call.params)
    assert [each for each in (str(ONE), str(GROUP), updates.FIRST_NAME, updates.USERNAME) if each in sent] == []


def test_any_coordinator_may_answer_and_more_than_once(anna: Newcomer, one: Coordinator) -> None:
    ticket = ticket_for(anna)
    assert f"{MARK} 하나" in answered(anna, one, ticket, f"{MARK} 하나").text
    assert f"{MARK} 둘" in answered(anna, Coordinator(anna.server, OTHER), ticket, f"{MARK} 둘").text


def test_whoever_asked_can_write_back_once_under_the_same_ticket(
    anna: Newcomer, one: Coordinator, said: Phrases, desk: DeskPhrases
) -> None:
    ticket = ticket_for(anna)
    answer = answered(anna, one, ticket)
    assert anna.presses_kind("6+:", on=answer)[-1].text.startswith(said.ask_write[0])
    shown = anna.says(f"{MARK} 내일은 어때요 {NUMBER}")[-1]
    assert f"{MARK} 내일은 어때요 {MASK}" in shown.text.splitlines()
    assert anna.presses_kind("4:", on=shown)[-1].text.startswith(said.ask_sent_again[0])
    again = anna.server.sent_to(GROUP)[-1]
    assert again.reply_to == ticket.message_id
    assert again.text.startswith(desk.ticket_again.format(language=desk.languages["ko"]))
    assert f"{MARK} 내일은 어때요 {MASK}" in again.text.splitlines()
    last = answered(anna, one, again, f"{MARK} 내일도 같아요")
    assert not [data for data in last.data if data.startswith("6")], "once more, and that was it"
    assert anna.server.sent_to(GROUP)[-1].text == desk.ticket_sent
    now = next(sent for sent in anna.shown if sent.message_id == answer.message_id)
    assert not [data for data in now.data if data.startswith("6")], "the button goes when it was used"
    with nothing_sent_to(anna.server, GROUP):
        data = next(data for data in answer.data if data.startswith("6+:"))
        pressed = data.replace("+", "")  # as an older message would carry it: no second tap of the same button
        late = anna.does(lambda: anna.server.press(anna.chat, answer.message_id, pressed, shown=False))
        assert late[-1].text.startswith(said.ask_expired[0])
        ordinary = anna.says(f"{MARK} 하나 더요")[-1]
    assert not [data for data in ordinary.data if data.startswith("4")], "it is a question like any other"


def test_who_insists_sends_the_question_as_it_was_written(anna: Newcomer) -> None:
    shown_before_sending(anna, f"{MARK} 이 번호 {NUMBER} 누구예요")
    anna.presses_kind("5:")
    assert f"{MARK} 이 번호 {NUMBER} 누구예요" in anna.server.sent_to(GROUP)[-1].text.splitlines()


def test_where_nothing_is_hidden_there_is_nothing_to_insist_on(anna: Newcomer, said: Phrases) -> None:
    shown = shown_before_sending(anna)
    assert [data[0] for data in shown.data] == ["4", "7"]
    assert said.ask_masked not in shown.text


def test_a_question_that_was_deleted_meanwhile_is_sent_as_shown_but_not_unhidden(
    anna: Newcomer, one: Coordinator, said: Phrases
) -> None:
    shown = shown_before_sending(anna, f"{MARK} 이 번호 {NUMBER} 누구예요")
    anna.server.delete(anna.chat, mine(anna))
    with nothing_sent_to(anna.server, GROUP):
        assert anna.presses_kind("5:", on=shown)[-1].text.startswith(said.ask_lost[0])
    bea = Newcomer(anna.server, next(CHATS))
    shown_before_sending(bea, f"{MARK} 이 번호 {NUMBER} 누구예요")
    bea.server.delete(bea.chat, mine(bea))
    bea.presses_kind("4:")
    ticket = bea.server.sent_to(GROUP)[-1]
    assert f"{MARK} 이 번호 {MASK} 누구예요" in ticket.text.splitlines()
    assert answered(bea, one, ticket).reply_to is None


def test_who_does_not_want_to_send_sends_nothing(anna: Newcomer, said: Phrases) -> None:
    with nothing_sent_to(anna.server, GROUP):
        shown = shown_before_sending(anna)
        after = anna.presses_kind("7:")[-1]
    assert (after.message_id, after.text.splitlines()[0]) == (shown.message_id, said.ask_not_sent[0])
    assert MARK not in after.text


@pytest.mark.parametrize("way", ["/person", "/menu"])
def test_a_question_can_be_written_after_it_was_asked_for(anna: Newcomer, said: Phrases, way: str) -> None:
    anna.says(way)
    if way == "/menu":
        anna.presses_kind("r:")
    asked = anna.presses_kind("3+:")[-1]
    assert asked.text.startswith(said.ask_write[0])
    with nothing_sent_to(anna.server, GROUP):
        shown = anna.says(QUESTION)[-1]
    assert (QUESTION in shown.text.splitlines(), shown.reply_to) == (True, mine_last(anna))
    anna.presses_kind("4:", on=shown)
    assert QUESTION in anna.server.sent_to(GROUP)[-1].text.splitlines()
    assert not [data for data in anna.says(QUESTION)[-1].data if data.startswith("4")], "the next is an ordinary one"


def mine_last(person: Newcomer) -> int:
    ours = {sent.message_id for sent in person.server.sent_to(person.chat)}
    return max(each for each in person.server.history(person.chat) if each not in ours)


def test_who_was_asked_to_write_may_leave_it(anna: Newcomer) -> None:
    anna.says("/person")
    anna.presses_kind("3+:")
    anna.presses_kind("7:")
    with nothing_sent_to(anna.server, GROUP):
        assert not [data for data in anna.says(QUESTION)[-1].data if data.startswith("4")]


@pytest.mark.parametrize("command", ["/person {}", "/person@under_test_bot {}", "/person\n{}"])
def test_a_question_behind_the_command_is_shown_before_it_is_sent(anna: Newcomer, command: str) -> None:
    with nothing_sent_to(anna.server, GROUP):
        shown = anna.says(command.format(f"{QUESTION} {NUMBER}"))[-1]
    assert f"{QUESTION} {MASK}" in shown.text.splitlines()
    anna.presses_kind("5:", on=shown)
    assert f"{QUESTION} {NUMBER}" in anna.server.sent_to(GROUP)[-1].text.splitlines(), "without the command"


@pytest.mark.parametrize("way", ["written", "/person"])
def test_a_cry_for_help_brings_its_card_before_anything_else(anna: Newcomer, said: Phrases, way: str) -> None:
    cry = f"{MARK} 더는 못 살겠어요 죽고 싶어요"
    if way == "written":
        anna.says("/person")
        anna.presses_kind("3+:")
    with nothing_sent_to(anna.server, GROUP):
        card, shown = anna.says(cry if way == "written" else f"/person {cry}")
    assert card.text.startswith("109")
    assert cry in shown.text.splitlines(), "and a person can be asked all the same"
    assert shown.text.startswith(said.ask_confirm[0])


def test_who_asks_in_english_is_spoken_to_in_english(
    street: BotApiServer, one: Coordinator, known: Knowledge, desk: DeskPhrases
) -> None:
    ben, english = Newcomer(street, next(CHATS), "en"), known.phrases[Language.EN]
    shown = shown_before_sending(ben, f"{MARK_EN} where do people buy flowers for a balcony {NUMBER}")
    assert all(line in shown.text for line in (*english.ask_confirm, english.ask_masked))
    assert ben.presses_kind("4:")[-1].text.startswith(english.ask_sent[0])
    ticket = street.sent_to(GROUP)[-1]
    assert desk.ticket.format(language=desk.languages["en"]) in ticket.text
    answer = answered(ben, one, ticket, f"{MARK_EN} at a market")
    assert answer.text.startswith(english.ask_answered)
    assert english.ask_again_button in [label for row in answer.buttons for label, _ in row]
    assert ben.presses_kind("6+:", on=answer)[-1].text.startswith(english.ask_write[0])


def test_markup_in_a_question_and_in_an_answer_stays_text(anna: Newcomer, one: Coordinator) -> None:
    html = f"{MARK} <b>꽃</b> & <a href='tg://user?id=1'>집</a> </blockquote><i>"
    ticket = ticket_for(anna, html)
    assert html in ticket.text.splitlines()
    assert "<a " not in ticket.raw
    answer = answered(anna, one, ticket, html)
    assert html in answer.text.splitlines()
    assert "<a " not in answer.raw


def test_a_question_of_greatest_length_is_sent_whole_and_a_longer_one_is_not(anna: Newcomer, said: Phrases) -> None:
    longest = f"{MARK} {'<&😀 ' * 300}"[:LONGEST_QUESTION].strip()
    assert longest in ticket_for(anna, longest).text.splitlines()
    anna.says("/person")
    anna.presses_kind("3+:")
    with nothing_sent_to(anna.server, GROUP):
        told = anna.says(f"{MARK}{'꽃' * LONGEST_QUESTION}")[-1]
    assert told.text == said.ask_too_long.format(limit=LONGEST_QUESTION)
    assert not [data for data in told.data if data.startswith(("4", "5"))]


def test_a_question_made_longer_after_it_was_shown_is_not_sent_in_part(anna: Newcomer) -> None:
    shown = shown_before_sending(anna, f"{MARK} 이 번호 {NUMBER} 누구예요")
    longer = f"{MARK} {'꽃' * 3900}"
    edited = anna.server.edit(anna.chat, mine(anna), longer)
    anna.server.wait_for(lambda server: server.acknowledged(edited), timeout=PATIENCE)
    before = len(anna.server.sent_to(GROUP))
    anna.presses_kind("5:", on=shown)
    sent = anna.server.sent_to(GROUP)[before:]
    assert not sent or longer in sent[-1].text


# --- once ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["4:", "5:"])
def test_a_button_tapped_many_times_sends_once_and_says_that_it_was_sent(
    anna: Newcomer, said: Phrases, kind: str
) -> None:
    shown = shown_before_sending(anna, f"{QUESTION} {NUMBER}")
    data = next(data for data in shown.data if data.startswith(kind))
    before = len(anna.server.sent_to(GROUP))
    taps = [anna.server.press(anna.chat, shown.message_id, data, shown=False) for _ in range(3)]
    anna.server.wait_for(lambda server: all(map(server.acknowledged, taps)), timeout=PATIENCE)
    assert len(anna.server.sent_to(GROUP)) == before + 1
    assert all(map(anna.server.answered, taps)), "none of the taps is left waiting"
    assert anna.shown[-1].text.startswith(said.ask_sent[0])


def test_a_tap_that_comes_after_it_was_sent_leaves_it_told_as_sent(anna: Newcomer, said: Phrases) -> None:
    shown = shown_before_sending(anna)
    anna.presses_kind("4:")
    with nothing_sent_to(anna.server, GROUP):
        anna.does(lambda: anna.server.press(anna.chat, shown.message_id, "4:ko:", shown=False))
    assert anna.shown[-1].text.startswith(said.ask_sent[0])


def test_writing_back_tapped_many_times_sends_once_and_says_that_it_was_sent(
    anna: Newcomer, one: Coordinator, said: Phrases
) -> None:
    answer = answered(anna, one, ticket_for(anna))
    anna.presses_kind("6+:", on=answer)
    shown = anna.says(f"{MARK} 내일은요")[-1]
    data = next(data for data in shown.data if data.startswith("4:"))
    before = len(anna.server.sent_to(GROUP))
    taps = [anna.server.press(anna.chat, shown.message_id, data, shown=False) for _ in range(3)]
    anna.server.wait_for(lambda server: all(map(server.acknowledged, taps)), timeout=PATIENCE)
    assert len(anna.server.sent_to(GROUP)) == before + 1
    assert anna.shown[-1].text.startswith(said.ask_sent_again[0])


def test_two_texts_written_back_at_once_make_one_question(anna: Newcomer, one: Coordinator) -> None:
    answer = answered(anna, one, ticket_for(anna))
    data = next(data for data in answer.data if data.startswith("6+:"))
    both = []
    for word, pressed in (("하나", data), ("둘", data.replace("6+", "6"))):  # the other way to press it: no second tap
        anna.does(lambda pressed=pressed: anna.server.press(anna.chat, answer.message_id, pressed, shown=False))  # type: ignore[misc]
        both.append(anna.says(f"{MARK} {word}")[-1])
    before = len(anna.server.sent_to(GROUP))
    for shown in both:
        anna.presses_kind("4:", on=shown)
    assert len(anna.server.sent_to(GROUP)) == before + 1


def test_only_the_answer_that_was_written_back_to_loses_its_button(anna: Newcomer, one: Coordinator) -> None:
    first, second = (answered(anna, one, ticket_for(anna)) for _ in range(2))
    anna.presses_kind("6+:", on=first)
    shown = anna.says(f"{MARK} 내일은요")[-1]
    anna.presses_kind("6+:", on=second)
    anna.presses_kind("4:", on=shown)
    now = next(sent for sent in anna.shown if sent.message_id == second.message_id)
    assert [data for data in now.data if data.startswith("6+:")]


def test_nobody_floods_the_group_and_what_belongs_to_a_ticket_still_goes(
    anna: Newcomer, one: Coordinator, said: Phrases
) -> None:
    tickets = [ticket_for(anna) for _ in range(MOST)]
    shown = shown_before_sending(anna)
    with nothing_sent_to(anna.server, GROUP):
        assert anna.presses_kind("4:", on=shown)[-1].text.startswith(said.ask_too_many[0])
    answer = answered(anna, one, tickets[0])
    anna.presses_kind("6+:", on=answer)
    again = anna.says(f"{MARK} 내일은요")[-1]
    assert anna.presses_kind("4:", on=again)[-1].text.startswith(said.ask_sent_again[0])


def test_a_group_that_must_wait_holds_back_no_cry_for_help(root: Path) -> None:
    """Telegram takes twenty messages a minute in a group; what waits there must not keep anybody waiting."""
    environment = bot_in(root, "busy")
    with BotApiServer() as server:
        server.add_group(GROUP)
        with running(server, environment, root / "busy" / "log"):
            anna = Newcomer(server, next(CHATS))
            anna.says("안녕하세요")
            for _ in range(A_MINUTE + 8):
                server.say(GROUP, "/desk", user_id=ONE, chat_type="supergroup")
            begun = time.monotonic()
            shown = anna.says("죽고 싶어요")
            assert shown[0].text.startswith("109")
            assert time.monotonic() - begun < 10, "it was fifteen seconds and more"


# --- where it cannot be delivered ----------------------------------------------------------------------------------


def test_the_coordinator_is_told_when_whoever_asked_has_blocked_the_bot(
    anna: Newcomer, one: Coordinator, desk: DeskPhrases
) -> None:
    ticket = ticket_for(anna)
    anna.server.block(anna.chat)
    assert [sent.text for sent in one.says(f"{MARK} 답", reply_to=ticket)] == [desk.ticket_blocked]
    anna.server.unblock(anna.chat)
    assert MARK in answered(anna, one, ticket).text


def test_the_coordinator_is_told_when_the_chat_is_gone(anna: Newcomer, one: Coordinator, desk: DeskPhrases) -> None:
    ticket = ticket_for(anna)
    with anna.server.state.changing():
        del anna.server.state.chats[anna.chat]
    assert [sent.text for sent in one.says(f"{MARK} 답", reply_to=ticket)] == [desk.ticket_blocked]


def test_the_coordinator_is_told_when_telegram_does_not_take_an_answer(
    anna: Newcomer, one: Coordinator, desk: DeskPhrases
) -> None:
    ticket = ticket_for(anna)
    anna.server.fail_next("sendMessage", 400, "Bad Request: something is wrong", 1)
    with nothing_sent_to(anna.server, anna.chat):
        assert [sent.text for sent in one.says(f"{MARK} 답", reply_to=ticket)] == [desk.ticket_failed]


def test_an_answer_that_is_too_long_is_not_sent_in_part(anna: Newcomer, one: Coordinator, desk: DeskPhrases) -> None:
    ticket = ticket_for(anna)
    with nothing_sent_to(anna.server, anna.chat):
        told = one.says(f"{MARK}{'꽃' * LONGEST_ANSWER}", reply_to=ticket)
    assert [sent.text for sent in told] == [desk.ticket_long.format(limit=LONGEST_ANSWER)]
    longest = f"{MARK}{'<' * LONGEST_ANSWER}"[:LONGEST_ANSWER]
    assert longest in answered(anna, one, ticket, longest).text


def test_whoever_asks_is_told_when_the_group_is_gone_and_whom_to_call(
    anna: Newcomer, one: Coordinator, said: Phrases
) -> None:
    shown = shown_before_sending(anna)
    anna.server.leave_group(GROUP)
    try:
        told = anna.presses_kind("4:", on=shown)[-1]
    finally:
        anna.server.add_group(GROUP)
    assert told.text.startswith(said.ask_unreachable[0])
    assert "1577-6635" in told.text
    again = anna.presses_kind("3+:", on=told)[-1]
    anna.presses_kind("4:", on=again)
    assert QUESTION in anna.server.sent_to(GROUP)[-1].text.splitlines(), "later it can be sent after all"


def test_after_its_days_a_ticket_is_closed_on_both_sides_and_both_are_told(
    anna: Newcomer, one: Coordinator, said: Phrases, desk: DeskPhrases
) -> None:
    anna.says(QUESTION)
    old = date.today() - timedelta(DAYS + 1)
    ticket = planted(anna.server, GROUP, "새 물음", f"#t:ko{SEALER.seal(Way(anna.chat, 1, old), Purpose.TO_ASKER)}")
    with nothing_sent_to(anna.server, anna.chat):
        told = one.says(f"{MARK} 늦은 답", reply_to=ticket)
    assert [sent.text for sent in told] == [desk.ticket_expired.format(days=DAYS)]
    back = SEALER.seal(Way(anna.chat, ticket.message_id, old), Purpose.TO_DESK)
    answer = planted(anna.server, anna.chat, "답", f"6+:ko:{back}")
    assert anna.presses_kind("6+:", on=answer)[-1].text.startswith(said.ask_expired[0])
    confirm = planted(anna.server, anna.chat, "보낼까요?", f"5:ko:{back}", reply_to=mine(anna))
    with nothing_sent_to(anna.server, GROUP):
        assert anna.presses_kind("5:", on=confirm)[-1].text.startswith(said.ask_expired[0])


def test_until_its_days_are_over_a_ticket_is_open(anna: Newcomer, one: Coordinator) -> None:
    anna.says(QUESTION)
    day = date.today() - timedelta(DAYS - 1)
    ticket = planted(anna.server, GROUP, "새 물음", f"#t:ko{SEALER.seal(Way(anna.chat, 1, day), Purpose.TO_ASKER)}")
    answer = answered(anna, one, ticket)
    anna.presses_kind("6+:", on=answer)
    anna.says(f"{MARK} 더 물어요")
    anna.presses_kind("4:")
    again = anna.server.sent_to(GROUP)[-1]
    assert again.reply_to == ticket.message_id
    assert (day + timedelta(DAYS)).isoformat() in again.text, "writing back makes it no longer open"


def test_a_ticket_outlives_a_restart_but_not_its_key(root: Path, said: Phrases, desk: DeskPhrases) -> None:
    environment = bot_in(root, "restarted")
    log = root / "restarted" / "log"
    with BotApiServer() as server:
        server.add_group(GROUP)
        anna, one = Newcomer(server, next(CHATS)), Coordinator(server)
        with running(server, environment, log):
            ticket = ticket_for(anna)
        with running(server, environment, log):
            answer = answered(anna, one, ticket)
            assert answer.reply_to == mine(anna)
            anna.presses_kind("6+:", on=answer)
            anna.says(f"{MARK} 더 물어요")
            anna.presses_kind("4:")
            again = server.sent_to(GROUP)[-1]
            assert again.reply_to == ticket.message_id
        with running(server, {**environment, "TICKET_KEY": new_key()}, log):
            with nothing_sent_to(server, anna.chat):
                assert [sent.text for sent in one.says(f"{MARK} 답", reply_to=again)] == [desk.ticket_broken]
            with nothing_sent_to(server, GROUP):
                data = next(data for data in answer.data if data.startswith("6"))
                late = anna.does(lambda: server.press(anna.chat, answer.message_id, data, shown=False))
                assert late[-1].text.startswith(said.ask_expired[0])
        assert faults(server) == []


# --- what is not passed on -----------------------------------------------------------------------------------------


def test_only_text_is_passed_on(all_day: Street, anna: Newcomer, one: Coordinator, desk: DeskPhrases) -> None:
    all_day.open(7)
    ticket = ticket_for(anna)
    with nothing_sent_to(anna.server, anna.chat):
        for kind in ("photo", "voice", "document", "sticker", "contact", "location"):
            caption = f"{MARK} 사진의 글" if kind in ("photo", "document") else None
            who: Who = {"user_id": ONE, "chat_type": "supergroup", "reply_to": ticket.message_id}
            told = one.does(partial(anna.server.send_media, kind, GROUP, caption, **who))
            assert [sent.text for sent in told] == [desk.ticket_text_only], kind


def test_an_edited_reply_is_not_passed_on(anna: Newcomer, one: Coordinator, desk: DeskPhrases) -> None:
    ticket = ticket_for(anna)
    update = anna.server.say(GROUP, f"{MARK} 답", user_id=ONE, chat_type="supergroup", reply_to=ticket.message_id)
    anna.server.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
    with nothing_sent_to(anna.server, anna.chat):
        told = one.does(lambda: anna.server.edit(GROUP, anna.server.message_id_of(update), f"{MARK} 고친 답"))
    assert [sent.text for sent in told] == [desk.edited_unsent]


def test_a_reply_to_anything_else_of_the_bot_goes_nowhere_and_says_so(
    all_day: Street, anna: Newcomer, one: Coordinator, desk: DeskPhrases
) -> None:
    all_day.open(8)
    ticket = ticket_for(anna)
    home = one.says("/desk")[-1]
    note = one.says(f"{MARK} 답", reply_to=ticket)[-1]
    with nothing_sent_to(anna.server, anna.chat):
        for other in (home, note):
            told = one.says(f"{MARK} 면허 어떻게 따요", reply_to=other)
            assert [sent.text for sent in told] == [desk.reply_unknown]
        for command in ("/help", "/desk", "/such-a-command"):
            one.says(command, reply_to=ticket)


def test_what_coordinators_say_to_each_other_is_not_answered_and_not_passed_on(
    anna: Newcomer, one: Coordinator
) -> None:
    ticket_for(anna)
    update = anna.server.say(GROUP, f"{MARK} 이거 누가 답할래요?", user_id=ONE, chat_type="supergroup")
    anna.server.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
    with nothing_sent_to(anna.server, anna.chat):
        told = Coordinator(anna.server, OTHER).does(
            lambda: anna.server.say(
                GROUP, f"{MARK} 제가요", user_id=OTHER, chat_type="supergroup",
                reply_to=anna.server.message_id_of(update),
            )
        )  # fmt: skip
    assert told == []


# --- where nobody can be asked in writing --------------------------------------------------------------------------


@pytest.mark.parametrize("group", [OTHER_GROUP, GROUP])
def test_in_a_group_nobody_is_asked_in_writing(
    all_day: Street, street: BotApiServer, said: Phrases, group: int
) -> None:
    all_day.open(10)

    def does(act: str, on: Sent | None = None) -> list[Sent]:
        update = (
            street.say(group, f"@{street.username} {act}", chat_type="supergroup")
            if on is None
            else street.press(group, on.message_id, act, shown=False)
        )
        before = len(street.sent_to(group))
        street.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
        return street.sent_to(group)[before:]

    card = (does(QUESTION) or street.sent_to(group))[-1]
    tickets = len([sent for sent in street.sent_to(GROUP) if any(data.startswith("#t:") for data in sent.data)])
    for data in ("r+:ko:", "3+:ko:", "3:ko:", "4:ko:", "5:ko:", "6:ko:x", "7:ko:"):
        shown = does(data, card)
        forbidden = (said.ask_confirm[0], said.ask_write[0], said.ask_sent[0])
        assert not [sent for sent in shown for line in forbidden if line in sent.text], data
    after = does(QUESTION)
    assert not [data for sent in after for data in sent.data if data.startswith("4")]
    now = [sent for sent in street.sent_to(GROUP) if any(data.startswith("#t:") for data in sent.data)]
    assert len(now) == tickets


def test_without_a_group_of_coordinators_each_button_says_whom_to_call(root: Path, said: Phrases) -> None:
    environment = bot_in(root, "alone", COORDINATORS_CHAT_ID="")
    seal = SEALER.seal(Way(5_417_299_999, 1, date.today()), Purpose.TO_DESK)
    with BotApiServer() as server, running(server, environment, root / "alone" / "log"):
        server.add_group(GROUP)
        anna = Newcomer(server, 5_417_299_999)
        asked = server.say(anna.chat, QUESTION)
        server.wait_for(lambda server: server.acknowledged(asked), timeout=PATIENCE)
        people = anna.presses_kind("r+:")[-1]
        assert "1577-6635" in people.text
        assert not [data for data in people.data if data.startswith("3")]
        for data in ("3+:ko:", "4:ko:", "5:ko:", f"4:ko:{seal}", f"5:ko:{seal}", f"6+:ko:{seal}", "6:ko:x", "7:ko:"):
            forged = planted(server, anna.chat, "보낼까요?", data, reply_to=server.message_id_of(asked))
            shown = anna.presses_data(forged, data)[-1]
            assert "1577-6635" in shown.text, data
            assert not [each for each in shown.data if each.startswith("3")], data
        forged = planted(server, anna.chat, "새 물음", f"#t:ko{seal}", "#h:")
        for data in forged.data:
            assert anna.presses_data(forged, data)[-1].text.startswith(said.gone)
        before = len(server.sent)
        anna.does(lambda: server.say(anna.chat, f"/person {QUESTION}"))
        anna.does(lambda: server.say(anna.chat, QUESTION, reply_to=forged.message_id))
        assert {sent.chat_id for sent in server.sent[before:]} == {anna.chat}
        assert server.sent_to(GROUP) == []


# --- nothing of anybody --------------------------------------------------------------------------------------------


def traces(content: bytes, texts: set[str], numbers: set[int]) -> list[str]:
    """Return which texts and numbers stand in a file, as letters or as the bytes of a number."""
    found = [text for text in texts if text.encode() in content or text.encode("utf-16-le") in content]
    as_bytes = {number: abs(number).to_bytes(5, "big") for number in numbers}
    return found + [str(number) for number, raw in as_bytes.items() if raw in content or raw[::-1] in content]


def test_a_trace_would_be_found() -> None:
    assert traces(f"… {MARK} …".encode(), {MARK}, set()) == [MARK]
    assert traces(b"\x01" + (5_417_283_001).to_bytes(6, "big"), set(), {5_417_283_001}) == ["5417283001"]
    assert traces(b"7100001", {"7100001"}, set()) == ["7100001"]


def test_nothing_is_ever_forwarded_or_copied_and_no_side_learns_of_the_other(
    street: BotApiServer, anna: Newcomer, one: Coordinator
) -> None:
    answered(anna, one, ticket_for(anna))
    methods = {call.method for call in street.calls}
    assert [method for method in methods if "forward" in method.casefold() or "copy" in method.casefold()] == []
    assert faults(street) == []
    askers = {str(chat) for chat in street.state.chats if chat > 0}
    assert str(anna.chat) in askers
    names = {updates.FIRST_NAME, updates.USERNAME}
    for call in street.calls:
        chat, sent = str(call.params.get("chat_id")), json.dumps(call.params, ensure_ascii=False)
        others = askers if chat == str(GROUP) else {str(ONE), str(OTHER), str(GROUP)} if chat in askers else set()
        assert [each for each in (*names, *others) if each in sent] == [], call.method


def test_no_file_holds_a_text_or_an_id_or_a_name_of_anybody(
    street: BotApiServer, root: Path, anna: Newcomer, one: Coordinator
) -> None:
    answer = answered(anna, one, ticket_for(anna, f"{QUESTION} {NUMBER}"))
    anna.presses_kind("6+:", on=answer)
    anna.says(f"{MARK} 더 물어요")
    anna.presses_kind("4:")
    people = {*(chat for chat in street.state.chats if chat > 0), ONE, OTHER, updates.GROUP_MEMBER}
    seals = {data[-56:] for sent in street.sent for data in sent.data if len(data) > 56}
    assert len(seals) > 2
    texts = {MARK, MARK_EN, NUMBER, updates.FIRST_NAME, updates.USERNAME, KEY, *map(str, people), *seals}
    files = [path for path in root.rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"counters.sqlite3", "counters.sqlite3-wal", "weights.npz", "log", "ko.yaml"} <= names
    large = {number for number in people if number > 2**32}
    assert {str(path): found for path in files if (found := traces(path.read_bytes(), texts, large))} == {}
    assert not [path for path in files if traces(str(path).encode(), texts, set())]
    log = (root / "street" / "log").read_text(encoding="utf-8")
    assert "listening" in log
