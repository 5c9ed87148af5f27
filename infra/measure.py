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
    """The region that is cut and the one that takes over."""

    primary: str
    standby: str


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

    Both regions down is only what it should be if DNS answers the primary in the end.
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
    if both_down and (not answers or answers[-1] == roles.primary):
        return Reaction.BOTH_DOWN
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
        case Reaction.STAYS:
            turns = _count(timeline, Kind.UNHEALTHY, roles.primary, cut)
            answers = _count(timeline, Kind.DNS, roles.standby, cut)
            unmoved = [
                Figure("health check turned", turns, "", Range(0, 0)),
                Figure("DNS answered the standby", answers, "", Range(0, 0)),
            ]
        case Reaction.BOTH_DOWN:
            unmoved = [
                _since(
                    f"detection in the {role}",
                    cut,
                    timeline.first(Kind.UNHEALTHY, region, cut),
                    promise.detection,
                )
                for role, region in (("primary", roles.primary), ("standby", roles.standby))
            ]
    # Nobody takes over, so how long clients wait is the fault's to say, and nothing is promised.
    return [
        *unmoved,
        *_outages(timeline, cut, math.inf, None),
        Figure("failed requests", failed_requests(timeline), "", None),
        Figure("acknowledged writes", len(timeline.acknowledged_writes()), "", None),
        _lost("missing in the standby, healed", missing.in_standby),
        _lost("missing in the primary, healed", missing.in_primary),
    ]


def _of_a_failover(
    timeline: Timeline, promise: Promise, roles: Roles, missing: Missing, cut: float
) -> list[Figure]:
    healed = timeline.first(Kind.HEALED, roles.primary)
    return [
        _since(
            "detection", cut, timeline.first(Kind.UNHEALTHY, roles.primary, cut), promise.detection
        ),
        _since("DNS switch", cut, timeline.first(Kind.DNS, roles.standby, cut), promise.detection),
        *_outages(timeline, cut, _healed(timeline, roles), promise.outage),
        Figure("failed requests", failed_requests(timeline), "", None),
        Figure("failed outside the outage", failed_outside(timeline, cut), "", Range(0, 0)),
        Figure("acknowledged writes", len(timeline.acknowledged_writes()), "", None),
        _lost("missing in the standby", missing.in_standby),
        *_failback(timeline, promise, roles, healed),
        _lost("missing in the primary, healed", missing.in_primary),
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


def _healed(timeline: Timeline, roles: Roles) -> float:
    healed = timeline.first(Kind.HEALED, roles.primary)
    return math.inf if healed is None else healed


def _outages(timeline: Timeline, cut: float, healed: float, promised: Range | None) -> list[Figure]:
    outages = client_outages(timeline, cut, healed)
    return [
        Figure(f"client outage, {name}", quantile(outages, share), "s", promised)
        for name, share in _SHARES.items()
    ]


def _count(timeline: Timeline, kind: Kind, region: str, since: float) -> int:
    return sum((m.kind, m.region) == (kind, region) and m.at >= since for m in timeline.moments)


def client_outages(timeline: Timeline, cut: float, healed: float) -> list[float]:
    """Return, for each client, its longest wait for a good answer around the outage.

    Reads and writes count apart, and the longer wait of the two is the client's. A wait counts
    from the cut on; it is infinite if it did not end before the heal.
    """
    return [
        max(_longest_wait(_of(timeline, client, operation), cut, healed) for operation in Operation)
        for client in clients(timeline)
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
    if healed is None:
        return []
    first_answers = dict[int, float]()
    for request in timeline.requests:
        if request.started > healed and request.region == roles.primary:
            first_answers.setdefault(request.client, request.ended)
    all_back = sorted(first_answers) == clients(timeline)
    back = max(first_answers.values()) if all_back else None
    return [
        _since(
            "failback, health check",
            healed,
            timeline.first(Kind.HEALTHY, roles.primary, healed),
            promise.recognition,
        ),
        _since("failback, last client", healed, back, promise.failback),
    ]


def _lost(name: str, item_ids: Sequence[str] | None) -> Figure:
    return Figure(name, None if item_ids is None else len(item_ids), "", Range(0, 0))


def _since(name: str, start: float, at: float | None, promised: Range) -> Figure:
    return Figure(name, None if at is None else at - start, "s", promised)
