"""Evacuation: nothing fails; clients are moved away by weights, and back, an apply a step."""

import contextlib
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import ANSWERED
from infra.rehearsal.scene import Scene


@contextlib.asynccontextmanager
async def _evacuated(scene: Scene) -> AsyncIterator[None]:
    own, other = scene.weights
    full = other or own
    await scene.weigh(max(own // 2, 1), full)
    await scene.clock.sleep(scene.promise.ttl)  # no further before all clients have seen it
    await scene.weigh(0, full)
    yield
    # Not after an error: the deployment is destroyed then, and an apply would only delay it.
    await scene.weigh(own, other)


FAULT = Fault(
    name="evacuation",
    does="its weight goes to 0 in two steps, and comes back in one, an apply each",
    on_aws="a planned evacuation, before maintenance or ahead of a storm; needs --routing weighted",
    expected=Reaction.MOVES,
    failing=ANSWERED,
    inject=_evacuated,
)
