"""The rehearsal itself: clients at work, a fault in a region, healed, everything noted."""

from collections.abc import Callable, Iterable

from infra.clock import Clock
from infra.deployment import Region
from infra.errors import InfraError
from infra.fault import Reaction
from infra.outcome import Outcome
from infra.promise import ALIAS_TTL, Promise
from infra.rehearsal import diagnosis
from infra.rehearsal.cut import Cut
from infra.rehearsal.harness import Harness, start_functions
from infra.rehearsal.route53 import HealthChange
from infra.rehearsal.scene import Scene, Weigh, unweighed
from infra.timeline import Kind, Moment
from infra.traffic.crowd import Crowd

# Traffic flows undisturbed for so long after each change, so that a plot shows it.
_DWELL = 5.0
# The rehearsal waits so much longer than the promise before it gives up.
_PATIENCE = 15.0

Status = Callable[[str], None]


async def rehearse(  # noqa: PLR0913 -- each is a part of the play, and none is of another
    harness: Harness,
    cut: Cut,
    clock: Clock,
    status: Status,
    *,
    settled: bool = False,
    weigh: Weigh = unweighed,
) -> Outcome:
    """Do something to a region under traffic, heal it, and note what happens.

    Nothing is done unless traffic flows and both health checks pass, as on any game day.

    Args:
        harness: what runs around the emulator.
        cut: what is done, to which region.
        clock: real or compressed time.
        status: called with a line about what is going on.
        settled: whether all is known to have been well just before.
        weigh: gives the two regions other weights.
    """
    run = _Run(harness, cut, clock, status, weigh=weigh)
    await run.warm_up()
    async with run.crowd.at_work():
        if await run.steady(settled=settled):
            async with cut.fault.inject(run.scene):
                await run.cut()
            await run.healed()
    return run.outcome


def promise_of(harness: Harness) -> Promise:
    """Return what the health check and the records that Terraform created promise.

    A calculated health check adds no time of its own: what counts is the endpoint's among its
    children.

    Raises:
        InfraError: no record follows the health check of a region's endpoint.
    """
    deployment, configuration = harness.deployment, harness.route53.configuration
    checks = (configuration.endpoint_of(r.its_health_check) for r in deployment.regions)
    check = next((check for check in checks if check is not None), None)
    if check is None:
        raise InfraError(
            f"no record of {deployment.domain_name} follows an endpoint's health check"
        )
    ttls = [
        ALIAS_TTL if record.alias else float(record.ttl or 0)
        for record in configuration.answering(deployment.domain_name)
    ]
    return Promise(check.interval, check.failure_threshold, max(ttls))


def _scene(harness: Harness, cut: Cut, clock: Clock, weigh: Weigh) -> Scene:
    return Scene(
        region=cut.region,
        front=harness.fronts[cut.region.name],
        other_front=harness.fronts[cut.other.name],
        functions=harness.functions[cut.region.name],
        route53=harness.route53,
        promise=promise_of(harness),
        clock=clock,
        weights=harness.deployment.weights_of(cut.region),
        weigh=weigh,
    )


