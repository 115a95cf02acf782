"""Unfinished edits and proposals, in memory only: one edit for each coordinator, gone after an hour.

A coordinator is known by a keyed hash of their number; the key is made at start and never written. It tells whether two
taps came from one person, and nothing else.
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bot.core.editing import Draft

HOUR = 60 * 60.0
WAITING = 24 * HOUR
"""Seconds for which a proposal waits for the second person."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that was tried on the knowledge `base` and waits to be confirmed, by somebody else than `by`."""

    draft: Draft
    by: bytes
    base: str
    until: float


def files_of(draft: Draft) -> frozenset[str]:
    """Return the names of the files that an edit touches."""
    return frozenset([draft.name, *draft.others.after])


@dataclass(slots=True)
class Drafts:
    """What coordinators are at; `clock` tells seconds that never run backwards."""

    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _drafts: dict[bytes, tuple[Draft, float]] = field(default_factory=dict)
    _proposals: dict[str, Proposal] = field(default_factory=dict)
    _count: int = 0
    measuring: set[bytes] = field(default_factory=set)
    """Whose edits are being tried now."""

    def who(self, user: int) -> bytes:
        """Return what stands here for a person."""
        return hashlib.blake2b(str(user).encode(), key=self._key, digest_size=16).digest()

    def of(self, who: bytes) -> Draft | None:
        """Return what somebody is editing, if that is not too long ago."""
        draft, until = self._drafts.get(who, (None, 0.0))
        return draft if until > self.clock() else None

    def keep(self, who: bytes, draft: Draft) -> None:
        """Keep what somebody is editing for another hour."""
        self._drafts[who] = draft, self.clock() + HOUR

    def drop(self, who: bytes) -> None:
        """Forget what somebody is editing."""
        self._drafts.pop(who, None)

    def others_at(self, who: bytes, draft: Draft) -> bool:
        """Say whether somebody else is editing one of the files that `draft` touches, or has proposed to change it."""
        now, names = self.clock(), files_of(draft)
        drafting = any(w != who and files_of(d) & names and until > now for w, (d, until) in self._drafts.items())
        return drafting or any(
            p.by != who and files_of(p.draft) & names and p.until > now for p in self._proposals.values()
        )

    def propose(self, draft: Draft, by: bytes, base: str) -> str:
        """Keep a proposal for a day; return its number. The edit is no longer that person's."""
        self._count += 1
        number = f"{self._count}-{secrets.token_hex(4)}"  # a button from before a restart must not meet this
        self._proposals[number] = Proposal(draft, by, base, self.clock() + WAITING)
        if self.of(by) == draft:
            self.drop(by)
        return number

    def proposal(self, number: str) -> Proposal | None:
        """Return a proposal that still waits."""
        found = self._proposals.get(number)
        return found if found and found.until > self.clock() else None

    def give_back(self, proposal: Proposal) -> None:
        """Give an edit that was not published back to whoever made it, if they have not begun another."""
        if self.of(proposal.by) is None:
            self.keep(proposal.by, proposal.draft)

    def settle(self, number: str) -> Proposal | None:
        """Take a proposal away: it is published or refused, and only one press can be the one that does it."""
        return self._proposals.pop(number, None)

    def expired(self) -> list[Draft]:
        """Forget what is too old, and return it, so that people can be told."""
        now = self.clock()
        old = [who for who, (_, until) in self._drafts.items() if until <= now]
        late = [number for number, each in self._proposals.items() if each.until <= now]
        return [*(self._drafts.pop(who)[0] for who in old), *(self._proposals.pop(number).draft for number in late)]
