"""The chat on standard input and output: the only door to rich."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, fields
from typing import TypeVar

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from bot.core.engine import Engine
from bot.core.model import Action, Block, Button, Language, Part, Reply, Verb
from bot.evaluation import Figures

COMMANDS: Mapping[str, Verb] = {
    "/start": Verb.START,
    "/help": Verb.HELP,
    "/menu": Verb.MENU,
    "/privacy": Verb.PRIVACY,
}
QUIT = frozenset(["/quit", "/exit"])
_STYLES: Mapping[Part, str] = {Part.TITLE: "bold", Part.VOICE: "italic", Part.SMALL: "dim"}


def chat(engine: Engine, read: Callable[[], str], console: Console) -> None:
    """Talk until the input ends or somebody leaves; `read` returns a line or raises EOFError."""
    language = Language.KO
    buttons: list[Button] = []
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
        reply = respond(engine, typed, buttons, language)
        language = reply.language
        console.print()
        buttons = show(reply, console, engine.knowledge.phrases[language].terminal_choose)


def respond(engine: Engine, typed: str, buttons: Sequence[Button], language: Language) -> Reply:
    """Return the reply to a line: a command, the number of a button, or a question."""
    if typed in COMMANDS:
        return engine.open(Action(COMMANDS[typed], language)) or engine.answer(typed)
    if typed.isdecimal() and 0 < int(typed) <= len(buttons):
        opened = engine.open(buttons[int(typed) - 1].action)
        return opened or engine.answer(typed)
    if not typed:
        return Reply((Block(Part.TEXT, (engine.knowledge.phrases[language].empty,)),), language=language)
    return engine.answer(typed)


def show(reply: Reply, console: Console, choose: str = "") -> list[Button]:
    """Print a reply; return its buttons in the order in which they are numbered."""
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
    """Return the figures of an evaluation as a table, shares in per cent."""
    made = Table(title=title)
    for column in (field.name for field in fields(Figures)):
        made.add_column(column, justify="left" if column == "group" else "right", no_wrap=True)
    for each in figures:
        made.add_row(*(_cell(value) for value in asdict(each).values()))
    return made


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{100 * value:.1f}" if isinstance(value, float) else str(value)


def waiting(console: Console, sentence: str) -> AbstractContextManager[object]:
    """Show `sentence` while something takes time."""
    return console.status(Text(sentence))


T = TypeVar("T")


def counted(items: Sequence[T], console: Console, name: str) -> Iterable[T]:
    """Yield `items` under a progress bar."""
    return track(items, description=name, console=console)
