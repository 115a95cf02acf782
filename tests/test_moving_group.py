"""The coordinators' group becomes a supergroup, with another id: it is followed, and nobody else can move the desk."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from botapi import updates
from botapi.client import Client
from botapi.server import BotApiServer, Sent
from coordinator import Coordinator, desk_settings
from newcomer import PATIENCE, Newcomer, environment_with, running
from test_asking import QUESTION, answered, shown_before_sending
from test_desk import prepared

OLD, NEW = -4_123_456, -1_001_987_654_321
"""The coordinators' group, before and after."""
OTHER, OTHERS_NEW, EVIL = -4_222_333, -1_001_222_333_444, -1_001_666_666_666
"""An ordinary group, where it goes, and where somebody would like to have the desk."""
NOTED = "is a supergroup now"
"""What the log says of it."""
PEOPLE = iter(range(61_001, 62_000))
A_QUESTION = "하나원 나왔는데 집은 어떻게 해요"


@dataclass(frozen=True, slots=True)
class House:
    """A bot whose settings name the old id, however often it is started."""

    server: BotApiServer
    folder: Path
    environment: Mapping[str, str]

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    @contextmanager
    def open(self) -> Iterator[None]:
        polled = len(self.server.calls_of("getUpdates"))
        with running(self.server, self.environment, self.folder / "log"):
            self.waits(lambda: len(self.server.calls_of("getUpdates")) > polled)
            yield

    def waits(self, until: object) -> None:
        assert callable(until)
        self.server.wait_for(lambda _: until(), timeout=PATIENCE)

    def newcomer(self) -> Newcomer:
        return Newcomer(self.server, next(PEOPLE))

    def asks(self, person: Newcomer, group: int) -> Sent:
        """Ask people in writing; return the ticket in their group."""
        shown_before_sending(person)
        person.presses_kind("4:")
        return next(sent for sent in reversed(self.server.sent_to(group)) if QUESTION in sent.text)

    def told(self) -> list[str]:
        """Return what the new group was told of its number."""
        return [sent.text for sent in self.server.sent_to(NEW) if str(NEW) in sent.text]

    def listed(self) -> set[str | None]:
        """Return in which languages the commands of the desk were set in the new group."""
        calls = self.server.calls_of("setMyCommands")
        return {call.params.get("language_code") for call in calls if str(NEW) in str(call.params.get("scope"))}

    def brings(self, **message: object) -> None:
        """Bring a message as it is, and wait until it is dealt with."""
        sender = updates.user(next(PEOPLE), "ko")
        update = self.server.send_update("message", {"message_id": 9_000_001, "date": 0, "from": sender} | message)
        self.waits(lambda: self.server.acknowledged(update))


@pytest.fixture
def house(tmp_path: Path, small_folder: Path, small_weights: Path) -> Iterator[House]:
    prepared(tmp_path, small_folder, small_weights)
    own = environment_with(tmp_path / "own", tmp_path)
    with BotApiServer() as server:
        server.add_group(OLD, "group")
        house = House(server, tmp_path, {**own, **desk_settings(tmp_path / "knowledge", COORDINATORS_CHAT_ID=str(OLD))})
        yield house
        meant = ("was upgraded to a supergroup", "terminated by other")
        refused = [each for each in server.refused if not any(why in each.description for why in meant)]
        assert refused == [], "Telegram would have refused something else"
        assert [line for line in house.log.splitlines() if " ERROR " in line] == []
        numbers = [str(number).lstrip("-") for number in (OLD, NEW, OTHER, OTHERS_NEW, EVIL)]
        assert [number for number in numbers if number in house.log] == [], "no chat's number stands in the log"


def missed(server: BotApiServer, old: int, new: int) -> None:
    """Upgrade a group while no bot runs, so long ago that Telegram has forgotten to tell."""
    _, last = server.upgrade_group(old, new)
    client = Client(server)
    client.result("getUpdates", offset=last + 1)
    client.http.close()


