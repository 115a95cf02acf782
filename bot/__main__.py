"""The command line and all wiring: which engine, which face."""

import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from bot import evaluation, terminal
from bot.core.building import engine_for
from bot.core.engine import Engine
from bot.core.explaining import explain
from bot.core.knowledge import checks, forms
from bot.core.knowledge.figure_checks import overdue
from bot.core.knowledge.loading import Source, Unreadable, assemble, canonical, checksum, read_folder
from bot.core.matching import weights as weights_file
from bot.core.matching.weights import Weights
from bot.core.opening import SHOWN_OF_CHECKSUM
from bot.settings import BadSetting, Settings, read_settings, version
from bot.store import NoStore
from bot.telegram import running

app = typer.Typer(add_completion=False, help="길동무: 묻고 답하는 봇 / a companion that answers")
out, err = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
if not out.is_terminal:  # a table in a file or a log is not cut to the width of nothing
    out.width = 160

BAD_INPUT = 2
TERMINAL_INSTEAD = (
    "TELEGRAM_BOT_TOKEN 이 없어 이 화면에서 이야기합니다. / No TELEGRAM_BOT_TOKEN: talking in the terminal."
)
LEARNING = (
    "물음을 알아듣는 법을 익히고 있습니다(처음 한 번, 20초쯤). / "
    "Learning to understand questions (once, about 20 seconds)."
)

Json = Annotated[bool, typer.Option("--json", help="한 줄에 JSON 하나씩 / JSON for machines")]


class NotLearnt(RuntimeError):
    """The weights could not be fitted; the message is the last line of the process that tried."""


@app.callback(invoke_without_command=True)
def default(context: typer.Context) -> None:
    """토큰이 있으면 텔레그램, 없으면 이 화면. / Telegram with a token, else the terminal."""
    if context.invoked_subcommand is None:
        run()


@app.command()
def run() -> None:
    """봇을 켭니다(토큰이 없으면 이 화면에서). / Start the bot: Telegram with a token, else the terminal."""
    settings = read_settings()
    if not settings.telegram_bot_token:
        err.print(TERMINAL_INSTEAD)
        _chat(settings)
        return
    asyncio.run(running.run(settings, engine_from(settings)))


@app.command()
def chat() -> None:
    """이 화면에서 이야기합니다. / Talk in the terminal."""
    _chat(read_settings())


