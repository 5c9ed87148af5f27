"""Measures a timeline and holds each figure against what the configuration promises."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infra.fault import Reaction
from infra.promise import Promise, Range
from infra.timeline import Kind, Operation, Request, Timeline

# What a read of an item that is not there is answered with.
NOT_FOUND = "HTTP 404"

_SHARES = {"p50": 0.50, "p99": 0.99, "max": 1.00}


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Attributes:
        name: what was measured.
        value: seconds or a count; None if it never came about.
        unit: "s" or "".
        promised: the range that the value must be in; None where nothing is promised.
    """

    name: str
    value: float | None
    unit: str
    promised: Range | None

    @property
    def kept(self) -> bool:
        """Whether the promise was kept; true where there is none."""
        return self.promised is None or (self.value is not None and self.value in self.promised)


@dataclass(frozen=True, slots=True)
class Roles:
    """The region that is cut and the one that takes over, and whom that concerns.

    Attributes:
        primary: the region that is cut.
        standby: the other one.
        bystanders: the clients whom DNS sends to the other one as it is.
        redrawn: whether DNS draws lots for each answer, so that a client that was lucky once may
            be unlucky until the lost region is no longer answered.
        named: whether figures call the regions by their names, as neither of them stands by, or
            it is the standby that is cut.
    """

    primary: str
    standby: str
    bystanders: tuple[int, ...] = ()
    redrawn: bool = False
    named: bool = False

    @property
    def lost(self) -> str:
        """The region that is cut, as figures call it."""
        return self.primary if self.named else "the primary"

    @property
    def other(self) -> str:
        """The other one, as figures call it."""
        return self.standby if self.named else "the standby"

    def touched(self, timeline: Timeline) -> list[int]:
        """Return the clients that are no bystanders."""
        return [client for client in clients(timeline) if client not in self.bystanders]


@dataclass(frozen=True, slots=True)
class Missing:
    """Acknowledged writes that a region did not hold, by their ids; None where nobody could look.

    Attributes:
        in_standby: after the standby had taken over.
        in_primary: after all was healed.
    """

    in_standby: Sequence[str] | None
    in_primary: Sequence[str] | None


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
    match expected:
        case Reaction.FAILS_OVER:
            return _of_a_failover(timeline, promise, roles, missing, cut)
        case Reaction.UNNOTICED:
            return _of_an_unnoticed_loss(timeline, promise, roles, missing, cut)
        case Reaction.STAYS:
            turns = _count(timeline, Kind.UNHEALTHY, roles.primary, cut)
            answers = _count(timeline, Kind.DNS, roles.standby, cut)
            unmoved = [Figure("health check turned", turns, "", Range(0, 0))]
            if not roles.redrawn:
                unmoved.append(Figure(f"DNS answered {roles.other}", answers, "", Range(0, 0)))
        case Reaction.BOTH_DOWN:
            unmoved = [
                _since(
                    f"detection in {called}",
                    cut,
                    timeline.first(Kind.UNHEALTHY, region, cut),
                    promise.detection,
                )
                for called, region in ((roles.lost, roles.primary), (roles.other, roles.standby))
            ]
    # Nobody takes over, so how long clients wait is the fault's to say, and nothing is promised.
    return [
        *unmoved,
        *_outages(timeline, roles, cut, math.inf, None),
        Figure("failed requests", failed_requests(timeline), "", None),
        Figure("acknowledged writes", len(timeline.acknowledged_writes()), "", None),
        *_of_bystanders(timeline, roles, None),
        lost_writes(f"missing in {roles.other}, healed", missing.in_standby),
        lost_writes(f"missing in {roles.lost}, healed", missing.in_primary),
    ]


def _of_a_failover(
    timeline: Timeline, promise: Promise, roles: Roles, missing: Missing, cut: float
) -> list[Figure]:
    healed = timeline.first(Kind.HEALED, roles.primary)
    outage, switch = promise.outage, promise.detection
    if roles.redrawn:
        # Lots may fall to the other region all along.
        outage, switch = Range(0, outage.high), Range(0, switch.high)
    return [
        _since(
            "detection", cut, timeline.first(Kind.UNHEALTHY, roles.primary, cut), promise.detection
        ),
        _since("DNS switch", cut, _switched(timeline, roles, cut), switch),
        *_outages(timeline, roles, cut, _healed(timeline, roles), outage),
        Figure("failed requests", failed_requests(timeline), "", None),
        Figure(
            "failed outside the outage", _outside(timeline, roles, cut, outage), "", Range(0, 0)
        ),
        *_of_bystanders(timeline, roles, Range(0, 0)),
        Figure("acknowledged writes", len(timeline.acknowledged_writes()), "", None),
        lost_writes(f"missing in {roles.other}", missing.in_standby),
        *_failback(timeline, promise, roles, healed),
        lost_writes(f"missing in {roles.lost}, healed", missing.in_primary),
    ]


