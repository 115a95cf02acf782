"""A change goes live by the hands of two people: measured, confirmed, written, taken back; against the real process."""

import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from botapi.server import Sent
from coordinator import GROUP, MEASURED, Coordinator, has, has_button
from test_desk import Desk, changed, code, data, labels, open_desk, prepared, send_file

from bot.core.editing import blank_entry, entry_name
from bot.core.knowledge import yaml_text
from bot.core.knowledge.loading import canonical, read_source
from bot.core.knowledge.urgent_checks import urgent_check

CONFIRM, REJECT = "확인하고 올리기", "올리지 않기"
SOON = 30.0
"""Seconds within which a file changed by hand is noticed and tried, on a slow machine with much to do."""


def git(folder: Path, *words: str) -> str:
    found = subprocess.run(
        ["git", "-C", str(folder), "-c", "core.quotePath=false", *words], check=True, capture_output=True
    )
    return found.stdout.decode()


def in_git(folder: Path) -> Path:
    git(folder / "knowledge", "init", "--quiet", "--initial-branch=main")
    git(folder / "knowledge", "add", ".")
    git(folder / "knowledge", "-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "--quiet", "-m", "before")
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, small_folder: Path, small_weights: Path) -> Iterator[Desk]:
    folder = prepared(tmp_path_factory.mktemp("desk"), small_folder, small_weights)
    with open_desk(in_git(folder), KNOWLEDGE_GIT="1") as desk:
        yield desk
        assert desk.server.refused == [], "Telegram would have refused something"
        assert [line for line in desk.log.splitlines() if " ERROR " in line] == []


@pytest.fixture
def kim(desk: Desk) -> Coordinator:
    return desk.somebody()


@pytest.fixture
def lee(desk: Desk) -> Coordinator:
    return desk.somebody()


def proposed(person: Coordinator, edit: Sent) -> Sent:
    """Publish an edit as far as one person can; return what was measured, with the way to confirm it."""
    shown = person.presses("올리기", on=edit, until=has_button(CONFIRM))
    return next(sent for sent in reversed(shown) if has_button(CONFIRM)(sent))  # a long difference comes after it


def refused(person: Coordinator, edit: Sent) -> Sent:
    """Try to publish what cannot be; return what is said."""
    return person.presses("올리기", on=edit, until=has("올릴 수 없습니다"))[-1]


def confirmed(person: Coordinator, report: Sent) -> Sent:
    """Confirm what somebody proposed; return what is said."""
    return person.presses(CONFIRM, on=report, until=has("올렸습니다"))[-1]


def eventually(desk: Desk, text: str, before: int, seconds: float = SOON) -> Sent:
    """Wait for a message to the group that nobody there asked for."""
    desk.server.wait_for(lambda server: any(text in each.text for each in server.sent_to(GROUP)[before:]), seconds)
    return next(each for each in desk.server.sent_to(GROUP)[before:] if text in each.text)


def card(desk: Desk, id_: str, language: str = "ko") -> Sent:
    """Return the card of an entry as a newcomer sees it now."""
    somebody = desk.newcomer(language)
    menu = somebody.says("/menu")[-1]
    return somebody.does(lambda: desk.server.press(somebody.chat, menu.message_id, f"e:{language}:{id_}", shown=False))[
        -1
    ]


def differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


# --- one change from its beginning to its end ---

KEEP = entry_name("work", "work-keep")


@dataclass(frozen=True)
class Published:
    """What was seen while one person changed the title of `work-keep` and another confirmed it."""

    previews: tuple[Sent, Sent]
    report: Sent
    told: str
    confirmed: Sent
    before: dict[str, str]
    between: dict[str, str]
    after: dict[str, str]


@pytest.fixture(scope="module")
def published(desk: Desk) -> Published:
    kim, lee, before = desk.somebody(), desk.somebody(), desk.texts()
    changed(kim, "work-keep", "title.ko", "직장 오래 다니기")
    edit = changed(kim, "work-keep", "title.en", "Staying in a job & <3")
    shown = kim.presses("미리 보기", on=edit, until=has("고친 것 · work-keep"))
    report = proposed(kim, shown[-1])
    told, between = kim.told(CONFIRM, on=report), desk.texts()
    done = confirmed(lee, report)
    return Published((shown[-3], shown[-2]), report, told, done, before, between, desk.texts())


def test_whoever_proposed_a_change_cannot_confirm_it(published: Published) -> None:
    assert published.told == "올리자고 한 사람은 확인할 수 없습니다. 다른 사람이 눌러야 합니다."
    assert published.between == published.before


