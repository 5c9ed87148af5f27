"""How late acknowledged writes were in the other region, and which reads came before them."""

import math

from infra.measure.figure import Figure, count, since, spread
from infra.timeline import Operation, Request, Timeline

# What a read of an item that is not there is answered with.
NOT_FOUND = "HTTP 404"


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
        *spread("replication", late, None),
        count("reads ahead of it", len(reads_ahead(timeline))),
    ]
    if cut is None:
        return found
    behind = [
        arrival.acknowledged
        for arrival in timeline.arrivals
        if arrival.acknowledged <= cut and (arrival.seen is None or arrival.seen > cut)
    ]
    return [
        *found,
        count("not yet in the standby at the cut", len(behind)),
        since("the oldest of them, at the cut", min(behind, default=cut), cut, None),
    ]


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


def but_ahead(timeline: Timeline) -> list[Request]:
    """Return the requests that a run answers for: where replication is measured, that is not one.

    A rehearsal's is none: its emulator replicates at once, and what is not found there is lost.
    """
    if not timeline.arrivals:
        return timeline.requests
    ahead = set(map(id, reads_ahead(timeline)))
    return [request for request in timeline.requests if id(request) not in ahead]
