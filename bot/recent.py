"""What is remembered for a short while, in memory alone: the last topic of a chat, an answer to look at again.

Whatever names a chat or an answer stands under a keyed hash, whose key is made at start and never written: nobody can
tell from it who asked what.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

MINUTES = 10
MOST = 10_000
"""So much is remembered; the longest untouched is forgotten first."""
T = TypeVar("T")


class Remembered(Generic[T]):
    """Things by name, for `seconds`; `clock` tells seconds that never run backwards."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, seconds: float = 60 * MINUTES) -> None:
        self._clock = clock
        self._seconds = seconds
        self._key = secrets.token_bytes(32)
        self._things: OrderedDict[bytes, tuple[T, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._things)

    def put(self, name: int | str, thing: T) -> None:
        """Remember `thing` from now on."""
        self.forget_old()
        self.drop(name)
        self._things[self._hidden(name)] = thing, self._clock() + self._seconds
        if len(self._things) > MOST:
            self._things.popitem(last=False)

    def get(self, name: int | str) -> T | None:
        """Return what was put there, or None if that is too long ago or was nothing."""
        self.forget_old()
        thing, _ = self._things.get(self._hidden(name), (None, 0.0))
        return thing

    def drop(self, name: int | str) -> None:
        """Forget what was put there, if anything was."""
        self._things.pop(self._hidden(name), None)

    def forget_old(self) -> None:
        """Forget what is too old: done with every look, and now and then when nobody looks."""
        now = self._clock()
        while self._things and next(iter(self._things.values()))[1] <= now:
            self._things.popitem(last=False)

    def _hidden(self, name: int | str) -> bytes:
        return hashlib.blake2b(str(name).encode(), key=self._key, digest_size=16).digest()


class Recent(Remembered[str]):
    """Topics by chat."""

    def remember(self, chat: int | str, topic: str) -> None:
        """Keep `topic` (an entry's id) as what `chat` was last shown; "" forgets."""
        if topic:
            self.put(chat, topic)
        else:
            self.drop(chat)

    def topic(self, chat: int | str) -> str:
        """Return what `chat` was last shown, or "" if that is too long ago or was nothing."""
        return self.get(chat) or ""

    def again(self, what: int | str) -> bool:
        """Say whether this was asked of `what` a short while ago, and remember that it was now."""
        before = self.topic(what)
        self.remember(what, "again")
        return bool(before)
