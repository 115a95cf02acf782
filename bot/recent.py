"""What is remembered for a short while, in memory alone: the last topic of a chat, the button pressed a moment ago.

Whatever names a chat stands under a keyed hash, whose key is made at start and never written: nobody can tell from it
who asked what.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

MINUTES = 10
MOST = 10_000
"""So much is remembered; the longest untouched is forgotten first."""


class Recent:
    """Topics by chat, for `seconds`; `clock` tells seconds that never run backwards."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, seconds: float = 60 * MINUTES) -> None:
        self._clock = clock
        self._seconds = seconds
        self._key = secrets.token_bytes(32)
        self._topics: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def remember(self, chat: int | str, topic: str) -> None:
        """Keep `topic` (an entry's id) as what `chat` was last shown; "" forgets."""
        self.forget_old()
        hidden = self._hidden(chat)
        self._topics.pop(hidden, None)
        if topic:
            self._topics[hidden] = topic, self._clock() + self._seconds
        if len(self._topics) > MOST:
            self._topics.popitem(last=False)

    def topic(self, chat: int | str) -> str:
        """Return what `chat` was last shown, or "" if that is too long ago or was nothing."""
        self.forget_old()
        return self._topics.get(self._hidden(chat), ("", 0.0))[0]

    def again(self, what: int | str) -> bool:
        """Say whether this was asked of `what` a short while ago, and remember that it was now."""
        before = self.topic(what)
        self.remember(what, "again")
        return bool(before)

    def forget_old(self) -> None:
        """Forget what is too old: done with every look, and now and then when nobody looks."""
        now = self._clock()
        while self._topics and next(iter(self._topics.values()))[1] <= now:
            self._topics.popitem(last=False)

    def _hidden(self, chat: int | str) -> bytes:
        return hashlib.blake2b(str(chat).encode(), key=self._key, digest_size=16).digest()
