"""The network between the bot and the tests' Bot API server: what each fault looks like to a bot."""

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from botapi.server import BotApiServer
from botapi.spoiling import GARBAGE
from botapi.wire import FILE, Fault, Kind, Wire

CHAT = 1001
NEVER_WHOLE = [
    (Kind.RESET, httpx.ReadError),
    (Kind.BROKEN, httpx.ReadError),
    (Kind.CUT, httpx.RemoteProtocolError),
    (Kind.SILENCE, httpx.ReadTimeout),
]


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer() as server:
        server.say(CHAT, "first")
        yield server


@pytest.fixture
def wire(telegram: BotApiServer) -> Iterator[Wire]:
    with Wire(telegram) as relay:
        yield relay


@pytest.fixture
def bot(wire: Wire) -> Iterator[httpx.Client]:
    """Return a bot that waits for nothing longer than half a second."""
    with httpx.Client(base_url=f"{wire.base_url}{wire.server.token}/", timeout=0.5, verify=False) as client:
        yield client


def send(bot: httpx.Client, text: str = "안녕하세요", method: str = "sendMessage") -> httpx.Response:
    return bot.post(method, json={"chat_id": CHAT, "text": text})


def test_a_wire_without_plans_changes_nothing(wire: Wire, bot: httpx.Client, telegram: BotApiServer) -> None:
    through, straight = send(bot), httpx.post(f"{telegram.base_url}{telegram.token}/getMe", verify=False)
    assert through.json()["result"]["text"] == "안녕하세요"
    assert bot.get("getMe").json() == straight.json()
    assert bot.post("sendPigeon").status_code == 404
    assert wire.passed == {"sendMessage": 1, "getMe": 1, "sendPigeon": 1}
    assert wire.environment == telegram.environment | {"TELEGRAM_API_BASE_URL": wire.base_url} != telegram.environment


def test_one_connection_carries_many_requests(wire: Wire, telegram: BotApiServer) -> None:
    request = f"GET /bot{telegram.token}/getMe HTTP/1.1\r\nHost: telegram\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", int(wire.base_url.split(":")[2].removesuffix("/bot")))) as bare:
        bare.settimeout(5)
        for times in (1, 3):  # three at once: the next is there before the first is answered
            bare.sendall(request * times)
            heard = b""
            while heard.count(b'"ok":true') < times:
                heard += bare.recv(65536)
    assert wire.passed == {"getMe": 4}


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize(("kind", "error"), NEVER_WHOLE)
def test_an_answer_that_never_comes_whole_may_have_been_acted_on(
    wire: Wire, bot: httpx.Client, telegram: BotApiServer, kind: Kind, error: type[Exception], arrives: bool
) -> None:
    if kind in (Kind.BROKEN, Kind.CUT) and not arrives:
        with pytest.raises(ValueError, match="there is none"):
            Fault(kind, arrives=False)
        return
    wire.spoil(Fault(kind, arrives=arrives), "sendMessage", times=1)
    with pytest.raises(error):
        send(bot)
    assert len(telegram.sent) == (1 if arrives else 0)
    assert wire.spoilt == [("sendMessage", Fault(kind, arrives=arrives))]
    assert send(bot).status_code == 200, "only one request was to be spoilt"


