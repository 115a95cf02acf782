"""The chat on standard input and output: the only door to rich."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields
from typing import TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from bot.core.engine import Engine
from bot.core.explaining import Explanation, Sign
from bot.core.model import Block, Button, Language, Part, Reply
from bot.core.opening import COMMANDS
from bot.evaluation import Bin, Figures, Share, calibration_error
from bot.recent import Recent

_SIGNS: Mapping[str, str] = {
    "score": "점수/score", "lead": "앞섬/lead", "over none": "모르는 물음보다/over none",
    "nearest": "가장 가까운 말/nearest", "three nearest": "가까운 세 말/three nearest",
    "nearest over none": "가까움 차이/nearest over none", "three over none": "세 말 차이/three over none",
    "letters": "글자 닮음/letters", "letters lead": "글자 앞섬/letters lead", "known": "아는 조각/known",
    "length": "길이/length",
    "urgent": "위급/urgent", "a part urgent": "한 대목 위급/a part urgent", "of a kind": "한 종류/of a kind",
    "a part of a kind": "한 대목 한 종류/a part of a kind", "near cries": "위급한 말과 가까움/near cries",
    "near harmless ones": "해 없는 말과 가까움/near harmless ones", "near others": "다른 물음과 가까움/near others",
    "of no entry": "모르는 물음 같음/of no entry", "of an entry": "항목 같음/of an entry",
}  # fmt: skip
"""What the signs of ranking.SIGNS and alarm.ALARM_SIGNS are called in front of people."""
_LITTLE = 0.2
"""A sign that adds less to the logarithm of the odds is not worth telling."""
_HERE = 0
"""The one chat of a terminal."""
QUIT = frozenset(["/quit", "/exit"])
_STYLES: Mapping[Part, str] = {Part.TITLE: "bold", Part.VOICE: "italic", Part.SMALL: "dim"}


def chat(engine: Engine, read: Callable[[], str], console: Console) -> None:
    """Talk until the input ends or somebody leaves; `read` returns a line or raises EOFError."""
    language = Language.KO
    buttons: list[Button] = []
    memory = Recent()
    for line in engine.knowledge.phrases[language].terminal_welcome:
        console.print(Text(line))
    while True:
        phrases = engine.knowledge.phrases[language]
        console.print(Text(f"\n{phrases.terminal_prompt}> "), end="")
        try:
            typed = read().strip()
        except (EOFError, KeyboardInterrupt):
            typed = "/quit"
        if typed in QUIT:
            console.print(Text(phrases.terminal_bye))
            return
        reply = respond(engine, typed, buttons, language, memory.topic(_HERE))
        if reply.felt is None:
            memory.remember(_HERE, reply.shown)
        language = reply.language
        if reply.clears:
            console.clear()
            reply = Reply((Block(Part.TEXT, (phrases.terminal_cleared,)),), language=language)
        console.print()
        buttons = show(reply, console, engine.knowledge.phrases[language].terminal_choose)


def respond(engine: Engine, typed: str, buttons: Sequence[Button], language: Language, last: str = "") -> Reply:
    """Return the reply to a line: a command, the number of a button, or a question, perhaps about the topic `last`."""
    command, _, rest = typed.removeprefix("/").partition(" ")
    if typed.startswith("/") and command in COMMANDS:
        return engine.command(command, rest, language)
    if typed.isdecimal() and 0 < int(typed) <= len(buttons):
        opened = engine.open(buttons[int(typed) - 1].action)
        return opened or engine.answer(typed)
    if not typed:
        return Reply((Block(Part.TEXT, (engine.knowledge.phrases[language].empty,)),), language=language)
    return engine.answer(typed, last)


def show(reply: Reply, console: Console, choose: str = "") -> list[Button]:
    """Print a reply; return its buttons in the order in which they are numbered."""
    if reply.alert:
        console.print(Text(reply.alert, style=_STYLES[Part.SMALL]), soft_wrap=True)
    for block in reply.blocks:
        console.print(Text(block_text(block), style=_STYLES.get(block.part, "")), soft_wrap=True)
    buttons = [button for row in reply.buttons for button in row]
    if buttons and choose:
        labels = "  ".join(f"[{number}] {button.label}" for number, button in enumerate(buttons, 1))
        console.print(Text(f"{choose}\n{labels}", style="cyan"), soft_wrap=True)
    if reply.also:
        console.print()
        show(reply.also, console)
    return buttons


def block_text(block: Block) -> str:
    """Return a block as lines of text, steps numbered."""
    lines = [f"{at}. {line}" for at, line in enumerate(block.lines, 1)] if block.part is Part.STEPS else block.lines
    if block.part in (Part.FACTS, Part.CONTACTS, Part.SEARCH, Part.WORDS, Part.VOICE):
        lines = [f"- {line}" for line in block.lines]
    heading = [f"\n{block.heading}"] if block.heading else []
    return "\n".join([*heading, *lines])


def figures_table(title: str, figures: Iterable[Figures]) -> Table:
    """Return the figures of an evaluation as a table: shares in per cent, with their 95 % confidence intervals."""
    made = Table(title=title)
    names = [field.name for field in fields(Figures)]
    for column in names:
        made.add_column(column, justify="left" if column == "group" else "right", no_wrap=True)
    for each in figures:
        made.add_row(*(_cell(getattr(each, name)) for name in names))
    return made


def reliability_table(bins: Sequence[Bin]) -> Table:
    """Return how often the first candidate was right, by its probability, in per cent."""
    made = Table(title=f"probability and truth (expected calibration error {100 * calibration_error(bins):.1f})")
    for column in ("probability", "questions", "mean", "right"):
        made.add_column(column, justify="right", no_wrap=True)
    for each in bins:
        made.add_row(f"{100 * each.low:.0f}+", str(each.right.of), f"{100 * each.mean:.1f}", _cell(each.right))
    return made


def explained(explanation: Explanation) -> Iterator[Text | Table]:
    """Yield why a question was answered as it was, for people to read."""
    alarm, (answer, lead, offer) = explanation.alarm, explanation.bars
    yield Text(f"읽은 모양 / as read ({explanation.language}): {explanation.words}")
    for kind, trigger in explanation.fired:
        yield Text(f"위급한 말 / urgent trigger ({kind}): {trigger}", style="bold")
    raised = "울림 / raised" if alarm.raised else "조용 / silent"
    yield Text(f"위급한 말과 닮음 / alarm: {alarm.kind} {alarm.probability:.2f} (≥ {alarm.bar:.2f}), {raised}")
    yield Text(f"  {_weighed(explanation.alarm_signs)}")
    yield Text(
        f"판단 / judged: {explanation.outcome} (바로 답함 / answers ≥ {answer:.2f}, 앞섬 / lead ≥ {lead:.2f}, "
        f"고르게 함 / offers ≥ {offer:.2f})"
    )
    made = Table(title="왜 / why (+ 도움 · for, - 방해 · against)")
    for column in (
        "항목 / entry",
        "확률 / probability",
        "근거 / signs",
        "낱말 조각 / pieces",
        "가장 가까운 묻는 말 / nearest",
    ):
        made.add_column(column)
    for why in explanation.candidates:
        near = f"{why.nearest} ({why.likeness:.2f})"
        made.add_row(why.id, f"{why.probability:.3f}", _weighed(why.signs), " ".join(why.pieces), near)
    yield made


def _weighed(signs: Iterable[Sign]) -> str:
    """Return the signs that count, the weightiest first."""
    counting = sorted((sign for sign in signs if abs(sign.weight) >= _LITTLE), key=lambda sign: -abs(sign.weight))
    return ", ".join(f"{_SIGNS[sign.name]} {sign.weight:+.1f}" for sign in counting)


def _cell(value: object) -> str:
    if isinstance(value, Share):
        low, high = value.range
        return f"{100 * value.value:.1f} ({100 * low:.0f}-{100 * high:.0f})"
    return "-" if value is None else str(value)


def waiting(console: Console, sentence: str) -> AbstractContextManager[object]:
    """Show `sentence` while something takes time."""
    return console.status(Text(sentence))


T = TypeVar("T")


def counted(items: Sequence[T], console: Console, name: str) -> Iterable[T]:
    """Yield `items` under a progress bar."""
    return track(items, description=name, console=console)
