"""Measures a region that was drained by its weight, being well, and given back its clients."""

import math

from infra.fault import Reaction
from infra.measure import Figure, Missing, Roles, clients, failed_requests, lost_writes
from infra.promise import Promise, Range
from infra.timeline import Kind, Timeline


def reaction(timeline: Timeline, roles: Roles) -> Reaction | None:
    """Return what DNS had done by the time the region was refilled; None if it was not drained.

    A health check that turned is no evacuation: then DNS moved because of that.
    """
    if timeline.first(Kind.DRAINED, roles.primary) is None:
        return None
    refilling = _refilling(timeline, roles)
    so_far = [moment for moment in timeline.moments if moment.at < refilling]
    if any(moment.kind is Kind.UNHEALTHY for moment in so_far):
        return Reaction.FAILS_OVER
    answers = [moment.region for moment in so_far if moment.kind is Kind.DNS]
    return Reaction.MOVES if answers[-1:] == [roles.standby] else Reaction.STAYS


def figures(timeline: Timeline, promise: Promise, roles: Roles, missing: Missing) -> list[Figure]:
    """Return the report's figures, in the order of events; none if no region was drained.

    How long the way back took has the applies in it, and is for those to say.
    """
    drained = timeline.first(Kind.DRAINED, roles.primary)
    if drained is None:
        return []
    refilling = _refilling(timeline, roles)
    starts = [
        r.started
        for r in timeline.requests
        if r.region == roles.primary and drained <= r.started < refilling
    ]
    return [
        Figure(
            f"until {roles.primary} was empty",
            max(starts, default=drained) - drained,
            "s",
            Range(0, promise.ttl),
        ),
        Figure("failed requests", failed_requests(timeline), "", Range(0, 0)),
        Figure("DNS without an answer", _gaps(timeline), "", Range(0, 0)),
        Figure("acknowledged writes", len(timeline.acknowledged_writes()), "", None),
        lost_writes(f"missing in {roles.standby}", missing.in_standby),
        *_return(timeline, roles, refilling),
        lost_writes(f"missing in {roles.primary}, refilled", missing.in_primary),
    ]


def _refilling(timeline: Timeline, roles: Roles) -> float:
    refilling = timeline.first(Kind.REFILLING, roles.primary)
    return math.inf if refilling is None else refilling


def _gaps(timeline: Timeline) -> int:
    return sum((moment.kind, moment.region) == (Kind.DNS, "") for moment in timeline.moments)


def _return(timeline: Timeline, roles: Roles, refilling: float) -> list[Figure]:
    """Measure when the last client was back; where lots are drawn, that is for the lot to say."""
    if roles.redrawn:
        return []
    first_answers = dict[int, float]()
    for request in timeline.requests:
        if request.started > refilling and request.region == roles.primary:
            first_answers.setdefault(request.client, request.ended)
    all_back = sorted(first_answers) == clients(timeline)
    back = max(first_answers.values()) - refilling if all_back else None
    return [Figure("refilled, last client", back, "s", None)]