@pytest.mark.parametrize("kind", [Kind.BROKEN, Kind.CUT])
def test_half_an_answer_has_a_right_head_and_half_a_body(wire: Wire, bot: httpx.Client, kind: Kind) -> None:
    whole = bot.get("getMe")
    wire.spoil(Fault(kind), "getMe")
    got = b""
    with pytest.raises(httpx.TransportError), bot.stream("GET", "getMe") as answer:  # noqa: PT012
        assert (answer.status_code, answer.headers["content-length"]) == (200, str(len(whole.content)))
        for part in answer.iter_raw():
            got += part
    assert got == whole.content[: len(whole.content) // 2]


def test_a_slow_answer_comes_whole_though_no_single_wait_is_long(wire: Wire, bot: httpx.Client) -> None:
    wire.spoil(Fault(Kind.SLOW, seconds=0.8), "sendMessage", times=1)
    start = time.monotonic()
    assert send(bot).json()["result"]["text"] == "안녕하세요"
    assert 0.8 <= time.monotonic() - start < 5
    assert send(bot).status_code == 200, "the connection goes on"


@pytest.mark.parametrize("arrives", [True, False])
def test_garbage_has_status_200_and_cannot_be_read(
    wire: Wire, bot: httpx.Client, telegram: BotApiServer, arrives: bool
) -> None:
    wire.spoil(Fault(Kind.GARBAGE, arrives=arrives), "sendMessage", times=1)
    answer = send(bot)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(ValueError, match="codec can't decode"):
        answer.json()
    assert answer.content == GARBAGE if not arrives else "안녕하세요" in answer.content.decode("utf-8", "replace")
    assert len(telegram.sent) == (1 if arrives else 0)


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateways_page_is_html(wire: Wire, bot: httpx.Client, telegram: BotApiServer, status: int) -> None:
    wire.spoil(Fault(Kind.PAGE, arrives=False, status=status))
    answer = send(bot)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html")
    assert answer.text.startswith(f"<html><head><title>{status} {answer.reason_phrase}</title>")
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert telegram.sent == []


def test_plans_are_met_in_order_by_the_requests_that_they_are_for(wire: Wire, bot: httpx.Client) -> None:
    wire.spoil(Fault(Kind.PAGE, status=504), "sendMessage", times=1)
    wire.spoil(Fault(Kind.PAGE), times=2)
    statuses = [bot.get("getMe").status_code, *(send(bot, str(number)).status_code for number in range(3))]
    assert statuses == [502, 504, 502, 200]
    assert [method for method, _ in wire.spoilt] == ["getMe", "sendMessage", "sendMessage"]


def test_a_plan_without_times_holds_until_it_is_mended(wire: Wire, bot: httpx.Client) -> None:
    wire.spoil(Fault(Kind.PAGE), "sendMessage")
    assert [send(bot, str(number)).status_code for number in range(3)] == [502] * 3
    assert bot.get("getMe").status_code == 200
    wire.mend()
    assert send(bot).status_code == 200


def test_the_fetching_of_a_file_can_be_spoilt(wire: Wire, bot: httpx.Client) -> None:
    wire.spoil(Fault(Kind.PAGE), FILE)
    answer = httpx.get(f"{wire.base_url.removesuffix('bot')}file/bot{wire.server.token}/documents/a", verify=False)
    assert answer.status_code == 502
    assert [method for method, _ in wire.spoilt] == [FILE]


def test_who_hangs_up_is_refused_until_they_listen_again_on_the_same_port(wire: Wire, bot: httpx.Client) -> None:
    address = wire.base_url
    assert bot.get("getMe").status_code == 200
    wire.hang_up()
    for _ in range(2):
        with pytest.raises(httpx.ConnectError):
            bot.get("getMe")
    wire.listen()
    assert bot.get("getMe").status_code == 200
    assert wire.base_url == address


def test_a_long_poll_under_way_can_be_cut_off_and_others_go_on(
    wire: Wire, bot: httpx.Client, telegram: BotApiServer
) -> None:
    def poll() -> httpx.Response:
        return bot.post("getUpdates", json={"offset": telegram.pending[-1] + 1, "timeout": 10}, timeout=20)

    with ThreadPoolExecutor() as pool:
        polling = pool.submit(poll)
        telegram.wait_for(lambda server: server.calls_of("getUpdates"))
        wire.cut_off()
        with pytest.raises(httpx.ReadError):
            polling.result(5)
    assert bot.get("getMe").status_code == 200


def test_a_bot_that_goes_away_is_not_waited_for(wire: Wire, bot: httpx.Client) -> None:
    wire.spoil(Fault(Kind.SILENCE), times=3)
    for _ in range(3):
        with pytest.raises(httpx.ReadTimeout):
            bot.get("getMe", timeout=0.05)
    wire.wait_for(3)
    with pytest.raises(TimeoutError, match="there are 3"):
        wire.wait_for(4, timeout=0.01)


def test_a_server_that_is_gone_shows_through_the_wire(wire: Wire, bot: httpx.Client, telegram: BotApiServer) -> None:
    telegram.stop()
    with pytest.raises(httpx.ReadError):
        bot.get("getMe")
    telegram.start()
    assert bot.get("getMe").status_code == 200
