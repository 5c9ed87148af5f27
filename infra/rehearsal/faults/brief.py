"""The region vanishes, and is back before any health check may have noticed."""

import contextlib
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import UNREACHABLE
from infra.rehearsal.meanwhile import meanwhile
from infra.rehearsal.scene import Scene


@contextlib.asynccontextmanager
async def brief(scene: Scene) -> AsyncIterator[None]:
    """Lose the region once, for less time than a checker needs to change its mind."""

    async def lose() -> None:
        async with scene.front.lost():
            await scene.clock.sleep(scene.promise.unnoticed)

    async with meanwhile(lose()):
        yield


FAULT = Fault(
    name="brief",
    does="the region vanishes for less time than the failure threshold takes",
    on_aws="a network event of seconds",
    expected=Reaction.STAYS,
    failing=UNREACHABLE,
    inject=brief,
)
