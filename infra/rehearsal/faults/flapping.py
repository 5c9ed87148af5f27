"""The region vanishes again and again, each time too briefly to be noticed."""

import contextlib
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import CONNECT_SECONDS, UNREACHABLE
from infra.rehearsal.meanwhile import meanwhile
from infra.rehearsal.scene import Scene


@contextlib.asynccontextmanager
async def flapping(scene: Scene) -> AsyncIterator[None]:
    """Lose the region repeatedly, and give it back for long enough for every checker to see it."""

    async def flap() -> None:
        while True:
            async with scene.front.lost():
                await scene.clock.sleep(scene.promise.unnoticed)
            # A checker that was left waiting asks again after that and an interval.
            await scene.clock.sleep(1.5 * (CONNECT_SECONDS + scene.promise.interval))

    async with meanwhile(flap()):
        yield


FAULT = Fault(
    name="flapping",
    does="the region vanishes and returns, each time sooner than the failure threshold takes",
    on_aws="a link or a deployment that comes and goes; `failover` is for this",
    expected=Reaction.STAYS,
    failing=UNREACHABLE,
    inject=flapping,
)