@app.command()
def ask(
    questions: Annotated[
        list[str] | None, typer.Argument(help="물음(없으면 표준 입력) / questions, else stdin")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """한 번 묻고 답을 봅니다. / Ask once and see the answer."""
    engine = engine_from(read_settings())
    for text in questions or _lines():
        reply = engine.answer(text)
        if as_json:
            found = {"text": text, "outcome": reply.outcome, "ids": reply.ids, "scores": reply.scores}
            print(json.dumps(found, ensure_ascii=False), flush=True)
        else:
            terminal.show(reply, out)


@app.command("explain")
def explain_answer(
    question: Annotated[str, typer.Argument(help="물음 / a question")],
    *,
    as_json: Json = False,
) -> None:
    """왜 그렇게 답하는지 봅니다. / See why a question is answered as it is."""
    explanation = explain(engine_from(read_settings()), question)
    if as_json:
        print(json.dumps(asdict(explanation), ensure_ascii=False))
    else:
        for shown in terminal.explained(explanation):
            out.print(shown)


@app.command()
def check() -> None:
    """지식을 검사합니다. / Check the knowledge: every problem of every file, and what must be looked at again."""
    try:
        sources = read_folder(read_settings().knowledge_dir)
        checks.demand_sound(sources)
    except Unreadable as unreadable:
        for problem in unreadable.problems:
            print(problem)
        err.print(f"문제가 {len(unreadable.problems)}개 있습니다. / {len(unreadable.problems)} problems.")
        raise typer.Exit(1) from None
    late = sorted(overdue(sources, date.today()))
    for problem in late:
        print(problem)
    if late:
        print(f"다시 확인할 것이 {len(late)}개 있습니다. / {len(late)} to be looked at again.")
    print(f"문제가 없습니다. 내용 확인 번호 / check number: {checksum(sources)[:SHOWN_OF_CHECKSUM]} / No problems.")


@app.command("format")
def format_files() -> None:
    """지식 파일을 정해진 모양으로 고쳐 씁니다. / Rewrite the knowledge files in their canonical form."""
    folder = read_settings().knowledge_dir
    for source in read_folder(folder).values():
        if canonical(source) != source.text:
            (folder / source.name).write_text(canonical(source), encoding="utf-8")
            print(source.name)


@app.command()
def schema(
    kind: Annotated[str, typer.Argument(help=" | ".join(forms.SCHEMAS))] = "entry",
) -> None:
    """편집기가 쓰는 JSON Schema를 보여 줍니다. / Print the JSON Schema of a kind of file."""
    if kind not in forms.SCHEMAS:
        _stop(f"{kind} 은(는) 없습니다. / No such kind: {kind}. ({', '.join(forms.SCHEMAS)})")
    print(json.dumps(forms.SCHEMAS[kind].schema(), ensure_ascii=False, indent=2))


@app.command("eval")
def evaluate(
    file: Annotated[Path, typer.Argument(help="물음 파일 / a file of questions (JSON Lines)")],
    *,
    as_json: Json = False,
) -> None:
    """물음 파일로 얼마나 잘 답하는지 잽니다. / Measure how well the bot answers a file of questions."""
    engine = engine_from(read_settings())
    questions = evaluation.read_questions(file)
    shown = questions if as_json else terminal.counted(questions, err, file.name)
    known = frozenset(engine.knowledge.entries) | frozenset(engine.knowledge.urgent.kinds)
    answered = evaluation.ask_all(engine.answer, shown)
    figures, bins = evaluation.evaluate(answered, known), evaluation.reliability(answered)
    if as_json:
        print(json.dumps(evaluation.as_json(figures, bins), ensure_ascii=False, indent=2))
    else:
        out.print(terminal.figures_table(file.name, figures))
        out.print(terminal.reliability_table(bins))


def _chat(settings: Settings) -> None:
    terminal.chat(engine_from(settings), input, out)


def _lines() -> Iterator[str]:
    return (line.rstrip("\n") for line in sys.stdin if line.strip())


def engine_from(settings: Settings) -> Engine:
    """Return an engine over the knowledge; fit the weights first if none are kept for it.

    Weights are only ever kept for knowledge that passed every check, so a start with kept weights checks form alone.
    """
    with _unswept():
        sources = read_folder(settings.knowledge_dir)
        key = weights_file.key_of(checksum(sources))
        kept = weights_file.load(settings.weights_path, key)
        if kept is None:
            kept = _fitted(settings, sources, key)
        return engine_for(assemble(sources), kept, date.today, version())


@contextmanager
def _unswept() -> Iterator[None]:
    """Build without the garbage collector, which would walk all knowledge again and again; nor need it ever after."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _fitted(settings: Settings, sources: Mapping[str, Source], key: str) -> Weights:
    """Learn in a process of its own while the knowledge is checked here; keep the weights if they can be written."""
    with TemporaryDirectory() as spare, terminal.waiting(err, LEARNING):
        if not err.is_terminal:
            err.print(LEARNING)
        path = Path(spare) / "weights.npz"
        command = [sys.executable, "-m", "bot.fit", str(settings.knowledge_dir), str(path)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as learning:
            try:
                checks.demand_sound(sources)
                _, said = learning.communicate()
            finally:
                learning.kill()
        learnt = weights_file.load(path, key)
    if learnt is None:
        raise NotLearnt((said.strip().splitlines() or ["?"])[-1])
    with suppress(OSError):  # they are learnt anew at the next start then
        weights_file.save(learnt, settings.weights_path)
    return learnt


def _stop(sentence: str) -> NoReturn:
    err.print(sentence, markup=False)
    raise typer.Exit(BAD_INPUT)


def _sentence(error: Exception) -> str:
    """Return what a person is told about something that stops the program."""
    match error:
        case Unreadable():
            first, many = error.problems[0], len(error.problems)
            where = f"{first.file}:{first.line}"
            return (
                f"지식에 문제가 {many}개 있어 시작하지 않았습니다({where}: {first.expected_ko}). "
                "모두 보기: python -m bot check / "
                f"Not started: {many} problems in the knowledge ({where}: {first.expected_en}). "
                "See all: python -m bot check"
            )
        case NoStore():
            return (
                f"DATABASE_PATH 에 쓸 수 없습니다({error}). 쓸 수 있는 곳으로 바꾸세요. / "
                f"DATABASE_PATH cannot be written ({error}): choose a place that can."
            )
        case NotLearnt():
            return f"배우기가 실패했습니다: {error} / Learning failed: {error}"
        case FileNotFoundError():
            return f"파일이 없습니다: {error.filename} / No such file: {error.filename}"
    return str(error)


EXPECTED = (
    BadSetting, Unreadable, NoStore, NotLearnt, FileNotFoundError, evaluation.BadQuestions, running.CannotRun,
)  # fmt: skip
"""What can stop the program through no fault of its own."""


def main() -> None:
    """Run the command line; what stops it is said in one sentence, with exit code 2."""
    try:
        app()
    except EXPECTED as error:
        err.print(_sentence(error), markup=False)
        sys.exit(BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
