"""The tests' own Bot API server with a webhook: what it refuses, and how it delivers until the bot has taken it."""

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest
from botapi.client import Client
from botapi.server import BotApiServer, Delivery, Redelivery
from botapi.webhooks import HEADER

CHAT = 1001
SECRET = "A-secret_of-64" * 4
HOOKED = (
    "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Hook(ThreadingHTTPServer):
    """A bot's own address: it notes what is delivered and answers with the statuses that wait, then with 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.url = f"http://127.0.0.1:{self.server_port}/hook"
        self.heard: list[tuple[dict[str, Any], dict[str, str], float]] = []
        self.callers: list[int] = []
        self.hangs_up = False
        self.statuses: deque[int] = deque()
        self.open = threading.Event()
        self.open.set()
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    @property
    def ids(self) -> list[int]:
        return [update["update_id"] for update, _, _ in self.heard]


class _Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hook

    def do_POST(self) -> None:
        update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        hook = self.server
        with hook.lock:
            hook.heard.append((update, dict(self.headers), time.monotonic()))
            hook.callers.append(self.client_address[1])
            hook.at_once += 1
            hook.most_at_once = max(hook.most_at_once, hook.at_once)
            status = hook.statuses.popleft() if hook.statuses else 200
        hook.open.wait(10)
        with hook.lock:
            hook.at_once -= 1
        if status:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
        self.close_connection = not status or hook.hangs_up

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with BotApiServer(redelivery=Redelivery(first=0.02, longest=0.1, timeout=0.5)) as server:
        yield server


@pytest.fixture
def call(telegram: BotApiServer) -> Iterator[Client]:
    client = Client(telegram)
    yield client
    client.http.close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.open.set()
        server.shutdown()
        thread.join()


def taken(telegram: BotApiServer, *updates: int) -> None:
    telegram.wait_for(lambda server: all(map(server.acknowledged, updates)))


# what may be set


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://bot.example/hook", "An HTTPS URL must be provided for webhook"),
        ("http://192.168.0.1/hook", "An HTTPS URL must be provided for webhook"),
        ("https://bot.example/hook", "Failed to resolve host"),
        ("https://127.0.0.1/hook", "IP address 127.0.0.1 is reserved"),
        ("ftp://127.0.0.1/", "invalid webhook URL specified"),
        ("http://127.0.0.1:port/", "invalid webhook URL specified"),
        ("hook", "invalid webhook URL specified"),
    ],
)
def test_an_address_that_cannot_be_delivered_to_is_refused(call: Client, url: str, why: str) -> None:
    assert why in call.refusal("setWebhook", url=url)
    assert call.result("getWebhookInfo")["url"] == ""


def test_a_secret_has_up_to_256_letters_digits_underscores_and_dashes(call: Client, hook: Hook) -> None:
    for wrong in ("a" * 257, "a b", "비밀", "a+b", "a\n"):
        assert call.refusal("setWebhook", url=hook.url, secret_token=wrong).startswith("400 Bad Request: secret token")
    assert call.result("setWebhook", url=hook.url, secret_token="a_-Z" * 64)


def test_there_are_1_to_100_connections_and_40_if_nothing_is_said(call: Client, hook: Hook) -> None:
    for wrong in (0, 101, "many", True):
        assert "max_connections" in call.refusal("setWebhook", url=hook.url, max_connections=wrong)
    call.result("setWebhook", url=hook.url)
    assert call.result("getWebhookInfo")["max_connections"] == 40
    call.result("setWebhook", url=hook.url, max_connections="100")
    assert call.result("getWebhookInfo")["max_connections"] == 100


def test_the_webhook_can_be_looked_at_but_not_its_secret(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    bare = {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
    assert call.result("getWebhookInfo") == bare
    call.result("setWebhook", url=hook.url, secret_token=SECRET, allowed_updates=["message", "callback_query"])
    info = bare | {"url": hook.url, "max_connections": 40, "allowed_updates": ["callback_query", "message"]}
    assert call.result("getWebhookInfo") == info
    assert SECRET not in repr(telegram.webhook)
    assert telegram.webhook is not None
    assert telegram.webhook.secret_token == SECRET


# polling beside it


def test_nobody_can_poll_while_a_webhook_is_set(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    with ThreadPoolExecutor() as pool:
        polling = pool.submit(call.refusal, "getUpdates", timeout=10)
        telegram.wait_for(lambda server: server.calls_of("getUpdates"))
        with Client(telegram).http as other:
            other.post("setWebhook", json={"url": hook.url})
        assert polling.result(5) == "409 Conflict: terminated by setWebhook request"
    assert call.refusal("getUpdates") == HOOKED
    call.result("deleteWebhook")
    assert call.ids() == []


@pytest.mark.parametrize(("method", "params"), [("deleteWebhook", {}), ("setWebhook", {"url": ""})])
def test_after_a_webhook_is_deleted_what_it_did_not_take_can_be_polled(
    call: Client, hook: Hook, telegram: BotApiServer, method: str, params: dict[str, str]
) -> None:
    hook.statuses.extend([500] * 1000)
    call.result("setWebhook", url=hook.url)
    update = telegram.say(CHAT, "again and again")
    telegram.wait_for(lambda server: len(server.deliveries) >= 2)
    call.result(method, **params)
    assert call.ids() == [update]
    assert telegram.webhook is None
    known = len(hook.heard)
    time.sleep(0.2)
    assert len(hook.heard) == known


def test_waiting_updates_are_dropped_on_demand(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    dropped = telegram.say(CHAT, "old")
    call.result("setWebhook", url=hook.url, drop_pending_updates=True)
    heard = telegram.say(CHAT, "new")
    taken(telegram, heard)
    assert hook.ids == [heard]
    assert not telegram.acknowledged(dropped)


def test_what_is_dropped_while_it_waits_to_come_again_does_not(
    call: Client, hook: Hook, telegram: BotApiServer
) -> None:
    hook.statuses.extend([500] * 1000)
    call.result("setWebhook", url=hook.url)
    dropped = telegram.say(CHAT, "again and again")
    telegram.wait_for(lambda server: server.deliveries)
    call.result("setWebhook", url=hook.url, drop_pending_updates=True)
    hook.statuses.clear()
    heard = telegram.say(CHAT, "new")
    taken(telegram, heard)
    assert Delivery(dropped, 200, "") not in telegram.deliveries
    assert not telegram.acknowledged(dropped)


# delivery


def test_updates_are_posted_as_json_with_the_secret(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    before = telegram.say(CHAT, "안녕하세요")
    call.result("setWebhook", url=hook.url, secret_token=SECRET)
    after = telegram.say(CHAT, "😀")
    taken(telegram, before, after)
    (first, headers, _), (second, _, _) = hook.heard
    assert (first["update_id"], first["message"]["text"], second["message"]["text"]) == (before, "안녕하세요", "😀")
    assert (headers[HEADER], headers["Content-Type"]) == (SECRET, "application/json")
    assert telegram.deliveries == [Delivery(before, 200, ""), Delivery(after, 200, "")]
    assert call.result("getWebhookInfo")["pending_update_count"] == 0


def test_without_a_secret_there_is_no_header(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    call.result("setWebhook", url=hook.url)
    taken(telegram, telegram.say(CHAT, "a"))
    assert HEADER not in hook.heard[0][1]


def test_what_was_not_taken_comes_again_after_growing_pauses(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    hook.statuses.extend([500, 302, 404, 0])
    call.result("setWebhook", url=hook.url)
    update = telegram.say(CHAT, "a")
    taken(telegram, update)
    assert [delivery.status for delivery in telegram.deliveries] == [500, 302, 404, 0, 200]
    moments = [moment for _, _, moment in hook.heard]
    pauses = [after - before for before, after in pairwise(moments)]
    assert all(pause >= least for pause, least in zip(pauses, (0.02, 0.04, 0.08, 0.1), strict=True))
    info = call.result("getWebhookInfo")
    assert info["last_error_message"] == "Webhook connection closed"
    assert abs(info["last_error_date"] - time.time()) < 60


def test_a_status_that_is_not_2xx_is_told(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    hook.statuses.append(503)
    call.result("setWebhook", url=hook.url)
    taken(telegram, telegram.say(CHAT, "a"))
    told = call.result("getWebhookInfo")["last_error_message"]
    assert told == "Wrong response from the webhook: 503 Service Unavailable"


def test_a_bot_that_is_not_there_or_too_slow_gets_it_later(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    update = telegram.say(CHAT, "a")
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        call.result("setWebhook", url=f"http://127.0.0.1:{deaf.getsockname()[1]}/hook")
        telegram.wait_for(lambda server: Delivery(update, 0, "Connection refused") in server.deliveries)
    hook.open.clear()
    call.result("setWebhook", url=hook.url)
    telegram.wait_for(lambda server: Delivery(update, 0, "Read timeout expired") in server.deliveries)
    hook.open.set()
    taken(telegram, update)


def test_within_a_chat_updates_come_in_order_and_another_chat_need_not_wait(
    call: Client, hook: Hook, telegram: BotApiServer
) -> None:
    hook.statuses.append(500)
    stuck, behind, other = telegram.say(CHAT, "1"), telegram.say(CHAT, "2"), telegram.say(CHAT + 1, "3")
    call.result("setWebhook", url=hook.url, max_connections=1)
    taken(telegram, stuck, behind, other)
    assert hook.ids == [stuck, other, stuck, behind]


@pytest.mark.parametrize("connections", [1, 3])
def test_no_more_updates_are_on_their_way_than_there_are_connections(
    call: Client, hook: Hook, telegram: BotApiServer, connections: int
) -> None:
    hook.open.clear()
    call.result("setWebhook", url=hook.url, max_connections=connections)
    updates = [telegram.say(CHAT + number, "a") for number in range(6)]
    for _ in range(200):
        if len(hook.heard) == connections:
            break
        time.sleep(0.01)
    time.sleep(0.1)
    assert sorted(hook.ids) == updates[:connections], "the first ones first"
    hook.open.set()
    taken(telegram, *updates)
    assert hook.most_at_once == connections


def test_a_server_that_was_stopped_delivers_the_rest_when_it_is_back(
    call: Client, hook: Hook, telegram: BotApiServer
) -> None:
    call.result("setWebhook", url=hook.url)
    telegram.stop()
    update = telegram.say(CHAT, "a")
    telegram.start()
    taken(telegram, update)
    assert hook.ids == [update]


def test_setting_the_same_again_interrupts_nothing(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    hook.open.clear()
    call.result("setWebhook", url=hook.url)
    update = telegram.say(CHAT, "a")
    while not hook.heard:
        time.sleep(0.01)
    call.result("setWebhook", url=hook.url)
    hook.open.set()
    taken(telegram, update)
    assert hook.ids == [update]


def test_a_connection_is_used_again_while_the_bot_keeps_it(call: Client, hook: Hook, telegram: BotApiServer) -> None:
    call.result("setWebhook", url=hook.url)
    for text in ("one", "two"):
        taken(telegram, telegram.say(CHAT, text))
    hook.hangs_up = True
    for text in ("three", "four"):
        taken(telegram, telegram.say(CHAT, text))
        time.sleep(0.1)
    assert hook.callers[0] == hook.callers[1] == hook.callers[2] != hook.callers[3]
    assert [delivery.status for delivery in telegram.deliveries] == [200] * 4
