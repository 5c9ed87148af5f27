"""The region's address answers that nobody listens there."""

import contextlib

from infra.fault import Fault, Reaction
from infra.promise import ANSWERED
from infra.rehearsal.scene import Scene


def refused(scene: Scene) -> contextlib.AbstractAsyncContextManager[None]:
    """Refuse connections to the region."""
    return scene.front.closed()


FAULT = Fault(
    name="refused",
    does="connections to the region are refused",
    on_aws="API Gateway's load balancers have no target left",
    expected=Reaction.FAILS_OVER,
    failing=ANSWERED,
    inject=refused,
)
