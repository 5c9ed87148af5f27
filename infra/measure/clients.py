"""How clients fared: how long each waited, which requests failed, and when each was back."""

import itertools
import math
from collections.abc import Iterable

from infra.measure.replication import but_ahead
from infra.timeline import Operation, Request, Timeline


def clients(timeline: Timeline) -> list[int]:
    """Return the numbers of the clients."""
    return sorted({request.client for request in timeline.requests})


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


def all_back(timeline: Timeline, region: str, since: float, whose: list[int]) -> float | None:
    """Return when the last of some clients had an answer of a region again; None if one had none.

    Args:
        timeline: a run.
        region: the region that they are to be served by.
        since: requests count that were sent after it.
        whose: the clients, in order.
    """
    first_answers = dict[int, float]()
    for request in timeline.requests:
        if request.started > since and request.region == region:
            first_answers.setdefault(request.client, request.ended)
    return max(first_answers.values()) if sorted(first_answers) == whose else None


def failed_requests(timeline: Timeline) -> int:
    """Return how many requests failed, of all clients, over the whole run."""
    return sum(request.error is not None for request in but_ahead(timeline))


def failed_outside(timeline: Timeline, cut: float) -> int:
    """Return how many requests failed before the cut, or once their client was served again."""
    counted = Timeline(but_ahead(timeline))
    return sum(
        _failed_outside(_of(counted, client, operation), cut)
        for client in clients(counted)
        for operation in Operation
    )


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
