"""Says in words why a deployment would not, or did not, survive the loss of a region."""

from collections import Counter
from collections.abc import Iterator

from infra.deployment import Deployment
from infra.rehearsal.route53 import Route53
from infra.rehearsal.route53.config import Configuration, Failover, RecordSet
from infra.timeline import Timeline


def review_records(configuration: Configuration, domain_name: str) -> Iterator[str]:
    """Yield what is wrong with the records that answer for a name."""
    records = configuration.answering(domain_name)
    roles = {r.routing.primary for r in records if isinstance(r.routing, Failover)}
    if roles and roles != {True, False}:
        yield f"{domain_name} lacks a PRIMARY or a SECONDARY record, so nothing can fail over"
    elif len({r.set_identifier for r in records}) < 2:
        yield f"{domain_name} leads to fewer than two regions, so nothing can fail over"
    for record in records:
        follows_target = record.alias is not None and record.alias.evaluate_target_health
        if record.health_check_id is None and not follows_target:
            yield (
                f"the {_kind(record)} record of {record} has no health check, so Route 53 takes it "
                "for healthy whatever happens to the region: set its health_check_id"
            )


def review_health(route53: Route53, deployment: Deployment) -> Iterator[str]:
    """Yield each region whose health check is not healthy, why, and what that means."""
    for region in deployment.regions:
        check = route53.health_checks.get(region.its_health_check)
        if check is not None and not route53.healthy(check.id):
            yield f"the health check of {region.name} fails: {route53.reasons[check.id]}"
        endpoint = route53.configuration.endpoint_of(region.its_health_check)
        if check is not None and endpoint is None:
            yield (
                f"the health check of {region.name} asks no endpoint, so its loss goes unnoticed: "
                "make its endpoint's check a child"
            )
        if endpoint is not None and endpoint.fqdn != region.domain_name:
            yield (
                f"the health check of {region.name} probes {endpoint.fqdn}, which is not the "
                f"region's own name: API Gateway answers 403 to other names; probe "
                f"{region.domain_name}"
            )


def review_requests(timeline: Timeline, since: float) -> Iterator[str]:
    """Yield what clients' requests failed with, the most frequent first."""
    failures = Counter(
        f"{r.operation} failed: {r.error}" + (f" from {r.region}" if r.region else "")
        for r in timeline.requests
        if r.error is not None and r.started >= since
    )
    for text, count in failures.most_common(3):
        yield f"{count} x {text}"


def _kind(record: RecordSet) -> str:
    if isinstance(record.routing, Failover):
        return "PRIMARY" if record.routing.primary else "SECONDARY"
    return type(record.routing).__name__.lower()
