"""Somebody at the coordinators' desk in a test, and a small knowledge that is learnt in moments."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botapi.server import BotApiServer, Sent
from newcomer import PATIENCE, PROJECT

from bot.core.knowledge import yaml_text
from bot.sealing import new_key

GROUP = -1_001_234_500
"""The coordinators' group."""
ONE, OTHER = 7_100_001, 7_100_002
"""Two coordinators."""
NO_LIMITS = {"MESSAGES_PER_SECOND": "0", "CHAT_BURST": "0"}
"""Tests are faster than people, and the tests' server takes any number of messages."""
MEASURED = 120.0
"""Seconds within which a change is measured, on a slow machine with much to do."""
_KEPT = {"ko": 14, "en": 5, "zh": 3}
_OF_LISTS = 120
_LISTS = ("not_covered.yaml", "urgent_texts.yaml")


def small_knowledge(folder: Path) -> Path:
    """Copy the project's knowledge to `folder` with few ways of asking: all checks hold, and learning takes moments."""
    shutil.copytree(PROJECT / "knowledge", folder)
    for path in (folder / "advice").glob("*/*.yaml"):
        value = yaml_text.read(path.read_text(encoding="utf-8")).value
        value["ask"] = {code: texts[: _KEPT[code]] for code, texts in value["ask"].items()}
        path.write_text(yaml_text.write(value), encoding="utf-8")
    for name in _LISTS:
        value = yaml_text.read((folder / name).read_text(encoding="utf-8")).value
        (folder / name).write_text(yaml_text.write(_shortened(value)), encoding="utf-8")
    return folder


def _shortened(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shortened(each) for key, each in value.items()}
    return value[:_OF_LISTS] if isinstance(value, list) else value


def desk_settings(knowledge: Path, key: str = "", **more: str) -> Mapping[str, str]:
    """Return the variables that give a bot the coordinators' group, a key and a knowledge of its own."""
    own = {"COORDINATORS_CHAT_ID": str(GROUP), "TICKET_KEY": key or new_key(), "KNOWLEDGE_DIR": str(knowledge)}
    return own | NO_LIMITS | more


@dataclass(slots=True)
class Coordinator:
    """One person in the coordinators' group."""

    server: BotApiServer
    user: int = ONE
    chat: int = GROUP
    language: str = "ko"

    def says(
        self, text: str, *, reply_to: Sent | None = None, until: Callable[[Sent], bool] | None = None
    ) -> list[Sent]:
        """Write into the group, perhaps as a reply; return what the bot showed there then.

        What takes long is waited for with `until`: it is true of the last message that is wanted.
        """
        earlier = reply_to.message_id if reply_to else None
        return self.does(
            lambda: self.server.say(
                self.chat,
                text,
                user_id=self.user,
                chat_type="supergroup",
                reply_to=earlier,
                language_code=self.language,
            ),
            until,
        )

    def presses(self, label: str, on: Sent, until: Callable[[Sent], bool] | None = None) -> list[Sent]:
        """Press the button with that label under a message; return what came."""
        data = next((data for row in on.buttons for text, data in row if text == label), None)
        assert data, f"no button “{label}” in {[text for row in on.buttons for text, _ in row]}"
        return self.presses_data(data, on, until)

    def presses_data(self, data: str, on: Sent, until: Callable[[Sent], bool] | None = None) -> list[Sent]:
        """Press a button by what it carries; return what came."""
        return self.does(lambda: self._pressed(data, on), until)

    def told(self, label: str, on: Sent) -> str:
        """Press a button; return what the person is told at once, in a small window."""
        data = next(data for row in on.buttons for text, data in row if text == label)
        update = self._pressed(data, on)
        self.server.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
        return self.server.told(update)[0]

    def does(self, act: Callable[[], int], until: Callable[[Sent], bool] | None = None) -> list[Sent]:
        """Do anything that brings an update; return what the bot showed in the group from then on.

        A picture that is drawn beside, perhaps for somebody else, is only among it where something is waited for.
        """
        before = len(self.server.sent_to(self.chat))
        update = act()
        self.server.wait_for(lambda server: server.acknowledged(update), timeout=PATIENCE)
        if until:
            self.server.wait_for(lambda server: any(map(until, server.sent_to(self.chat)[before:])), timeout=MEASURED)
        return [sent for sent in self.server.sent_to(self.chat)[before:] if until or sent.method != "sendPhoto"]

    def _pressed(self, data: str, on: Sent) -> int:
        return self.server.press(
            self.chat, on.message_id, data, user_id=self.user, shown=False, language_code=self.language
        )


def has(text: str) -> Callable[[Sent], bool]:
    """Return a question of a message: does it show this?"""
    return lambda sent: text in sent.text


def has_button(label: str) -> Callable[[Sent], bool]:
    """Return a question of a message: is there a button with this label?"""
    return lambda sent: any(text == label for row in sent.buttons for text, _ in row)
