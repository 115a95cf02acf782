"""An app of the bot, served on a free port of loopback, and a client that asks it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from bot.serving import App, serving

HOST = "127.0.0.1"


@asynccontextmanager
async def asking(app: App, grace: float = 1.0) -> AsyncIterator[httpx.AsyncClient]:
    """Serve `app` while the block runs; yield a client of it."""
    async with serving(app, HOST, 0, grace) as port, client_of(port) as client:
        yield client


def client_of(port: int) -> httpx.AsyncClient:
    """Return a client of what listens on `port`."""
    return httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False, verify=False, timeout=10)
