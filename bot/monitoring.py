"""What whoever runs the bot may look at from outside: whether it is well, and its numbers for Prometheus."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.metrics import CONTENT_TYPE, SHORT
from bot.serving import App, Request, Response, as_json, only_for, plain, site

SILENCE: Final = 120.0
"""Seconds without a word from Telegram after which something is wrong."""
STUCK: Final = 120.0
"""Seconds after which an update should long have been dealt with."""
AT_ONCE: Final = 10
_HEARD_STEP: Final = 60
_HAND_STEP: Final = 30
"""Seconds to which the two are rounded: finer, they would tell of each message as it comes."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the bot is: seconds since Telegram was last heard, and for which the oldest update has been in hand (or 0).

    `knowledge_checksum` is of the knowledge that answers.
    """

    heard_before: float
    oldest_in_hand: float
    store_writable: bool
    knowledge_checksum: str

    @property
    def reason(self) -> str:
        """What is wrong, in words; "" if nothing is. A store that cannot be written costs no answer."""
        if self.heard_before >= SILENCE:
            return (
                f"텔레그램에서 {SILENCE:.0f}초 넘게 소식이 없습니다. 인터넷과 토큰을 확인하세요. / "
                f"Telegram was not heard for {SILENCE:.0f} seconds: check the connection and the token."
            )
        if self.oldest_in_hand >= STUCK:
            return (
                f"받은 글 하나에 {STUCK:.0f}초 넘게 답하지 못하고 있습니다. 기록을 보고, 그대로면 봇을 다시 켜세요. / "
                f"An update has been in hand for {STUCK:.0f} seconds: see the log, and start the bot anew if it stays."
            )
        return ""

    def shown(self) -> dict[str, object]:
        """Return what may be shown of it: seconds in steps, so that nobody sees when somebody writes."""
        return {
            "status": "failing" if self.reason else "ok",
            **({"reason": self.reason} if self.reason else {}),
            "telegram_heard_within_seconds": (int(self.heard_before) // _HEARD_STEP + 1) * _HEARD_STEP,
            "oldest_in_hand_seconds": int(self.oldest_in_hand) // _HAND_STEP * _HAND_STEP,
            "store_writable": self.store_writable,
            "knowledge": self.knowledge_checksum[:SHORT],
        }


def monitoring(health: Callable[[], Health], metrics: Callable[[], bytes], bound: str) -> App:
    """Return the app with /healthz and /metrics, for whoever asks by loopback or by the address `bound`."""

    async def healthz(_: Request) -> Response:
        now = health()
        return as_json(now.shown(), 503 if now.reason else 200)

    async def numbers(_: Request) -> Response:
        return plain(metrics(), media_type=CONTENT_TYPE)

    return only_for(site({("GET", "/healthz"): healthz, ("GET", "/metrics"): numbers}, AT_ONCE), bound)
