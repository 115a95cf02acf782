"""Showing the pages: alone, or beside the bot in one process; writing what is printed or carried away."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from bot.background import in_background
from bot.core.knowledge.whole import Knowledge
from bot.core.opening import Opener
from bot.counting import Tally
from bot.current import Current
from bot.hand_edits import follow, log_only
from bot.keeping import kept
from bot.publishing import Build, Publisher
from bot.serving import if_possible, serving
from bot.settings import Address, Settings
from bot.stopping import on_signals
from bot.web import codes, printed, rendering
from bot.web.codes import BadAddress
from bot.web.site import Site

log = logging.getLogger("gildongmu.web")

__all__ = ["BadAddress", "beside", "book", "poster", "run"]

CLOSING: Final = 5.0
"""Seconds that the last answers have at the end."""
SWEEPING: Final = 60.0
"""Seconds between two times of forgetting what is remembered no longer."""


@asynccontextmanager
async def pages_at(address: Address, current: Current, tally: Tally) -> AsyncIterator[int]:
    """Show the pages while the block runs; yield the port. Raise CannotListen."""
    site = Site(current, tally, current.engine.opener.today)
    async with in_background(partial(_sweep, site)), serving(site.app, address.host, address.port, CLOSING) as port:
        yield port


@asynccontextmanager
async def beside(address: Address, current: Current, tally: Tally) -> AsyncIterator[None]:
    """Show the pages while the block runs; where they cannot be, the bot answers without."""
    async with if_possible(pages_at(address, current, tally), partial(log.warning, "WEB_LISTEN: %s")):
        yield


async def run(settings: Settings, current: Current, build: Build) -> None:
    """Show the pages until SIGTERM or SIGINT; raise CannotListen.

    `build` makes a new engine when the knowledge changes meanwhile, by hand or by the bot beside.
    """
    stopping = asyncio.Event()
    on_signals(stopping.set)
    address, folder = settings.web_listen, settings.knowledge_dir
    async with kept(settings.database_path) as tally, pages_at(address, current, tally) as port:
        publisher = Publisher(
            folder, settings.weights_path, current, build, tally.keeper, settings.database_path, history=False
        )
        log.info("http://%s:%d/", address.host, port)
        async with in_background(tally.keep_writing, partial(follow, publisher, log_only, stopping)):
            await stopping.wait()


def poster(knowledge: Knowledge, address: str) -> str:
    """Return a sheet in HTML with the code of the page's `address`, to print; raise BadAddress."""
    return rendering.poster_html(printed.sheet(knowledge, address), codes.svg_of(address))


def book(opener: Opener) -> str:
    """Return all that `opener` has to show as one file in HTML, which needs nothing else."""
    return rendering.book_html(printed.book(opener))


async def _sweep(site: Site) -> None:
    while True:
        await asyncio.sleep(SWEEPING)
        site.forget_old()
