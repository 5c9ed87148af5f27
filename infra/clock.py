"""The clock of a rehearsal or a drill: simulated seconds, which may pass faster than real ones."""

import asyncio
import time


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

    def timeout(self, seconds: float) -> asyncio.Timeout:
        """Return a context that raises TimeoutError after so many simulated seconds."""
        return asyncio.timeout(self.real(seconds))
