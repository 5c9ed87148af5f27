"""Measures the loss of a region, and what its clients and DNS made of it."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from infra.fault import Reaction
from infra.measure.clients import all_back, client_outages, failed_outside, failed_requests
from infra.measure.figure import NONE, Figure, Missing, count, lost_writes, since, spread
from infra.measure.replication import but_ahead
from infra.measure.roles import Roles
from infra.promise import Promise, Range
from infra.timeline import Kind, Timeline


def reaction(timeline: Timeline, roles: Roles) -> Reaction | None:
    """Return what DNS had done about the fault by the time it was healed; None if none was there.

    Both regions down is only what it should be if DNS answers as it did before in the end.
    """
    cut = timeline.first(Kind.CUT, roles.primary)
    if cut is None:
        return None
    healed = _healed(timeline, roles)
    so_far = [moment for moment in timeline.moments if moment.at < healed]
    answers = [moment.region for moment in so_far if moment.kind is Kind.DNS and moment.at >= cut]
    health = {m.region: m.kind for m in so_far if m.kind in {Kind.HEALTHY, Kind.UNHEALTHY}}
    both_down = all(
        health.get(region) is Kind.UNHEALTHY for region in (roles.primary, roles.standby)
    )
    if both_down and (roles.redrawn or not answers or answers[-1] == roles.primary):
        return Reaction.BOTH_DOWN
    if {m.region for m in so_far if m.kind is Kind.DNS} == {roles.standby}:
        return Reaction.UNNOTICED
    if roles.redrawn:
        lost = health.get(roles.primary) is Kind.UNHEALTHY
        return Reaction.FAILS_OVER if lost and answers[-1:] == [roles.standby] else Reaction.STAYS
    return Reaction.FAILS_OVER if roles.standby in answers else Reaction.STAYS


def figures(
    timeline: Timeline,
    promise: Promise,
    roles: Roles,
    missing: Missing,
    expected: Reaction = Reaction.FAILS_OVER,
) -> list[Figure]:
    """Return the report's figures, in the order of events; none if no region was cut.

    Args:
        timeline: a run with at most one cut and one heal of a region.
        promise: what the configuration promises for the fault.
        roles: which region was cut.
        missing: writes that were lost.
        expected: what must come of the fault.
    """
    cut = timeline.first(Kind.CUT, roles.primary)
    if cut is None:
        return []
    loss = _Loss(timeline, promise, roles, missing, cut)
    if expected is Reaction.FAILS_OVER:
        return list(loss.failover())
    if expected is Reaction.UNNOTICED:
        return list(loss.unnoticed())
    return [*(loss.both_down() if expected is Reaction.BOTH_DOWN else loss.stays()), *loss.waits()]


def _healed(timeline: Timeline, roles: Roles) -> float:
    healed = timeline.first(Kind.HEALED, roles.primary)
    return math.inf if healed is None else healed


@dataclass(frozen=True)
class _Loss:
    """A loss to be measured: the arguments of figures(), and when the region was cut."""

    timeline: Timeline
    promise: Promise
    roles: Roles
    missing: Missing
    cut: float

    @property
    def healed(self) -> float:
        return _healed(self.timeline, self.roles)

    def failover(self) -> Iterator[Figure]:
        """Measure a loss after which the other region is to serve."""
        outage, switch = self.promise.outage, self.promise.detection
        if self.roles.redrawn:
            # Lots may fall to the other region all along.
            outage, switch = Range(0, outage.high), Range(0, switch.high)
        yield self._detection("detection", self.roles.primary)
        yield since("DNS switch", self.cut, self._switched(), switch)
        yield from self._outages(self.healed, outage)
        yield self._failed(None)
        yield count("failed outside the outage", self._outside(outage), NONE)
        yield from self._by_place(NONE)
        yield self._acknowledged()
        yield lost_writes(self.roles.other, self.missing.in_standby)
        yield from self._failback()
        yield lost_writes(f"{self.roles.lost}, healed", self.missing.in_primary)

    def unnoticed(self) -> Iterator[Figure]:
        """Measure the loss of a region that nobody is sent to."""
        primary = self.roles.primary
        yield self._detection("detection", primary)
        yield count(f"DNS answered {primary}", self._times(Kind.DNS, primary), NONE)
        yield self._failed(NONE)
        yield self._acknowledged()
        yield lost_writes(self.roles.standby, self.missing.in_standby)
        yield from self._recognised()
        yield lost_writes(f"{primary}, healed", self.missing.in_primary)

    def stays(self) -> Iterator[Figure]:
        """See that DNS did nothing."""
        turns = self._times(Kind.UNHEALTHY, self.roles.primary)
        yield count("health check turned", turns, NONE)
        if not self.roles.redrawn:
            answers = self._times(Kind.DNS, self.roles.standby)
            yield count(f"DNS answered {self.roles.other}", answers, NONE)

    def both_down(self) -> Iterator[Figure]:
        """See that both losses were noticed."""
        yield self._detection(f"detection in {self.roles.lost}", self.roles.primary)
        yield self._detection(f"detection in {self.roles.other}", self.roles.standby)

    def waits(self) -> Iterator[Figure]:
        """Measure a loss in which nobody takes over: its length is the fault's to say."""
        yield from self._outages(math.inf, None)
        yield self._failed(None)
        yield self._acknowledged()
        yield from self._by_place(None)
        yield lost_writes(f"{self.roles.other}, healed", self.missing.in_standby)
        yield lost_writes(f"{self.roles.lost}, healed", self.missing.in_primary)

    def _detection(self, name: str, region: str) -> Figure:
        at = self.timeline.first(Kind.UNHEALTHY, region, self.cut)
        return since(name, self.cut, at, self.promise.detection)

    def _switched(self) -> float | None:
        """Return when DNS answered the other region; where it chooses at random, for good."""
        if not self.roles.redrawn:
            return self.timeline.first(Kind.DNS, self.roles.standby, self.cut)
        moments = self.timeline.moments
        answers = [m for m in moments if m.kind is Kind.DNS and m.at < self.healed]
        if not answers or answers[-1].region != self.roles.standby:
            return None
        return max(answers[-1].at, self.cut)

    def _outages(self, healed: float, promised: Range | None) -> Iterator[Figure]:
        touched = self.roles.touched(self.timeline)
        outages = client_outages(self.timeline, self.cut, healed, touched)
        return spread("client outage", outages, promised)

    def _failed(self, promised: Range | None) -> Figure:
        return count("failed requests", failed_requests(self.timeline), promised)

    def _acknowledged(self) -> Figure:
        return count("acknowledged writes", len(self.timeline.acknowledged_writes()))

    def _outside(self, outage: Range) -> int:
        """Count the failures that are not the outage's, of the clients whom it concerns."""
        bystanders = self.roles.bystanders
        touched = [r for r in self.timeline.requests if r.client not in bystanders]
        counted = replace(self.timeline, requests=touched)
        if not self.roles.redrawn:
            return failed_outside(counted, self.cut)
        return sum(
            r.error is not None and (r.ended < self.cut or r.started > self.cut + outage.high)
            for r in but_ahead(counted)
        )

    def _by_place(self, promised: Range | None) -> Iterator[Figure]:
        """Count the failures of each place's clients: the loss is to be felt where they lost it."""
        bystanders = self.roles.bystanders
        if not bystanders:
            return
        failed = [r.client in bystanders for r in but_ahead(self.timeline) if r.error is not None]
        there = sum(failed)
        yield count(f"failed near {self.roles.primary}", len(failed) - there)
        yield count(f"failed near {self.roles.standby}", there, promised)

    def _times(self, kind: Kind, region: str) -> int:
        """Count how often something happened to a region from the cut on."""
        return sum(
            (m.kind, m.region) == (kind, region) and m.at >= self.cut for m in self.timeline.moments
        )

    def _failback(self) -> Iterator[Figure]:
        yield from self._recognised()
        if math.isinf(self.healed) or self.roles.redrawn:
            return
        touched = self.roles.touched(self.timeline)
        back = all_back(self.timeline, self.roles.primary, self.healed, touched)
        yield since("failback, last client", self.healed, back, self.promise.failback)

    def _recognised(self) -> Iterator[Figure]:
        if not math.isinf(self.healed):
            at = self.timeline.first(Kind.HEALTHY, self.roles.primary, self.healed)
            yield since("failback, health check", self.healed, at, self.promise.recognition)
