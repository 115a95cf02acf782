"""JSON posted to one address over connections that are kept: what Telegram does for a webhook, many times a second."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import h11

CHUNK: Final = 65536


class Poster:
    """Posts to one http address. All of it runs in one loop."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {"Host": parts.netloc, "Content-Type": "application/json", **headers}
        self._idle: list[_Connection] = []

    async def post(self, body: bytes) -> tuple[int, str]:
        """Return the status and the reason that came back; raise OSError or h11.RemoteProtocolError if none came."""
        headers = self._headers | {"Content-Length": str(len(body))}
        request = h11.Request(method="POST", target=self._target, headers=list(headers.items()))
        connection = await self._connection()
        try:
            answer = await connection.exchange(request, body)
        except BaseException:
            connection.close()
            raise
        if connection.goes_on():
            self._idle.append(connection)
        else:
            connection.close()
        return answer.status_code, answer.reason.decode("ascii", "replace")

    def close(self) -> None:
        """Close what is not in use."""
        while self._idle:
            self._idle.pop().close()

    async def _connection(self) -> "_Connection":
        while self._idle:
            if not (kept := self._idle.pop()).reader.at_eof():
                return kept
            kept.close()
        return _Connection(*await asyncio.open_connection(self._host, self._port))


class _Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self._writer = reader, writer
        self._http = h11.Connection(h11.CLIENT)

    async def exchange(self, request: h11.Request, body: bytes) -> h11.Response:
        """Send a request and return the head of its answer when all of the answer has come."""
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            self._writer.write(self._http.send(event) or b"")
        answer = None
        while True:
            got = self._http.next_event()
            if got is h11.NEED_DATA:
                self._http.receive_data(await self.reader.read(CHUNK))
            elif isinstance(got, h11.Response):
                answer = got
            elif isinstance(got, h11.EndOfMessage):
                assert answer is not None
                return answer

    def goes_on(self) -> bool:
        """Say whether another request can be made, and be ready for it."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True

    def close(self) -> None:
        self._writer.transport.abort()
