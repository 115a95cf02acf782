"""Nobody outside the coordinators' group can do anything of the desk: each command, button and reply is tried."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Unpack

import pytest
from botapi.people import Who
from botapi.server import BotApiServer, Sent
from coordinator import GROUP, ONE, OTHER, Coordinator, has_button
from newcomer import PATIENCE, Newcomer
from test_asking import SEALER, Street, answered, bot_in, furnished, planted, shown_before_sending, ticket_for

from bot.core.knowledge.desk_phrases import DeskPhrases
from bot.core.knowledge.loading import assemble, read_folder
from bot.core.knowledge.phrases import Phrases
from bot.core.knowledge.whole import Knowledge
from bot.core.model import Language
from bot.desk.model import DeskAction, DeskVerb
from bot.sealing import Purpose, Way
from bot.telegram.desk import COMMANDS

ASKER, STRANGER = 5_551_000_001, 5_552_000_001
WITHOUT_ITS_SIGN, WITHOUT_ITS_PREFIX = -GROUP, -1_234_500
"""A private chat and a group whose ids are nearly that of the coordinators' group."""
GROUPS = iter(range(-1_003_000_001, -1_003_900_000, -1))
"""Groups that are none of the coordinators', a fresh one for each act: a group is sent few messages a minute."""
USERS = iter(range(7_200_001, 7_300_000))
REPLIED = (*(verb for verb in DeskVerb if verb.name.startswith("INPUT_")), DeskVerb.NEW_FROM_TICKET)


@dataclass(frozen=True, slots=True)
class Live:
    """The desk in the middle of its work: a ticket, two proposals that wait, a revision, and who is where."""

    street: Street
    root: Path
    known: Knowledge
    asker: Newcomer
    ticket: Sent
    seal: str
    proposals: tuple[Sent, Sent]
    numbers: tuple[str, str]

    @property
    def server(self) -> BotApiServer:
        return self.street.server

    @property
    def desk(self) -> DeskPhrases:
        return self.known.desk[Language.KO]

    @property
    def said(self) -> Phrases:
        return self.known.phrases[Language.KO]

    @property
    def entry(self) -> str:
        return next(id_ for id_, each in self.known.entries.items() if each.content.facts and each.content.related)

    @property
    def arguments(self) -> Mapping[str, str]:
        """What is written behind each command."""
        ids = dict.fromkeys(("find", "show", "history"), self.entry)
        return {**dict.fromkeys(COMMANDS, ""), **ids, "new": "work work-by-night"}

    def target(self, verb: DeskVerb) -> str:
        """Return what a button of the desk with this verb would carry now."""
        fact = self.known.entries[self.entry].content.facts[0].id
        targets = {
            DeskVerb.FIELD: f"{self.entry}.title.ko", DeskVerb.INPUT_FIELD: f"{self.entry}.title.ko",
            DeskVerb.CONFIRM: self.numbers[0], DeskVerb.REJECT: self.numbers[1], DeskVerb.REVISION: "1",
            DeskVerb.UNDO: "1", DeskVerb.RETIRE_TO: f"{self.entry}.0", DeskVerb.STILL_RIGHT: f"f.{fact}",
            DeskVerb.NEW_FROM_TICKET: f"ko{self.seal}", DeskVerb.INPUT_NEW: f"ko{self.seal}",
        }  # fmt: skip
        bare = (DeskVerb.DRAFT, DeskVerb.DISCARD, DeskVerb.PROPOSE, DeskVerb.OVERDUE, DeskVerb.STATS,
                DeskVerb.GAPS, DeskVerb.EXPORT, DeskVerb.INERT)  # fmt: skip
        return targets.get(verb, "" if verb in bare else self.entry)

    def data(self, verb: DeskVerb) -> str:
        return DeskAction(verb, self.target(verb)).encode()

    def state(self) -> tuple[str, int]:
        """Return what the files of the knowledge hold, and how many revisions there are."""
        digest = hashlib.sha256()
        for path in sorted((self.root / "knowledge").rglob("*")):
            digest.update(str(path).encode() + (path.read_bytes() if path.is_file() else b""))
        with closing(sqlite3.connect(self.root / "desk" / "counters.sqlite3")) as connection:
            return digest.hexdigest(), connection.execute("SELECT COUNT(*) FROM revisions").fetchone()[0]

    def tries(self, chat: int, act: Callable[[], int]) -> list[Sent]:
        """Do something outside; nothing of the desk must come of it. Return what was shown where it was done."""
        calls, before = len(self.server.calls), len(self.server.sent)
        update = act()
        self.server.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
        sent = self.server.sent[before:]
        assert {each.chat_id for each in sent} <= {chat}, "nothing reaches the group or whoever asked"
        assert not [data for each in sent for data in each.data if data.startswith("#")], "no button of the desk"
        assert not [each for each in sent if each.file_name or each.text in self.sayings], "no message of the desk"
        methods = {call.method for call in self.server.calls[calls:]}
        assert methods <= {"sendMessage", "editMessageText", "answerCallbackQuery", "answerInlineQuery", "getUpdates"}
        return sent

    def told(self, chat: int, text: str, **who: Unpack[Who]) -> list[Sent]:
        """Write something outside; return what came there."""
        return self.tries(chat, partial(self.server.say, chat, text, **who))

    def pressed(self, chat: int, message: int, data: str, user: int) -> list[Sent]:
        """Press a button outside that nobody showed there; return what came."""
        return self.tries(chat, partial(self.server.press, chat, message, data, user_id=user, shown=False))

    @property
    def sayings(self) -> frozenset[str]:
        """Everything that the desk says in one sentence."""
        return frozenset(
            value for each in self.known.desk.values() for value in each.model_dump().values() if isinstance(value, str)
        )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnished(tmp_path_factory.mktemp("outside"))