def replication(timeline: Timeline, cut: float | None) -> list[Figure]:
    """Return how late acknowledged writes were in the other region; none if nobody looked.

    Each is an upper bound: a write is there some time before somebody sees it.

    Args:
        timeline: a run in which somebody looked.
        cut: when the region that had acknowledged them was lost, if it was.
    """
    if not timeline.arrivals:
        return []
    late = [
        math.inf if arrival.seen is None else arrival.seen - arrival.acknowledged
        for arrival in timeline.arrivals
    ]
    found = [
        Figure(f"replication, {name}", quantile(late, share), "s", None)
        for name, share in _SHARES.items()
    ]
    found.append(Figure("reads ahead of it", len(reads_ahead(timeline)), "", None))
    if cut is None:
        return found
    behind = [
        arrival.acknowledged
        for arrival in timeline.arrivals
        if arrival.acknowledged <= cut and (arrival.seen is None or arrival.seen > cut)
    ]
    return [
        *found,
        Figure("not yet in the standby at the cut", len(behind), "", None),
        Figure("the oldest of them, at the cut", cut - min(behind, default=cut), "s", None),
    ]


def _of_an_unnoticed_loss(
    timeline: Timeline, promise: Promise, roles: Roles, missing: Missing, cut: float
) -> list[Figure]:
    """Measure the loss of a region that nobody is sent to."""
    answers = _count(timeline, Kind.DNS, roles.primary, cut)
    healed = timeline.first(Kind.HEALED, roles.primary)
    return [
        _since(
            "detection", cut, timeline.first(Kind.UNHEALTHY, roles.primary, cut), promise.detection
        ),
        Figure(f"DNS answered {roles.primary}", answers, "", Range(0, 0)),
        Figure("failed requests", failed_requests(timeline), "", Range(0, 0)),
        Figure("acknowledged writes", len(timeline.acknowledged_writes()), "", None),
        lost_writes(f"missing in {roles.standby}", missing.in_standby),
        *_recognised(timeline, promise, roles, healed),
        lost_writes(f"missing in {roles.primary}, healed", missing.in_primary),
    ]


def _switched(timeline: Timeline, roles: Roles, cut: float) -> float | None:
    """Return when DNS answered the other region; where it draws lots, from when on always."""
    if not roles.redrawn:
        return timeline.first(Kind.DNS, roles.standby, cut)
    healed = _healed(timeline, roles)
    answers = [m for m in timeline.moments if m.kind is Kind.DNS and m.at < healed]
    if not answers or answers[-1].region != roles.standby:
        return None
    return max(answers[-1].at, cut)


def _of_bystanders(timeline: Timeline, roles: Roles, promised: Range | None) -> list[Figure]:
    """Count the failures of each place's clients: the loss is to be felt where they lost it."""
    if not roles.bystanders:
        return []
    counted = _but_ahead(timeline)
    there = sum(r.error is not None and r.client in roles.bystanders for r in counted)
    here = sum(r.error is not None for r in counted) - there
    return [
        Figure(f"failed near {roles.primary}", here, "", None),
        Figure(f"failed near {roles.standby}", there, "", promised),
    ]


def _outside(timeline: Timeline, roles: Roles, cut: float, outage: Range) -> int:
    """Count the failures that are not the outage's, of the clients whom it concerns."""
    touched = Timeline(
        [r for r in timeline.requests if r.client not in roles.bystanders], timeline.moments
    )
    if not roles.redrawn:
        return failed_outside(touched, cut)
    return sum(
        r.error is not None and (r.ended < cut or r.started > cut + outage.high)
        for r in touched.requests
    )


def _healed(timeline: Timeline, roles: Roles) -> float:
    healed = timeline.first(Kind.HEALED, roles.primary)
    return math.inf if healed is None else healed


def _outages(
    timeline: Timeline, roles: Roles, cut: float, healed: float, promised: Range | None
) -> list[Figure]:
    outages = client_outages(timeline, cut, healed, roles.touched(timeline))
    return [
        Figure(f"client outage, {name}", quantile(outages, share), "s", promised)
        for name, share in _SHARES.items()
    ]


def _count(timeline: Timeline, kind: Kind, region: str, since: float) -> int:
    return sum((m.kind, m.region) == (kind, region) and m.at >= since for m in timeline.moments)


