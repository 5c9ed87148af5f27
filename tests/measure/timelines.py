"""Small timelines, written out by hand."""

from infra.measure.roles import Roles
from infra.promise import Promise
from infra.timeline import Kind, Moment, Operation, Request, Timeline

EAST = "us-east-1"
WEST = "us-west-2"
ROLES = Roles(EAST, WEST)
DEFAULT = Promise(interval=10, threshold=3, ttl=10)


def good(client: int, operation: Operation, ended: float, region: str) -> Request:
    """Return a request that was answered after half a second."""
    return Request(client, operation, ended - 0.5, ended, region, None, f"{client}-{ended}")


def bad(client: int, operation: Operation, ended: float) -> Request:
    """Return a request that was given up after three seconds."""
    return Request(client, operation, ended - 3, ended, None, "no answer", f"{client}-{ended}")


def lost_and_recovered() -> Timeline:
    """Two clients. The primary is cut at 100 s and healed at 200 s.

    Health turns 30 s after the cut and 25 s after the heal, DNS a moment later. After the cut,
    client 0 reads again at 136 s and writes at 140 s, client 1 at 131 s and 132 s. Client 0 is back
    in the primary at 232 s, client 1 at 228 s.
    """
    read, write = Operation.READ, Operation.WRITE
    return Timeline(
        requests=[
            good(0, write, 98, EAST),
            good(0, read, 99, EAST),
            good(1, write, 98, EAST),
            good(1, read, 99, EAST),
            bad(0, write, 102),
            bad(1, read, 103),
            bad(0, read, 118),
            good(1, read, 131, WEST),
            good(1, write, 132, WEST),
            good(0, read, 136, WEST),
            good(0, write, 140, WEST),
            *(
                good(c, o, at, WEST)
                for at in (150, 170, 185, 199, 215)
                for c in (0, 1)
                for o in (read, write)
            ),
            good(1, read, 228, EAST),
            good(1, write, 229, EAST),
            good(0, write, 232, EAST),
            good(0, read, 233, EAST),
        ],
        moments=[
            Moment(0, Kind.DNS, EAST),
            Moment(100, Kind.CUT, EAST),
            Moment(130, Kind.UNHEALTHY, EAST, "16 of 16 checkers fail"),
            Moment(130.25, Kind.DNS, WEST),
            Moment(200, Kind.HEALED, EAST),
            Moment(225, Kind.HEALTHY, EAST),
            Moment(225.25, Kind.DNS, EAST),
        ],
    )
