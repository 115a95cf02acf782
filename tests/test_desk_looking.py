"""The desk looks: at figures, gaps, what is overdue, and takes everything home; against the real process."""

import asyncio
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile

import pytest
from botapi.server import Sent
from coordinator import Coordinator, has_button
from test_desk import Desk, code, data, labels, open_desk, prepared
from test_desk_publishing import CONFIRM, card, confirmed

from bot import store
from bot.core.editing import entry_name, put
from bot.core.knowledge import yaml_text
from bot.core.knowledge.loading import assemble, read_folder
from bot.core.model import Feedback, Language, Outcome
from bot.core.overdue import due

TODAY = date.today()
LAST_WEEK = TODAY - timedelta(days=7)
FIND, LICENCE = entry_name("work", "work-find"), entry_name("driving", "driving-licence")
OLD = "2025-01-31"
SHOWN = {
    ("work-find", Outcome.ANSWERED): 23,
    ("work-find", Outcome.UNSURE): 17,
    ("bank-account", Outcome.ANSWERED): 31,
    ("", Outcome.UNKNOWN): 13,
    ("housing", Outcome.ANSWERED): 4,
    ("id-papers", Outcome.ANSWERED): 3,
    ("car-buy", Outcome.ANSWERED): 2,
    ("driving-licence", Outcome.UNSURE): 3,
    ("housing", Outcome.UNSURE): 3,
    ("crisis-suicide", Outcome.URGENT): 2,
}
"""How often what was shown; what is below five must never be told."""
FELT = {
    ("work-find", Feedback.HELPFUL): 19,
    ("work-find", Feedback.UNHELPFUL): 14,
    ("work-find", Feedback.TOO_HARD): 8,
    ("work-find", Feedback.NOT_TRUE): 1,
    ("housing", Feedback.UNHELPFUL): 4,
    ("car-buy", Feedback.UNHELPFUL): 2,
}


async def fill(path: Path) -> None:
    async with store.open_store(path) as connection:
        for (entry, outcome), times in SHOWN.items():
            for _ in range(times):
                await store.add(connection, {(LAST_WEEK, entry, outcome, Language.KO): 1}, {})
        for (entry, felt), times in FELT.items():
            for _ in range(times):
                await store.add(connection, {}, {(LAST_WEEK, entry, felt, Language.KO): 1})


def overdue(folder: Path) -> Mapping[str, str]:
    """Return the texts of files in which three things are long to be looked at: two facts and a telephone number."""
    places = ((FIND, ("facts", 0)), (LICENCE, ("facts", 0)), ("contacts.yaml", ("police-112",)))
    texts = {}
    for name, path in places:
        value = yaml_text.read((folder / name).read_text(encoding="utf-8")).value
        value = put(value, (*path, "review_by"), OLD)
        texts[name] = yaml_text.write(put(value, (*path, "checked"), "2024-08-01"))
    return texts


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, small_folder: Path, small_weights: Path) -> Iterator[Desk]:
    folder = prepared(tmp_path_factory.mktemp("desk"), small_folder, small_weights, overdue(small_folder))
    asyncio.run(fill(folder / "counters.sqlite3"))
    with open_desk(folder) as desk:
        yield desk
        assert desk.server.refused == [], "Telegram would have refused something"
        assert [line for line in desk.log.splitlines() if " ERROR " in line] == []


@pytest.fixture
def kim(desk: Desk) -> Coordinator:
    return desk.somebody()


def small_counts_in(text: str) -> list[str]:
    """Return the counts below five that a text tells; dates and percents are none."""
    return re.findall(r"(?:: | |, )([1-4])(?=번|\n|$|,| questions)", text)


def test_statistics_are_told_as_text(kim: Coordinator) -> None:
    shown = kim.says("/stats")[0]
    for expected in (
        "지난 4주",
        "99번",
        "일자리 찾기: 40, 도움이 됨 58%",
        "통장",
        "도움이 됨",
        LAST_WEEK.strftime("%Y-"),
    ):
        assert expected in shown.text
    assert kim.presses("얼마나 쓰였나", on=kim.says("/desk")[-1])[0].text == shown.text


@pytest.mark.skipif(not find_spec("matplotlib"), reason="the extra “plots” is not installed")
def test_statistics_are_drawn_as_a_picture(kim: Coordinator) -> None:
    shown = kim.does(lambda: kim.server.say(kim.chat, "/stats", user_id=kim.user, chat_type="supergroup"), is_picture)
    picture = next(filter(is_picture, shown))
    assert picture.file.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(picture.file) > 10_000


def is_picture(sent: Sent) -> bool:
    return sent.method == "sendPhoto"


def test_gaps_name_the_entries_that_failed_people_and_lead_to_them(kim: Coordinator) -> None:
    shown = kim.says("/gaps")[-1]
    assert "일자리 찾기: 고르게 함 17, 도움이 안 됨 14 (말이 어려움 8" in shown.text
    assert "어느 항목에도 없는 물음: 13번" in shown.text
    assert "· work-find" in kim.presses("일자리 찾기", on=shown)[-1].text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_small_counts_are_never_told_nor_whose_they_are(desk: Desk, language: str) -> None:
    person = desk.somebody(language)
    told = "\n".join(sent.text for command in ("/stats", "/gaps", "/export") for sent in person.says(command))
    assert "work-find" not in told
    assert small_counts_in(told) == []
    for id_ in ("housing", "id-papers", "car-buy", "driving-licence"):
        title = yaml_text.read(next(desk.knowledge.rglob(f"{id_}.yaml")).read_text(encoding="utf-8")).value["title"]
        assert title[language] not in told, "it was shown less than five times"


