"""The health checkers of one AWS region can't reach anything."""

import contextlib
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import UNREACHABLE
from infra.rehearsal.scene import Scene


@contextlib.asynccontextmanager
async def checker_region(scene: Scene) -> AsyncIterator[None]:
    """Cut the first region of every check's checkers off from all endpoints."""
    with scene.route53.cut_off(lambda check, checker: check.region_of(checker) == check.regions[0]):
        yield


FAULT = Fault(
    name="checker-region",
    does="the health checkers of one AWS region can't reach either region",
    on_aws="a checker region's own outage",
    expected=Reaction.STAYS,
    failing=UNREACHABLE,
    inject=checker_region,
)
