"""The running bot seen from outside: what happens is counted, and shown with its health on an address of its own."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, Protocol

from telegram import Update

from bot.core.model import Feedback, Language, Outcome
from bot.current import Current
from bot.keeping import Tally
from bot.metrics import KINDS, OPENED, OTHER, Metrics, State
from bot.monitoring import Health, monitoring
from bot.serving import if_possible, serving
from bot.settings import Address, version
from bot.telegram.in_hand import InHand

log = logging.getLogger("gildongmu.telegram")

CLOSING: Final = 1.0
"""Seconds that the last looks have at the end."""
MESSAGE, EDITED, PRESS, INLINE = KINDS


class Source(Protocol):
    """Where updates come from: asked for, or brought."""

    @property
    def heard(self) -> float:
        """When Telegram was last heard, by the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Observed:
    """Counts what is shown for good, with `tally`, and for those who watch the bot, with `metrics`."""

    tally: Tally
    metrics: Metrics

    def shown(self, day: date, entry: str, outcome: Outcome | None, language: Language) -> None:
        """Count that `entry` ("" for none) was shown."""
        self.tally.shown(day, entry, outcome, language)
        self.metrics.answers.add(outcome or OPENED)

    def felt(self, day: date, entry: str, feedback: Feedback, language: Language) -> None:
        """Count what somebody said of the card of `entry`."""
        self.tally.felt(day, entry, feedback, language)


def metrics_of(current: Current, tally: Tally, in_hand: Callable[[], int]) -> Metrics:
    """Return metrics that tell how things stand with all these."""

    def state() -> State:
        knowledge = current.engine.knowledge
        return State(in_hand(), tally.waiting, tally.works, knowledge.checksum, len(knowledge.entries))

    return Metrics(version(), state)


def observed(process: Callable[[Update], Awaitable[None]], metrics: Metrics) -> Callable[[Update], Awaitable[None]]:
    """Return `process` with its updates counted and timed."""

    async def counting(update: Update) -> None:
        metrics.updates.add(_kind(update))
        began = time.perf_counter()
        try:
            await process(update)
        finally:
            metrics.update_seconds.add(time.perf_counter() - began)

    return counting


def _kind(update: Update) -> str:
    if update.message:
        return MESSAGE
    if update.callback_query:
        return PRESS
    if update.edited_message:
        return EDITED
    return INLINE if update.inline_query else OTHER


@asynccontextmanager
async def shown_at(
    address: Address | None, source: Source, in_hand: InHand, current: Current, tally: Tally, metrics: Metrics
) -> AsyncIterator[None]:
    """Show /healthz and /metrics at `address` while the block runs; where that cannot be, the bot answers without."""

    def health() -> Health:
        checksum = current.engine.knowledge.checksum
        return Health(time.monotonic() - source.heard, in_hand.oldest_seconds(), tally.works, checksum)

    if address is None:
        yield
        return
    server = serving(monitoring(health, metrics.text, address.host), address.host, address.port, CLOSING)
    async with if_possible(server, partial(log.warning, "%s")):
        yield
