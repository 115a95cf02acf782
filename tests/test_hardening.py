"""What keeps words and secrets out of logs, of crash output and of core dumps."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT

from bot.hardening import open_to_others, without_secrets

SECRET = "비밀열쇠말"


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=PROJECT, timeout=60, check=False
    )


LOGGED = f"""
import asyncio, logging, warnings
from bot.hardening import set_up_logging
set_up_logging("DEBUG")
own = logging.getLogger("gildongmu.telegram")
try:
    raise ValueError("{SECRET}")
except ValueError as error:
    own.warning("a fault", exc_info=True)
    for name in ("telegram.request", "telegram.ext.Application", "httpx", "uvicorn.error", "somebody.else", ""):
        for level in range(10, 60, 10):
            logging.getLogger(name).log(level, "he said %s", "{SECRET}", exc_info=True, stack_info=True)
warnings.warn("{SECRET}")
own.info("%d", "{SECRET}")
async def lost():
    asyncio.get_running_loop().call_exception_handler(dict(message="{SECRET}", exception=ValueError("{SECRET}")))
asyncio.run(lost())
"""


def test_of_what_libraries_log_only_place_and_kind_come_through_and_no_traceback_at_all() -> None:
    said = run(LOGGED).stderr
    assert SECRET not in said
    assert "Traceback" not in said
    assert "WARNING gildongmu.telegram: a fault" in said
    assert "ERROR somebody.else: (<string>:" in said
    assert "ValueError" in said
    assert "telegram.request" not in said


def test_a_fault_of_ours_stops_the_program_with_its_kind_and_place_alone() -> None:
    code = f"""
import sys
from bot import __main__ as program
def broken(settings):
    token = "{SECRET}"
    raise KeyError(token)
program.engine_from = broken
sys.argv = ["gildongmu", "ask", "{SECRET}"]
program.main()
"""
    done = run(code)
    assert done.returncode == 70
    assert "KeyError" in done.stderr
    assert SECRET not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="core dumps are switched off in Linux's way")
def test_a_process_that_is_locked_down_leaves_no_core_and_cannot_be_looked_into() -> None:
    code = "from bot.hardening import lock_down; lock_down(); import resource, ctypes;"
    code += "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    assert run(code).stdout == "(0, 0) 0\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_file_that_others_can_read_is_told_from_one_that_they_cannot(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    assert not open_to_others(path)
    path.touch(0o600)
    assert not open_to_others(path)
    path.chmod(0o640)
    assert open_to_others(path)


def test_programs_that_we_start_are_told_neither_the_token_nor_the_key() -> None:
    given = {"TELEGRAM_BOT_TOKEN": SECRET, "TICKET_KEY": SECRET, "PATH": "/bin"}
    assert without_secrets(given) == {"PATH": "/bin"}
    started = [
        path for path in (PROJECT / "bot").rglob("*.py") if re.search(r"Popen\(|_exec\(", path.read_text("utf-8"))
    ]
    assert len(started) >= 3
    assert [path.name for path in started if "without_secrets()" not in path.read_text("utf-8")] == []
