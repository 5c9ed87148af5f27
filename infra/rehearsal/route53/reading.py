"""Reads hosted zones and record sets through the Route 53 API, and the health checks they name."""

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype

from infra.errors import InfraError
from infra.rehearsal.route53.config import (
    AliasTarget,
    Configuration,
    Failover,
    HostedZone,
    Latency,
    RecordSet,
    Routing,
    Simple,
    Weighted,
)
from infra.rehearsal.route53.geography import known
from infra.rehearsal.route53.names import decimal_escapes, normal
from infra.rehearsal.route53.reading_checks import checks_in_use

if TYPE_CHECKING:
    from types_boto3_route53 import Route53Client
    from types_boto3_route53.type_defs import ResourceRecordSetOutputTypeDef

_NOT_OBEYED = {
    "GeoLocation": "geolocation",
    "GeoProximityLocation": "geoproximity",
    "CidrRoutingConfig": "IP-based",
    "MultiValueAnswer": "multivalue answer",
}
_OBEYED = "simple, failover, weighted and latency"


def read_configuration(
    route53: "Route53Client", zone_ids: Collection[str] | None = None
) -> Configuration:
    """Read the public hosted zones, and the health checks that their record sets name.

    A health check that no record set names changes no answer, and is left out. So are private
    hosted zones, which the internet cannot see.

    Args:
        route53: the API to read from. The call blocks.
        zone_ids: the hosted zones to read, as bare ids ("Z0123"); all of them if None.

    Raises:
        InfraError: something there is what the stand-in does not obey, or Route 53 would refuse.
        botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: the API failed.
    """
    zones = tuple(_read_zones(route53, zone_ids))
    _refuse_twins(zones)
    for zone in zones:
        for record in zone.record_sets:
            _refuse_impossible_alias(record, zone, ())
    pages = route53.get_paginator("list_health_checks").paginate()
    listed = {item["Id"]: item for page in pages for item in page["HealthChecks"]}
    return Configuration(zones, checks_in_use(zones, listed))


def record_set(item: "ResourceRecordSetOutputTypeDef") -> RecordSet:
    """Return a record set as the API describes it.

    Raises:
        InfraError: the stand-in does not obey it; the text names the record set and the kind.
    """
    name, kind = normal(item["Name"]), item["Type"]
    label = f"{name} {kind}"
    if name.startswith("*."):
        raise InfraError(f"the record set {label} is a wildcard: the stand-in serves plain names")
    return RecordSet(
        name=name,
        type=kind,
        routing=_routing(item, label),
        set_identifier=item.get("SetIdentifier"),
        ttl=item.get("TTL"),
        values=tuple(_value(r["Value"], kind, label) for r in item.get("ResourceRecords", ())),
        alias=_alias(item),
        health_check_id=item.get("HealthCheckId"),
    )


def _read_zones(route53: "Route53Client", zone_ids: Collection[str] | None) -> Iterator[HostedZone]:
    for page in route53.get_paginator("list_hosted_zones").paginate():
        for zone in page["HostedZones"]:
            zone_id = zone["Id"].removeprefix("/hostedzone/")
            private = zone.get("Config", {}).get("PrivateZone", False)
            if not private and (zone_ids is None or zone_id in zone_ids):
                yield _read_zone(route53, zone_id, normal(zone["Name"]))


def _read_zone(route53: "Route53Client", zone_id: str, name: str) -> HostedZone:
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id)
    records = tuple(record_set(item) for page in pages for item in page["ResourceRecordSets"])
    for record in records:
        if record.type == "NS" and record.name != name:
            raise InfraError(f"the record set {record} delegates, which the stand-in does not obey")
    return HostedZone(zone_id, name, records)


def _refuse_twins(zones: Sequence[HostedZone]) -> None:
    names = [zone.name for zone in zones]
    for zone in zones:
        if names.count(zone.name) > 1:
            ids = ", ".join(sorted(z.id for z in zones if z.name == zone.name))
            raise InfraError(
                f"several public hosted zones are named {zone.name} ({ids}), and only its "
                "registrar could tell which is live: delete all but one, or name the one to serve"
            )


def _refuse_impossible_alias(
    record: RecordSet, zone: HostedZone, seen: tuple[RecordSet, ...]
) -> None:
    if record in seen:
        raise InfraError(f"the alias {record} leads back to itself")
    if record.alias is None or record.alias.zone_id != zone.id:
        return
    targets = zone.group(record.alias.name, record.type)
    if not targets:
        raise InfraError(
            f"the alias {record} points at {record.alias.name} {record.type}, "
            f"which is not in the hosted zone {zone.name}"
        )
    for target in targets:
        _refuse_impossible_alias(target, zone, (*seen, record))


def _routing(item: "ResourceRecordSetOutputTypeDef", label: str) -> Routing:
    for field, policy in _NOT_OBEYED.items():
        if item.get(field):
            raise InfraError(
                f"the record set {label} has {policy} routing, which the stand-in does not obey; "
                f"it obeys {_OBEYED}"
            )
    if "Failover" in item:
        return Failover(primary=item["Failover"] == "PRIMARY")
    if "Weight" in item:
        return Weighted(item["Weight"])
    if "Region" in item:
        if not known(item["Region"]):
            raise InfraError(
                f"the record set {label} is for {item['Region']}, and the stand-in does not know "
                "where that is: add it to infra/rehearsal/route53/geography.py"
            )
        return Latency(item["Region"])
    if "SetIdentifier" in item:
        raise InfraError(
            f"the record set {label} ({item['SetIdentifier']}) has a routing policy that the "
            f"stand-in does not know; it obeys {_OBEYED}"
        )
    return Simple()


def _alias(item: "ResourceRecordSetOutputTypeDef") -> AliasTarget | None:
    target = item.get("AliasTarget")
    if target is None:
        return None
    return AliasTarget(
        normal(target["DNSName"]), target["HostedZoneId"], target["EvaluateTargetHealth"]
    )


def _value(text: str, kind: str, label: str) -> str:
    value = decimal_escapes(text)
    try:
        dns.rdata.from_text(dns.rdataclass.IN, dns.rdatatype.from_text(kind), value)
    except dns.exception.DNSException as error:
        raise InfraError(f"the record set {label} has the value {text!r}: {error}") from error
    return value
