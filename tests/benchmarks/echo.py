"""Bots that say what they hear, to compare with: run by load.py, which gives them the environment.

    python tests/benchmarks/echo.py documented      as in the documentation of python-telegram-bot (echobot.py)
    python tests/benchmarks/echo.py side-by-side    the same with concurrent_updates(True)
    python tests/benchmarks/echo.py bare            without the library: sockets, ready-made requests, JSON read

The last costs so little that its rate is that of the Bot API server with its people.
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any, Final
from urllib.parse import quote, urlsplit

from telegram import Update
from telegram.ext import Application, CommandHandler, ContextTypes, MessageHandler, filters

CONNECTIONS: Final = 16
LONG_POLL: Final = 10


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Echo the user message, new or edited; a command too."""
    message = update.effective_message
    if message and message.text:
        await message.reply_text(message.text)


def with_library(*, side_by_side: bool) -> None:
    """Echo until SIGTERM, with the settings that the library has by itself."""
    builder = Application.builder().token(os.environ["TELEGRAM_BOT_TOKEN"])
    builder = builder.base_url(os.environ["TELEGRAM_API_BASE_URL"])
    application = (builder.concurrent_updates(True) if side_by_side else builder).build()
    application.add_handler(CommandHandler(["start", "help", "menu"], echo))
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    application.run_polling(allowed_updates=Update.ALL_TYPES)


class Bare:
    """Asks for updates on one connection and answers on others."""

    def __init__(self, base_url: str, token: str) -> None:
        parts = urlsplit(base_url)
        self._host, self._port, self._path = parts.hostname or "", parts.port or 80, f"{parts.path}{token}"
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()

    async def run(self) -> None:
        """Echo until cancelled; each batch is acknowledged when it is answered."""
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection(self._host, self._port))
        offset = 0
        while True:
            found = json.loads(await self._call("getUpdates", f"offset={offset}&timeout={LONG_POLL}"))["result"]
            await asyncio.gather(*(self._answer(update) for update in found))
            offset = found[-1]["update_id"] + 1 if found else offset

    async def _answer(self, update: dict[str, Any]) -> None:
        message = update.get("message") or update.get("edited_message")
        if message and "text" in message:
            await self._call("sendMessage", f"chat_id={message['chat']['id']}&text={quote(message['text'])}")

    async def _call(self, method: str, body: str) -> bytes:
        reader, writer = connection = await self._free.get()
        head = f"POST {self._path}/{method} HTTP/1.1\r\nHost: {self._host}\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}".encode("ascii"))
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        content = await reader.readexactly(int(answer.partition(b"content-length:")[2].split()[0]))
        self._free.put_nowait(connection)
        return content


def without_library() -> None:
    """Echo until SIGTERM."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    asyncio.run(Bare(os.environ["TELEGRAM_API_BASE_URL"], os.environ["TELEGRAM_BOT_TOKEN"]).run())


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        without_library()
    else:
        with_library(side_by_side=sys.argv[1] == "side-by-side")
