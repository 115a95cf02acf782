"""The people of a load run: each asks, waits for the answer and rests. They live in the Bot API server's own loop."""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from asked import Asked, Kind
from botapi.server import BotApiServer, Sent

FIRST_CHAT: Final = 1_000_001
FLOODING: Final = 5_000_001
"""The chats of people, and of those who send without end."""
LONG_PAST: Final = 8
"""So many messages a person the server keeps."""
TIDY_EVERY: Final = 5_000
"""Questions after which what is long past is forgotten."""
PATIENCE: Final = 20.0
"""Seconds without any answer after which nobody waits any longer at the end of a run."""


@dataclass(slots=True)
class Person:
    """Somebody in a private chat, who does one thing at a time.

    `since` is when what they wait for was due (seconds of perf_counter), `wrote` the message that they may edit.
    """

    chat: int
    kind: Kind = Kind.IN_SCOPE
    since: float = 0.0
    answered: bool = True
    acknowledged: bool = True
    rested_from: float = 0.0
    twice: bool = False
    wrote: int = 0
    answer: Sent | None = None
    said: set[str] = field(default_factory=set)
    pressed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Ledger:
    """What came of it; `seconds` are from when a question was due to the first call that shows the answer."""

    asked: Counter[Kind] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    late: list[float] = field(default_factory=list)
    silent: int = 0
    twice: int = 0
    lost: int = 0
    began: float = field(default_factory=time.perf_counter)
    last: float = field(default_factory=time.perf_counter)
    flood_sent: int = 0
    flood_answers: int = 0

    @property
    def answered(self) -> int:
        """How many were dealt with: a message was sent or edited, or a press was answered without one."""
        return len(self.seconds) + self.silent

    @property
    def rate(self) -> float:
        """Answers a second, until the last of them."""
        return self.answered / max(self.last - self.began, 1e-9)


