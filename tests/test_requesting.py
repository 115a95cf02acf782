"""Requests to Telegram: over a real connection, with files, through a proxy, and with errors that hold no address."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from botapi.server import BotApiServer
from botapi.wire import Fault, Kind, Wire
from newcomer import free_port
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut

from bot.telegram.requesting import Requests, proxy_for

ANNA = 1001
T = TypeVar("T")


def asked(base_url: str, token: str, work: Callable[[Bot], Awaitable[T]]) -> T:
    async def main() -> T:
        requests = Requests(4, 1.0)
        async with Bot(token, base_url=base_url, request=requests, get_updates_request=Requests(1, 1.0)) as bot:
            return await work(bot)

    return asyncio.run(main())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_texts_buttons_and_files_arrive_as_they_are() -> None:
    async def work(bot: Bot) -> None:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("예 & <아니요>", callback_data="m:ko:")]])
        await bot.send_message(ANNA, "<b>안녕</b> 😀", parse_mode="HTML", reply_markup=keyboard)
        sent = await bot.send_document(ANNA, "내용".encode(), filename="글.yaml")
        assert sent.chat.id == ANNA

    with BotApiServer() as server:
        server.say(ANNA, "안녕")
        asked(server.base_url, server.token, work)
        text, document = server.sent_to(ANNA)
        assert (text.text, text.buttons) == ("안녕 😀", ((("예 & <아니요>", "m:ko:"),),))
        assert (document.file, document.file_name) == ("내용".encode(), "글.yaml")
        assert server.refused == []


def test_a_message_that_was_sent_can_be_changed_and_taken_away() -> None:
    async def work(bot: Bot) -> None:
        sent = await bot.send_message(ANNA, "eins")
        assert sent.text is None, "no more is read of it than is needed"
        await sent.edit_text("zwei")
        await (await bot.send_message(ANNA, "drei")).delete()

    with BotApiServer() as server:
        server.say(ANNA, "안녕")
        asked(server.base_url, server.token, work)
        assert [sent.text for sent in server.showing(ANNA)] == ["zwei"]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(Kind.RESET), NetworkError), (Fault(Kind.CUT), NetworkError), (Fault(Kind.SILENCE), TimedOut),
        (Fault(Kind.PAGE, status=502), NetworkError), (Fault(Kind.GARBAGE), TelegramError),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told_by_the_librarys_errors_without_the_token(
    fault: Fault, error: type[TelegramError]
) -> None:
    with BotApiServer() as server, Wire(server) as wire:
        server.say(ANNA, "안녕")
        wire.spoil(fault, "sendMessage")
        with pytest.raises(error) as raised:
            asked(wire.base_url, server.token, lambda bot: bot.send_message(ANNA, "비밀말"))
    shown = str(raised.value) + repr(raised.value)
    assert server.token not in shown
    assert "127.0.0.1" not in shown


def test_where_nobody_listens_the_error_holds_no_token() -> None:
    with pytest.raises(NetworkError) as raised:
        asked(f"http://127.0.0.1:{free_port()}/bot", "12345:SECRET", lambda bot: bot.get_me())
    assert "SECRET" not in str(raised.value) + repr(raised.value)


def test_a_refusal_of_telegrams_keeps_its_words() -> None:
    with BotApiServer() as server, pytest.raises(BadRequest, match="Chat not found"):
        asked(server.base_url, server.token, lambda bot: bot.send_message(777, "안녕"))


def test_the_proxy_of_the_environment_is_used_and_its_exceptions_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert proxy_for("https://api.telegram.org/bot") is None
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    assert proxy_for("https://api.telegram.org/bot") == "http://127.0.0.1:3128"
    assert proxy_for("http://127.0.0.1:8081/bot") is None
    monkeypatch.setenv("no_proxy", "api.telegram.org")
    assert proxy_for("https://api.telegram.org/bot") is None


def test_requests_go_through_the_proxy() -> None:
    heard: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n"))
        body = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"Bot","username":"behind_bot"}}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
        await writer.drain()
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(proxy, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        requests = Requests(4, 1.0, address)
        base_url = "http://telegram.invalid/bot"
        async with Bot("1:T", base_url=base_url, request=requests, get_updates_request=Requests(1, 1.0)) as bot:
            assert bot.username == "behind_bot"
        server.close()

    asyncio.run(main())
    assert heard[0].startswith(b"POST http://telegram.invalid/bot1:T/getMe ")
