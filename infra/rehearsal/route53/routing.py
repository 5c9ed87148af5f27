"""Which record sets answer a query: Route 53's routing policies as pure functions.

Sources, below https://docs.aws.amazon.com/Route53/latest/:
DeveloperGuide/health-checks-how-route-53-chooses-records.html (which record set is answered),
DeveloperGuide/dns-failover-complex-configs.html (health of aliases),
APIReference/API_ResourceRecordSet.html (what each field does).
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from dns.rcode import Rcode

from infra.rehearsal.route53.config import (
    AliasTarget,
    Failover,
    HostedZone,
    Latency,
    RecordSet,
    Simple,
    Weighted,
)
from infra.rehearsal.route53.geography import distance
from infra.rehearsal.route53.names import lies_in, normal

# Documented for load balancers, and unverified for API Gateway: a live drill measures it.
# https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
AWS_NAME_TTL = 60
_LONGEST_CHAIN = 8


@dataclass(frozen=True)
class View:
    """What decides an answer besides the record sets.

    Attributes:
        healthy: says of a health check's id whether it is healthy.
        aws_names: gives the IPv4 address of a name that AWS owns, such as
            "d-abc.execute-api.us-east-1.amazonaws.com", or None for any other.
        region: the AWS region that the client is nearest to.
        chance: chooses among weighted record sets.
    """

    healthy: Callable[[str], bool]
    aws_names: Callable[[str], str | None]
    region: str
    chance: random.Random


@dataclass(frozen=True)
class RRset:
    """Values to answer for one name and type, for so many simulated seconds."""

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class Resolution:
    """The outcome of a query.

    Attributes:
        rcode: NOERROR, NXDOMAIN, REFUSED (a name that is not served) or SERVFAIL (an alias to a
            name that AWS owns and the rehearsal does not know).
        answers: what was found, in the order of a CNAME chain.
        zone: the hosted zone that says there is nothing more, if there is nothing more.
    """

    rcode: Rcode
    answers: tuple[RRset, ...] = ()
    zone: HostedZone | None = None


def resolve(zones: Sequence[HostedZone], name: str, kind: str, view: View) -> Resolution:
    """Answer a query for a normal name and a type, following CNAMEs as far as they are served.

    A resolver would follow a CNAME by a second query; the answer saves it that.
    """
    answers: tuple[RRset, ...] = ()
    for _ in range(_LONGEST_CHAIN):
        found = _look_up(zones, name, kind, view)
        if answers and found.rcode is Rcode.REFUSED:
            return Resolution(Rcode.NOERROR, answers)
        answers += found.answers
        target = _next_name(found, kind)
        if target is None:
            return replace(found, answers=answers)
        name = target
    return Resolution(Rcode.SERVFAIL, answers)


def choose(group: Sequence[RecordSet], zone: HostedZone, view: View) -> RecordSet:
    """Return the one record set, of those of one name and type, that is answered."""
    healthy = [record for record in group if is_healthy(record, zone, view)]
    match group[0].routing:
        case Simple():
            return group[0]
        case Failover():
            return _failover(group, healthy)
        case Weighted():
            return _weighted(healthy or group, view.chance)
        case Latency():
            return _nearest(healthy or group, view.region)


def is_healthy(record: RecordSet, zone: HostedZone, view: View) -> bool:
    """Return whether a record set counts as healthy: its own check's word and its target's.

    A record set without a check is healthy. So is a target that AWS owns: for API Gateway,
    evaluate-target-health fails only when the service is down in its region, which a rehearsal
    shows through the health check instead.
    """
    if record.health_check_id is not None and not view.healthy(record.health_check_id):
        return False
    alias = record.alias
    if alias is None or not alias.evaluate_target_health or alias.zone_id != zone.id:
        return True
    return any(is_healthy(target, zone, view) for target in zone.group(alias.name, record.type))


def _look_up(zones: Sequence[HostedZone], name: str, kind: str, view: View) -> Resolution:
    zone = _zone_of(zones, name)
    if zone is None:
        return _aws_owned(name, kind, view)
    group = zone.group(name, kind) or zone.group(name, "CNAME")
    if group:
        return _from_record(choose(group, zone, view), zone, view)
    # A name that only has names below it exists, so its absence is of data, not of the name.
    exists = any(lies_in(record.name, name) for record in zone.record_sets)
    return Resolution(Rcode.NOERROR if exists else Rcode.NXDOMAIN, zone=zone)


def _zone_of(zones: Sequence[HostedZone], name: str) -> HostedZone | None:
    holding = [zone for zone in zones if lies_in(name, zone.name)]
    return max(holding, key=lambda zone: len(zone.name), default=None)


def _aws_owned(name: str, kind: str, view: View) -> Resolution:
    address = view.aws_names(name)
    if address is None:
        return Resolution(Rcode.REFUSED)
    if kind != "A":
        return Resolution(Rcode.NOERROR)
    return Resolution(Rcode.NOERROR, (RRset(name, kind, AWS_NAME_TTL, (address,)),))


def _from_record(record: RecordSet, zone: HostedZone, view: View) -> Resolution:
    if record.alias is not None:
        return _from_alias(record, record.alias, zone, view)
    answer = RRset(record.name, record.type, record.ttl or 0, record.values)
    return Resolution(Rcode.NOERROR, (answer,))


def _from_alias(record: RecordSet, alias: AliasTarget, zone: HostedZone, view: View) -> Resolution:
    if alias.zone_id == zone.id:
        target = choose(zone.group(alias.name, record.type), zone, view)
        found = _from_record(target, zone, view)
    else:
        found = _aws_owned(alias.name, record.type, view)
    if found.rcode is Rcode.REFUSED:
        return Resolution(Rcode.SERVFAIL)
    if not found.answers:
        return Resolution(found.rcode, zone=zone)
    return replace(found, answers=tuple(replace(a, name=record.name) for a in found.answers))


def _next_name(found: Resolution, kind: str) -> str | None:
    if kind == "CNAME" or not found.answers or found.answers[-1].type != "CNAME":
        return None
    return normal(found.answers[-1].values[0])


def _failover(group: Sequence[RecordSet], healthy: Sequence[RecordSet]) -> RecordSet:
    by_rank = sorted(group, key=lambda record: record.routing != Failover(primary=True))
    return next((record for record in by_rank if record in healthy), by_rank[0])


def _weighted(candidates: Sequence[RecordSet], chance: random.Random) -> RecordSet:
    weights = [r.routing.weight if isinstance(r.routing, Weighted) else 0 for r in candidates]
    # Weight 0 answers only when nothing heavier is healthy, and then all alike.
    return chance.choices(candidates, weights if any(weights) else None)[0]


def _nearest(candidates: Sequence[RecordSet], region: str) -> RecordSet:
    def away(record: RecordSet) -> float:
        return distance(record.routing.region, region) if isinstance(record.routing, Latency) else 0

    return min(candidates, key=away)