@pytest.fixture(scope="module")
def live(root: Path) -> Iterator[Live]:
    known = assemble(read_folder(root / "knowledge"))
    with BotApiServer() as server:
        server.add_group(GROUP)
        street = Street(server, bot_in(root, "desk"), root / "desk" / "log")
        with street.stack:
            street.open()
            asker = Newcomer(server, ASKER)
            ticket = ticket_for(asker)
            seal = next(data for data in ticket.data if data.startswith("#t:ko"))[5:]
            first, second, third = facts(known)[:3]
            confirmed(server, proposed(server, ticket, first, known), known)
            proposals = proposed(server, ticket, second, known), proposed(server, ticket, third, known)
            numbers = number_of(proposals[0]), number_of(proposals[1])
            yield Live(street, root, known, asker, ticket, seal, proposals, numbers)


def facts(known: Knowledge) -> list[str]:
    """Return facts of different entries."""
    return [entry.content.facts[0].id for entry in known.entries.values() if entry.content.facts]


def proposed(server: BotApiServer, on: Sent, fact: str, known: Knowledge) -> Sent:
    """Let a coordinator propose that a fact still holds; return the message that can be confirmed."""
    button = has_button(known.desk[Language.KO].confirm_button)
    shown = Coordinator(server, ONE).presses_data(DeskAction(DeskVerb.STILL_RIGHT, f"f.{fact}").encode(), on, button)
    return shown[-1]


def number_of(proposal: Sent) -> str:
    return next(data for data in proposal.data if data.startswith("#c:"))[3:]


def confirmed(server: BotApiServer, proposal: Sent, known: Knowledge) -> list[Sent]:
    button = has_button(known.desk[Language.KO].history_button)
    return Coordinator(server, OTHER).presses_data(f"#c:{number_of(proposal)}", proposal, button)


@pytest.fixture
def unchanged(live: Live) -> Iterator[None]:
    """See that what a test does changes no file and no revision, and takes away no proposal and no message."""
    before, shown = live.state(), live.server.showing(GROUP)
    yield
    assert live.state() == before
    assert live.server.showing(GROUP) == shown


def outside() -> list[tuple[str, int, int]]:
    """Return where somebody may be who is not in the group: what it is, the chat, the person."""
    return [
        ("a stranger alone with the bot", STRANGER, STRANGER),
        ("a coordinator alone with the bot", ONE, ONE),
        ("the id without its sign", WITHOUT_ITS_SIGN, WITHOUT_ITS_SIGN),
        ("a stranger in another group", 0, STRANGER),
        ("a coordinator in another group", 0, OTHER),
        ("the id without its prefix", WITHOUT_ITS_PREFIX, ONE),
    ]


def chat_of(chat: int) -> tuple[int, str]:
    chat = chat or next(GROUPS)
    return chat, "private" if chat > 0 else "group" if chat == WITHOUT_ITS_PREFIX else "supergroup"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("where", "chat", "user"), outside()[:-1])