def test_what_was_measured_stands_where_it_is_confirmed(published: Published) -> None:
    for expected in ("+ ko: 직장 오래 다니기", "+ en: Staying in a job & <3", "알아듣는 것은 그대로입니다"):
        assert expected in published.report.text
    assert labels(published.report)[-2:] == [CONFIRM, REJECT]


def test_only_that_file_is_changed_and_it_is_canonical(published: Published) -> None:
    assert differing(published.before, published.after) == {KEEP}
    source = read_source(KEEP, published.after[KEEP].encode())
    assert canonical(source) == source.text
    assert source.value.title.ko == "직장 오래 다니기"


def test_a_newcomer_gets_the_new_text_at_once(desk: Desk, published: Published) -> None:
    assert published.confirmed.text == "올렸습니다: work-keep"
    assert card(desk, "work-keep").text.startswith("직장 오래 다니기")
    assert desk.process.poll() is None, "it is the same process"


def test_the_preview_was_what_a_newcomer_is_shown(desk: Desk, published: Published) -> None:
    for preview, language in zip(published.previews, ("ko", "en"), strict=True):
        shown = card(desk, "work-keep", language)
        assert (preview.text, preview.raw, labels(preview)) == (shown.text, shown.raw, labels(shown))


def test_git_has_one_commit_more_that_holds_that_file_and_nobodys_name(desk: Desk, published: Published) -> None:
    log = git(desk.knowledge, "log", "--format=%an %ae %s", "--name-only", "HEAD~1..HEAD")
    assert log.split() == ["길동무", "bot@localhost", "길동무:", "work-keep", KEEP]


def test_a_proposal_works_once(lee: Coordinator, published: Published) -> None:
    assert "더는 없습니다" in lee.told(CONFIRM, on=published.report)
    assert "더는 없습니다" in lee.told(REJECT, on=published.report)


def test_the_history_shows_the_difference_and_undoing_is_a_change_like_any_other(
    desk: Desk, kim: Coordinator, lee: Coordinator, published: Published
) -> None:
    listed = kim.presses("고친 내력", on=published.confirmed)[-1]
    assert "없앤 줄 2, 더한 줄 2" in labels(listed)[0]
    revision = kim.presses(labels(listed)[0], on=listed)[-1]
    assert "+ ko: 직장 오래 다니기" in code(revision)
    edit = kim.presses("되돌리기", on=revision)[-1]
    assert "- ko: 직장 오래 다니기" in code(edit)
    assert desk.texts() == published.after, "it is an edit so far"
    confirmed(lee, proposed(kim, edit))
    assert desk.texts() == published.before
    assert not card(desk, "work-keep").text.startswith("직장 오래 다니기")
    assert "그대로 되돌릴 수 없습니다" in lee.presses("되돌리기", on=revision)[-1].text
    assert len(kim.says("/history work-keep")[-1].data) == 2


# --- two people at one file, and what else is published meanwhile ---


@dataclass(frozen=True)
class Crossed:
    """What was proposed `early`, and an edit begun early, when something else was published meanwhile."""

    han: Coordinator
    early: Sent
    lee: Coordinator
    begun: Sent


@pytest.fixture(scope="module")
def crossed(desk: Desk) -> Crossed:
    kim, lee, han = desk.somebody(), desk.somebody(), desk.somebody()
    early = proposed(han, changed(han, "money-debt", "title.ko", "일찍 잰 제목"))
    first = changed(kim, "money-save", "title.ko", "먼저 올린 제목")
    second = changed(lee, "money-save", "answer.ko.lead", "나중에 올린 첫 줄입니다.")
    confirmed(han, proposed(kim, first))
    return Crossed(han, early, lee, second)


def test_two_edits_of_one_entry_that_do_not_touch_are_put_together_and_confirmed_again(
    desk: Desk, kim: Coordinator, crossed: Crossed
) -> None:
    name = entry_name("money", "money-save")
    report = proposed(crossed.lee, crossed.begun)
    said = [sent.text for sent in desk.server.sent_to(GROUP) if "두 고침을 합쳤습니다" in sent.text]
    assert name in said[-1]
    kim.presses(CONFIRM, on=report, until=has("올렸습니다: money-save"))
    assert "먼저 올린 제목" in desk.text(name)
    assert "나중에 올린 첫 줄" in desk.text(name)
    assert "나중에 올린 첫 줄" in card(desk, "money-save").text


