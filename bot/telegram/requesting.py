"""How the bot's requests reach Telegram: over aiohttp, its only door.

The library's own way, httpx, takes most of the time of an answer (it looks through all its connections at each request
and at each end of one); this takes a fifth of that.
"""

import json
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

USER_AGENT: Final = "gildongmu"
CONNECTING: Final = 5.0
"""Seconds for reaching Telegram."""
JSON: Final = {"Content-Type": "application/json"}
OF_A_MESSAGE: Final = ("message_id", "date", "chat")
"""What is read of a message that the bot has sent or changed."""
KEPT: Final = 60.0
"""Seconds for which a connection that is not used stays open."""


class Requests(BaseRequest):
    """Up to `connections` requests at a time; `reading` is for how many seconds an answer may be silent.

    They go through `proxy`, the address of one, unless it is None.
    """

    def __init__(self, connections: int, reading: float, proxy: str | None = None) -> None:
        self._connections = connections
        self._proxy = proxy
        self._reading = reading
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """For how many seconds an answer may be silent."""
        return self._reading

    async def initialize(self) -> None:
        """Begin; nothing is opened yet."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEPT),
            headers={"User-Agent": USER_AGENT},
            cookie_jar=aiohttp.DummyCookieJar(),
            proxy=self._proxy,
        )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session:
            await self._session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return an answer of Telegram's; of a message that it took, only what is needed: to read all takes long.

        Raise TelegramError for what is not JSON.
        """
        answer = BaseRequest.parse_json_payload(payload)
        result = answer.get("result")
        if isinstance(result, dict) and "message_id" in result:
            answer["result"] = {name: result[name] for name in OF_A_MESSAGE if name in result}
        return answer

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
        body = _body(request_data) if request_data else {}
        try:
            async with self._session.request(method, url, timeout=timeout, allow_redirects=False, **body) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except aiohttp.ClientError as error:  # what it says holds the address, and that the token
            raise NetworkError(type(error).__name__) from None


def _body(data: RequestData) -> dict[str, Any]:
    """Return what is sent, as aiohttp is told: JSON, but for files, which go as the parts of a form."""
    if not data.contains_files:
        # not as aiohttp does it, which writes six letters for each Korean one
        return {"data": json.dumps(data.parameters, ensure_ascii=False).encode(errors="replace"), "headers": JSON}
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=file_name, content_type=kind)
    return {"data": form}


def proxy_for(address: str) -> str | None:
    """Return the proxy that the environment names for `address` (HTTPS_PROXY, NO_PROXY), if it does."""
    to = urlsplit(address)
    return None if proxy_bypass(to.netloc) else getproxies().get(to.scheme)