class Crowd:
    """People before one bot. A person asks again only when the answer is there and the update is acknowledged.

    So what comes meanwhile belongs to what was asked last, and what comes again after a restart is seen. Whoever has
    rested longest asks next, at least `rest` seconds after the last answer; if nobody has, somebody new does: no
    question waits for another's answer.
    """

    def __init__(self, server: BotApiServer, asked: Asked, rest: float) -> None:
        self.server = server
        self.ledger = Ledger()
        self.on_answer: Callable[[], object] = bool
        self._asked = asked
        self._rest_for = rest
        self._free: deque[Person] = deque()
        self.people = 0
        self._by_chat: dict[int, Person] = {}
        self._by_update: dict[int, Person] = {}
        server.state.on_shown, server.state.on_acknowledged = self._shown, self._acknowledged

    @property
    def waiting(self) -> int:
        """How many have no answer yet."""
        return sum(not person.answered for person in self._by_chat.values())

    def begin(self) -> None:
        """Begin a new ledger; what was asked before and is not answered is forgotten."""
        self.ledger = Ledger()
        self.on_answer = bool
        for person in [person for person in self._by_chat.values() if not person.answered]:
            del self._by_chat[person.chat]

    def ask(self, due: float) -> None:
        """Have the next person do something that was due at `due`; call it in the server's loop."""
        now = time.perf_counter()
        if self._free and now - self._free[0].rested_from >= self._rest_for:
            person = self._free.popleft()
        else:
            self.people += 1
            person = Person(FIRST_CHAT + self.people)
        self.ledger.late.append(now - due)
        self._forget(person, due)
        self._by_chat[person.chat] = person
        with self.server.state.changing():
            update = self._act(person, self._asked.kind())
        self._by_update[update] = person
        self.ledger.asked[person.kind] += 1
        if self.ledger.asked.total() % TIDY_EVERY == 0:
            self._tidy()

    async def steadily(self, rate: float, questions: int) -> None:
        """Ask so many questions, on average `rate` a second at random moments, whether there are answers or not."""
        chance, due = random.Random(questions), time.perf_counter()
        for _ in range(questions):
            due += chance.expovariate(rate)
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            self.ask(due)
        await self.last_answers()

    async def as_fast_as_it_goes(self, waiting: int, questions: int) -> None:
        """Ask so many questions: the moment that one of `waiting` is answered, another is asked."""
        loop, left = asyncio.get_running_loop(), questions

        def another() -> None:
            nonlocal left
            if left > 0:
                left -= 1
                self.ask(time.perf_counter())

        self.on_answer = lambda: loop.call_soon(another)
        for _ in range(waiting):
            another()
        while left > 0:
            await asyncio.sleep(0.05)
            if time.perf_counter() - self.ledger.last > PATIENCE:
                break
        await self.last_answers()

    async def flood(self, chats: int, rate: float) -> None:
        """Send texts from so many chats, `rate` a second in all, never waiting for an answer, until cancelled."""
        due = time.perf_counter()
        while True:
            due += 1 / rate
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            self.server.say(FLOODING + self.ledger.flood_sent % chats, self._asked.text(Kind.IN_SCOPE))
            self.ledger.flood_sent += 1

    async def last_answers(self) -> None:
        """Wait until everybody is answered, or until nothing has come for PATIENCE seconds; then count the lost."""
        before = time.perf_counter()
        while self.waiting and time.perf_counter() - max(self.ledger.last, before) < PATIENCE:
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.3)  # a second answer would come now
        self.ledger.lost = self.waiting

    def _act(self, person: Person, kind: Kind) -> int:
        state, last = self.server.state, person.answer
        buttons = [data for data in last.data if _opens(data) and data not in person.pressed] if last else []
        if kind is Kind.PRESS and last and buttons and (person.chat, last.message_id) in state.showing:
            person.kind, data = kind, self._asked.chance.choice(buttons)
            person.pressed.add(data)
            return self.server.press(person.chat, last.message_id, data)
        if kind is Kind.EDIT and (person.chat, person.wrote) in state.messages:
            person.kind = kind
            return self.server.edit(person.chat, person.wrote, self._asked.text(Kind.IN_SCOPE))
        person.kind = Kind.IN_SCOPE if kind in (Kind.PRESS, Kind.EDIT) else kind
        update = self.server.say(person.chat, self._asked.text(person.kind))
        person.wrote = self.server.message_id_of(update)
        return update

    def _forget(self, person: Person, due: float) -> None:
        person.since, person.answered, person.acknowledged, person.twice = due, False, False, False
        person.said.clear()

    def _shown(self, sent: Sent) -> None:
        """Take note of what the bot shows in a chat; called in the server's loop."""
        person = self._by_chat.get(sent.chat_id)
        if person is None:
            self.ledger.flood_answers += sent.chat_id >= FLOODING
            return
        if person.answer is None or person.answer.message_id != sent.message_id or not sent.edited:
            person.pressed.clear()
        person.answer = sent
        if sent.method == "editMessageReplyMarkup":
            return
        if not sent.edited and sent.text in person.said and not person.twice:
            person.twice = True
            self.ledger.twice += 1
        person.said.add(sent.text)
        if not person.answered:
            self.ledger.seconds.append(time.perf_counter() - person.since)
            self._answered(person)

    def _acknowledged(self, update: int) -> None:
        person = self._by_update.pop(update, None)
        if person is None:
            return
        person.acknowledged = True
        if not person.answered and person.kind is Kind.PRESS and self.server.answered(update):
            self.ledger.silent += 1
            self._answered(person)
        elif person.answered:
            self._rest(person)

    def _answered(self, person: Person) -> None:
        person.answered, self.ledger.last = True, time.perf_counter()
        if person.acknowledged:
            self._rest(person)
        self.on_answer()

    def _rest(self, person: Person) -> None:
        del self._by_chat[person.chat]
        person.rested_from = time.perf_counter()
        self._free.append(person)

    def _tidy(self) -> None:
        with self.server.state.changing():
            self.server.state.forget_all_but(LONG_PAST * self.people)


def _opens(data: str) -> bool:
    """Say whether a button does something here: neither a link nor the deletion of the whole chat."""
    return bool(data) and "://" not in data and not data.startswith(("z", "tel:"))
