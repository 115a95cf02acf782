"""A coordinator finds, shows, changes and previews entries, against the real process and the strict Bot API server."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from botapi.server import BotApiServer, Sent
from coordinator import GROUP, Coordinator, desk_settings, has
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from newcomer import PROJECT, Newcomer, environment_with, running

from bot.comparing import Moved, Place, Rivals
from bot.comparing import Report as Measured
from bot.core.editing import Draft, blank_entry, entry_name
from bot.core.knowledge import yaml_text
from bot.core.knowledge.loading import assemble, checksum, read_folder
from bot.core.knowledge.models import Both
from bot.core.knowledge.problems import problem
from bot.core.knowledge.whole import Knowledge
from bot.core.matching import weights as weights_file
from bot.core.model import Language, Outcome
from bot.core.overdue import Due
from bot.desk import looking, notices, reports, tickets
from bot.desk.fields import field_of
from bot.desk.model import DeskVerb, Notice
from bot.sealing import Purpose, Sealer, Way, new_key
from bot.trying import Progress

PEOPLE = iter(range(7_200_001, 7_300_000))
CHATS = iter(range(51_001, 60_000))
QUESTIONS = {"newcomers": 25, "unseen": 25, "urgent": 12}
"""The files of questions, and every how many of them one is asked when a change is measured here."""


# --- a desk of a test's own ---


@dataclass(slots=True)
class Desk:
    """A running bot with a coordinators' group and a small knowledge of its own."""

    server: BotApiServer
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def knowledge(self) -> Path:
        return self.folder / "knowledge"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def text(self, name: str) -> str:
        return (self.knowledge / name).read_text(encoding="utf-8")

    def texts(self) -> dict[str, str]:
        """Return the knowledge as it stands on disk."""
        paths = self.knowledge.rglob("*.yaml")
        return {path.relative_to(self.knowledge).as_posix(): path.read_text(encoding="utf-8") for path in paths}

    def somebody(self, language: str = "ko") -> Coordinator:
        """Return a coordinator who was not here before."""
        return Coordinator(self.server, next(PEOPLE), language=language)

    def newcomer(self, language: str = "ko") -> Newcomer:
        return Newcomer(self.server, next(CHATS), language)


def with_few_questions(folder: Path) -> Path:
    """Return a folder to run the bot from: the same program, but few questions to measure a change with."""
    (folder / "tests" / "questions").mkdir(parents=True)
    (folder / "bot").symlink_to(PROJECT / "bot")
    for name, every in QUESTIONS.items():
        path = Path("tests", "questions", f"{name}.jsonl")
        lines = (PROJECT / path).read_text(encoding="utf-8").splitlines()[::every]
        (folder / path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def prepared(folder: Path, small_folder: Path, small_weights: Path, changed: Mapping[str, str] | None = None) -> Path:
    """Fill `folder` with a knowledge of its own and the weights for it; `changed` texts must be learnt alike."""
    shutil.copytree(small_folder, folder / "knowledge")
    weights = weights_file.load(small_weights, key_of(folder / "knowledge"))
    assert weights
    for name, text in (changed or {}).items():
        (folder / "knowledge" / name).write_text(text, encoding="utf-8")
    weights_file.save(replace(weights, key=key_of(folder / "knowledge")), folder / "own" / "weights.npz")
    return folder


def key_of(knowledge: Path) -> str:
    return weights_file.key_of(checksum(read_folder(knowledge)))


@contextmanager
def open_desk(folder: Path, **settings: str) -> Iterator[Desk]:
    """Run the bot over what was `prepared`."""
    environment = {**environment_with(folder / "own", folder), **desk_settings(folder / "knowledge", **settings)}
    house = str(with_few_questions(folder / "house"))
    with BotApiServer() as server:
        server.add_group(GROUP)
        alone = {"PYTHONPATH": house, "PYTHONSAFEPATH": "1"}  # this program, not that of the working directory
        with running(server, environment | alone, folder / "log") as process:
            yield Desk(server, folder, process)


def labels(sent: Sent) -> list[str]:
    return [label for row in sent.buttons for label, _ in row]


def data(sent: Sent, start: str) -> str:
    """Return what the first button that begins so carries."""
    return next(each for each in sent.data if each.startswith(start))


def code(sent: Sent) -> str:
    """Return what stands in a message to be copied."""
    found = re.search(r"<pre>(.*?)</pre>", sent.raw, re.DOTALL)
    return unescape(found[1]) if found else ""


def begun(person: Coordinator, id_: str, field: str) -> Sent:
    """Open a field of an entry; return the message that asks for a reply."""
    shown = person.says(f"/show {id_}")[-1]
    return person.presses_data(f"#e:{id_}.{field}", shown)[-1]


def changed(person: Coordinator, id_: str, field: str, text: str) -> Sent:
    """Change a field of an entry; return what is shown of the edit."""
    return person.says(text, reply_to=begun(person, id_, field))[-1]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, small_folder: Path, small_weights: Path) -> Iterator[Desk]:
    with open_desk(prepared(tmp_path_factory.mktemp("desk"), small_folder, small_weights)) as desk:
        yield desk
        assert desk.server.refused == [], "Telegram would have refused something"
        assert [line for line in desk.log.splitlines() if " ERROR " in line] == []


