"""Time that jumps from one event to the next: minutes pass in a moment, on any machine."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import async_solipsism

from infra.clock import Clock

T = TypeVar("T")


class LoopClock(Clock):
    """The time of the running loop. A sleep is a little late, as every real one is."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds + 1e-6)


def play(
    course: Coroutine[Any, Any, T],
    new_loop: Callable[[], asyncio.AbstractEventLoop] = async_solipsism.EventLoop,
) -> T:
    """Run a coroutine on a loop of its own, whose time jumps."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(course)