def test_what_was_measured_on_older_knowledge_is_measured_again_and_can_be_rejected(
    desk: Desk, kim: Coordinator, crossed: Crossed
) -> None:
    before = desk.texts()
    shown = kim.presses(CONFIRM, on=crossed.early, until=has_button(CONFIRM))
    assert any("다시 재고" in sent.text for sent in shown)
    assert desk.texts() == before
    again = next(sent for sent in reversed(shown) if has_button(CONFIRM)(sent))
    assert "올리자고 한 사람은" in crossed.han.told(CONFIRM, on=again), "it is still the one who proposed it"
    assert "올리지 않았습니다: money-debt" in kim.presses(REJECT, on=again)[-1].text
    assert "더는 없습니다" in kim.told(CONFIRM, on=again)
    assert desk.texts() == before


# --- what is refused ---


def test_what_does_not_fit_its_form_is_refused_at_once_with_file_field_and_reason(desk: Desk, kim: Coordinator) -> None:
    name = entry_name("support", "housing")
    value = yaml_text.read(desk.text(name)).value
    del value["answer"]["en"]
    prompt = kim.presses("통째로 바꾸기", on=kim.says("/show housing")[-1])[-1]
    said = refused(kim, send_file(kim, yaml_text.write(value).encode(), prompt))
    assert f"{name}:4 [answer.en]" in said.text or f"{name}:3 [answer.en]" in said.text
    assert CONFIRM not in labels(said)
    assert desk.text(name) != yaml_text.write(value)


BAD = {
    "answer.ko.lead": "보증금은 8,765만 원입니다.",
    "answer.en.lead": "The deposit is 87.65 million won.",
    "contacts": "hana-call-centre\nno-such-number",
}


def test_every_problem_of_content_is_told_with_file_field_and_reason_and_nothing_is_written(
    desk: Desk, kim: Coordinator
) -> None:
    before, licence = desk.texts(), yaml_text.read(desk.text(entry_name("driving", "driving-licence"))).value
    twice = licence["ask"]["ko"][0]
    for field, text in BAD.items():
        edit = changed(kim, "housing", field, text)
    asked = kim.presses("묻는 말 더하기", on=edit)[-1]
    edit = kim.says(f"제 번호는 010-2345-6789인데 집을 어떻게 받아요\n{twice}", reply_to=asked)[-1]
    said = refused(kim, edit)
    for field, found in (
        ("answer.ko.lead", "facts"), ("contacts.1", "no-such-number"), ("ask.ko.14", "○○○"),
        ("ask.ko.15", twice),
    ):  # fmt: skip
        line = next(line for line in said.text.splitlines() if f"[{field}]" in line)
        assert "support/housing.yaml:" in line or "driving-licence.yaml" in line
        assert found in line
        assert "필요한 것: " in line
    assert CONFIRM not in labels(said)
    assert desk.texts() == before
    assert "no-such-number" in kim.says("/draft")[-1].text, "the edit is still there, to be mended"


# --- from a question to the knowledge ---


def ticket_of(desk: Desk, question: str) -> tuple[Any, Sent]:
    """Ask a person in writing; return who asked, and the ticket in the group."""
    anna, before = desk.newcomer(), len(desk.server.sent_to(GROUP))
    answer = anna.says(question)[-1]
    people = anna.presses("사람에게 묻기", on=answer)[-1]
    anna.presses("글로 물어보기", on=people)
    anna.presses("보내기")
    return anna, eventually(desk, question, before)


def night_work() -> dict[str, Any]:
    answer = {
        "ko": {
            "lead": "밤일은 몸을 먼저 살피세요.",
            "steps": ["쉬는 날을 먼저 물어보세요.", "잠자리를 어둡게 하세요."],
        },
        "en": {"lead": "Look after your body first.", "steps": ["Ask about days off.", "Keep your bedroom dark."]},
    }
    places = (
        "공장",
        "편의점",
        "물류창고",
        "병원",
        "식당",
        "택시",
        "경비실",
        "주유소",
        "빨래방",
        "호텔",
        "술집",
        "빵집",
    )
    return blank_entry() | {
        "title": {"ko": "밤에 일하기", "en": "Working at night"}, "answer": answer, "contacts": ["hana-call-centre"],
        "search_words": [{"ko": "야간 근무 건강", "en": "health and night work"}], "related": ["work-find"],
        "notes": "경계: 일자리 찾기는 work-find.",
        "ask": {
            "ko": [f"{place} 야간조로 밤새 일하면 몸이 괜찮을까요" for place in places],
            "en": [f"is it healthy to work the night shift at a {each}" for each in ("factory", "shop", "hotel")],
        },
    }  # fmt: skip


