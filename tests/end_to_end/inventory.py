"""What there is in an account, by kind, region and name: what a destroy must not leave behind."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import boto3

REGIONS = ("us-east-1", "us-west-2")
_GLOBAL = "global"


class Thing(NamedTuple):
    """One thing that costs, answers or is in the way of a name.

    Attributes:
        kind: the service and what it is.
        region: where; "global" if it has no region.
        name: its name, or its id where AWS gives it no name.
    """

    kind: str
    region: str
    name: str


def things(session: boto3.Session, endpoint: str) -> set[Thing]:
    """Return all that a stack is made of, whoever made it."""
    found: set[Thing] = set()
    for service, kind, listing in _LISTINGS:
        places = (_GLOBAL,) if service in {"iam", "route53"} else REGIONS
        for place in places:
            region = REGIONS[0] if place == _GLOBAL else place
            client = session.client(service, region_name=region, endpoint_url=endpoint)  # type: ignore[call-overload] # a service of a table
            found |= {Thing(f"{service} {kind}", place, name) for name in listing(client)}
    return found


def _pages(client: Any, operation: str, key: str, name: str | None, **how: Any) -> Iterator[Any]:  # noqa: ANN401 -- any service's
    for page in client.get_paginator(operation).paginate(**how):
        yield from (item if name is None else item[name] for item in page.get(key, []))


def _listed(
    operation: str, key: str, name: str | None, **how: object
) -> Callable[[Any], Iterator[Any]]:
    return lambda client: _pages(client, operation, key, name, **how)


def _records(client: Any) -> Iterator[str]:  # noqa: ANN401 -- likewise
    for zone in _pages(client, "list_hosted_zones", "HostedZones", "Id"):
        for record in _pages(
            client, "list_resource_record_sets", "ResourceRecordSets", None, HostedZoneId=zone
        ):
            yield f"{record['Name']} {record['Type']} {record.get('SetIdentifier', '')}"


def _usable_keys(client: Any) -> Iterator[str]:  # noqa: ANN401 -- likewise
    """Yield the keys that are there to stay: KMS deletes a key after a week at the soonest."""
    for key in _pages(client, "list_keys", "Keys", "KeyId"):
        metadata = client.describe_key(KeyId=key)["KeyMetadata"]
        # What AWS manages is made at the first use, and is nobody's to delete.
        managed = metadata["Description"].startswith("alias/aws/")
        if metadata["KeyState"] != "PendingDeletion" and not managed:
            yield key


def _aliases(client: Any) -> Iterator[str]:  # noqa: ANN401 -- likewise
    names = _pages(client, "list_aliases", "Aliases", "AliasName")
    return (name for name in names if not name.startswith("alias/aws/"))


def _web_acls(client: Any) -> Iterator[str]:  # noqa: ANN401 -- likewise
    return (acl["Name"] for acl in client.list_web_acls(Scope="REGIONAL")["WebACLs"])


_LISTINGS: tuple[tuple[str, str, Callable[[Any], Iterator[Any]]], ...] = (
    (
        "acm",
        "certificate",
        _listed("list_certificates", "CertificateSummaryList", "CertificateArn"),
    ),
    ("apigateway", "API", _listed("get_rest_apis", "items", "name")),
    ("apigateway", "domain name", _listed("get_domain_names", "items", "domainName")),
    ("apigateway", "key", _listed("get_api_keys", "items", "name")),
    ("apigateway", "usage plan", _listed("get_usage_plans", "items", "name")),
    (
        "application-autoscaling",
        "policy",
        _listed(
            "describe_scaling_policies", "ScalingPolicies", "PolicyName", ServiceNamespace="lambda"
        ),
    ),
    (
        "application-autoscaling",
        "scheduled action",
        _listed(
            "describe_scheduled_actions",
            "ScheduledActions",
            "ScheduledActionName",
            ServiceNamespace="lambda",
        ),
    ),
    (
        "application-autoscaling",
        "target",
        _listed(
            "describe_scalable_targets", "ScalableTargets", "ResourceId", ServiceNamespace="lambda"
        ),
    ),
    ("cloudwatch", "alarm", _listed("describe_alarms", "MetricAlarms", "AlarmName")),
    ("cloudwatch", "dashboard", _listed("list_dashboards", "DashboardEntries", "DashboardName")),
    ("dynamodb", "table", _listed("list_tables", "TableNames", None)),
    ("iam", "policy", _listed("list_policies", "Policies", "PolicyName", Scope="Local")),
    ("iam", "role", _listed("list_roles", "Roles", "RoleName")),
    ("kms", "alias", _aliases),
    ("kms", "key", _usable_keys),
    ("lambda", "function", _listed("list_functions", "Functions", "FunctionName")),
    ("logs", "group", _listed("describe_log_groups", "logGroups", "logGroupName")),
    ("route53", "health check", _listed("list_health_checks", "HealthChecks", "Id")),
    ("route53", "record set", _records),
    ("sns", "subscription", _listed("list_subscriptions", "Subscriptions", "Endpoint")),
    ("sns", "topic", _listed("list_topics", "Topics", "TopicArn")),
    ("wafv2", "web ACL", _web_acls),
)
