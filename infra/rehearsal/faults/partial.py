"""Most of the world can't reach the region; enough of it still can."""

import contextlib
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import UNREACHABLE
from infra.rehearsal.route53.config import EndpointCheck
from infra.rehearsal.scene import Scene

# A quarter of the checkers goes on passing, and more than 18 % make an endpoint healthy.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
_SHARE = 0.75


@contextlib.asynccontextmanager
async def partial(scene: Scene) -> AsyncIterator[None]:
    """Cut three quarters of the checkers' regions off from the region; clients are not."""

    def blocks(check: EndpointCheck, checker: int) -> bool:
        lost = check.regions[: int(_SHARE * len(check.regions))]
        return check.fqdn == scene.region.domain_name and check.region_of(checker) in lost

    with scene.route53.cut_off(blocks):
        yield


FAULT = Fault(
    name="partial",
    does="three quarters of the health checkers can't reach the region, the rest can",
    on_aws="an internet provider's outage between some places and the region",
    expected=Reaction.STAYS,
    failing=UNREACHABLE,
    inject=partial,
)
