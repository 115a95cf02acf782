"""Webhooks: setWebhook and its kin, and the delivery of updates to the bot's own address, as Telegram does both.

The updates of one chat come one after the other and those of different chats side by side, as from Telegram's server.
"""

import asyncio
import json
import re
import time
from collections import deque
from collections.abc import Mapping
from contextlib import closing
from typing import Final
from urllib.parse import urlsplit

import h11

from .posting import Poster
from .state import DEFAULT_KINDS, Delivery, Method, State, Webhook
from .strictness import bad_request, string, truth, whole
from .updates import Json

HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
LOOPBACK: Final = frozenset(["127.0.0.1", "::1", "localhost"])
MOST_CONNECTIONS: Final = 100
USUAL_CONNECTIONS: Final = 40
LONGEST_SECRET: Final = 256
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]*")


def set_webhook(state: State, params: Json) -> bool:
    """Deliver updates to an address from now on, and end a poll that waits; one without an address ends delivery."""
    if not (url := string(params, "url")):
        return delete_webhook(state, params)
    webhook = Webhook(_address(url), _secret_token(params), _connections(params))
    state.allow(params)
    _drop(state, params)
    if webhook != state.webhook:
        state.webhook = webhook
        state.poll += 1
    return True


def delete_webhook(state: State, params: Json) -> bool:
    """Deliver no more; forget the waiting updates if asked to."""
    _drop(state, params)
    state.webhook = None
    return True


def webhook_info(state: State, _: Json) -> Json:
    """Return what Telegram tells about the webhook; never its secret."""
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(state.pending)}
    if state.allowed != DEFAULT_KINDS:
        info["allowed_updates"] = sorted(state.allowed)
    if (webhook := state.webhook) is None:
        return info
    info |= {"url": webhook.url, "max_connections": webhook.max_connections}
    failed = {"last_error_date": webhook.error_date, "last_error_message": webhook.error}
    return info | (failed if webhook.error else {})


WEBHOOK_METHODS: Final[Mapping[str, Method]] = {
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": webhook_info,
}


def _address(url: str) -> str:
    """Return the address; stricter than Telegram in that it must be on loopback, where alone http will do."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if not host or parts.scheme not in ("http", "https"):
        raise bad_request("invalid webhook URL specified")
    if parts.scheme == "http" and host not in LOOPBACK:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.scheme == "https":
        reserved = f"IP address {host} is reserved"
        raise bad_request(f"bad webhook: {reserved if host in LOOPBACK else 'Failed to resolve host: Name not known'}")
    return url


def _secret_token(params: Json) -> str:
    token = string(params, "secret_token")
    if len(token) > LONGEST_SECRET:
        raise bad_request("secret token is too long")
    if not _SECRET.fullmatch(token):
        raise bad_request("secret token contains unallowed characters")
    return token


def _connections(params: Json) -> int:
    """Return how many connections at most; Telegram takes the nearest it allows, here another number is refused."""
    number = whole(params, "max_connections", USUAL_CONNECTIONS)
    if not 1 <= number <= MOST_CONNECTIONS:
        raise bad_request(f"max_connections must be from 1 to {MOST_CONNECTIONS}")
    return number


def _drop(state: State, params: Json) -> None:
    if truth(params, "drop_pending_updates"):
        state.pending.clear()


async def deliver(state: State) -> None:
    """Deliver updates to the webhook that is set, one after the other if they change, until cancelled."""
    while True:
        await state.wait_until(lambda: state.webhook is not None, None)
        if (webhook := state.webhook) is not None:
            await _Deliverer(state, webhook).run()


class _Deliverer:
    """Delivers to one webhook until another or none is set. All of it runs in the server's loop."""

    def __init__(self, state: State, webhook: Webhook) -> None:
        self._state, self._webhook = state, webhook
        self._queues: dict[str, deque[int]] = {}
        self._next = min(state.pending, default=state.next_update)
        self._free = asyncio.Semaphore(webhook.max_connections)
        self._poster = Poster(webhook.url, {HEADER: webhook.secret_token} if webhook.secret_token else {})

    async def run(self) -> None:
        working = set()
        with closing(self._poster):
            async with asyncio.TaskGroup() as group:
                while self._state.webhook is self._webhook:
                    for queue in self._begun():
                        task = group.create_task(self._one_after_another(queue))
                        working.add(task)
                        task.add_done_callback(working.discard)
                    await self._state.wait_until(self._is_called, None)
                for task in working:
                    task.cancel()

    def _is_called(self) -> bool:
        return self._state.next_update > self._next or self._state.webhook is not self._webhook

    def _begun(self) -> list[str]:
        """Put new updates into their queues; return the queues of which nobody takes care yet."""
        begun = []
        with self._state.changed:
            for update_id in range(self._next, self._state.next_update):
                if update := self._state.pending.get(update_id):
                    queue = _queue(update)
                    if queue not in self._queues:
                        self._queues[queue] = deque()
                        begun.append(queue)
                    self._queues[queue].append(update_id)
            self._next = self._state.next_update
        return begun

    async def _one_after_another(self, queue: str) -> None:
        failed, patience = 0, self._state.redelivery
        while waiting := self._queues[queue]:
            if await self._is_done(waiting[0]):
                waiting.popleft()
                failed = 0
            else:
                await asyncio.sleep(min(patience.first * 2**failed, patience.longest))
                failed += 1
        del self._queues[queue]

    async def _is_done(self, update_id: int) -> bool:
        """Deliver an update once, unless it was dropped; say whether there is nothing more to do for it."""
        async with self._free:
            with self._state.changed:
                update = self._state.pending.get(update_id)
            if update is None:
                return True
            status, error = await self._answer_to(update)
        self._note(update_id, status, error)
        return not error

    async def _answer_to(self, update: Json) -> tuple[int, str]:
        """Return the status that came back, and what is wrong with it."""
        try:
            async with asyncio.timeout(self._state.redelivery.timeout):
                status, reason = await self._poster.post(json.dumps(update).encode())
        except TimeoutError:
            return 0, "Read timeout expired"
        except ConnectionRefusedError:
            return 0, "Connection refused"
        except (OSError, h11.RemoteProtocolError):
            return 0, "Webhook connection closed"
        return status, "" if 200 <= status < 300 else f"Wrong response from the webhook: {status} {reason}"

    def _note(self, update_id: int, status: int, error: str) -> None:
        with self._state.changing():
            self._state.deliveries.append(Delivery(update_id, status, error))
            if error:
                self._webhook.error, self._webhook.error_date = error, int(time.time())
            elif self._state.pending.pop(update_id, None):
                self._state.confirmed.add(update_id)
                self._state.on_acknowledged(update_id)


def _queue(update: Json) -> str:
    """Return in which queue Telegram would put an update: a chat's, or a person's for queries."""
    kind, about = next((kind, about) for kind, about in update.items() if kind != "update_id")
    if "chat" in about:
        return f"chat {about['chat']['id']}"
    return f"{kind} {about.get('from', {}).get('id', update['update_id'])}"
