"""Being told to stop, by whichever way updates come: what waits ends at once."""

import asyncio


class Stopping(asyncio.Event):
    """Set when the bot is told to stop."""

    async def within(self, seconds: float) -> bool:
        """Wait so long, or until told to stop; say whether that was told."""
        try:
            await asyncio.wait_for(self.wait(), seconds)
        except TimeoutError:
            return False
        return True