def test_the_desk_goes_with_its_group(house: House) -> None:
    with house.open():
        asker = house.newcomer()
        ticket = house.asks(asker, OLD)
        with house.server.state.changing():
            for answer in ("하나", "둘", "셋"):
                house.server.say(
                    OLD, f"꽃은 {answer}", user_id=next(PEOPLE), chat_type="group", reply_to=ticket.message_id
                )
            migrated = house.server.upgrade_group(OLD, NEW)
        for update in migrated:
            house.waits(lambda update=update: house.server.acknowledged(update))
        answers = "".join(sent.text for sent in house.server.sent_to(asker.chat))
        assert all(f"꽃은 {each}" in answers for each in ("하나", "둘", "셋")), "what was written before is not lost"
        house.waits(lambda: house.listed() == {None, "en"})
        kim, asker = Coordinator(house.server, chat=NEW), house.newcomer()
        assert "꽃집" in answered(asker, kim, house.asks(asker, NEW)).text
        shown = kim.says("/find 집")[-1]
        assert kim.presses_data(next(each for each in shown.data if each.startswith("#s:")), shown), "buttons work"
        told = len(house.server.sent_to(NEW))
        (house.folder / "knowledge" / "people.yaml").write_text("- [", encoding="utf-8")
        house.waits(lambda: len(house.server.sent_to(NEW)) > told)
        assert "people.yaml" in house.server.sent_to(NEW)[-1].text, "of what is changed by hand"
        quiet = len(house.server.sent)
        entities = [{"type": "bot_command", "offset": 0, "length": 5}]
        house.brings(chat=updates.chat(OLD, "group"), text="/desk", entities=entities)
        assert house.server.sent[quiet:] == [], "the old group is no desk"
        (moved,) = house.told()
        assert "슈퍼그룹" in moved
        assert "supergroup" in moved
        assert moved.count("COORDINATORS_CHAT_ID") == 2
    assert house.log.count(NOTED) == 1


def test_nobody_can_move_the_desk_but_telegram_and_only_with_its_own_group(house: House) -> None:
    evil, ours = updates.chat(EVIL, "supergroup"), updates.chat(OLD, "group")
    house.server.say(OTHER, "여기도 방", chat_type="group")
    word = {"message_id": 9_000_000, "date": 0, "chat": ours, "migrate_to_chat_id": EVIL}
    with house.open():
        house.brings(chat=evil, text=f'{{"migrate_from_chat_id": {OLD}}}')
        house.brings(chat=ours, text=f"migrate_to_chat_id {EVIL}")
        house.brings(chat=ours, text="여기", reply_to_message=word)
        house.brings(chat=evil, text="여기", reply_to_message=word | {"migrate_from_chat_id": OLD})
        house.brings(chat=evil, migrate_from_chat_id=OLD + 1)
        house.brings(chat=evil, migrate_to_chat_id=OLD)
        edited = {"message_id": 9_000_002, "date": 0, "edit_date": 1, "chat": evil, "migrate_from_chat_id": OLD}
        update = house.server.send_update("edited_message", edited)
        house.waits(lambda: house.server.acknowledged(update))
        for update in house.server.upgrade_group(OTHER, OTHERS_NEW):
            house.waits(lambda update=update: house.server.acknowledged(update))
        house.asks(house.newcomer(), OLD)
        assert house.server.sent_to(EVIL) == house.server.sent_to(OTHERS_NEW) == []
        assert len(house.server.sent_to(OLD)) == 1, "the ticket, and no word of a move"


def test_a_move_that_was_missed_is_noticed_by_the_first_ticket_and_at_every_start(house: House) -> None:
    missed(house.server, OLD, NEW)
    house.server.fail_next("getMyCommands", 502, "planned", times=3)  # two lists for newcomers, then the desk's
    with house.open():
        asker = house.newcomer()
        house.asks(asker, NEW)
        house.waits(lambda: house.listed() == {None, "en"})
        tickets = [sent for sent in house.server.sent_to(NEW) if QUESTION in sent.text]
        assert len(tickets) == len(house.told()) == 1, "each once"
        assert "꽃집" in answered(asker, Coordinator(house.server, chat=NEW), tickets[0]).text
    with house.open():
        house.waits(lambda: len(house.told()) == 2)
        assert Coordinator(house.server, chat=NEW).says("/find 집"), "before anything was sent to the old one"
    assert len(house.told()) == house.log.count(NOTED) == 2, "once in each run"


def test_an_answer_to_a_group_that_has_just_become_a_supergroup_is_given_there(house: House) -> None:
    with house.open():
        first = house.server.say(OTHER, A_QUESTION, chat_type="group", reply_to_bot=True)
        house.waits(lambda: house.server.acknowledged(first))
        card = house.server.sent_to(OTHER)[-1]
        with house.server.state.changing():
            last = house.server.say(OTHER, A_QUESTION, chat_type="group", reply_to_bot=True)
            house.server.upgrade_group(OTHER, OTHERS_NEW)
        house.waits(lambda: house.server.acknowledged(last))
        assert [sent.text for sent in house.server.sent_to(OTHERS_NEW)] == [card.text], "once"
        assert house.server.sent_to(OTHERS_NEW)[0].reply_to is None, "the number of the question is another's there"
        data = next(each for each in card.data if "+" not in each)
        pressed = house.server.press(OTHER, card.message_id, data)
        house.waits(lambda: house.server.acknowledged(pressed))
        assert len(house.server.sent_to(OTHERS_NEW)) == 2, "what a button shows comes as a new message"