@pytest.fixture(scope="module")
def knowledge(desk: Desk) -> Knowledge:
    """Return what the bot of these tests knows."""
    return assemble(read_folder(desk.knowledge))


@pytest.fixture
def kim(desk: Desk) -> Coordinator:
    return desk.somebody()


@pytest.fixture
def lee(desk: Desk) -> Coordinator:
    return desk.somebody()


# --- finding and showing ---


def test_the_desk_says_what_can_be_done_here(kim: Coordinator) -> None:
    home = kim.says("/desk")[-1]
    assert "/find" in home.text
    assert kim.presses("다시 확인할 것", on=home)
    assert "고치던 것이 없습니다" in kim.presses("내가 고치던 것", on=home)[-1].text


@pytest.mark.parametrize("words", ["면허", "driving-lic", "Getting a driving licence", "면허 어떻게 따요"])
def test_an_entry_is_found_by_its_id_its_title_and_its_meaning(kim: Coordinator, words: str) -> None:
    found = kim.says(f"/find {words}")[-1]
    assert "#s:driving-licence" in found.data
    assert "driving-licence" in kim.presses_data("#s:driving-licence", found)[-1].text


def test_a_telephone_number_is_found_by_the_name_of_who_answers(kim: Coordinator) -> None:
    assert "#e:@c.police-112" in kim.says("/find 경찰")[-1].data


def test_commands_without_words_say_how_they_are_used(kim: Coordinator) -> None:
    for command in ("find", "show", "new", "history"):
        assert f"/{command} " in kim.says(f"/{command}")[-1].text


def test_an_entry_shows_what_a_coordinator_must_know(kim: Coordinator, knowledge: Knowledge) -> None:
    content = knowledge.entries["work-find"].content
    shown = kim.says("/show work-find")[-1]
    for expected in (content.title.ko, "일자리", content.facts[0].id, content.notes[:40], str(len(content.ask.ko))):
        assert expected in shown.text
    assert len(shown.buttons) >= 4
    assert kim.says("/show@under_test_bot work-find")[-1].text == shown.text


def test_what_no_entry_is_called_is_looked_for_instead(kim: Coordinator) -> None:
    assert "#s:bank-account" in kim.says("/show 통장")[-1].data


# --- fields ---

ADDED: dict[str, str] = {
    "title.ko": "덧붙임 제목", "title.en": "덧붙임 title", "answer.ko.lead": "덧붙임 첫 줄.",
    "answer.en.lead": "덧붙임.", "answer.ko.steps": "덧붙임 하나.\n둘.", "answer.en.steps": "- 덧붙임 one.\n- two.",
    "contacts": "hana-call-centre\npolice-112\n덧붙임", "related": "덧붙임\nbank-account", "stages": "덧붙임",
    "origin": "덧붙임", "notes": "덧붙임  메모", "show": "ko: 덧붙임\nen: added", "call": "ko: 덧붙임\nen: added",
    "search_words": "- ko: 덧붙임\n  en: added",
}  # fmt: skip
"""What is sent for a field of an entry; for others, what is shown is sent back with more in it."""
FIELDS = [
    "title.ko", "title.en", "answer.ko.lead", "answer.en.lead", "answer.ko.steps", "answer.en.steps", "voices", "facts",
    "facts.0", "contacts", "search_words", "show", "call", "origin", "related", "stages", "notes",
]  # fmt: skip


