"""Being told to stop: what waits ends at once."""

import asyncio
import signal
from collections.abc import Callable


class Stopping(asyncio.Event):
    """Set when the bot is told to stop."""

    async def within(self, seconds: float) -> bool:
        """Wait so long, or until told to stop; say whether that was told."""
        try:
            await asyncio.wait_for(self.wait(), seconds)
        except TimeoutError:
            return False
        return True


def on_signals(stop: Callable[[], object]) -> None:
    """Call `stop` at SIGTERM or SIGINT, in the loop that runs now."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop)
        except NotImplementedError:  # Windows: Ctrl+C raises KeyboardInterrupt instead
            return
