"""What is watched beside the clients: where DNS points, what checkers say, how writes arrive."""

import asyncio
import math
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import aiohttp

from infra.clock import Clock
from infra.deployment import Deployment, Region
from infra.errors import InfraError
from infra.operations.route53 import Observation, observe
from infra.promise import HEALTHY_ABOVE
from infra.timeline import Arrival, Kind, Moment, Operation, Timeline
from infra.traffic.client import Target, holds
from infra.traffic.resolver import Answer, query

# The target of a regional custom domain: d-abc123.execute-api.us-east-1.amazonaws.com
_TARGET = re.compile(r"\.execute-api\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$")
# GetHealthCheckStatus is not meant for high rates, and an account has five calls a second.
_HEALTH_EVERY = 10.0
_ADDRESSES_EVERY = 5.0
_LOOK_EVERY = 0.25
_LANES = 4


@dataclass(frozen=True)
class Locator:
    """Tells which region an answer of DNS is.

    By the name that a CNAME leads to; an alias shows addresses alone, which are compared with those
    of the regions' own names, as they come and go.

    Attributes:
        deployment: whose regions.
        target: whom to ask.
        clock: paces the questions.
        known: by address, the region that had it.
    """

    deployment: Deployment
    target: Target
    clock: Clock
    known: dict[str, str] = field(default_factory=dict)

    def __call__(self, answer: Answer) -> str:
        """Return the region's name; the address where it is none that is known."""
        address = answer.addresses[0]
        found = _TARGET.search(answer.owner)
        if found is not None:
            return found["region"]
        return self.known.get(address, address)

    async def learn(self) -> None:
        """Ask for the addresses of both regions, for ever."""
        while True:
            for region in self.deployment.regions:
                try:
                    answer = await query(self.target.server, region.domain_name, self.clock)
                except OSError:
                    continue
                self.known.update(dict.fromkeys(answer.addresses, region.name))
            await self.clock.sleep(_ADDRESSES_EVERY)


@dataclass
class HealthWatcher:
    """Asks Route 53 what the checkers of both endpoints said last.

    Attributes:
        deployment: whose health checks.
        clock: paces the questions.
        timeline: where it is noted when most checkers begin to fail, or to pass.
        unknown: why it can't be asked; None if it can.
        ask: asks for one health check.
    """

    deployment: Deployment
    clock: Clock
    timeline: Timeline
    unknown: str | None = None
    ask: Callable[[str], Observation] = observe

    async def watch(self) -> None:
        """Ask for ever, or until it can't be asked."""
        passing: dict[str, bool] = {}
        while self.unknown is None:
            for region in self.deployment.regions:
                try:
                    seen = await self._ask(region)
                except InfraError as error:
                    self.unknown = str(error)
                    return
                healthy = seen.passing > HEALTHY_ABOVE * seen.total
                if passing.setdefault(region.name, True) != healthy:
                    passing[region.name] = healthy
                    kind = Kind.HEALTHY if healthy else Kind.UNHEALTHY
                    moment = Moment(self.clock.now(), kind, region.name, str(seen))
                    self.timeline.moments.append(moment)
            await self.clock.sleep(_HEALTH_EVERY)

    async def _ask(self, region: Region) -> Observation:
        if region.endpoint_check_id is None:
            raise InfraError("only the deployment's file has the ids of the health checks")
        return await asyncio.to_thread(self.ask, region.endpoint_check_id)


@dataclass(frozen=True)
class _Look:
    """A write that is to be looked for, not before a time."""

    item_id: str
    acknowledged: float
    not_before: float


class ReplicationWatcher:
    """Looks in the standby for each write that the primary acknowledged, until it is there.

    With strongly consistent reads on the standby's own name: they see what its own replica holds,
    so that what is measured is replication and not a stale read.
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html

    Args:
        deployment: whose regions.
        target: the API.
        clock: real or compressed time.
        timeline: where writes are read from, and their arrivals are noted.
    """

    def __init__(
        self, deployment: Deployment, target: Target, clock: Clock, timeline: Timeline
    ) -> None:
        self._primary = deployment.primary.name
        self._standby = deployment.standby.name
        self._target = replace(target, domain_name=deployment.standby.domain_name)
        self._clock = clock
        self._timeline = timeline
        self._known = 0
        self._pending: deque[_Look] = deque()
        self._under_way: list[_Look] = []

    async def watch(self) -> None:
        """Look for ever."""
        async with self._target.session(self._clock) as session, asyncio.TaskGroup() as group:
            for _ in range(_LANES):
                group.create_task(self._lane(session))

    async def drained(self, limit: float) -> None:
        """Wait until all that was acknowledged is there, for so many seconds at most."""
        deadline = self._clock.now() + limit
        while self._behind() and self._clock.now() < deadline:
            await self._clock.sleep(_LOOK_EVERY)

    def close(self, since: float = math.inf) -> None:
        """Note the writes that were not seen, but for those acknowledged too late to be."""
        for look in self._behind():
            if look.acknowledged < since:
                self._note(look, None)
        self._pending.clear()
        self._under_way.clear()

    def _behind(self) -> list[_Look]:
        self._take_in()
        return [*self._under_way, *self._pending]

    async def _lane(self, session: aiohttp.ClientSession) -> None:
        while True:
            self._take_in()
            if not self._pending:
                await self._clock.sleep(_LOOK_EVERY)
                continue
            look = self._pending.popleft()
            self._under_way.append(look)
            await self._clock.sleep(max(0.0, look.not_before - self._clock.now()))
            started = self._clock.now()
            try:
                found = await holds(look.item_id, self._target, session)
            except OSError:
                found = False
            self._under_way.remove(look)
            if found:
                self._note(look, self._clock.now())
            else:
                again = started + _LOOK_EVERY
                self._pending.append(replace(look, not_before=again))

    def _take_in(self) -> None:
        """Queue what has been acknowledged since the last time."""
        news = self._timeline.requests[self._known :]
        self._known += len(news)
        self._pending.extend(
            _Look(request.item_id, request.ended, request.ended)
            for request in news
            if request.operation is Operation.WRITE
            and request.error is None
            and request.region == self._primary
        )

    def _note(self, look: _Look, seen: float | None) -> None:
        arrival = Arrival(look.item_id, self._standby, look.acknowledged, seen)
        self._timeline.arrivals.append(arrival)
