"""How often something may happen: token buckets in memory, under a keyed hash, forgotten when they are full again."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

MOST = 10_000
"""So many names are known; the longest untouched is forgotten first."""


class Buckets:
    """For each name `burst` tokens at once and one more every `each` seconds; `clock` never runs backwards.

    Kept of a name is one number: when its bucket will be full again (GCRA, the leaky bucket as a meter of ITU-T I.371).
    """

    def __init__(self, each: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._each = each
        self._burst = burst
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._full_at: OrderedDict[bytes, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, name: int | str, tokens: int = 1) -> float:
        """Take so many tokens, never more than `burst`, and return 0.0.

        If there are too few, take none and return the seconds until there will be enough.
        """
        tokens = min(tokens, self._burst)
        now, hidden = self._clock(), self._hidden(name)
        full_at = max(self._full_at.pop(hidden, now), now)
        wait = full_at - now - (self._burst - tokens) * self._each
        self._full_at[hidden] = full_at if wait > 0 else full_at + tokens * self._each
        if len(self._full_at) > MOST:
            self._full_at.popitem(last=False)
        return max(wait, 0.0)

    def forget_old(self) -> None:
        """Forget the buckets that are full again: done now and then."""
        now = self._clock()
        for hidden in [hidden for hidden, full_at in self._full_at.items() if full_at <= now]:
            del self._full_at[hidden]

    def _hidden(self, name: int | str) -> bytes:
        return hashlib.blake2b(str(name).encode(), key=self._key, digest_size=16).digest()
