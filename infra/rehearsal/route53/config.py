"""What the stand-in obeys: hosted zones, record sets and health checks, as Route 53 holds them.

Names are in lower case without a final dot. Durations are simulated seconds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Simple:
    """The only record set of its name and type."""


@dataclass(frozen=True)
class Failover:
    """One of two record sets: the primary, or the secondary that stands in for it."""

    primary: bool


@dataclass(frozen=True)
class Weighted:
    """One of several record sets, answered in proportion to its weight (0-255)."""

    weight: int


@dataclass(frozen=True)
class Latency:
    """One of several record sets, answered to clients near its region."""

    region: str


Routing = Simple | Failover | Weighted | Latency


@dataclass(frozen=True)
class AliasTarget:
    """Where an alias record set points.

    Attributes:
        name: a record set of the same hosted zone, or a name that AWS owns.
        zone_id: the hosted zone of the target; AWS's own for a name that AWS owns.
        evaluate_target_health: whether the alias is only as healthy as its target.
    """

    name: str
    zone_id: str
    evaluate_target_health: bool


@dataclass(frozen=True, kw_only=True)
class RecordSet:
    """One record set.

    Attributes:
        name: its name.
        type: its DNS type, such as "A".
        routing: how it is chosen among those of its name and type.
        set_identifier: what tells it from those; None for a simple one.
        ttl: seconds that a resolver may keep it; None for an alias, which takes its target's.
        values: its values as DNS text; none for an alias.
        alias: where it points, if it is an alias.
        health_check_id: the check that must be healthy for it to be answered, if any.
    """

    name: str
    type: str
    routing: Routing
    set_identifier: str | None = None
    ttl: int | None = None
    values: tuple[str, ...] = ()
    alias: AliasTarget | None = None
    health_check_id: str | None = None

    def __str__(self) -> str:
        which = f" ({self.set_identifier})" if self.set_identifier else ""
        return f"{self.name} {self.type}{which}"


@dataclass(frozen=True)
class HostedZone:
    """A public hosted zone and its record sets."""

    id: str
    name: str
    record_sets: tuple[RecordSet, ...]

    def group(self, name: str, kind: str) -> tuple[RecordSet, ...]:
        """Return the record sets of a name and a type, of which routing chooses one."""
        return tuple(r for r in self.record_sets if r.name == name and r.type == kind)


@dataclass(frozen=True, kw_only=True)
class EndpointCheck:
    """A health check that sends requests to an endpoint.

    Attributes:
        id: its id.
        inverted: whether healthy counts as unhealthy, and the reverse.
        disabled: whether no requests are sent and the endpoint counts as healthy.
        protocol: what is spoken once TCP is connected.
        interval: simulated seconds between a response and the next request of one checker.
        failure_threshold: how many results in a row flip one checker, either way.
        fqdn: the name that is resolved, and sent as Host and SNI; None when an address is given.
        address: the IP address to connect to instead of what the name resolves to.
        port: the TCP port, as configured.
        path: the path and query that are requested.
        search_string: what the body must contain, for the string matching kinds.
        sni: whether the name is sent in the TLS handshake.
        regions: where the checkers are.
    """

    id: str
    inverted: bool = False
    disabled: bool = False
    protocol: Literal["HTTP", "HTTPS", "TCP"]
    interval: float
    failure_threshold: int
    fqdn: str | None
    address: str | None
    port: int
    path: str
    search_string: str | None
    sni: bool
    regions: tuple[str, ...]

    @property
    def host(self) -> str:
        """The endpoint's name, or its address where it has none."""
        return self.fqdn or self.address or ""

    def region_of(self, checker: int) -> str:
        """Return the region of a checker, counted from 0."""
        return self.regions[checker % len(self.regions)]


@dataclass(frozen=True, kw_only=True)
class CalculatedCheck:
    """A health check that counts the healthy ones among its children.

    Attributes:
        id: its id.
        inverted: whether healthy counts as unhealthy, and the reverse.
        disabled: whether it counts as healthy whatever its children are.
        children: the ids of the checks that are counted.
        health_threshold: how many of them must be healthy.
    """

    id: str
    inverted: bool = False
    disabled: bool = False
    children: tuple[str, ...]
    health_threshold: int


@dataclass(frozen=True)
class AlarmIdentifier:
    """A CloudWatch alarm: its region and its name there."""

    region: str
    name: str

    def __str__(self) -> str:
        return f"alarm {self.name} in {self.region}"


InsufficientData = Literal["Healthy", "Unhealthy", "LastKnownStatus"]


@dataclass(frozen=True, kw_only=True)
class AlarmCheck:
    """A health check that follows a CloudWatch alarm.

    Attributes:
        id: its id.
        inverted: whether healthy counts as unhealthy, and the reverse.
        disabled: whether it counts as healthy whatever the alarm says.
        alarm: the alarm.
        insufficient_data: what it is while the alarm has too little data.
    """

    id: str
    inverted: bool = False
    disabled: bool = False
    alarm: AlarmIdentifier
    insufficient_data: InsufficientData


HealthCheck = EndpointCheck | CalculatedCheck | AlarmCheck


@dataclass(frozen=True)
class Configuration:
    """Everything that decides an answer, as it was read.

    Attributes:
        zones: the public hosted zones.
        health_checks: by id, those that the record sets name, and their children.
    """

    zones: tuple[HostedZone, ...]
    health_checks: Mapping[str, HealthCheck]

    def answering(self, name: str) -> tuple[RecordSet, ...]:
        """Return the record sets that a name's answer is chosen among: where its aliases end.

        An alias of a name of its own hosted zone is answered with what that name is, so what the
        alias itself says decides nothing but where it leads.
        """
        return tuple(
            record
            for zone in self.zones
            for start in zone.record_sets
            if start.name == name
            for record in _ends(start, zone)
        )

    def endpoint_of(self, check_id: str) -> EndpointCheck | None:
        """Return the endpoint's health check that a check is, or counts among its children."""
        check = self.health_checks.get(check_id)
        if isinstance(check, CalculatedCheck):
            children = (self.health_checks.get(child) for child in check.children)
            return next((c for c in children if isinstance(c, EndpointCheck)), None)
        return check if isinstance(check, EndpointCheck) else None


def _ends(record: RecordSet, zone: HostedZone) -> Iterator[RecordSet]:
    if record.alias is None or record.alias.zone_id != zone.id:
        yield record
        return
    for target in zone.group(record.alias.name, record.type):
        yield from _ends(target, zone)
