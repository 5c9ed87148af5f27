"""What a fault of a rehearsal may touch."""

import contextlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from infra.clock import Clock
from infra.deployment import Region
from infra.errors import InfraError
from infra.promise import Promise
from infra.rehearsal.front import Interposed
from infra.rehearsal.functions import RegionFunctions
from infra.rehearsal.route53 import Route53


class Front(Protocol):
    """A region's front door as faults know it: RegionFront, or what stands for one in a test."""

    def lost(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Lose the region."""

    def closed(self) -> contextlib.AbstractAsyncContextManager[None]:
        """Refuse connections."""

    def presenting(self, tls: ssl.SSLContext) -> contextlib.AbstractAsyncContextManager[None]:
        """Present another certificate, or none."""

    def interposed(self, what: Interposed) -> contextlib.AbstractContextManager[None]:
        """Ask something else before the API."""


# Gives the region that is cut and the other one other weights, and returns once DNS goes by them.
Weigh = Callable[[int, int], Awaitable[None]]


async def unweighed(own: int, other: int) -> None:
    """Refuse other weights, where the records have none.

    Raises:
        InfraError: always.
    """
    raise InfraError(f"the records have no weights that could become {own} and {other}")


@dataclass(frozen=True)
class Scene:
    """One region to do something to, and what is around it.

    Attributes:
        region: the region that is cut.
        front: its front.
        other_front: the front of the region that is to take over.
        functions: its functions.
        route53: the stand-in for Route 53, whose checkers can be cut off.
        promise: what the configuration promises, whatever the fault.
        clock: the rehearsal's.
        weights: of the region that is cut and the other one.
        weigh: changes them.
    """

    region: Region
    front: Front
    other_front: Front
    functions: RegionFunctions
    route53: Route53
    promise: Promise
    clock: Clock
    weights: tuple[int, int] = (0, 0)
    weigh: Weigh = unweighed
