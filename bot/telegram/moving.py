"""Groups that become supergroups: Telegram gives them another id, and what is sent to the old one is sent anew."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from telegram import Message
from telegram.error import ChatMigrated
from telegram.ext import BaseRateLimiter, filters

log = logging.getLogger("gildongmu.telegram")


@dataclass(slots=True)
class Group:
    """The coordinators' group, wherever it is now; `id` is 0 if there is none. `moved` is set when it has gone there.

    `left` is where it was, as long as something that was written there before may still come; 0 if nothing can. All
    that is forgotten when the bot stops: the id stands in the settings, which only people change.
    """

    id: int
    left: int = 0
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def is_at(self, chat: int) -> bool:
        """Say whether what comes from a chat is said in this group."""
        return chat in (self.id, self.left)

    def follow(self, old: int | None, new: int) -> None:
        """Go with a group that had the id `old` and has the id `new`, if it is this one."""
        if old != self.id:
            return
        self.id, self.left = new, old
        self.moved.set()
        log.warning(
            "코디네이터의 방 번호가 바뀌었습니다. 그 방에 적힌 새 번호를 COORDINATORS_CHAT_ID 에 넣으세요. / "
            "The coordinators' group is a supergroup now, with another id: put the one told there into "
            "COORDINATORS_CHAT_ID."
        )

    def leave(self, chat: int) -> None:
        """Note that a chat has said its last: it is this group's no longer."""
        if chat == self.left:
            self.left = 0


class Here(filters.MessageFilter):
    """Messages in the coordinators' group, wherever it is when they come: what was written before a move counts."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self._group = group

    def filter(self, message: Message) -> bool:
        """Say whether `message` is one."""
        return self._group.is_at(message.chat.id)


class Following(BaseRateLimiter[int]):
    """Sends as another limiter does; what is sent to a group that has become a supergroup is sent there, once."""

    def __init__(self, limiter: BaseRateLimiter[int], group: Group) -> None:
        self._limiter = limiter
        self._group = group

    async def initialize(self) -> None:
        """Begin as the other does."""
        await self._limiter.initialize()

    async def shutdown(self) -> None:
        """End as the other does."""
        await self._limiter.shutdown()

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Send; raise ChatMigrated for what is about a message of the old group: in the new one its id is another's."""
        limited = self._limiter.process_request
        try:
            return await limited(callback, args, kwargs, endpoint, data, rate_limit_args)
        except ChatMigrated as error:
            self._group.follow(data.get("chat_id"), error.new_chat_id)
            if not endpoint.startswith("send"):
                raise
            moved = {name: value for name, value in data.items() if name != "reply_parameters"}
            moved["chat_id"] = error.new_chat_id
        return await limited(callback, (endpoint, moved), kwargs, endpoint, moved, rate_limit_args)
