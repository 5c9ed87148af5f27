"""Measures a timeline and holds each figure against what the configuration promises."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infra.promise import Promise, Range
from infra.timeline import Kind, Operation, Request, Timeline


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


def figures(timeline: Timeline, promise: Promise, roles: Roles, missing: Missing) -> list[Figure]:
    """Return the report's figures, in the order of events; none if no region was cut.

    Args:
        timeline: a run with at most one cut and one heal.
        promise: what the configuration promises.
        roles: which region was cut.
        missing: writes that were lost.
    """
    cut = timeline.first(Kind.CUT, roles.primary)
    if cut is None:
        return []
    healed = timeline.first(Kind.HEALED, roles.primary)
    outages = client_outages(timeline, cut, math.inf if healed is None else healed)
    return [
        _since(
            "detection", cut, timeline.first(Kind.UNHEALTHY, roles.primary, cut), promise.detection
        ),
        _since("DNS switch", cut, timeline.first(Kind.DNS, roles.standby, cut), promise.detection),
        Figure("client outage, p50", quantile(outages, 0.50), "s", promise.outage),
        Figure("client outage, p99", quantile(outages, 0.99), "s", promise.outage),
        Figure("client outage, max", quantile(outages, 1.00), "s", promise.outage),
        Figure("failed requests", failed_requests(timeline), "", None),
        Figure("failed outside the outage", failed_outside(timeline, cut), "", Range(0, 0)),
        Figure("acknowledged writes", len(timeline.acknowledged_writes()), "", None),
        _lost("missing in the standby", missing.in_standby),
        *_failback(timeline, promise, roles, healed),
        _lost("missing in the primary, healed", missing.in_primary),
    ]


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
    return sum(request.error is not None for request in timeline.requests)


def failed_outside(timeline: Timeline, cut: float) -> int:
    """Return how many requests failed before the cut, or once their client was served again."""
    return sum(
        _failed_outside(_of(timeline, client, operation), cut)
        for client in clients(timeline)
        for operation in Operation
    )


def _failed_outside(requests: list[Request], cut: float) -> int:
    recovery = next((r.ended for r in requests if r.error is None and r.started > cut), math.inf)
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
            promise.detection,
        ),
        _since("failback, last client", healed, back, promise.outage),
    ]


def _lost(name: str, item_ids: Sequence[str] | None) -> Figure:
    return Figure(name, None if item_ids is None else len(item_ids), "", Range(0, 0))


def _since(name: str, start: float, at: float | None, promised: Range) -> Figure:
    return Figure(name, None if at is None else at - start, "s", promised)