def test_there_is_a_button_for_each_field_and_for_each_fact(kim: Coordinator, knowledge: Knowledge) -> None:
    shown = kim.says("/show work-find")[-1]
    choose = kim.presses("고치기", on=shown)[-1]
    facts = len(knowledge.entries["work-find"].content.facts)
    wanted = [field for field in FIELDS if field != "facts.0"] + [f"facts.{at}" for at in range(facts)]
    assert sorted(choose.data) == sorted(f"#e:work-find.{field}" for field in wanted)
    assert len(set(labels(choose))) == len(wanted), "no two fields have one name"


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_is_opened_and_changed_by_a_reply(kim: Coordinator, knowledge: Knowledge, field: str) -> None:
    prompt = begun(kim, "work-find", field)
    now = code(prompt)
    text = ADDED.get(field) or now.replace("ko: ", "ko: 덧붙임 ", 1)
    edit = kim.says(text, reply_to=prompt)[-1]
    assert edit.text.startswith("고친 것 · work-find")
    assert any("덧붙임" in line for line in code(edit).splitlines() if line.startswith("+ "))
    again = kim.presses_data(f"#e:work-find.{field}", edit)[-1]
    assert "덧붙임" in code(again), "the edit is shown from now on"
    assert "버렸습니다" in kim.presses("버리기", on=edit)[-1].text
    assert code(begun(kim, "work-find", field)) == now


def test_what_is_shown_of_a_field_can_be_sent_back_and_changes_nothing(kim: Coordinator) -> None:
    for field in ("title.ko", "answer.ko.steps", "facts.0", "related", "search_words"):
        prompt = begun(kim, "driving-licence", field)
        assert "아직 달라진 것이 없습니다" in kim.says(code(prompt), reply_to=prompt)[-1].text
    kim.says("/draft")
    kim.presses("버리기", on=kim.server.showing(GROUP)[-1])


def test_several_fields_make_one_edit_and_a_hyphen_takes_away(kim: Coordinator) -> None:
    changed(kim, "bank-account", "title.ko", "통장 새로 만들기")
    edit = changed(kim, "bank-account", "search_words", "-")
    assert "+ ko: 통장 새로 만들기" in code(edit)
    assert "고쳐야 할 것 1개" in edit.text
    assert "[search_words]" in edit.text


def test_yaml_that_cannot_be_read_is_told_with_its_line_and_reason_and_changes_nothing(kim: Coordinator) -> None:
    prompt = begun(kim, "car-buy", "facts")
    said = kim.says("- id: a\n  ko: b: c", reply_to=prompt)[-1].text
    assert "2째 줄" in said
    assert "mapping values" in said
    assert "고치던 것이 없습니다" in kim.says("/draft")[-1].text


def test_a_value_of_the_wrong_form_is_told_with_file_field_and_reason(kim: Coordinator) -> None:
    edit = changed(kim, "car-buy", "title.ko", "**굵은** 제목")
    assert "advice/driving/car-buy.yaml:2 [title.ko]" in edit.text
    assert "필요한 것" in edit.text


def test_a_telephone_number_is_changed_like_a_field(kim: Coordinator) -> None:
    prompt = kim.presses_data("#e:@c.police-112", kim.says("/desk")[-1])[-1]
    assert "112" in code(prompt)
    edit = kim.says(code(prompt).replace("checked: '2026", "checked: '2027"), reply_to=prompt)[-1]
    assert "고친 것 · contacts" in edit.text
    assert code(edit).count("\n") == 1, "one line goes and one comes"


@pytest.mark.parametrize(
    "gone",
    ["#e:no-such-entry.title.ko", "#e:work-find.nothing", "#e:work-find", "#e:", "#e:@c.nobody", "#f:no-such-entry",
     "#q:no-such-entry", "#x:no-such-entry", "#x:work-find.ko.0.00000000", "#y:no-such-entry", "#w:no-such-entry",
     "#p:no-such-entry", "#r:no-such-entry", "#v:999", "#u:999", "#v:x", "#k:f.nothing", "#k:"],
)  # fmt: skip
def test_a_button_that_no_longer_fits_says_so(kim: Coordinator, gone: str) -> None:
    assert "더는 맞지 않습니다" in kim.presses_data(gone, kim.says("/desk")[-1])[-1].text


