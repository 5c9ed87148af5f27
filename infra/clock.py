"""The clock of a rehearsal or a drill: simulated seconds, which may pass faster than real ones."""

import asyncio
import time
from collections.abc import Callable

# Between two looks.
_STEP = 0.2


class Clock:
    """Counts simulated seconds since its creation.

    Every duration of the rehearsal (intervals, timeouts, TTLs, the figures in the report) is in
    simulated seconds; only this class knows how long they really take.

    Args:
        speed: simulated seconds per real second; 1 is real time.

    Raises:
        ValueError: the speed is not above 0.
    """

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed is {speed}, and must be above 0; 1 is real time")
        self.speed = speed
        self._start = time.monotonic()

    def now(self) -> float:
        """Return the simulated seconds since the clock was made."""
        return (time.monotonic() - self._start) * self.speed

    def real(self, seconds: float) -> float:
        """Return how many real seconds so many simulated seconds take."""
        return seconds / self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait for so many simulated seconds."""
        await asyncio.sleep(self.real(seconds))

    async def until(
        self, reached: Callable[[], bool], limit: float, told: Callable[[float], None]
    ) -> bool:
        """Wait until a state is reached or so many simulated seconds are over; tell which.

        Args:
            reached: looks whether it is, a few times a second.
            limit: simulated seconds.
            told: called with those that have passed, after each look in vain.
        """
        start = self.now()
        while not reached():
            passed = self.now() - start
            if passed >= limit:
                return False
            told(passed)
            await self.sleep(_STEP)
        return True

    def timeout(self, seconds: float) -> asyncio.Timeout:
        """Return a context that raises TimeoutError after so many simulated seconds."""
        return asyncio.timeout(self.real(seconds))
