"""Both regions vanish at once."""

import contextlib
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import UNREACHABLE
from infra.rehearsal.scene import Scene


@contextlib.asynccontextmanager
async def both_regions(scene: Scene) -> AsyncIterator[None]:
    """Make both regions unreachable."""
    async with scene.front.lost(), scene.other_front.lost():
        yield


FAULT = Fault(
    name="both-regions",
    does="both regions vanish, so DNS goes on answering the primary",
    on_aws="what no pair of regions survives",
    expected=Reaction.BOTH_DOWN,
    failing=UNREACHABLE,
    inject=both_regions,
)