def test_a_button_of_a_field_that_the_edit_has_not_says_so(kim: Coordinator) -> None:
    prompt = begun(kim, "work-find", "facts.9")
    assert "더는 맞지 않습니다" in kim.says("ko: x", reply_to=prompt)[-1].text


# --- one edit a person ---


def test_somebody_who_edits_an_entry_must_finish_before_the_next(kim: Coordinator) -> None:
    changed(kim, "money-save", "title.ko", "돈 모으기 새로")
    shown = kim.says("/show money-debt")[-1]
    busy = kim.presses("고치기", on=shown)[-1]
    assert "money-save" in busy.text
    assert "돈 모으기 새로" in kim.presses("내가 고치던 것", on=busy)[-1].text
    assert "버렸습니다: money-save" in kim.presses("버리기", on=busy)[-1].text
    assert "#e:money-debt.title.ko" in kim.presses("고치기", on=shown)[-1].data
    assert "고치던 것이 없습니다" in kim.says("/draft")[-1].text


def test_who_begins_an_entry_that_somebody_else_is_at_is_told(kim: Coordinator, lee: Coordinator) -> None:
    changed(kim, "money-family", "title.ko", "보낸 돈 새로")
    shown = lee.says("/show money-family")[-1]
    said, choose = lee.presses("고치기", on=shown)[-2:]
    assert "다른 사람도 지금 ‘money-family’" in said.text
    assert choose.buttons
    assert "보낸 돈 새로" not in code(begun(lee, "money-family", "title.ko")), "each has their own edit"


def test_a_reply_to_the_prompt_of_somebody_else_changes_ones_own_edit(kim: Coordinator, lee: Coordinator) -> None:
    prompt = begun(kim, "tax-insurance", "title.ko")
    kim.says("내 제목", reply_to=prompt)
    edit = lee.says("다른 사람의 제목", reply_to=prompt)[-1]
    assert "+ ko: 다른 사람의 제목" in code(edit)
    assert "내 제목" not in edit.text
    mine = kim.says("/draft")[-1]
    assert "+ ko: 내 제목" in code(mine)
    assert "다른 사람의 제목" not in mine.text


def test_a_request_that_is_not_needed_goes_away(kim: Coordinator) -> None:
    prompt = begun(kim, "id-papers", "title.ko")
    assert kim.told("그만두기", on=prompt) == "그만두었습니다."
    assert prompt.message_id not in [sent.message_id for sent in kim.server.showing(GROUP)]


def test_an_edited_reply_is_not_taken(desk: Desk, kim: Coordinator) -> None:
    prompt = begun(kim, "id-papers", "title.ko")
    update = desk.server.say(GROUP, "첫 제목", user_id=kim.user, chat_type="supergroup", reply_to=prompt.message_id)
    desk.server.wait_for(lambda server: server.acknowledged(update))
    said = kim.does(lambda: desk.server.edit(GROUP, desk.server.message_id_of(update), "고친 제목"))
    assert "고친 글은 받지 않습니다" in said[-1].text
    assert "첫 제목" in code(kim.says("/draft")[-1])


# --- ways of asking ---


def test_ways_of_asking_are_added_line_by_line_each_under_its_language(kim: Coordinator) -> None:
    asked = kim.presses("묻는 말 더하기", on=kim.says("/show car-buy")[-1])[-1]
    edit = kim.says("- 헌 차를 어디서 사면 좋을까\nwhich used car is fine for me\n二手车去哪里买好", reply_to=asked)[-1]
    assert code(edit).splitlines() == [
        "+ 헌 차를 어디서 사면 좋을까", "+ which used car is fine for me", "+ 二手车去哪里买好",
    ]  # fmt: skip
    asked = kim.presses("묻는 말 더하기", on=edit)[-1]
    assert "더할 말이 없습니다" in kim.says("헌차를 어디서사면 좋을까\n\n", reply_to=asked)[-1].text


