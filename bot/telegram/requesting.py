"""How the bot's requests reach Telegram: over aiohttp, its only door.

The library's own way, httpx, takes most of the time of an answer (it looks through all its connections at each request
and at each end of one); this takes a fifth of that.
"""

from typing import Final

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

USER_AGENT: Final = "gildongmu"
CONNECTING: Final = 5.0
"""Seconds for reaching Telegram."""
KEPT: Final = 60.0
"""Seconds for which a connection that is not used stays open."""


class Requests(BaseRequest):
    """Up to `connections` requests at a time; `reading` is for how many seconds an answer may be silent."""

    def __init__(self, connections: int, reading: float) -> None:
        self._connections = connections
        self._reading = reading
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """For how many seconds an answer may be silent."""
        return self._reading

    async def initialize(self) -> None:
        """Begin; nothing is opened yet."""
        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEPT)
        self._session = aiohttp.ClientSession(
            connector=connector, trust_env=True, headers={"User-Agent": USER_AGENT}, cookie_jar=aiohttp.DummyCookieJar()
        )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Return the status and the body of Telegram's answer; raise TimedOut or NetworkError, without the address."""
        assert self._session is not None, "the application initializes its requests"
        silent = float(read_timeout) if isinstance(read_timeout, int | float) else self._reading
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECTING, sock_read=silent)
        form = _form(request_data) if request_data else None
        try:
            async with self._session.request(
                method, url, data=form, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:  # what it says holds the address, and that the token
            raise NetworkError(type(error).__name__) from None


def _form(data: RequestData) -> aiohttp.FormData:
    """Return what is sent as a form, with its files."""
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in (data.multipart_data or {}).items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return form
