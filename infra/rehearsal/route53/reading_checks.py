"""Reads health checks, as the Route 53 API describes them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from infra.errors import InfraError
from infra.rehearsal.route53.config import (
    AlarmCheck,
    AlarmIdentifier,
    CalculatedCheck,
    EndpointCheck,
    HealthCheck,
    HostedZone,
)

if TYPE_CHECKING:
    from types_boto3_route53.type_defs import HealthCheckTypeDef

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
_PROTOCOLS: Mapping[str, Literal["HTTP", "HTTPS", "TCP"]] = {
    "HTTP": "HTTP",
    "HTTP_STR_MATCH": "HTTP",
    "HTTPS": "HTTPS",
    "HTTPS_STR_MATCH": "HTTPS",
    "TCP": "TCP",
}
_DEFAULT_PORTS = {"HTTP": 80, "HTTPS": 443}


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