def test_ways_of_asking_are_found_by_their_words_and_taken_away(kim: Coordinator, knowledge: Knowledge) -> None:
    first = knowledge.entries["transport"].content.ask.ko[0]
    asked = kim.presses("묻는 말 빼기", on=kim.says("/show transport")[-1])[-1]
    found = kim.says(first, reply_to=asked)[-1]
    assert labels(found) == [first[:60]]
    edit = kim.presses(first[:60], on=found)[-1]
    assert code(edit).splitlines() == [f"- {first}"]
    assert "더는 맞지 않습니다" in kim.presses(first[:60], on=found)[-1].text, "another stands in its place now"
    assert "그런 말은 없습니다" in kim.says("없는 낱말임이 틀림없음", reply_to=asked)[-1].text


# --- whole files ---


def file_of(person: Coordinator, id_: str) -> Sent:
    return person.presses("파일로 받기", on=person.says(f"/show {id_}")[-1])[-1]


def send_file(person: Coordinator, text: bytes, prompt: Sent, name: str = "entry.yaml") -> Sent:
    server = person.server
    return person.does(
        lambda: server.document(
            GROUP, file_name=name, content=text, user_id=person.user, chat_type="supergroup", reply_to=prompt.message_id
        )
    )[-1]


def test_an_entry_goes_down_as_a_file_and_comes_back_changed(desk: Desk, kim: Coordinator) -> None:
    sent = file_of(kim, "housing")
    assert sent.file_name == "housing.yaml"
    assert sent.file.decode() == desk.text("advice/support/housing.yaml")
    prompt = kim.presses("통째로 바꾸기", on=kim.says("/show housing")[-1])[-1]
    edit = send_file(kim, sent.file.replace(b"lead: ", "lead: 덧붙임 ".encode(), 1), prompt)
    assert "모양은 맞습니다" in edit.text
    gone, come = code(edit).splitlines()
    assert come == gone.replace("- lead: ", "+ lead: 덧붙임 ")
    assert "덧붙임" in file_of(kim, "housing").file.decode(), "the file is the edit's from now on"
    assert "덧붙임" not in desk.text("advice/support/housing.yaml")


def test_an_entry_pasted_without_its_ways_of_asking_keeps_them(desk: Desk, kim: Coordinator) -> None:
    value = yaml_text.read(desk.text("advice/support/hanawon.yaml")).value
    value["title"]["ko"] = "하나원 새 제목"
    del value["ask"]
    prompt = kim.presses("통째로 바꾸기", on=kim.says("/show hanawon")[-1])[-1]
    edit = send_file(kim, yaml_text.write(value).encode("utf-8-sig"), prompt)
    assert code(edit).splitlines()[-1] == "+ ko: 하나원 새 제목"
    assert "모양은 맞습니다" in edit.text


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"title: a: b\n", "1째 줄: mapping values"), ("title: 가".encode("cp949"), "UTF-8"), (b"x" * 600_000, "512 KB")],
    ids=["no yaml", "not UTF-8", "too large"],
)
def test_a_file_that_cannot_be_used_is_told_and_changes_nothing(
    kim: Coordinator, content: bytes, expected: str
) -> None:
    prompt = kim.presses("통째로 바꾸기", on=kim.says("/show hana-find")[-1])[-1]
    assert expected in send_file(kim, content, prompt).text
    assert "고치던 것이 없습니다" in kim.says("/draft")[-1].text


def test_text_that_is_no_entry_at_all_is_told_with_what_is_missing(kim: Coordinator) -> None:
    prompt = kim.presses("통째로 바꾸기", on=kim.says("/show hana-find")[-1])[-1]
    edit = kim.says("그냥 글", reply_to=prompt)[-1]
    assert "고쳐야 할 것" in edit.text


# --- previews, and new entries ---


def test_a_preview_shows_both_languages_with_buttons_that_do_nothing_and_then_what_is_wrong(kim: Coordinator) -> None:
    edit = changed(kim, "health-care", "title.ko", "아플 때 가는 곳")
    shown = kim.presses("미리 보기", on=edit, until=has("고친 것 · health-care"))
    korean, english, last = shown[-3:]
    assert korean.text.startswith("아플 때 가는 곳")
    assert re.search("[A-Za-z]{4}", english.text.splitlines()[0])
    for card in (korean, english):
        assert set(card.data) == {"#0:"}
        assert kim.told(labels(card)[0], on=card) == "미리 보기의 단추는 눌러지지 않습니다."
    assert "문제가 없습니다" in last.text


