"""What a fault of a rehearsal may touch."""

from dataclasses import dataclass

from infra.clock import Clock
from infra.promise import Promise
from infra.rehearsal.cloud import Cloud
from infra.rehearsal.front import RegionFront
from infra.rehearsal.regions import Region
from infra.rehearsal.route53 import Route53StandIn


@dataclass(frozen=True)
class Scene:
    """One region to do something to, and what is around it.

    Attributes:
        region: the region that is hit.
        front: its front.
        other_front: the front of the region that is to take over.
        cloud: its functions.
        route53: the stand-in for Route 53, whose checkers can be cut off.
        promise: what the configuration promises, whatever the fault.
        clock: the rehearsal's.
    """

    region: Region
    front: RegionFront
    other_front: RegionFront
    cloud: Cloud
    route53: Route53StandIn
    promise: Promise
    clock: Clock
