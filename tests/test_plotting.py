"""The picture of the figures: its size, the same bytes each time, no letter missing; a word where it cannot be."""

import asyncio
import struct
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot import plotting, statistics, store
from bot.core.model import Language, Outcome
from bot.hiding import Published
from bot.statistics import Report

TODAY = date(2026, 11, 18)
LONGEST_ID = "abcdefghijklmnopqrstuvwxyz-01234"
PNG = b"\x89PNG\r\n\x1a\n"


def report(weeks: int = 4, entries: tuple[str, ...] = ("work-find", LONGEST_ID, "tax-56789")) -> Report:
    """Return a report in which all there is to draw has something to show."""
    mondays = [statistics.first_day(TODAY, weeks) + timedelta(weeks=n) for n in range(weeks)]
    outcomes = {outcome.value: 5 + 7 * n for n, outcome in enumerate(Outcome)}
    felt = {(entry, said): 9 + n for n, entry in enumerate(entries) for said in ("helpful", "unhelpful")}
    published = Published(
        totals=outcomes,
        weeks={(monday, outcome): times for monday in mondays for outcome, times in outcomes.items()},
        entries={(entry, "answered"): 50 for entry in entries},
        felt_totals={},
        felt=felt,
        reasons={},
    )
    return statistics.report(published, TODAY, weeks)


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-W", "error", "-c", code, *arguments], capture_output=True, check=False)


def test_the_picture_is_a_png_of_1280_by_900() -> None:
    picture = plotting.plot(report())
    assert picture.startswith(PNG)
    assert struct.unpack(">II", picture[16:24]) == (1280, 900)


def test_equal_reports_give_equal_bytes_and_others_do_not() -> None:
    picture = plotting.plot(report())
    assert plotting.plot(report()) == picture
    assert plotting.plot(report(5)) != picture
    assert plotting.plot(report(entries=("work-find",))) != picture


def test_the_picture_holds_no_date_and_no_name_of_a_program() -> None:
    picture = plotting.plot(report())
    assert b"tEXt" not in picture
    assert b"tIME" not in picture


@pytest.mark.parametrize("weeks", [1, 2, 13, 53])
def test_any_number_of_weeks_can_be_drawn(weeks: int) -> None:
    assert plotting.plot(report(weeks)).startswith(PNG)


def test_a_report_without_anything_to_show_can_be_drawn() -> None:
    nothing = statistics.report(Published({}, {}, {}, {}, {}, {}), TODAY)
    assert plotting.plot(nothing).startswith(PNG)


def test_a_letter_that_the_font_does_not_have_would_be_noticed() -> None:
    with pytest.warns(UserWarning, match="missing from font"):
        plotting.plot(report(entries=("일자리",)))


def test_drawing_leaves_no_state_behind_for_others_to_share() -> None:
    code = (
        "import sys; from datetime import date; import matplotlib; from bot import hiding, plotting, statistics;"
        "state = lambda: [matplotlib.rcParams[key] for key in matplotlib.rcParams if key != 'backend'];"  # loads pyplot
        "nothing = statistics.report(hiding.Published({}, {}, {}, {}, {}, {}), date(2026, 11, 18));"
        "before = state(); plotting.plot(nothing);"
        "sys.exit('matplotlib.pyplot' in sys.modules or state() != before)"
    )
    assert run(code).returncode == 0


def test_without_matplotlib_the_room_opens_and_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None; from bot import plotting;"
        "assert not plotting.available(); plotting.main(sys.argv[1], '4')"
    )
    asyncio.run(counted(tmp_path / "counters.sqlite3"))
    done = run(code, str(tmp_path / "counters.sqlite3"))
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.splitlines() == [b"matplotlib is not installed: pip install 'gildongmu[plots]'"]


async def counted(path: Path) -> None:
    async with store.open_store(path) as connection:
        for _ in range(5):
            await store.add(connection, {(date.today(), "work-find", Outcome.ANSWERED, Language.KO): 1}, {})


def test_a_process_of_its_own_draws_the_store_without_touching_it(tmp_path: Path) -> None:
    path = tmp_path / "counters.sqlite3"
    asyncio.run(counted(path))
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-m", "bot.plotting", str(path), "4"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(PNG)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before


def test_where_there_is_no_store_the_process_says_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot.plotting", str(tmp_path / "missing"), "4"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"unable to open database file\n"