def test_a_card_that_cannot_be_put_together_is_not_previewed_and_the_reason_is_told(kim: Coordinator) -> None:
    edit = changed(kim, "protection", "contacts", "no-such-number")
    shown = kim.presses("미리 보기", on=edit)[-1]
    assert "advice/support/protection.yaml" in shown.text
    assert "[contacts.0]" in shown.text
    assert "no-such-number" in shown.text


def test_a_new_entry_begins_blank_and_is_filled_in(kim: Coordinator) -> None:
    blank = kim.says("/new work work-night")[-1]
    assert "새 항목 · work-night" in blank.text
    assert "advice/work/work-night.yaml:2 [title.ko]" in blank.text
    choose = kim.presses("더 고치기", on=blank)[-1]
    prompt = kim.presses_data("#e:work-night.title.ko", choose)[-1]
    edit = kim.says("밤에 하는 일", reply_to=prompt)[-1]
    assert "+ ko: 밤에 하는 일" in code(edit).replace("  ", "")
    assert "[title.ko]" not in edit.text
    assert "[title.en]" in edit.text
    assert "아직 보여 줄 수 없습니다" in kim.presses("미리 보기", on=edit)[-1].text
    assert "올릴 수 없습니다" in kim.presses("올리기", on=edit)[-1].text


@pytest.mark.parametrize(
    "words", ["work", "work Work_Night", "nothing work-night", "work 밤일", f"work {'a' * 33}", "work a--b", "work a b"]
)
def test_a_new_entry_must_have_a_category_and_an_id(kim: Coordinator, words: str) -> None:
    assert "분야나 이름이 맞지 않습니다" in kim.says(f"/new {words}")[-1].text
    assert "고치던 것이 없습니다" in kim.says("/draft")[-1].text


@pytest.mark.parametrize("id_", ["work-find", "bank-account", "crisis-suicide"])
def test_a_new_entry_cannot_take_an_id_that_is_taken(kim: Coordinator, id_: str) -> None:
    assert f"이미 있습니다: {id_}" in kim.says(f"/new work {id_}")[-1].text


def test_words_that_stand_beside_an_edit_are_nobodys(desk: Desk, kim: Coordinator) -> None:
    before = len(desk.server.sent)
    update = desk.server.say(GROUP, "점심 먹읍시다", user_id=kim.user, chat_type="supergroup")
    desk.server.wait_for(lambda server: server.acknowledged(update))
    assert len(desk.server.sent) == before, "people talk in the group, too"


# --- whoever speaks English; any group ---


def test_any_group_is_told_its_id(desk: Desk) -> None:
    for group in (GROUP, -1_009_000_001):
        desk.server.add_group(group)
        update = desk.server.say(group, "/groupid", chat_type="supergroup")
        desk.server.wait_for(lambda server, update=update: server.acknowledged(update))  # type: ignore[misc]
        assert str(group) in desk.server.sent_to(group)[-1].text


def test_who_speaks_english_is_answered_in_english_everywhere(desk: Desk, knowledge: Knowledge) -> None:
    ann = desk.somebody("en")
    shown = ann.says("/show id-papers")[-1]
    edit = changed(ann, "id-papers", "title.en", "Papers that say who you are")
    sent = [
        shown, edit, *(ann.says(text)[-1] for text in ENGLISH_ACTS),
        *(ann.presses(label, on=shown)[-1] for label in ("Change", "History", "Retire", "Replace it whole")),
        *(ann.presses(label, on=edit)[-1] for label in ("Add ways of asking", "Drop ways of asking")),
        ann.presses("Preview", on=edit, until=has("Changed · id-papers"))[-1], begun(ann, "id-papers", "title.en"),
        ann.presses("Drop it", on=edit)[-1], ann.says("x", reply_to=shown)[-1], ann.says("/draft")[-1],
    ]  # fmt: skip
    shown_words = "\n".join(text for each in sent for text in (each.text, *labels(each)))
    assert [fragment for fragment in said_in_korean(knowledge) if fragment in shown_words] == []
    for expected in (
        "Ways of asking: ",
        "No problems.",
        "Dropped: id-papers",
        "went to nobody",
        "Choose the successor",
    ):
        assert expected in shown_words