def test_a_small_count_would_be_found() -> None:
    assert small_counts_in("일자리 찾기: 4번, 통장: 14번\nHousing: 3, helpful 44%\nasked 2") == ["4", "3", "2"]


def exported(kim: Coordinator) -> ZipFile:
    sent = kim.says("/export")[-1]
    assert sent.file_name == f"gildongmu-{TODAY.isoformat()}.zip"
    return ZipFile(io.BytesIO(sent.file))


def test_everything_can_be_taken_home_and_is_what_the_bot_answers_from(desk: Desk, kim: Coordinator) -> None:
    archive = exported(kim)
    names = [name for name in archive.namelist() if name.startswith("knowledge/")]
    assert {name.removeprefix("knowledge/"): archive.read(name).decode() for name in names} == desk.texts()
    assert archive.testzip() is None


def test_statistics_are_taken_home_as_tables_that_hide_what_is_small(kim: Coordinator) -> None:
    archive = exported(kim)
    tables = {
        name: list(csv.DictReader(io.StringIO(archive.read(f"statistics/{name}.csv").decode("utf-8-sig"))))
        for name in ("weeks", "entries", "gaps")
    }
    assert sum(name.startswith("statistics/") for name in archive.namelist()) == len(tables)
    rows = {row["entry"]: row for row in tables["entries"]}
    assert (rows["work-find"]["answered"], rows["work-find"]["unsure"], rows["work-find"]["helpful"]) == (
        "23",
        "17",
        "19",
    )
    assert rows["bank-account"]["answered"] == "31"
    cells = Counter(cell for table in tables.values() for row in table for cell in row.values())
    assert not {"1", "2", "3", "4"} & cells.keys()
    assert cells["<5"]


# --- what is overdue; these come last, for they change it ---


def due_now(desk: Desk) -> int:
    """Return how many things are to be looked at: the three of these tests, and what time has made due since."""
    return len(due(assemble(read_folder(desk.knowledge)), TODAY))


def test_what_is_overdue_is_listed_the_longest_first_with_what_can_be_done(desk: Desk, kim: Coordinator) -> None:
    shown = kim.says("/overdue")[-1]
    assert f"다시 확인할 것 {due_now(desk)}개" in shown.text
    assert shown.text.count(OLD) == 3
    assert "112" in shown.text
    assert [label for label in labels(shown) if label.endswith("아직 맞음")][:3] == [
        f"{at} 아직 맞음" for at in (1, 2, 3)
    ]
    assert {"#e:work-find.facts.0", "#e:driving-licence.facts.0", "#e:@c.police-112"} <= set(shown.data[:6])


def test_change_opens_what_is_overdue(desk: Desk, kim: Coordinator) -> None:
    shown = kim.says("/overdue")[-1]
    prompt = kim.presses_data("#e:work-find.facts.0", shown)[-1]
    fact = yaml_text.read(desk.text(FIND)).value["facts"][0]
    assert fact["id"] in prompt.text
    assert yaml_text.read(code(prompt)).value == fact
    edit = kim.says(code(prompt).replace(OLD, "2027-01-31"), reply_to=prompt)[-1]
    assert code(edit).splitlines() == [f"- review_by: '{OLD}'", "+ review_by: '2027-01-31'"]
    kim.presses("버리기", on=edit)


def test_what_is_still_right_is_confirmed_by_a_second_person_and_due_no_longer(desk: Desk, kim: Coordinator) -> None:
    fact = yaml_text.read(desk.text(LICENCE)).value["facts"][0]
    shown = kim.says("/overdue")[-1]
    report = kim.presses_data(data(shown, f"#k:f.{fact['id']}"), shown, until=has_button(CONFIRM))[-1]
    assert "+ checked: " in code(report)
    before = desk.texts()
    assert "다른 사람이" in kim.told(CONFIRM, on=report)
    assert desk.texts() == before
    confirmed(desk.somebody(), report)
    now = yaml_text.read(desk.text(LICENCE)).value["facts"][0]
    assert now == fact | {"checked": TODAY.isoformat(), "review_by": now["review_by"]}
    assert date.fromisoformat(now["review_by"]) - TODAY in (timedelta(days=180), timedelta(days=365))
    left = kim.says("/overdue")[-1]
    assert f"다시 확인할 것 {due_now(desk)}개" in left.text
    assert fact["id"] not in left.text
    assert fact["ko"] in card(desk, "driving-licence").text


def test_a_telephone_number_that_is_still_right_is_confirmed_too(desk: Desk, kim: Coordinator) -> None:
    shown = kim.says("/overdue")[-1]
    report = kim.presses_data("#k:c.police-112", shown, until=has_button(CONFIRM))[-1]
    confirmed(desk.somebody(), report)
    assert yaml_text.read(desk.text("contacts.yaml")).value["police-112"]["checked"] == TODAY.isoformat()