def test_no_command_of_the_desk_does_anything_outside(live: Live, where: str, chat: int, user: int) -> None:
    for name, argument in live.arguments.items():
        at, kind = chat_of(chat)
        for text in (f"/{name} {argument}", f"/{name}@{live.server.username} {argument}"):
            shown = live.told(at, text, user_id=user, chat_type=kind)
            assert bool(shown) is (at > 0), f"{where}: an ordinary answer to {text}, none where nobody spoke to the bot"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("chat", [STRANGER, 0])
def test_a_command_of_the_desk_in_a_reply_or_edited_is_a_question_like_any_other(live: Live, chat: int) -> None:
    for name, argument in live.arguments.items():
        at, kind = chat_of(chat)
        text = f"/{name} {argument}"
        forged = planted(live.server, at, "새 물음", live.data(DeskVerb.NEW_FROM_TICKET), live.data(DeskVerb.CONFIRM))
        assert live.told(at, text, user_id=STRANGER, chat_type=kind, reply_to=forged.message_id)
        message = max(each for each in live.server.history(at) if (at, each) not in live.server.state.showing)
        assert live.tries(at, partial(live.server.edit, at, message, text))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("where", "chat", "user"), outside())
def test_no_button_of_the_desk_does_anything_outside(live: Live, where: str, chat: int, user: int) -> None:
    for verb in DeskVerb:
        at, _ = chat_of(0 if chat == WITHOUT_ITS_PREFIX and verb is not DeskVerb.CONFIRM else chat)
        forged = planted(live.server, at, "올리기 전에 재어 본 것", *(live.data(each) for each in DeskVerb))
        for data in (
            {live.data(verb), f"#{verb}:", f"#{verb}:{live.numbers[0]}"} if at == STRANGER else {live.data(verb)}
        ):
            shown = live.pressed(at, forged.message_id, data, user)
            assert [each.text.startswith(live.said.gone) for each in shown] == [True], f"{where}: {data}"


@pytest.mark.usefixtures("unchanged")
def test_a_button_of_the_desk_does_nothing_on_a_message_that_is_gone(live: Live) -> None:
    for verb in DeskVerb:
        shown = live.pressed(STRANGER, 7, live.data(verb), STRANGER)
        assert shown[0].text.startswith(live.said.gone)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("where", "chat", "user"), outside()[:-1])
def test_a_reply_to_a_message_that_looks_like_the_desks_is_a_question_like_any_other(
    live: Live, where: str, chat: int, user: int
) -> None:
    for verb in REPLIED:
        at, kind = chat_of(chat)
        forged = planted(live.server, at, "새 물음", live.data(verb))
        for text in ("work work-by-night", "면허 어떻게 따요"):
            shown = live.told(at, text, user_id=user, chat_type=kind, reply_to=forged.message_id)
            assert shown, f"{where}: an ordinary answer, no {verb.name}"


@pytest.mark.usefixtures("unchanged")
def test_a_file_sent_outside_goes_nowhere(live: Live) -> None:
    forged = planted(live.server, STRANGER, "통째로 바꾸기", live.data(DeskVerb.INPUT_FILE))
    path = next((live.root / "knowledge" / "advice").glob(f"*/{live.entry}.yaml"))
    shown = live.tries(
        STRANGER,
        lambda: live.server.document(
            STRANGER, file_name=path.name, content=path.read_bytes(), reply_to=forged.message_id
        ),
    )
    assert live.said.only_text["document"] in shown[0].text


@pytest.mark.usefixtures("unchanged")
def test_an_inline_query_finds_cards_and_nothing_of_the_desk(live: Live) -> None:
    commands = [f"/{name} {argument}" for name, argument in live.arguments.items()]
    for text in (*commands, *map(live.data, DeskVerb)):
        assert live.tries(ONE, partial(live.server.inline, ONE, text)) == []
        answer = live.server.inline_answer(max(live.server.state.query_ids))
        assert answer is not None
        assert not [each for each in answer.results if each.text in live.sayings]


def test_the_bot_asks_for_no_other_kind_of_update_through_which_the_desk_could_be_reached(live: Live) -> None:
    assert live.server.state.allowed <= {"message", "edited_message", "callback_query", "inline_query"}


# --- seals ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("verb", ["6", "6+", "4", "5"])
def test_the_way_back_of_one_person_is_closed_for_every_other(live: Live, verb: str) -> None:
    person = Newcomer(live.server, STRANGER)
    shown = shown_before_sending(person)
    back = SEALER.seal(Way(ASKER, live.ticket.message_id, date.today()), Purpose.TO_DESK)
    for seal in (back, live.seal, "A" * 56, "ko", back[:-1]):
        told = live.pressed(STRANGER, shown.message_id, f"{verb}:ko:{seal}", STRANGER)
        assert not told or told[-1].text.startswith((live.said.ask_expired[0], live.said.ask_lost[0]))
    question = live.told(STRANGER, "면허 어떻게 따요")
    assert not [data for data in question[-1].data if data.startswith("4")], "it is an ordinary question"


