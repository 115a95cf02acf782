"""What coordinators who prefer files do at the command line: check, compare, begin an entry, look at figures."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bot import backing_up, comparing, statistics, store, tables, trying, writing
from bot.console import Json, err, out, stop
from bot.core.editing import Change, blank_entry
from bot.core.knowledge import checks, forms, yaml_text
from bot.core.knowledge.figure_checks import overdue as overdue_in
from bot.core.knowledge.loading import Source, Unreadable, assemble, canonical, checksum, read_folder
from bot.core.knowledge.problems import Problem
from bot.core.knowledge.text_checks import wanted
from bot.core.naming import BadName, Taken, new_name
from bot.core.opening import SHOWN_OF_CHECKSUM
from bot.core.overdue import due
from bot.reporting import report_at
from bot.settings import read_settings, version


def check(*, as_json: Json = False) -> None:
    """지식을 검사합니다. / Check the knowledge: every problem of every file, and what must be looked at again."""
    try:
        sources = _sources()
        checks.demand_sound(sources)
    except Unreadable as unreadable:
        _print_problems(unreadable.problems, as_json=as_json)
        err.print(f"문제가 {len(unreadable.problems)}개 있습니다. / {len(unreadable.problems)} problems.")
        raise typer.Exit(1) from None
    late = [*sorted(overdue_in(sources, date.today())), *sorted(wanted(sources))]
    _print_problems(late, as_json=as_json)
    if not as_json:
        if late:
            print(f"더 살펴볼 것이 {len(late)}개 있습니다(틀린 것은 아님). / {len(late)} to look at, no mistakes.")
        number = checksum(sources)[:SHOWN_OF_CHECKSUM]
        print(f"문제가 없습니다. 내용 확인 번호 / check number: {number} / No problems.")


def overdue_list(*, as_json: Json = False) -> None:
    """다시 확인할 것을 봅니다. / What must be looked at again: facts, telephone numbers, centers."""
    found = due(assemble(_sources()), date.today())
    if as_json:
        print(json.dumps([tables.plain_due(each) for each in found], ensure_ascii=False, indent=2))
    else:
        out.print(tables.due_table(found))


def forget(
    entry: Annotated[str, typer.Argument(help="이름 / id of an entry, such as work-find")],
) -> None:
    """고친 내력을 지웁니다. / Delete for good the earlier texts kept of an entry, if something leaked into them."""
    many = asyncio.run(_forget(read_settings().database_path, entry))
    print(f"{entry}: {many}")


async def _forget(database: Path, entry: str) -> int:
    async with store.open_store(database) as connection:
        return await store.forget(connection, entry)


def stats(
    weeks: Annotated[int, typer.Option(min=1, max=53, help="몇 주 / weeks")] = statistics.WEEKS,
    *,
    as_json: Json = False,
) -> None:
    """얼마나 쓰였는지 봅니다. / How much the bot is used and how well it does; counts below five are hidden."""
    try:
        report = asyncio.run(report_at(read_settings().database_path, date.today(), weeks))
    except store.NoStore:
        stop("아직 센 것이 없습니다. 봇을 켜면 세기 시작합니다. / Nothing is counted yet: that begins with the bot.")
    if as_json:
        print(json.dumps(statistics.as_json(report), ensure_ascii=False, indent=2))
    else:
        for table in tables.stats_tables(report):
            out.print(table)


def difference(
    old: Annotated[Path, typer.Argument(help="앞의 지식 폴더 / the knowledge folder before")],
    new: Annotated[Path, typer.Argument(help="고친 지식 폴더 / the knowledge folder after")],
    *,
    as_json: Json = False,
) -> None:
    """두 지식 폴더를 견줍니다. / What gets better and what worse from one knowledge folder to another."""

    async def said(progress: trying.Progress) -> None:
        err.print(f"{progress.step} {progress.done}/{progress.of}")

    report = asyncio.run(trying.differing(old, new, read_settings().weights_path, said)).report
    if as_json:
        print(comparing.to_json(report))
    else:
        for shown in tables.report_tables(report):
            out.print(shown)
    if report.refused:
        raise typer.Exit(1)


def new_entry(
    entry: Annotated[str, typer.Argument(help="분야/이름 / category/id, such as work/work-night")],
) -> None:
    """새 항목의 틀을 보여 줍니다. / Print a template of a new entry; `check` says what is still to be filled in."""
    category, _, id_ = entry.partition("/")
    known = assemble(_sources())
    try:
        name = new_name(known, category, id_)
    except BadName:
        names = ", ".join(each.id for each in known.categories)
        stop(f"분야/이름 으로 쓰세요(분야: {names}). / Write category/id (categories: {names}).")
    except Taken:
        stop(f"{id_} 은(는) 이미 있습니다. / There is an entry {id_} already.")
    print(yaml_text.write(blank_entry()), end="")
    err.print(
        f"다 채운 뒤 지식 폴더의 {name} 에 두고 python -m bot check 를 하세요. / "
        f"Fill it in, put it at {name} in the knowledge folder, then run check."
    )


def format_files() -> None:
    """지식 파일을 정해진 모양으로 고쳐 씁니다. / Rewrite the knowledge files in their canonical form."""
    folder = read_settings().knowledge_dir
    for source in _sources().values():
        if canonical(source) != source.text:
            writing.write(folder, Change({source.name: source.text}, {source.name: canonical(source)}))
            print(source.name)


def backup(
    file: Annotated[Path, typer.Argument(help="만들 파일 / the file to write, such as backup.zip")],
) -> None:
    """지식과 횟수를 파일 하나에 담습니다(봇이 켜져 있어도 됩니다). / Put all into one file, also while the bot runs."""
    made = backing_up.back_up(_place(), file, version(), date.today())
    number = made.knowledge[:SHOWN_OF_CHECKSUM]
    print(f"{file} 에 담았습니다. 내용 확인 번호 / Backed up, check number: {number}")
    if not made.schema:
        print("아직 센 것이 없어 지식만 담았습니다. / Nothing is counted yet: the knowledge alone.")


def restore(
    file: Annotated[Path, typer.Argument(help="backup 으로 만든 파일 / a file that backup made")],
) -> None:
    """백업을 되돌려 놓습니다(봇을 먼저 끄세요). / Put a backup back; stop the bot first."""
    place = _place()
    found, before = backing_up.restore(place, file, version(), date.today())
    number = found.knowledge[:SHOWN_OF_CHECKSUM]
    print(
        f"{found.day} 의 백업을 되돌려 놓았습니다. 내용 확인 번호 {number} / Restored the backup of that day: {number}"
    )
    if not found.schema:
        print("백업에 횟수가 없어 횟수는 그대로입니다. / No counters in the backup: those here stay.")
    if before:
        print(f"그 전에 있던 것은 여기 있습니다. / What was there before: {before}")


def _place() -> backing_up.Place:
    settings = read_settings()
    return backing_up.Place(settings.knowledge_dir, settings.database_path)


def schema(
    kind: Annotated[str, typer.Argument(help=" | ".join(forms.SCHEMAS))] = "entry",
) -> None:
    """편집기가 쓰는 JSON Schema를 보여 줍니다. / Print the JSON Schema of a kind of file."""
    if kind not in forms.SCHEMAS:
        stop(f"{kind} 은(는) 없습니다. / No such kind: {kind}. ({', '.join(forms.SCHEMAS)})")
    print(json.dumps(forms.SCHEMAS[kind].schema(), ensure_ascii=False, indent=2))


def _sources() -> Mapping[str, Source]:
    """Return the files of the knowledge folder, once what a killed program was writing there is finished."""
    folder = read_settings().knowledge_dir
    writing.finish(folder)
    return read_folder(folder)


def _print_problems(problems: Iterable[Problem], *, as_json: bool) -> None:
    for problem in problems:
        print(json.dumps(asdict(problem), ensure_ascii=False) if as_json else problem)
