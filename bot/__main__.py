"""The command line and all wiring: which engine, which face."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from bot import (
    backing_up,
    coordinating,
    evaluation,
    hardening,
    sealing,
    starting,
    terminal,
    trying,
    writing,
)
from bot.console import BAD_INPUT, FAULT, TRY_LATER, Json, err, out
from bot.core.building import in_a_book, opener_for
from bot.core.engine import Engine
from bot.core.explaining import explain
from bot.core.knowledge.loading import Unreadable, assemble, read_folder
from bot.faults import place_of
from bot.serving import CannotListen
from bot.settings import ENV_FILE, BadSetting, Settings, read_settings, version
from bot.store import NoStore
from bot.telegram import running
from bot.web import running as web

# a traceback of typer's shows what the variables held: the token, what somebody wrote
app = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, help="길동무: 묻고 답하는 봇 / a companion that answers"
)
TERMINAL_INSTEAD = (
    "TELEGRAM_BOT_TOKEN 이 없어 이 화면에서 이야기합니다. / No TELEGRAM_BOT_TOKEN: talking in the terminal."
)

OPEN_TO_OTHERS = (
    ".env 를 이 컴퓨터의 다른 사람도 읽을 수 있습니다. chmod 600 .env 로 막으세요. / "
    "Others on this computer can read .env: chmod 600 .env"
)


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
    hardening.lock_down()
    hardening.set_up_logging(settings.log_level)
    if hardening.open_to_others(ENV_FILE):
        err.print(OPEN_TO_OTHERS)
    build = partial(starting.built, desk=settings.desk is not None)
    pages = partial(web.beside, settings.web_listen) if settings.web else None
    asyncio.run(running.run(settings, starting.current_from(settings, build, _waiting), build, pages))


@app.command("web")
def web_page() -> None:
    """웹페이지를 보여 줍니다(계정 없이 묻기). / Show the web page: asking without any account."""
    settings = read_settings()
    hardening.lock_down()
    hardening.set_up_logging(settings.log_level)
    current = starting.current_from(settings, starting.built, _waiting)
    asyncio.run(web.run(settings, current, starting.built))


@app.command()
def poster(
    address: Annotated[str, typer.Argument(help="웹페이지의 주소 / the page's address")],
    file: Annotated[Path, typer.Argument(help="쓸 파일 / the file to write")] = Path("poster.html"),
) -> None:
    """웹페이지의 QR 코드가 든 안내장을 씁니다. / Write a sheet with the page's QR code, to print and hang up."""
    file.write_text(web.poster(assemble(read_folder(read_settings().knowledge_dir)), address), encoding="utf-8")
    out.print(str(file), markup=False)


@app.command()
def book(file: Annotated[Path, typer.Argument(help="쓸 파일 / the file to write")] = Path("gildongmu.html")) -> None:
    """모든 안내를 인터넷 없이 보는 파일 하나로 씁니다. / Write everything as one file that works offline."""
    knowledge = assemble(read_folder(read_settings().knowledge_dir))
    file.write_text(web.book(opener_for(in_a_book(knowledge), date.today, version())), encoding="utf-8")
    out.print(str(file), markup=False)


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


@app.command()
def key() -> None:
    """TICKET_KEY 로 쓸 새 열쇠를 만듭니다. / Make a new key for TICKET_KEY."""
    print(sealing.new_key())


app.command("check")(coordinating.check)
app.command("format")(coordinating.format_files)
app.command("schema")(coordinating.schema)
app.command("overdue")(coordinating.overdue_list)
app.command("stats")(coordinating.stats)
app.command("diff")(coordinating.difference)
app.command("forget")(coordinating.forget)
app.command("backup")(coordinating.backup)
app.command("restore")(coordinating.restore)
app.command("new")(coordinating.new_entry)


def _chat(settings: Settings) -> None:
    terminal.chat(engine_from(settings), input, out)


def engine_from(settings: Settings) -> Engine:
    """Return an engine over the knowledge, for a face without a desk."""
    return starting.current_from(settings, starting.built, _waiting).engine


@contextmanager
def _waiting(sentence: str) -> Iterator[None]:
    with terminal.waiting(err, sentence):
        if not err.is_terminal:
            err.print(sentence)
        yield


def _lines() -> Iterator[str]:
    return (line.rstrip("\n") for line in sys.stdin if line.strip())


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
        case starting.NotLearnt():
            return f"배우기가 실패했습니다: {error} / Learning failed: {error}"
        case FileNotFoundError():
            return f"파일이 없습니다: {error.filename} / No such file: {error.filename}"
    return str(error)


CRASHED = "뜻밖의 일로 멈추었습니다. 괄호 안을 알려 주세요. / Stopped by a fault of ours: please report what follows"

EXPECTED = (
    BadSetting, Unreadable, NoStore, starting.NotLearnt, FileNotFoundError, evaluation.BadQuestions, running.CannotRun,
    writing.CannotWrite, writing.Outdated, trying.TrialFailed, backing_up.Refused, CannotListen, web.BadAddress,
)  # fmt: skip
"""What can stop the program through no fault of its own."""


def main() -> None:
    """Run the command line; what stops it is said in one sentence, with exit code 2 (75: later it may work)."""
    try:
        app()
    except EXPECTED as error:
        err.print(_sentence(error), markup=False)
        later = isinstance(error, running.CannotRun) and error.later
        sys.exit(TRY_LATER if later else BAD_INPUT)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # what it says and what its variables held may be somebody's words
        err.print(f"{CRASHED} ({type(error).__name__}, {place_of(error)})", markup=False)
        sys.exit(FAULT)


if __name__ == "__main__":
    main()