def test_a_question_becomes_an_entry_and_whoever_asked_is_told(desk: Desk, kim: Coordinator, lee: Coordinator) -> None:
    question = "야간조로 밤새 일하면 몸이 버틸지 누가 알려 줄까"
    anna, ticket = ticket_of(desk, question)
    prompt = kim.presses("새 항목 쓰기", on=ticket)[-1]
    assert question in prompt.text
    begin = kim.says("work work-night", reply_to=prompt)
    assert any("새 항목 · work-night" in each.text and question in code(each) for each in begin)
    value = night_work()
    value["ask"]["ko"] = [question, *value["ask"]["ko"]]
    paste = kim.presses_data("#w:work-night", ticket)[-1]
    edit = send_file(kim, yaml_text.write(value).encode(), paste)
    report = proposed(kim, edit)
    assert "묻는 말" in report.text
    done = confirmed(lee, report)
    assert "물은 사람에게 알렸습니다" in done.text
    told = anna.shown[-1]
    assert "안내가 생겼습니다" in told.text
    assert "밤에 일하기" in labels(told)
    assert anna.presses("밤에 일하기", on=told)[-1].text.startswith("밤에 일하기")
    assert "밤일은 몸을 먼저" in desk.newcomer().says(question)[-1].text
    assert desk.text(entry_name("work", "work-night")).startswith("title:\n  ko: 밤에 일하기\n")


def test_a_question_becomes_a_way_of_asking_and_is_answered_now(desk: Desk, kim: Coordinator, lee: Coordinator) -> None:
    question = "철수네처럼 초불 켜고 생일 쇠는 모임에 나가자면 010-2345-6789"
    cleaned = "철수네처럼 초불 켜고 생일 쇠는 모임에 나가자면"
    anna, ticket = ticket_of(desk, cleaned)
    add = next(label for label in labels(ticket) if label.startswith("더하기"))
    id_ = {label: each for row in ticket.buttons for label, each in row}[add].removeprefix("#a:")
    edit, careful = kim.presses(add, on=ticket)[-2:]
    assert f"+ {cleaned}" in code(edit)
    assert "이 말 다듬기" in careful.text
    prompt = kim.presses("이 말 다듬기", on=edit)[-1]
    assert code(prompt) == cleaned
    edit = kim.says("초불 켜고 생일 쇠는 모임에 나가자면", reply_to=prompt)[-1]
    assert "철수" not in edit.text
    report = proposed(kim, edit)
    assert "맞는 답이 첫째" in report.text
    assert "물은 사람에게 알렸습니다" in confirmed(lee, report).text
    assert "안내가 생겼습니다" in anna.shown[-1].text
    assert data(anna.shown[-1], "e+:ko:") == f"e+:ko:{id_}"
    assert id_ in "".join(str(sent.data) for sent in desk.newcomer().says("초불 켜고 생일 쇠는 모임에 나가자면"))
    assert question not in "".join(desk.texts().values())


# --- retiring ---


def test_an_entry_is_retired_in_favour_of_a_related_one_and_old_buttons_lead_on(
    desk: Desk, kim: Coordinator, lee: Coordinator
) -> None:
    before, old = desk.texts(), card(desk, "driving-worth")
    asked = yaml_text.read(before[entry_name("driving", "driving-worth")]).value["ask"]["ko"][0]
    ask = kim.presses("항목 없애기", on=kim.says("/show driving-worth")[-1])[-1]
    choose = next(label for label in labels(ask) if label.endswith("(driving-licence)"))
    edit = kim.presses(choose, on=ask)[-1]
    assert "stages.yaml" in edit.text or "그 밖에" in edit.text
    report = proposed(kim, edit)
    assert "없앨 항목 · driving-worth" in report.text
    confirmed(lee, report)
    assert entry_name("driving", "driving-worth") not in desk.texts()
    assert "driving-worth: driving-licence" in desk.text("advice/retired.yaml")
    new = card(desk, "driving-licence")
    assert old.text != card(desk, "driving-worth").text == new.text
    assert asked in desk.text(entry_name("driving", "driving-licence"))
    assert "· driving-licence" in kim.says("/show driving-worth")[-1].text


# --- by hand ---