def client_outages(
    timeline: Timeline, cut: float, healed: float, whose: Iterable[int] | None = None
) -> list[float]:
    """Return, for each client or those given, its longest wait for a good answer around the outage.

    Reads and writes count apart, and the longer wait of the two is the client's. A wait counts
    from the cut on; it is infinite if it did not end before the heal.
    """
    return [
        max(_longest_wait(_of(timeline, client, operation), cut, healed) for operation in Operation)
        for client in (clients(timeline) if whose is None else whose)
    ]


def clients(timeline: Timeline) -> list[int]:
    """Return the numbers of the clients."""
    return sorted({request.client for request in timeline.requests})


def quantile(values: Iterable[float], q: float) -> float | None:
    """Return the smallest value that at least the share q of the values do not exceed."""
    ordered = sorted(values)
    if not ordered:
        return None
    found = ordered[max(0, math.ceil(q * len(ordered)) - 1)]
    return None if math.isinf(found) else found


def failed_requests(timeline: Timeline) -> int:
    """Return how many requests failed, of all clients, over the whole run."""
    return sum(request.error is not None for request in _but_ahead(timeline))


def failed_outside(timeline: Timeline, cut: float) -> int:
    """Return how many requests failed before the cut, or once their client was served again."""
    counted = Timeline(_but_ahead(timeline))
    return sum(
        _failed_outside(_of(counted, client, operation), cut)
        for client in clients(counted)
        for operation in Operation
    )


def reads_ahead(timeline: Timeline) -> list[Request]:
    """Return the reads that found no item because it was written in the other region just before.

    A client that DNS moves reads there what it wrote here: replication has a moment for it.
    """
    written = {write.item_id: write.region for write in timeline.acknowledged_writes()}
    return [
        request
        for request in timeline.requests
        if request.operation is Operation.READ
        and request.error == NOT_FOUND
        and written.get(request.item_id, request.region) != request.region
    ]


def _but_ahead(timeline: Timeline) -> list[Request]:
    """Return the requests that a run answers for: where replication is measured, that is not one.

    A rehearsal's is none: its emulator replicates at once, and what is not found there is lost.
    """
    if not timeline.arrivals:
        return timeline.requests
    ahead = set(map(id, reads_ahead(timeline)))
    return [request for request in timeline.requests if id(request) not in ahead]


def _failed_outside(requests: list[Request], cut: float) -> int:
    # A call that makes a fault takes effect some time after it was sent: until then all goes well.
    lost = next((r.started for r in requests if r.error is not None and r.ended >= cut), math.inf)
    since = max(cut, lost)
    recovery = next((r.ended for r in requests if r.error is None and r.started > since), math.inf)
    # One that was under way at the cut is the outage's.
    return sum(r.error is not None and (r.ended < cut or r.started > recovery) for r in requests)


def _of(timeline: Timeline, client: int, operation: Operation) -> list[Request]:
    return [r for r in timeline.requests if (r.client, r.operation) == (client, operation)]


def _longest_wait(requests: list[Request], cut: float, healed: float) -> float:
    good = [r.ended for r in requests if r.error is None and r.ended >= cut]
    if not good or good[0] > healed:
        return math.inf
    waits = itertools.pairwise([cut, *good])
    return max(end - start for start, end in waits if start < healed)


def _failback(
    timeline: Timeline, promise: Promise, roles: Roles, healed: float | None
) -> list[Figure]:
    recognised = _recognised(timeline, promise, roles, healed)
    if healed is None or roles.redrawn:
        return recognised
    first_answers = dict[int, float]()
    for request in timeline.requests:
        if request.started > healed and request.region == roles.primary:
            first_answers.setdefault(request.client, request.ended)
    all_back = sorted(first_answers) == roles.touched(timeline)
    back = max(first_answers.values()) if all_back else None
    return [*recognised, _since("failback, last client", healed, back, promise.failback)]


def _recognised(
    timeline: Timeline, promise: Promise, roles: Roles, healed: float | None
) -> list[Figure]:
    if healed is None:
        return []
    at = timeline.first(Kind.HEALTHY, roles.primary, healed)
    return [_since("failback, health check", healed, at, promise.recognition)]


def lost_writes(name: str, item_ids: Sequence[str] | None) -> Figure:
    """Return how many acknowledged writes are missing, of which none may be."""
    return Figure(name, None if item_ids is None else len(item_ids), "", Range(0, 0))


def _since(name: str, start: float, at: float | None, promised: Range) -> Figure:
    return Figure(name, None if at is None else at - start, "s", promised)
