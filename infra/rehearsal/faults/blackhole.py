"""The region is gone: nothing is refused, nothing is answered, packets vanish."""

import contextlib

from infra.fault import Fault, Reaction
from infra.promise import UNREACHABLE
from infra.rehearsal.scene import Scene


def blackhole(scene: Scene) -> contextlib.AbstractAsyncContextManager[None]:
    """Make the region unreachable, as the loss of its network does."""
    return scene.front.lost()


FAULT = Fault(
    name="blackhole",
    does="the region vanishes: no connection is made or refused, no answer comes",
    on_aws="loss of the region, or of its network",
    expected=Reaction.FAILS_OVER,
    failing=UNREACHABLE,
    inject=blackhole,
)
