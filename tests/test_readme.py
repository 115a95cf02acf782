"""The README says what is true: its commands are the ones that are run and that exist."""

import re

from conftest import PROJECT
from typer.main import get_command

from bot.__main__ import app
from bot.core.opening import COMMANDS
from bot.settings import NAMES

README = (PROJECT / "README.md").read_text(encoding="utf-8")


def test_the_test_command_of_the_readme_is_the_one_that_ci_runs() -> None:
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in README.splitlines() if line.endswith(".venv/bin/pytest")]
    assert commands
    assert commands[0].strip().replace("install ", "install --quiet ") in script


def test_every_command_and_setting_is_in_the_readme() -> None:
    commands = getattr(get_command(app), "commands")  # noqa: B009 typer's group has them, its type does not say so
    for name in [*commands, *NAMES, *(f"/{command}" for command in COMMANDS)]:
        assert name in README, name


def test_every_test_that_the_readme_names_is_there() -> None:
    named = set(re.findall(r"`(tests/[a-z_/]+\.py)`", README))
    assert len(named) > 20
    assert [name for name in named if not (PROJECT / name).is_file()] == []
