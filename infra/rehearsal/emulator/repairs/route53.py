"""Route 53: changes of record sets, and what a health check lists."""

from collections.abc import Callable
from typing import Any

from ministack.services import route53

from infra.rehearsal.emulator.repairs.wrapping import Response, wrap


def publish_records_at_once() -> None:
    """The provider waits 30 s for every record change, unless the answer names no change."""
    route53._build_change_info_el = lambda _parent, _change: None


def refuse_record_sets_that_conflict() -> None:
    """A change may leave records that Route 53 refuses, so that no apply shows a wrong order."""
    wrap(route53, "_change_resource_record_sets", _change_resource_record_sets)


def _change_resource_record_sets(
    original: Callable[..., Response], zone_id: str, body: bytes
) -> Response:
    before = route53._records.get(zone_id)
    answer = original(zone_id, body)
    why = _conflict(route53._records.get(zone_id) or [])
    if answer[0] != 200 or why is None:
        return answer
    route53._records[zone_id] = before
    refused: Response = route53._error_response("InvalidChangeBatch", why)
    return refused


def _conflict(records: list[dict[str, Any]]) -> str | None:
    """Return why Route 53 would not hold such records beside each other.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html (CNAME)
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html (Region: "you
    can't create non-latency resource record sets with the same values for Name and Type")
    """
    types: dict[str, set[str]] = {}
    policies: dict[tuple[str, str], set[str]] = {}
    for record in records:
        name, kind = record["Name"], record["Type"]
        types.setdefault(name, set()).add(kind)
        policy = next((p for p in ("Weight", "Region", "Failover") if p in record), "simple")
        policies.setdefault((name, kind), set()).add(policy)
    for name, kinds in types.items():
        if "CNAME" in kinds and len(kinds) > 1:
            return f"RRSet of type CNAME with DNS name {name} conflicts with others of that name"
    for (name, kind), found in policies.items():
        if len(found) > 1:
            return f"RRSets with DNS name {name}, type {kind} have several routing policies"
    return None


def read_health_checks_lists() -> None:
    """The children and the regions of a health check are stored as empty texts."""
    wrap(route53, "_parse_health_check_config", _parse_health_check_config)


def _parse_health_check_config(original: Callable[..., Any], element: Any) -> Any:
    config = original(element)
    for name, member in (("ChildHealthChecks", "ChildHealthCheck"), ("Regions", "Region")):
        if name in config:
            members = route53._findall(route53._find(element, name), member)
            config[name] = [item.text for item in members]
    return config
