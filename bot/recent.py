"""Which topic a chat was last shown, for ten minutes and in memory alone: nobody can tell from it who asked what.

Chats stand under a keyed hash; the key is made at start and never written.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

MINUTES = 10
MOST = 10_000
"""So many chats are remembered; the longest untouched is forgotten first."""


class Recent:
    """The last topics; `clock` tells seconds that never run backwards."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._topics: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def remember(self, chat: int, topic: str) -> None:
        """Keep `topic` (an entry's id) as what `chat` was last shown; "" forgets."""
        self._forget_old()
        hidden = self._hidden(chat)
        self._topics.pop(hidden, None)
        if topic:
            self._topics[hidden] = topic, self._clock() + 60 * MINUTES
        if len(self._topics) > MOST:
            self._topics.popitem(last=False)

    def topic(self, chat: int) -> str:
        """Return what `chat` was last shown, or "" if that is ten minutes ago or was nothing."""
        self._forget_old()
        return self._topics.get(self._hidden(chat), ("", 0.0))[0]

    def _forget_old(self) -> None:
        now = self._clock()
        while self._topics and next(iter(self._topics.values()))[1] <= now:
            self._topics.popitem(last=False)

    def _hidden(self, chat: int) -> bytes:
        return hashlib.blake2b(str(chat).encode(), key=self._key, digest_size=16).digest()
