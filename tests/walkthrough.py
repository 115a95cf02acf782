"""What a newcomer meets, as it is: scenes played against the running bot, written down for the README.

    python tests/walkthrough.py            prints the scenes
    python tests/walkthrough.py --write    puts them into README.md

tests/test_walkthrough.py fails when the README tells other than the bot says.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from botapi.server import BotApiServer, Sent
from newcomer import PATIENCE, PROJECT, Newcomer, environment_with, running

BEGIN, END = "<!-- walk-through: begin (python tests/walkthrough.py --write) -->", "<!-- walk-through: end -->"
SHOWN_LINES = 7
"""So many lines of a message are written down; the rest is "…"."""
_FINGERPRINT = re.compile(r"\b[0-9a-f]{12}\b")


class Scene:
    """One person's chat, written down as it goes."""

    def __init__(self, server: BotApiServer, chat: int, title: str, language: str = "ko") -> None:
        self.person = Newcomer(server, chat, language)
        self.lines = [f"**{title}**", "", "```text"]

    def says(self, text: str, lines: int = SHOWN_LINES) -> None:
        """Write down what is said and what the bot shows for it."""
        self._heard(f"> {text}", self.person.says(text), lines)

    def presses(self, label: str, lines: int = SHOWN_LINES) -> None:
        """Write down a press and what it brings."""
        self._heard(f"> [{label}]", self.person.presses(label), lines)

    def sends_place(self, latitude: float, longitude: float, lines: int = SHOWN_LINES) -> None:
        """Write down a shared location and what it brings."""
        chat, server = self.person.chat, self.person.server
        came = self.person.does(lambda: server.location(chat, latitude=latitude, longitude=longitude))
        self._heard("> (위치를 보냄 · sends a location)", came, lines)

    def looks_for(self, words: str) -> None:
        """Write down what is offered in another chat for words behind the bot's name."""
        server = self.person.server
        update = server.inline(self.person.chat, words, language_code=self.person.language)
        server.wait_for(lambda server: server.inline_answer(update), timeout=PATIENCE)
        answer = server.inline_answer(update)
        assert answer is not None
        self.lines += [f"> @{server.username} {words}"]
        self.lines += [f"  {result.title} — {result.description}" for result in answer.results[:3]]
        self.lines += [f"  … ({len(answer.results)})", ""]

    def _heard(self, said: str, came: list[Sent], lines: int) -> None:
        self.lines.append(said)
        for sent in came:
            self.lines += [*_shortened(sent.text, lines), *_buttons(sent), ""]

    def written(self) -> str:
        """Return the scene as Markdown."""
        return "\n".join([*self.lines[:-1], "```"])


def _shortened(text: str, lines: int) -> Iterator[str]:
    found = [line for line in _FINGERPRINT.sub("…", text).splitlines() if line]
    yield from (f"  {line}" for line in found[:lines])
    if len(found) > lines:
        yield "  …"


def _buttons(sent: Sent) -> list[str]:
    return ["  " + " ".join(f"[{label}]" for label, _ in row) for row in sent.buttons]


def lost(scene: Scene) -> None:
    """Three taps for somebody who does not know what to ask."""
    scene.says("/start", 3)
    for label in ("무엇을 물어야 할지 모르겠어요", "첫 한 달", "인터넷과 전화"):
        scene.presses(label)
    scene.presses(scene.person.shown[-1].buttons[0][0][0], 3)


def northern(scene: Scene) -> None:
    """A question as it is said in the North; then a short one about the same."""
    scene.says("면허 따자면 어떻게 해야 함까", 6)
    scene.says("그럼 얼마예요?", 2)  # what it costs is withheld once it is overdue: no transcript may depend on the day


def below_a_card(scene: Scene) -> None:
    """What to hold up, what the words mean, and that it was too hard."""
    scene.says("월급을 두 달째 못 받았어요", 3)
    card = scene.person.shown[-1]
    for label in ("창구에서 보여 줄 글", "이 답의 말 풀이", "도움이 안 됐어요"):
        scene._heard(f"> [{label}]", scene.person.presses(label, on=card)[:1], 4)
    scene.presses("말이 어려워요", 3)


def words(scene: Scene) -> None:
    """A word in either direction, and one that is spelt otherwise."""
    scene.says("로임을 여기서는 뭐라고 해요", 4)
    scene.says("/word 알봐")
    scene.presses("알바", 4)


def centers(scene: Scene) -> None:
    """A center by name and by position."""
    scene.says("부산 사상구", 3)
    scene.sends_place(33.45, 126.55, 4)


def offer(scene: Scene) -> None:
    """An offer that is told, and one that is ticked."""
    scene.says("아는 언니가 통장을 빌려주면 돈을 준다면서 아무한테도 말하지 말래요", 12)


def urgent(scene: Scene) -> None:
    """A cry for help."""
    scene.says("그만 살고 싶슴다")


def languages(scene: Scene) -> None:
    """English, and Chinese."""
    scene.says("how do I open a bank account", 3)
    scene.says("怎么考驾照", 2)


def inline(scene: Scene) -> None:
    """A card for another chat."""
    scene.looks_for("면허")


def nothing_kept(scene: Scene) -> None:
    """What is kept, and how to be rid of the chat."""
    scene.says("/mydata")
    scene.says("지우기")


SCENES: Mapping[str, Callable[[Scene], None]] = {
    "무엇을 물어야 할지 모를 때 · Not knowing what to ask": lost,
    "고향 말로 묻고 이어 묻기 · In words from home": northern,
    "카드 아래 · Below a card": below_a_card,
    "낱말 · Words": words,
    "하나센터 · Hana Centers": centers,
    "제안이 안전한가 · Is an offer safe": offer,
    "위급할 때 · Urgent": urgent,
    "영어와 중국어 · English and Chinese": languages,
    "다른 대화방에서 · In another chat": inline,
    "남는 것과 지우기 · What is kept, and clearing": nothing_kept,
}


def played(data_folder: Path, folder: Path) -> str:
    """Return all scenes as Markdown, played with the weights in `data_folder`; `folder` is the bot's own."""
    with BotApiServer() as server, running(server, environment_with(data_folder, folder), folder / "log"):
        scenes = []
        for chat, (title, play) in enumerate(SCENES.items(), 50_001):
            scene = Scene(server, chat, title)
            play(scene)
            scenes.append(scene.written())
        assert server.refused == [], server.refused
    return "\n\n".join(scenes)


def main() -> None:
    """Play the scenes; print them or put them into the README."""
    with TemporaryDirectory() as data, TemporaryDirectory() as own:
        command = [sys.executable, "-m", "bot.fit", str(PROJECT / "knowledge"), str(Path(data) / "weights.npz")]
        subprocess.run(command, check=True, cwd=PROJECT)
        told = played(Path(data), Path(own))
    if "--write" not in sys.argv:
        print(told)
        return
    readme = PROJECT / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    readme.write_text(f"{before}{BEGIN}\n\n{told}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