def test_a_file_changed_by_hand_is_taken_up_and_a_broken_one_is_told_of_while_the_bot_answers_on(desk: Desk) -> None:
    name = entry_name("support", "health-care")
    path, text, before = desk.knowledge / name, desk.text(name), len(desk.server.sent_to(GROUP))
    path.write_text(text.replace("  ko: ", "  ko: 여는 값: ", 1), encoding="utf-8")
    said = eventually(desk, f"{name}:2", before)
    assert "고친 파일에 문제가 있어 쓰지 않습니다" in said.text
    assert "mapping values" in said.text
    assert card(desk, "health-care").text
    before = len(desk.server.sent_to(GROUP))
    path.write_text(text.replace("  ko: ", "  ko: 손으로 고친 ", 1), encoding="utf-8")
    said = eventually(desk, "파일을 고친 것을 읽었습니다", before)
    assert name in said.text
    assert card(desk, "health-care").text.startswith("손으로 고친 ")
    lines = desk.somebody().says("/history health-care")[-1]
    assert len(lines.data) == 1, "a change by hand is history, too"


def test_a_change_by_hand_that_silences_urgent_wordings_is_not_taken_up(desk: Desk) -> None:
    path, text, before = desk.knowledge / "urgent.yaml", desk.text("urgent.yaml"), len(desk.server.sent_to(GROUP))
    path.write_text(silencing(text), encoding="utf-8")
    said = eventually(desk, "위급 카드가 나오지 않게 되는 말", before)
    assert "쓰지 않습니다" in said.text
    assert "위급 카드 →" in said.text
    assert "109" in desk.newcomer().says("그만 살고 싶슴다")[-1].text
    path.write_text(text, encoding="utf-8")


def silencing(text: str) -> str:
    """Return urgent.yaml with few triggers for one kind, and only such wordings as those still hear: no check fails."""
    value, kind = yaml_text.read(text).value, "crisis-suicide"
    value["kinds"][kind]["triggers"] = value["kinds"][kind]["triggers"][:8]
    check = urgent_check(read_source("urgent.yaml", yaml_text.write(value).encode()).value)
    heard = value["kinds"][kind]["heard"]
    value["kinds"][kind]["heard"] = {
        code: [each for each in texts if kind in check.kinds_in(each)] for code, texts in heard.items()
    }
    return yaml_text.write(value)


def test_a_trigger_taken_away_by_hand_is_told_with_the_wordings_that_nothing_hears(desk: Desk) -> None:
    path, text, before = desk.knowledge / "urgent.yaml", desk.text("urgent.yaml"), len(desk.server.sent_to(GROUP))
    value = yaml_text.read(text).value
    value["kinds"]["crisis-coercion"]["triggers"] = value["kinds"]["crisis-coercion"]["triggers"][:3]
    path.write_text(yaml_text.write(value), encoding="utf-8")
    said = eventually(desk, "[kinds.crisis-coercion.heard", before)
    assert "urgent.yaml:" in said.text
    assert "쓰지 않습니다" in said.text
    path.write_text(text, encoding="utf-8")


# --- one reviewer; busy, and told to stop ---


@pytest.fixture
def alone(tmp_path: Path, small_folder: Path, small_weights: Path) -> Iterator[Desk]:
    """Return a desk of one person."""
    with open_desk(prepared(tmp_path, small_folder, small_weights), REVIEWERS="1") as desk:
        yield desk


def test_one_reviewer_confirms_alone_newcomers_are_answered_meanwhile_and_the_bot_stops_when_told(alone: Desk) -> None:
    kim = alone.somebody()
    edit = changed(kim, "work-keep", "answer.ko.lead", "오래 다니려면 먼저 물어보세요.")
    asked = kim.presses("묻는 말 더하기", on=edit)[-1]
    edit = kim.says("한 직장에 끝까지 붙어 있자면 어떡하나", reply_to=asked)[-1]
    kim.presses("올리기", on=edit)
    times: list[float] = []
    while not any(map(has_button(CONFIRM), alone.server.showing(GROUP))) and len(times) < 200:
        began = time.monotonic()
        assert alone.newcomer().says("면허 어떻게 따요")
        times.append(time.monotonic() - began)
    assert len(times) > 3, "it was measured meanwhile"
    assert median(times) < 1.0
    kim.server.wait_for(lambda server: any(map(has_button(CONFIRM), server.showing(GROUP))), MEASURED)
    report = next(filter(has_button(CONFIRM), alone.server.showing(GROUP)))
    assert "다른 사람이" not in report.text
    confirmed(kim, report)
    assert "오래 다니려면" in card(alone, "work-keep").text
    kim.presses("올리기", on=changed(kim, "work-find", "title.ko", "일자리 찾는 법"))
    began = time.monotonic()
    alone.process.send_signal(signal.SIGTERM)
    assert alone.process.wait(30) == 0
    assert time.monotonic() - began < 10
    assert "일자리 찾는 법" not in alone.text(entry_name("work", "work-find"))
    assert "Traceback" not in alone.log
