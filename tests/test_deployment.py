"""The unit and the container file of the README are what the program needs, and as closed as they say."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import PROJECT

from bot.console import BAD_INPUT, FAULT, TRY_LATER
from bot.settings import NAMES, read_settings
from bot.telegram.desk_room import FINISHING
from bot.telegram.polling import GRACE

README = (PROJECT / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## Deployment")[2].partition("\n## ")[0]
SECRETS = ("TELEGRAM_BOT_TOKEN", "TICKET_KEY", "COORDINATORS_CHAT_ID")
OF_PYTHON = ("TMPDIR", "PYTHONDONTWRITEBYTECODE")
OPT = "/opt/gildongmu"
ANALYZE = shutil.which("systemd-analyze")
EXPOSURE = 15
"""Tenths, of 100: 13 was measured with systemd 252."""

CLOSED = (
    "LimitCORE=0", "MemorySwapMax=0", "UMask=0077", "NoNewPrivileges=yes", "CapabilityBoundingSet=",
    "AmbientCapabilities=", "PrivateUsers=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes",
    "PrivateDevices=yes", "PrivateIPC=yes", "ProtectProc=invisible", "ProcSubset=pid", "ProtectClock=yes",
    "ProtectControlGroups=yes", "ProtectHostname=yes", "ProtectKernelLogs=yes", "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes", "RestrictAddressFamilies=AF_INET AF_INET6", "RestrictNamespaces=yes",
    "RestrictRealtime=yes", "RestrictSUIDSGID=yes", "LockPersonality=yes", "MemoryDenyWriteExecute=yes",
    "SystemCallArchitectures=native", "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged",
    "StateDirectoryMode=0700", "RuntimeDirectoryMode=0700", "KillMode=mixed", "OOMPolicy=continue",
)  # fmt: skip
CLOSED_CONTAINER = (
    "--read-only", "--tmpfs /tmp:rw,noexec,nosuid,nodev", "--cap-drop ALL", "--security-opt no-new-privileges",
    "--ulimit core=0", "--pids-limit", "--env-file", "--init", "--memory 1800m --memory-swap 1800m",
)  # fmt: skip


def block(language: str, start: str) -> str:
    """Return the one fenced block of the section in `language` that begins with `start`."""
    (found,) = [text for text in re.findall(rf"```{language}\n(.*?)```", SECTION, re.DOTALL) if text.startswith(start)]
    return str(found)


UNIT = block("ini", "[Unit]")
CONTAINER = block("dockerfile", "FROM")
IGNORED = block("text", "*")
INSTALLING = block("sh", "sudo useradd")
DOCKER = block("sh", "docker build")


def said(name: str) -> list[str]:
    """Return the values that the unit gives to `name`, in order."""
    return [line.partition("=")[2] for line in UNIT.splitlines() if line.startswith(f"{name}=")]


def variables() -> dict[str, str]:
    """Return the environment that the unit sets."""
    return dict(each.split("=", 1) for each in said("Environment"))


def container_variables() -> dict[str, str]:
    return dict(each.split("=", 1) for line in instructions("ENV") for each in line.split())


def instructions(name: str) -> list[str]:
    whole = CONTAINER.replace("\\\n", " ")
    return [line.partition(" ")[2] for line in whole.splitlines() if line.startswith(f"{name} ")]


def test_only_what_may_work_later_is_started_again() -> None:
    assert said("Restart") == ["on-failure"]
    assert said("RestartPreventExitStatus") == [str(BAD_INPUT)]
    assert int(said("StartLimitBurst")[0]) * int(said("RestartSec")[0]) < 24 * 3600, "else the limit is never reached"
    assert said("StartLimitIntervalSec") == ["1d"]
    rows = re.findall(r"^\| (\d+) \|.*\| ([a-z ]+)", SECTION, re.MULTILINE)
    again = {int(code): what.startswith("starts again") for code, what in rows}
    assert again == {0: False, BAD_INPUT: False, FAULT: True, TRY_LATER: True}


def test_a_stop_waits_until_what_is_in_hand_is_finished() -> None:
    assert int(said("TimeoutStopSec")[0]) > GRACE + FINISHING
    (seconds,) = re.findall(r"--stop-timeout (\d+)", DOCKER)
    assert int(seconds) > GRACE + FINISHING
    assert instructions("STOPSIGNAL") == ["SIGTERM"]


def test_every_variable_is_a_setting_and_none_is_a_secret() -> None:
    for names in (variables().keys(), container_variables().keys()):
        assert {"KNOWLEDGE_DIR", "DATABASE_PATH"} <= names <= {*NAMES, *OF_PYTHON} - {*SECRETS}
    for text in (UNIT, CONTAINER, DOCKER, INSTALLING):
        assert not [name for name in SECRETS if name in text]
        assert not re.search(r"\d{5,}:[\w-]{10,}|[\w+/-]{43}=", text), "looks like a token or a key"


def test_all_that_is_written_stands_in_folders_that_nobody_else_may_read() -> None:
    (state,), (run,) = said("StateDirectory"), said("RuntimeDirectory")
    assert variables()["KNOWLEDGE_DIR"].startswith(f"/var/lib/{state}/")
    assert variables()["DATABASE_PATH"].startswith(f"/var/lib/{state}/")
    assert variables()["TMPDIR"] == f"/run/{run}", "in memory, and gone with the service"
    assert said("WorkingDirectory") == [f"/var/lib/{state}"], "no .env lies there"
    volumes = instructions("VOLUME")
    assert all(container_variables()[name].startswith(f"{volumes[0]}/") for name in ("KNOWLEDGE_DIR", "DATABASE_PATH"))
    assert f"dst={volumes[0]}" in DOCKER


def test_nobody_is_root() -> None:
    assert said("User") == said("Group") == ["gildongmu"]
    assert f"useradd --system --home-dir /var/lib/gildongmu --shell /usr/sbin/nologin {said('User')[0]}" in INSTALLING
    (user,) = instructions("USER")
    assert re.fullmatch(r"[1-9]\d{4}:[1-9]\d{4}", user)
    assert CONTAINER.index("\nUSER ") < CONTAINER.index("\nENTRYPOINT ")


@pytest.mark.parametrize("line", CLOSED)
def test_the_unit_closes_what_the_bot_does_not_need(line: str) -> None:
    assert line in UNIT.splitlines()


@pytest.mark.parametrize("option", CLOSED_CONTAINER)
def test_the_container_is_closed_when_it_is_started(option: str) -> None:
    assert option in DOCKER.replace("\\\n   ", "")


def test_memory_is_bounded_alike_in_both() -> None:
    assert [each.lower() for each in said("MemoryMax")] == re.findall(r"--memory (\w+)", DOCKER)


def test_an_image_takes_what_is_named_and_no_settings() -> None:
    copied = [each for line in instructions("COPY") for each in line.split()[:-1] if not each.startswith("--")]
    assert {"pyproject.toml", "bot", "knowledge"} <= {*copied}
    assert [each for each in copied if not (PROJECT / each).exists() and not each.startswith("/app")] == []
    assert not [each for each in copied if each in (".", "./", "*") or ".env" in each]
    assert instructions("FROM") == ["python:3.12-slim AS build", "python:3.12-slim"], "no host of a registry"
    allowed = [line for line in IGNORED.splitlines() if line.startswith("!")]
    assert IGNORED.splitlines()[0] == "*"
    assert "**/.env" in IGNORED.splitlines()[len(allowed) :]
    for each in copied:
        assert each.startswith("/app") or any(Path(each).match(line[1:]) for line in allowed), each


def test_the_container_is_asked_for_its_health_where_the_bot_tells_it() -> None:
    address = read_settings(Path("there-is-none.env"), {}).monitor_listen
    assert address is not None
    assert f"http://{address.host}:{address.port}/healthz" in instructions("HEALTHCHECK")[0]


def test_the_first_start_copies_the_knowledge_and_later_ones_leave_it(tmp_path: Path) -> None:
    (line,) = said("ExecStartPre")
    copying = re.fullmatch(r"/bin/sh -c '(.*)'", line)
    assert copying
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a.yaml").write_text("first")
    (tmp_path / "knowledge.new").mkdir()
    (tmp_path / "knowledge.new" / "half.yaml").write_text("left by a killed copy")
    command = ["sh", "-c", copying[1].replace(f"{OPT}/knowledge", str(tmp_path / "from"))]
    assert command[2] != copying[1]
    for text in ("first", "second"):
        (tmp_path / "from" / "a.yaml").write_text(text)
        subprocess.run(command, check=True, cwd=tmp_path)
        assert [path.name for path in (tmp_path / "knowledge").iterdir()] == ["a.yaml"]
        assert (tmp_path / "knowledge" / "a.yaml").read_text() == "first"
    assert {path.name for path in tmp_path.iterdir()} == {"from", "knowledge"}


def test_the_settings_file_leaves_out_what_would_overrule_the_unit() -> None:
    (expression,) = re.findall(r'umask 077; sed "([^"]+)" \.env\.example > /etc/gildongmu\.env', INSTALLING)
    command = ["sed", expression, str(PROJECT / ".env.example")]
    shown = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    left = [line.partition("=")[0] for line in shown.splitlines() if re.match("[A-Z_]+=", line)]
    assert left == [name for name in NAMES if name not in variables()]
    assert said("EnvironmentFile") == ["/etc/gildongmu.env"]


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed here")
def test_systemd_understands_every_line_and_finds_the_unit_closed(tmp_path: Path) -> None:
    assert ANALYZE
    file = tmp_path / "gildongmu.service"
    file.write_text(UNIT.replace(f"{OPT}/.venv/bin/python", sys.executable), encoding="utf-8")
    verified = subprocess.run([ANALYZE, "verify", "--man=no", str(file)], check=False, capture_output=True, text=True)
    assert [line for line in (verified.stdout + verified.stderr).splitlines() if file.name in line] == []
    command = [ANALYZE, "security", "--no-pager", "--offline=yes", f"--threshold={EXPOSURE}", str(file)]
    judged = subprocess.run(command, check=False, capture_output=True, text=True)
    if "--offline" in judged.stderr:
        pytest.skip("this systemd-analyze cannot judge a file")
    assert judged.returncode == 0, judged.stdout[-200:] + judged.stderr


def slug(heading: str) -> str:
    """Return the name under which a heading can be linked to."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def test_every_link_of_the_security_notice_leads_somewhere() -> None:
    text = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    headings = {slug(line.lstrip("#")) for line in README.splitlines() if re.match("#+ ", line)}
    assert len(links) > 10
    for link in links:
        file, _, heading = link.partition("#")
        assert (PROJECT / file).is_file(), link
        assert not heading or (file == "README.md" and heading in headings), link
    assert "SECURITY.md" in README
