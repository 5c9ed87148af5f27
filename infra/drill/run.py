"""The drill itself: clients at work on a deployment, a fault in its primary, undone, all noted."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Callable

from infra.clock import Clock
from infra.drill.order import Drill, Found
from infra.drill.watchers import HealthWatcher, Locator, ReplicationWatcher
from infra.errors import InfraError
from infra.fault import Reaction
from infra.outcome import Outcome
from infra.promise import Promise
from infra.timeline import Kind, Moment
from infra.traffic.crowd import Crowd

# Traffic flows undisturbed for so long before and after each change, so that a plot shows it.
_STEADY = 15.0
_DWELL = 10.0
# What a rehearsal's outcome has, and nothing here goes by: a drill may know of no promise.
_UNUSED = Promise(interval=10, threshold=3, ttl=10)
# Replication that takes longer than this at the end is told as a write that is missing.
_LAST_LOOK = 15.0

Status = Callable[[str], None]


async def drill(order: Drill, clock: Clock, status: Status) -> Found:
    """Do it; the fault is undone whatever happens.

    Nothing is done unless traffic flows as it should before. Who is cancelled, as by Ctrl-C, undoes
    the fault and returns what was found so far.

    Args:
        order: what is to be done.
        clock: real or compressed time.
        status: called with a line about what is going on.

    Raises:
        InfraError: the fault can't be made or can't be undone; the text says which.
    """
    run = _Run(order, clock, status)
    try:
        async with run.observed():
            if order.watches_only:
                await run.watch()
            elif await run.steady():
                # Before the call: it takes effect at some time before it returns.
                cut = run.mark(Kind.CUT)
                async with order.fault.fault.inject(order.scene):
                    await run.cut(cut)
                await run.healed()
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.uncancel():
            raise
        run.interrupted()
    except ExceptionGroup as group:
        # Tasks that run together fail together; what the user can mend is one of them.
        raise (_mendable(group) or group) from group
    await run.settle()
    return run.found


def _mendable(group: ExceptionGroup[Exception]) -> InfraError | None:
    for error in group.exceptions:
        found = _mendable(error) if isinstance(error, ExceptionGroup) else error
        if isinstance(found, InfraError):
            return found
    return None


class _Run:
    """One drill."""

    def __init__(self, order: Drill, clock: Clock, status: Status) -> None:
        outcome = Outcome(order.promised or _UNUSED)
        self.found = Found(outcome, order.fault.fault.expected)
        self._order = order
        self._clock = clock
        self._status = status
        self._timeline = outcome.timeline
        self._primary = order.deployment.primary
        self._standby = order.deployment.standby
        self._locator = Locator(order.deployment, order.target, clock)
        self._health = HealthWatcher(order.deployment, clock, self._timeline)
        self._replication = ReplicationWatcher(
            order.deployment, order.target, clock, self._timeline
        )
        self._crowd = Crowd(
            order.clients, order.target, self._locator, clock, self._timeline, order.prefix
        )

    @contextlib.asynccontextmanager
    async def observed(self) -> AsyncIterator[None]:
        """Have clients at work, and everything watched."""
        watchers = (self._locator.learn(), self._health.watch(), self._replication.watch())
        whole = False
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(watcher) for watcher in watchers]
                async with self._crowd.at_work():
                    yield
                await self._replication.drained(_LAST_LOOK)
                whole = True
                for task in tasks:
                    task.cancel()
        finally:
            # Cut short, what was written last had no time to arrive.
            self._replication.close(math.inf if whole else self._clock.now() - _LAST_LOOK)
            self.found.health_unknown = self._health.unknown

    def interrupted(self) -> None:
        """Note that somebody has seen enough."""
        self.found.interrupted = True
        if self._order.watches_only:
            if self._timeline.first(Kind.CUT, self._primary.name) is None:
                self._watched_in_vain(0.0)
            return
        self.found.outcome.problems.append("interrupted; what was done was undone")

    def mark(self, kind: Kind) -> float:
        """Note when something happens to the primary."""
        now = self._clock.now()
        self._timeline.moments.append(Moment(now, kind, self._primary.name))
        return now

    async def steady(self) -> bool:
        """Let traffic flow, and tell whether all is well enough to go on."""
        await self._dwell(_STEADY, "before")
        failed = [r for r in self._timeline.requests if r.error is not None]
        unfit = [f"{r.operation} failed: {r.error}" for r in failed[:3]]
        served = len(self._crowd.served_by(self._primary.name, 0.0))
        if served < self._crowd.size:
            unfit.append(
                f"{self._crowd.size - served} of {self._crowd.size} clients were not served by "
                f"{self._primary.name}"
            )
        if unfit:
            unfit.append("so nothing was done to the region: all must be well before")
            self.found.outcome.problems += unfit
        return not unfit

    async def cut(self, cut: float) -> None:
        """See the standby take over, no longer than the limit."""
        limit = self._order.scene.limit
        try:
            async with self._clock.timeout(limit):
                await self._until(lambda: self._all_by(self._standby.name, cut), limit, "fault")
                await self._dwell(_DWELL, "standby serves")
                await self._look_in_standby()
        except TimeoutError:
            waiting = self._crowd.size - len(self._crowd.served_by(self._standby.name, cut))
            self.found.outcome.problems.append(
                f"the limit of {limit:.0f} s was over before all was seen: {waiting} of "
                f"{self._crowd.size} clients were not served by {self._standby.name}"
            )

    async def healed(self) -> None:
        """Wait for the primary to serve every client again."""
        healed = self.mark(Kind.HEALED)
        limit = self._order.scene.limit
        if not await self._until(lambda: self._all_by(self._primary.name, healed), limit, "undone"):
            waiting = self._crowd.size - len(self._crowd.served_by(self._primary.name, healed))
            self.found.outcome.problems.append(
                f"{waiting} of {self._crowd.size} clients were not served by {self._primary.name} "
                f"within {limit:.0f} s of its return"
            )
        await self._dwell(_DWELL, "primary serves")

    async def watch(self) -> None:
        """See what comes, until the limit; when clients fail, take that for the loss."""
        began = self._clock.now()
        limit = self._order.scene.limit
        if not await self._until(self._half_fail, limit, "watching"):
            self._watched_in_vain(began)
            return
        self.found.expected = Reaction.FAILS_OVER
        first = min(r.started for r in self._timeline.requests if r.error is not None)
        detail = "the first request that failed"
        self._timeline.moments.append(Moment(first, Kind.CUT, self._primary.name, detail))
        left = limit - (self._clock.now() - began)
        if await self._until(lambda: self._all_by(self._standby.name, first), left, "failing"):
            await self._look_in_standby()
            left = limit - (self._clock.now() - began)
            now = self._clock.now()
            await self._until(lambda: self._all_by(self._primary.name, now), left, "standby serves")

    def _watched_in_vain(self, since: float) -> None:
        """Take the beginning for the moment from which on nothing may have turned."""
        detail = "watched from here on: nothing was lost"
        self._timeline.moments.append(Moment(since, Kind.CUT, self._primary.name, detail))

    async def settle(self) -> None:
        """See what the regions hold in the end."""
        outcome = self.found.outcome
        if outcome.missing_in_standby is None:
            await self._look_in_standby()
        outcome.missing_in_primary = await self._missing_in(
            self._primary.name, self._primary.domain_name
        )

    async def _look_in_standby(self) -> None:
        self.found.outcome.missing_in_standby = await self._missing_in(
            self._standby.name, self._standby.domain_name
        )

    async def _missing_in(self, region: str, domain_name: str) -> list[str] | None:
        """Return what a region lacks after it had time to catch up; None if it does not say."""
        written = len(self._crowd.written_outside(region))
        self._status(f"looking in {region} for {written} items written elsewhere")
        deadline = self._clock.now() + _LAST_LOOK
        try:
            missing = await self._crowd.missing_in(region, domain_name)
            while missing and self._clock.now() < deadline:
                await self._clock.sleep(1)
                missing = await self._crowd.missing_in(region, domain_name)
        except OSError as error:
            self.found.outcome.problems.append(
                f"the writes that {region} holds can't be counted: {error}"
            )
            return None
        return missing

    def _half_fail(self) -> bool:
        """Tell whether the last request of at least half of the clients failed."""
        last = {r.client: r.error is not None for r in self._timeline.requests}
        return sum(last.values()) * 2 >= self._crowd.size

    def _all_by(self, region: str, since: float) -> bool:
        return len(self._crowd.served_by(region, since)) == self._crowd.size

    async def _until(self, reached: Callable[[], bool], limit: float, act: str) -> bool:
        """Wait until a state is reached or the time is up; tell which."""
        return await self._clock.until(
            reached,
            limit,
            lambda passed: self._status(
                f"{act} {passed:3.0f} s of at most {limit:.0f}: {self._state()}"
            ),
        )

    async def _dwell(self, seconds: float, act: str) -> None:
        """Let traffic flow for so long."""
        await self._until(lambda: False, seconds, act)

    def _state(self) -> str:
        dns = [m.region for m in self._timeline.moments if m.kind is Kind.DNS]
        requests = self._timeline.requests
        failed = sum(r.error is not None for r in requests)
        return f"DNS answers {dns[-1] if dns else '...'}; {len(requests)} requests, {failed} failed"
