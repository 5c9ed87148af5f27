"""Reads hosted zones, record sets and health checks through the Route 53 API."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import dns.exception
import dns.rdata
import dns.rdataclass
import dns.rdatatype

from infra.errors import InfraError
from infra.rehearsal.route53.config import (
    AlarmCheck,
    AlarmIdentifier,
    AliasTarget,
    CalculatedCheck,
    Configuration,
    EndpointCheck,
    Failover,
    HealthCheck,
    HostedZone,
    Latency,
    RecordSet,
    Routing,
    Simple,
    Weighted,
)
from infra.rehearsal.route53.geography import known
from infra.rehearsal.route53.names import decimal_escapes, normal

if TYPE_CHECKING:
    from types_boto3_route53 import Route53Client
    from types_boto3_route53.type_defs import HealthCheckTypeDef, ResourceRecordSetOutputTypeDef

# https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html (Regions)
CHECKER_REGIONS = (
    "us-east-1",
    "us-west-1",
    "us-west-2",
    "eu-west-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "sa-east-1",
)
_NOT_OBEYED = {
    "GeoLocation": "geolocation",
    "GeoProximityLocation": "geoproximity",
    "CidrRoutingConfig": "IP-based",
    "MultiValueAnswer": "multivalue answer",
}
_OBEYED = "simple, failover, weighted and latency"
_PROTOCOLS: Mapping[str, Literal["HTTP", "HTTPS", "TCP"]] = {
    "HTTP": "HTTP",
    "HTTP_STR_MATCH": "HTTP",
    "HTTPS": "HTTPS",
    "HTTPS_STR_MATCH": "HTTPS",
    "TCP": "TCP",
}
_DEFAULT_PORTS = {"HTTP": 80, "HTTPS": 443}


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


def health_check(item: "HealthCheckTypeDef") -> HealthCheck:
    """Return a health check as the API describes it.

    Raises:
        InfraError: it is of a kind that the stand-in does not obey.
    """
    config: Mapping[str, Any] = item["HealthCheckConfig"]
    common = {
        "id": item["Id"],
        "inverted": config.get("Inverted", False),
        "disabled": config.get("Disabled", False),
    }
    match config["Type"]:
        case "CALCULATED":
            return CalculatedCheck(
                **common,
                children=tuple(config.get("ChildHealthChecks", ())),
                health_threshold=config.get("HealthThreshold", 0),
            )
        case "CLOUDWATCH_METRIC":
            alarm = config["AlarmIdentifier"]
            return AlarmCheck(
                **common,
                alarm=AlarmIdentifier(alarm["Region"], alarm["Name"]),
                insufficient_data=config.get("InsufficientDataHealthStatus", "LastKnownStatus"),
            )
        case kind if kind in _PROTOCOLS:
            return _endpoint_check(common, config)
        case kind:
            raise InfraError(
                f"the health check {item['Id']} is of kind {kind}, which the stand-in does not "
                f"obey; it obeys {', '.join(_PROTOCOLS)}, CALCULATED and CLOUDWATCH_METRIC"
            )


def checks_in_use(
    zones: Sequence[HostedZone], listed: Mapping[str, "HealthCheckTypeDef"]
) -> dict[str, HealthCheck]:
    """Return the health checks that record sets name, and their children, by id.

    Args:
        zones: the hosted zones.
        listed: all health checks of the account by id, as the API describes them.

    Raises:
        InfraError: one does not exist, is of a kind that is not obeyed, or is a calculated child
            of a calculated one.
    """
    used: dict[str, HealthCheck] = {}
    for record in (record for zone in zones for record in zone.record_sets):
        if record.health_check_id is None:
            continue
        check = _listed(record.health_check_id, listed, f"record set {record}")
        used[check.id] = check
        if isinstance(check, CalculatedCheck):
            used |= {child: _child(check, child, listed) for child in check.children}
    return used


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


def _child(
    parent: CalculatedCheck, child_id: str, listed: Mapping[str, "HealthCheckTypeDef"]
) -> HealthCheck:
    child = _listed(child_id, listed, f"health check {parent.id}")
    if isinstance(child, CalculatedCheck):
        raise InfraError(
            f"the calculated health check {parent.id} has the child {child_id}, which is "
            "calculated too: Route 53 refuses that, so give it the child's own children"
        )
    return child


def _listed(check_id: str, listed: Mapping[str, "HealthCheckTypeDef"], user: str) -> HealthCheck:
    if check_id not in listed:
        raise InfraError(f"the {user} names the health check {check_id!r}, which does not exist")
    return health_check(listed[check_id])


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


def _endpoint_check(common: Mapping[str, Any], config: Mapping[str, Any]) -> EndpointCheck:
    protocol = _PROTOCOLS[config["Type"]]
    path = config.get("ResourcePath") or "/"
    return EndpointCheck(
        **common,
        protocol=protocol,
        interval=config.get("RequestInterval", 30),
        failure_threshold=config.get("FailureThreshold", 3),
        fqdn=config.get("FullyQualifiedDomainName") or None,
        address=config.get("IPAddress") or None,
        port=config.get("Port") or _DEFAULT_PORTS[protocol],
        path=path if path.startswith("/") else f"/{path}",
        search_string=config.get("SearchString"),
        sni=config.get("EnableSNI", protocol == "HTTPS"),
        regions=tuple(config.get("Regions") or CHECKER_REGIONS),
    )
