"""What is seen of the health checkers' last results."""

import asyncio
from dataclasses import replace

from infra.drill.watchers import HealthWatcher
from infra.errors import InfraError
from infra.operations.route53 import Observation
from infra.timeline import Kind, Timeline
from tests.drill.world import DEPLOYMENT, EAST, WEST
from tests.virtual_time import LoopClock, play

KNOWN = replace(
    DEPLOYMENT,
    primary=replace(DEPLOYMENT.primary, endpoint_check_id=EAST),
    standby=replace(DEPLOYMENT.standby, endpoint_check_id=WEST),
)


def test_a_region_turns_with_the_share_of_its_checkers_by_which_route_53_judges() -> None:
    passing = [16, 3, 2, 0, 2, 3, 16]

    def ask(check_id: str) -> Observation:
        return Observation(16 if check_id == WEST else passing.pop(0), 16, None)

    watcher = HealthWatcher(KNOWN, LoopClock(), Timeline(), ask=ask)

    async def watch() -> None:
        watching = asyncio.create_task(watcher.watch())
        while passing:
            await watcher.clock.sleep(1)
        watching.cancel()

    play(watch())
    assert [(m.kind, m.region, m.detail) for m in watcher.timeline.moments] == [
        (Kind.UNHEALTHY, EAST, "2 of 16 checkers pass"),
        (Kind.HEALTHY, EAST, "3 of 16 checkers pass"),
    ]


def test_where_route_53_does_not_say_the_reason_is_kept_and_nobody_is_asked_again() -> None:
    asked: list[str] = []

    def ask(check_id: str) -> Observation:
        asked.append(check_id)
        raise InfraError("Route 53 can't be asked (Throttling)")

    watcher = HealthWatcher(KNOWN, LoopClock(), Timeline(), ask=ask)
    play(watcher.watch())
    assert watcher.unknown == "Route 53 can't be asked (Throttling)"
    assert asked == [EAST]
