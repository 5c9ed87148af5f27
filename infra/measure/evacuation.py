"""Measures a region that was drained by its weight, being well, and given back its clients."""

import math

from infra.fault import Reaction
from infra.measure.clients import all_back, clients, failed_requests
from infra.measure.figure import NONE, Figure, Missing, count, lost_writes, since
from infra.measure.roles import Roles
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
    empty = max(starts, default=drained)
    # Where DNS chooses at random, who is back is chance.
    back = () if roles.redrawn else (_return(timeline, roles, refilling),)
    return [
        since(f"until {roles.primary} was empty", drained, empty, Range(0, promise.ttl)),
        count("failed requests", failed_requests(timeline), NONE),
        count("DNS without an answer", _gaps(timeline), NONE),
        count("acknowledged writes", len(timeline.acknowledged_writes())),
        lost_writes(roles.standby, missing.in_standby),
        *back,
        lost_writes(f"{roles.primary}, refilled", missing.in_primary),
    ]


def _refilling(timeline: Timeline, roles: Roles) -> float:
    refilling = timeline.first(Kind.REFILLING, roles.primary)
    return math.inf if refilling is None else refilling


def _gaps(timeline: Timeline) -> int:
    return sum((moment.kind, moment.region) == (Kind.DNS, "") for moment in timeline.moments)


def _return(timeline: Timeline, roles: Roles, refilling: float) -> Figure:
    back = all_back(timeline, roles.primary, refilling, clients(timeline))
    return since("refilled, last client", refilling, back, None)