@pytest.mark.usefixtures("unchanged")
def test_a_seal_of_the_other_side_opens_nothing_for_whoever_asked(live: Live) -> None:
    forged = planted(live.server, ASKER, "답", f"6+:ko:{live.seal}")
    told = live.pressed(ASKER, forged.message_id, f"6+:ko:{live.seal}", ASKER)
    assert told[-1].text.startswith(live.said.ask_expired[0])


def test_a_seal_of_the_other_side_leads_no_answer_to_anybody(live: Live) -> None:
    live.street.open(1)
    back = SEALER.seal(Way(ASKER, live.ticket.message_id, date.today()), Purpose.TO_DESK)
    forged = planted(live.server, GROUP, "새 물음", f"#t:ko{back}")
    before = len(live.server.sent_to(ASKER))
    assert [sent.text for sent in Coordinator(live.server).says("답", reply_to=forged)] == [live.desk.ticket_broken]
    assert len(live.server.sent_to(ASKER)) == before


# --- the same acts do work in the group ----------------------------------------------------------------------


def test_who_proposed_cannot_confirm_and_another_person_can(live: Live) -> None:
    proposal, other = live.proposals
    before = live.state()
    assert Coordinator(live.server, ONE).told(live.desk.confirm_button, proposal) == live.desk.confirm_own
    assert live.state() == before
    confirmed(live.server, proposal, live.known)
    assert live.state()[0] != before[0]
    assert live.state()[1] == before[1] + 1
    shown = Coordinator(live.server, OTHER).presses_data(f"#j:{number_of(other)}", other)
    assert shown[-1].text.startswith(live.desk.rejected.partition("{")[0])
    assert live.state()[1] == before[1] + 1


@pytest.mark.parametrize("name", list(COMMANDS))
def test_each_command_works_in_the_group(live: Live, name: str) -> None:
    live.street.open(2)
    shown = Coordinator(live.server, next(USERS)).says(f"/{name} {live.arguments[name]}".strip())
    assert shown
    assert not [sent for sent in shown if sent.text in (live.desk.trouble, live.desk.gone_button)]


@pytest.mark.parametrize("verb", [each for each in DeskVerb if each not in (DeskVerb.CONFIRM, DeskVerb.REJECT)])
def test_each_button_works_in_the_group(live: Live, verb: DeskVerb) -> None:
    live.street.open(5)
    person, data = Coordinator(live.server, next(USERS)), live.data(verb)
    on = live.ticket if verb is DeskVerb.ADD_FROM_TICKET else planted(live.server, GROUP, "글", data)
    calls = len(live.server.calls)
    shown = person.presses_data(
        data, on, has_button(live.desk.confirm_button) if verb is DeskVerb.STILL_RIGHT else None
    )
    told = [call.params.get("text", "") for call in live.server.calls[calls:] if call.method == "answerCallbackQuery"]
    done = [
        call for call in live.server.calls[calls:] if call.method in ("sendMessage", "sendDocument", "deleteMessage")
    ]
    assert done or told == [live.desk.preview_inert]
    assert not [
        text for text in (*told, *(sent.text for sent in shown)) if text in (live.desk.gone_button, live.desk.trouble)
    ]


@pytest.mark.parametrize("verb", REPLIED)
def test_each_reply_works_in_the_group(live: Live, verb: DeskVerb) -> None:
    live.street.open(3)
    successor = next(id_ for id_ in live.known.entries if id_ != live.entry)
    text = {
        DeskVerb.INPUT_NEW: "work work-by-night", DeskVerb.INPUT_RETIRE: successor,
        DeskVerb.INPUT_FILE: "title: {ko: 가, en: a}",
    }.get(verb, "한 줄")  # fmt: skip
    if verb is DeskVerb.NEW_FROM_TICKET:
        assert "한 줄" in answered(live.asker, Coordinator(live.server, next(USERS)), live.ticket, text).text
        return
    forged = planted(live.server, GROUP, "글", live.data(verb))
    shown = Coordinator(live.server, next(USERS)).says(text, reply_to=forged)
    assert shown
    unheard = (live.desk.gone_button, live.desk.trouble, live.desk.reply_unknown)
    assert not [sent for sent in shown if sent.text in unheard]