ENGLISH_ACTS = (
    "/desk", "/find licence", "/find", "/new", "/new a b c", "/new work work-find", "/overdue", "/stats", "/gaps",
    "/history id-papers", "/history", "/export", "/show",
)  # fmt: skip


def said_in_korean(knowledge: Knowledge) -> set[str]:
    """Return the fixed parts of all Korean sentences of the desk."""
    values = knowledge.desk[Language.KO].model_dump().values()
    texts = [text for value in values for text in texts_in(value)]
    parts = {part.strip() for text in texts for part in re.split(r"\{\w+\}", text)}
    return {part for part in parts if len(re.findall("[가-힣]", part)) > 4}


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_in(each)


# --- what a button can carry ---

LONG = st.from_regex("[a-z0-9]{32}", fullmatch=True)


def notices_about(knowledge: Knowledge, id_: str, many: int, language: Language) -> Iterator[Notice]:
    """Yield everything the desk shows of an entry, a number and a center that all have that id."""
    some = next(iter(knowledge.entries.values()))
    own = replace(some, id=id_, content=some.content.model_copy(update={"related": (id_,)}))
    known = replace(knowledge, entries={id_: own})
    draft = Draft(entry_name("work", id_), None, blank_entry() | {"facts": [{"id": id_}] * 12, "title": "x"})
    yield notices.home(known, language)
    yield notices.found(known, [id_], [(f"@c.{id_}", "112")], language)
    yield notices.entry(known, own, language)
    yield notices.fields(known, id_, draft, language)
    for key in ("answer.ko.steps", "search_words", f"facts.{many}", f"ask.ko.{many}"):
        path = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
        place = field_of(known, f"{id_}.{key}", draft)
        assert place
        assert place.path == path
        yield notices.prompt(known, place, draft, language)
    yield notices.asks_to_drop(known, id_, [(Language.ZH, many, "哪里")], language)
    yield notices.history(known, id_, [(many, "2026-11-21", 1, 2)], language)
    yield notices.revision(known, many, id_, "2026-11-21", ["+ x"], language)
    for verb in DeskVerb:
        if verb.name.startswith("INPUT_"):
            yield notices.asked_for(known, verb, id_, ["how"], language)
    yield notices.changed(known, draft, [problem("a.yaml", 1, (), "-", "no_file")], language)
    day = date(2026, 11, 21)
    kinds = (("f", f"{id_}.facts.{many}"), ("c", f"@c.{id_}"), ("z", f"@z.{id_}"))
    overdue = [Due(kind, id_, Both(ko="글", en="text"), day, draft.name, (), field, 180) for kind, field in kinds]
    yield looking.overdue(known, overdue * 3, 0, day, language)
    seal = Sealer(new_key(), 14).seal(Way(2**51, 2**31 - 1, day), Purpose.TO_ASKER)
    yield tickets.ticket(known, "물음", language, seal, [id_], last_day="2026-12-05", again=False, urgent=True)
    yield reports.progress(known, Progress("asked", many, many), language)
    moved = Moved("물음", "ko", (id_,), Place(id_, Outcome.ANSWERED), Place("", Outcome.UNKNOWN), is_ask=False)
    measured = Measured(better=(moved,) * 9, worse=(moved,), competing=(Rivals(id_, id_, 3),), questions=1)
    yield reports.report(known, draft, measured, language, f"{many}-0123abcd", alone=False)
    yield reports.report(known, draft, Measured(silenced=(moved,)), language, "", alone=True)


def test_every_button_fits_whatever_the_ids_are(knowledge: Knowledge) -> None:
    @hypothesis_settings(max_examples=20, deadline=None)
    @given(LONG, st.integers(0, 9999), st.sampled_from([Language.KO, Language.EN]))
    def fits(id_: str, many: int, language: Language) -> None:
        for notice in notices_about(knowledge, id_, many, language):
            for button in (button for row in notice.buttons for button in row):
                assert button.action.fits, button.action.encode()
                assert button.label.strip()

    fits()


def test_the_longest_button_is_near_the_limit_and_none_is_over_it(knowledge: Knowledge) -> None:
    every = notices_about(knowledge, "a" * 32, 9999, Language.KO)
    longest = max(len(each.action.encode().encode()) for notice in every for row in notice.buttons for each in row)
    assert 55 < longest <= 64
