"""Looking, in the group: statistics, gaps, what is overdue, and everything to download."""

import asyncio
import sys
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot import statistics
from bot.core.overdue import due, still_right
from bot.desk import looking
from bot.desk.fields import number
from bot.hardening import without_secrets
from bot.reporting import report_of
from bot.statistics import Report
from bot.telegram.desk_publishing import try_out
from bot.telegram.desk_room import Act, Room

PLOT_IN = 60.0
"""Seconds that drawing may take."""


async def overdue(room: Room, act: Act, page: str) -> None:
    """Show what must be looked at again."""
    today = room.current.engine.opener.today()
    notice = looking.overdue(room.knowledge, due(room.knowledge, today), number(page), today, act.language)
    await room.say(act, notice)


async def confirm_still_right(room: Room, act: Act, target: str) -> None:
    """Propose that something overdue still holds: new dates, to be confirmed by a second person like any change."""
    kind, _, id_ = target.partition(".")
    today = room.current.engine.opener.today()
    draft = still_right(room.current.texts, room.knowledge, kind, id_, today)
    if draft is None:
        await room.tell(act, room.phrases(act.language).gone_button)
        return
    room.begin(act, try_out(room, act, draft, act.who))


async def stats(room: Room, act: Act, _: str) -> None:
    """Show how the bot is used, as text and, where it can be drawn, as a picture."""
    report = await _report(room)
    await room.say(act, looking.stats(room.knowledge, report, act.language))
    if report.total.uses.asked:
        room.begin(act, _send_plot(room, act))


async def gaps(room: Room, act: Act, _: str) -> None:
    """Show where the bot fails."""
    await room.say(act, looking.gaps(room.knowledge, await _report(room), act.language))


async def export(room: Room, act: Act, _: str) -> None:
    """Send the whole knowledge and the statistics as one archive."""
    report = await _report(room)
    archive = await asyncio.to_thread(archived, room.current.texts, statistics.csv_files(report))
    caption = room.phrases(act.language).export_caption
    await act.message.reply_document(archive, filename=f"gildongmu-{report.last.isoformat()}.zip", caption=caption)


async def _report(room: Room) -> Report:
    return await report_of(room.publisher.connection, room.current.engine.opener.today())


async def _send_plot(room: Room, act: Act) -> None:
    """Draw in a process of its own: the library is large, and answers go on meanwhile."""
    command = (sys.executable, "-m", "bot.plotting", str(room.publisher.database), str(statistics.WEEKS))
    drawing = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env=without_secrets()
    )
    try:
        picture, _ = await asyncio.wait_for(drawing.communicate(), PLOT_IN)
    finally:
        if drawing.returncode is None:
            drawing.kill()
    if drawing.returncode == 0:
        await act.message.reply_photo(picture)
    else:
        await room.tell(act, room.phrases(act.language).stats_no_plot)


def archived(knowledge: Mapping[str, str], tables: Mapping[str, str]) -> bytes:
    """Return a zip of the knowledge's files and of the tables; equal content, equal bytes."""
    files = {f"knowledge/{name}": text for name, text in knowledge.items()}
    files |= {f"statistics/{name}": text for name, text in tables.items()}
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items()):
            archive.writestr(ZipInfo(name), text.encode("utf-8"), ZIP_DEFLATED)
    return written.getvalue()