class _Run:
    """One run in three acts."""

    def __init__(
        self,
        harness: Harness,
        cut: Cut,
        clock: Clock,
        status: Status,
        *,
        weigh: Weigh,
    ) -> None:
        self.scene = _scene(harness, cut, clock, weigh)
        self.outcome = Outcome(cut.fault.promised(self.scene.promise))
        self._cut = cut
        self._harness = harness
        self._deployment = harness.deployment
        self._clock = clock
        self._status = status
        self.crowd = Crowd(
            cut.clients,
            harness.near[cut.region.name],
            harness.locate,
            clock,
            self.outcome.timeline,
            places=[harness.near[region.name] for region in self._deployment.regions],
        )
        harness.route53.on_change(self._note_health)

    async def warm_up(self) -> None:
        """Start every function."""
        self._status("starting the functions of both regions")
        self._problems(await start_functions(self._harness, self._clock))

    async def steady(self, *, settled: bool) -> bool:
        """Let every checker have its say, then tell whether all is well enough to go on.

        That takes as many requests of each as make it change its mind; one, where all was well.
        """
        promise = self.scene.promise
        rounds = 1 if settled else promise.threshold
        await self._dwell(promise.interval * rounds + _DWELL, "steady")
        records = self._harness.route53.configuration, self._deployment.domain_name
        self._problems(diagnosis.review_records(*records))
        unfit = [
            *diagnosis.review_health(self._harness.route53, self._deployment),
            *diagnosis.review_requests(self.outcome.timeline, since=0.0),
        ]
        if unfit:
            self._problems([*unfit, "so nothing was done to the region: all must be well before"])
        return not unfit

    async def cut(self) -> None:
        """Note that the fault is there, and see it come to what it should."""
        if self._cut.expected is Reaction.MOVES:
            await self._drained()
            return
        self._mark(Kind.CUT)
        match self._cut.expected:
            case Reaction.FAILS_OVER:
                await self._taken_over()
            case Reaction.UNNOTICED:
                await self._unnoticed()
            case Reaction.STAYS:
                seconds = self.outcome.promise.detection.high + _DWELL
                await self._dwell(seconds, "nothing may turn")
            case Reaction.BOTH_DOWN:
                await self._both_down()

    async def _taken_over(self) -> None:
        """Wait for the other region to serve every client, and see what it holds."""
        region, other = self._cut.region, self._cut.other
        cut = self._clock.now()
        limit = self.outcome.promise.outage.high + _PATIENCE
        if await self._until(lambda: self._moved(cut), limit, "cut"):
            # Where DNS chooses at random, the last answers with the lost region are still kept.
            kept = self.outcome.promise.ttl if self._cut.roles.redrawn else 0.0
            await self._dwell(kept + _DWELL, f"{other.name} serves")
            self.outcome.missing_in_standby = await self._missing_in(other)
            return
        clients = self.crowd.size
        waiting = clients - len(self._served_by(other, cut))
        self._problems(
            [
                (
                    f"{waiting} of {clients} clients were not served by {other.name} within "
                    f"{limit:.0f} s of the loss of {region.name}"
                ),
                *diagnosis.review_requests(self.outcome.timeline, since=cut),
            ]
        )

    def _moved(self, cut: float) -> bool:
        everybody = len(self._served_by(self._cut.other, cut)) == self.crowd.size
        return everybody and not (self._cut.roles.redrawn and self._healthy(self._cut.region))

    async def _unnoticed(self) -> None:
        """Wait for the health check to turn, and see what the other region holds."""
        limit = self.outcome.promise.detection.high + _PATIENCE
        await self._until(lambda: not self._healthy(self._cut.region), limit, "cut")
        await self._dwell(_DWELL, "nobody notices")
        self.outcome.missing_in_standby = await self._missing_in(self._cut.other)

    async def _drained(self) -> None:
        """Let what caches keep run out, and see what the other region holds."""
        self._mark(Kind.DRAINED)
        await self._dwell(self.outcome.promise.ttl + _DWELL, "drained")
        self.outcome.missing_in_standby = await self._missing_in(self._cut.other)
        self._mark(Kind.REFILLING)

    async def _both_down(self) -> None:
        """Wait for both health checks to turn, and a moment more for DNS."""
        regions = self._deployment.regions
        limit = self.outcome.promise.detection.high + _PATIENCE
        await self._until(lambda: not any(map(self._healthy, regions)), limit, "both cut")
        await self._dwell(_DWELL, "both down")

    async def healed(self) -> None:
        """Wait until all is as it was before, and see what the regions hold."""
        region, other = self._cut.region, self._cut.other
        if self._cut.expected is not Reaction.MOVES:
            self._mark(Kind.HEALED)
        healed = self._clock.now()
        limit = self.outcome.promise.failback.high + _PATIENCE
        if not await self._until(lambda: self._as_before(healed), limit, "healed"):
            clients = self.crowd.size
            waiting = len(self._cut.returning - self._served_by(region, healed))
            self._problems(
                [
                    f"{waiting} of {clients} clients were not served by {region.name} within "
                    f"{limit:.0f} s of its return"
                ]
                if waiting
                else diagnosis.review_health(self._harness.route53, self._deployment)
            )
        await self._dwell(_DWELL, f"{region.name} is back")
        self.outcome.missing_in_primary = await self._missing_in(region)
        if self._cut.expected in {Reaction.STAYS, Reaction.BOTH_DOWN}:
            self.outcome.missing_in_standby = await self._missing_in(other)

    def _as_before(self, healed: float) -> bool:
        return all(map(self._healthy, self._deployment.regions)) and (
            self._cut.returning <= self._served_by(self._cut.region, healed)
        )

    def _healthy(self, region: Region) -> bool:
        route53 = self._harness.route53
        followed = region.its_health_check in route53.health_checks
        return not followed or route53.healthy(region.its_health_check)

    async def _missing_in(self, region: Region) -> list[str] | None:
        """Return the acknowledged writes of the other region that did not reach this one."""
        written = len(self.crowd.written_outside(region.name))
        self._status(f"looking in {region.name} for {written} items written elsewhere")
        try:
            return await self.crowd.missing_in(region.name, region.domain_name)
        except OSError as error:
            self._problems([f"the writes that {region.name} holds can't be counted: {error}"])
            return None

    async def _until(self, reached: Callable[[], bool], limit: float, act: str) -> bool:
        """Wait until a state is reached or the time is up; tell which."""
        return await self._clock.until(
            reached,
            limit,
            lambda passed: self._status(f"{act} {passed:3.0f} s: {self._state()}"),
        )

    async def _dwell(self, seconds: float, act: str) -> None:
        """Let traffic flow for so long."""
        await self._until(lambda: False, seconds, act)

    def _state(self) -> str:
        route53 = self._harness.route53
        checks = (
            f"{r.name} {'healthy' if route53.healthy(r.its_health_check) else 'UNHEALTHY'}"
            for r in self._deployment.regions
            if r.its_health_check in route53.health_checks
        )
        dns = [m.region for m in self.outcome.timeline.moments if m.kind is Kind.DNS]
        requests = self.outcome.timeline.requests
        failed = sum(r.error is not None for r in requests)
        return (
            f"{', '.join(checks)}; DNS answers {dns[-1] if dns else '...'}; "
            f"{len(requests)} requests, {failed} failed"
        )

    def _served_by(self, region: Region, since: float) -> set[int]:
        return self.crowd.served_by(region.name, since)

    def _problems(self, texts: Iterable[str]) -> None:
        self.outcome.problems.extend(texts)

    def _mark(self, kind: Kind) -> None:
        moment = Moment(self._clock.now(), kind, self._cut.region.name)
        self.outcome.timeline.moments.append(moment)

    def _note_health(self, change: HealthChange) -> None:
        for region in self._deployment.regions:
            if region.health_check_id == change.check_id:
                kind = Kind.HEALTHY if change.healthy else Kind.UNHEALTHY
                moment = Moment(change.at, kind, region.name, change.reason)
                self.outcome.timeline.moments.append(moment)
