"""How much may be asked of the page: by one address of the internet, and by all.

An address stands in memory under a keyed hash, until its buckets are full again. Whoever is over a bound is still read
for a cry for help, as long as that does not take the time of others.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from bot.limiting import Buckets
from bot.serving import Request
from bot.web.incoming import sender_of

LETTERS: Final = 300
"""A question takes a token for so many letters of those that all have together: a long one takes longer."""
AT_FIRST: Final = 30
"""So many questions one address may ask at once; then one a second."""
AT_ONCE: Final = 32
"""So much may be sent from one address at a time: a class of people may share it."""


def _a_second(many: float, at_once: int) -> Buckets:
    return Buckets(1 / many, at_once)


@dataclass(slots=True)
class Bounds:
    """What may happen, each as buckets: of one address, and of all together."""

    asked: Buckets = field(default_factory=lambda: _a_second(1, AT_FIRST))
    asked_by_all: Buckets = field(default_factory=lambda: _a_second(150, 300))
    came: Buckets = field(default_factory=lambda: _a_second(20, 200))
    came_from_all: Buckets = field(default_factory=lambda: _a_second(400, 800))
    read: Buckets = field(default_factory=lambda: _a_second(1, 30))
    read_for_all: Buckets = field(default_factory=lambda: _a_second(20, 100))
    _sending: Counter[str] = field(default_factory=Counter)

    def may_come(self, request: Request, *, asking: bool) -> bool:
        """Say whether a request of any kind is dealt with; one that is `asking` is not bounded by what others do."""
        return _taken(self.came, sender_of(request)) and (asking or self.came_from_all.take("") == 0)

    def may_ask(self, request: Request, letters: int = 0) -> bool:
        """Say whether a question of so many letters is answered, or what is pressed counted and kept."""
        own = _taken(self.asked, sender_of(request))
        return own and self.asked_by_all.take("", 1 + letters // LETTERS) == 0

    def may_be_read(self, request: Request) -> bool:
        """Say whether a question that is not answered is looked at for a cry for help."""
        return _taken(self.read, sender_of(request)) and self.read_for_all.take("") == 0

    @contextmanager
    def sending(self, request: Request) -> Iterator[bool]:
        """Yield whether one more may send something from there; it counts while the block runs."""
        sender = sender_of(request)
        self._sending[sender] += 1
        try:
            yield not sender or self._sending[sender] <= AT_ONCE
        finally:
            self._sending[sender] -= 1
            if not self._sending[sender]:
                del self._sending[sender]

    def forget_old(self) -> None:
        """Forget the addresses whose buckets are full again: done now and then."""
        for buckets in (self.asked, self.came, self.read):
            buckets.forget_old()


def _taken(buckets: Buckets, sender: str) -> bool:
    """Take one of an address if there is one; nobody's address has no bound of its own."""
    return not sender or buckets.take(sender) == 0
