"""Somebody who uses the bot in a test: says something, presses a button by its label or by what it does, reads."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from botapi.server import BotApiServer, Sent
from botapi.wire import Wire

PROJECT = Path(__file__).parent.parent
PATIENCE = 30.0
"""Seconds within which the bot has answered, on a slow machine with much to do."""


@contextmanager
def running(
    telegram: BotApiServer | Wire, environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run the bot until the block ends, over a wire if one is given; its standard error goes to `log`."""
    with started("run", {**environment, **telegram.environment}, log) as process:
        yield process


@contextmanager
def started(command: str, environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of the bot's until the block ends; its standard error goes to `log`."""
    with log.open("ab") as errors:
        arguments = [sys.executable, "-m", "bot", command]
        process = subprocess.Popen(arguments, cwd=PROJECT, env=dict(environment), stdout=errors, stderr=errors)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def free_port() -> int:
    """Return a port on which nobody listens now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def environment_with(data_folder: Path, folder: Path) -> dict[str, str]:
    """Return an environment for a process of the bot: its own folder, the weights fitted in `data_folder`, no token."""
    (folder / "weights.npz").symlink_to(data_folder / "weights.npz")
    unset = ("TELEGRAM_", "LOG_", "DATABASE_", "WEBHOOK_", "MONITOR_", "MESSAGES_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(unset)} | {"MONITOR_LISTEN": "off"}
    return {**own, "DATABASE_PATH": str(folder / "counters.sqlite3"), "PYTHONPATH": str(PROJECT), "COLUMNS": "200"}


@dataclass(slots=True)
class Newcomer:
    """One person in one chat with the bot."""

    server: BotApiServer
    chat: int
    language: str = "ko"

    def says(self, text: str) -> list[Sent]:
        """Send a text; return what the bot showed for it."""
        return self.does(lambda: self.server.say(self.chat, text, language_code=self.language))

    def does(self, act: Callable[[], int]) -> list[Sent]:
        """Do anything that brings an update; return what the bot showed until it had dealt with it."""
        before = len(self.server.sent_to(self.chat))
        update = act()
        self.server.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
        return self.server.sent_to(self.chat)[before:]

    def presses(self, label: str, *, on: Sent | None = None) -> list[Sent]:
        """Press the button with that label, under the last message that has one or under `on`; return what came."""
        found = self._with(lambda text, _: text == label, on)
        assert found, (
            f"no button “{label}” in {[text for sent in self.shown for row in sent.buttons for text, _ in row]}"
        )
        return self.presses_data(*found)

    def presses_kind(self, start: str, *, on: Sent | None = None) -> list[Sent]:
        """Press the first button whose data begins like that; return what came."""
        found = self._with(lambda _, data: data.startswith(start), on)
        assert found, f"no button {start!r} in {[sent.data for sent in self.shown]}"
        return self.presses_data(*found)

    def presses_data(self, on: Sent, data: str) -> list[Sent]:
        """Press a button; return what came."""
        code = self.language
        return self.does(lambda: self.server.press(self.chat, on.message_id, data, language_code=code))

    @property
    def shown(self) -> list[Sent]:
        """The bot's messages as the chat shows them now."""
        return self.server.showing(self.chat)

    def _with(self, wanted: Callable[[str, str], bool], on: Sent | None) -> tuple[Sent, str] | None:
        for sent in [on] if on else reversed(self.shown):
            for row in sent.buttons:
                for label, data in row:
                    if wanted(label, data):
                        return sent, data
        return None
