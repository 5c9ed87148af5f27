"""What happened in a rehearsal or a drill, as it happened: the one record that both measure.

All times are seconds on the run's clock; a compressed rehearsal counts simulated seconds.
"""

import enum
from dataclasses import dataclass, field


class Operation(enum.StrEnum):
    """What a client asked for."""

    READ = "read"
    WRITE = "write"


class Kind(enum.StrEnum):
    """What a moment marks."""

    CUT = "cut"
    HEALED = "healed"
    DRAINED = "drained"
    REFILLING = "refilling"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    DNS = "dns"


@dataclass(frozen=True, slots=True)
class Request:
    """One request of one client.

    Attributes:
        client: its number.
        operation: read or write.
        started: when it began, name resolution included.
        ended: when the answer was read, or given up.
        region: who answered; None if nobody did.
        error: why it failed, in words; None if it succeeded.
        item_id: what was written or read.
    """

    client: int
    operation: Operation
    started: float
    ended: float
    region: str | None
    error: str | None
    item_id: str


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened once.

    Attributes:
        at: when.
        kind: what.
        region: to which region, or which region DNS answered from then on ("" for none).
        detail: why, where that is known.
    """

    at: float
    kind: Kind
    region: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A write that one region acknowledged, on its way to the other.

    Attributes:
        item_id: what was written.
        region: where it was looked for.
        acknowledged: when the client had its confirmation.
        seen: when the answer that had it ended; None if none did. It was there some time before.
    """

    item_id: str
    region: str
    acknowledged: float
    seen: float | None


@dataclass
class Timeline:
    """Everything that one run recorded, in the order in which it ended."""

    requests: list[Request] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)

    def first(self, kind: Kind, region: str, since: float = 0.0) -> float | None:
        """Return when this first happened to the region, at or after `since`."""
        times = (m.at for m in self.moments if (m.kind, m.region) == (kind, region))
        return next((at for at in times if at >= since), None)

    def acknowledged_writes(self) -> list[Request]:
        """Return the writes that were confirmed to a client."""
        return [r for r in self.requests if r.operation is Operation.WRITE and r.error is None]
