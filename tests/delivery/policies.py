"""The policies in Terraform's state, and what is open in them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# X-Ray's writes know no resource.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
WITHOUT_RESOURCE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
# For logs of any API of the account; API Gateway checks what its role holds.
MANAGED = {"AmazonAPIGatewayPushToCloudWatchLogs"}


@dataclass(frozen=True)
class Resource:
    """A resource of Terraform's state."""

    kind: str
    name: str
    attributes: Mapping[str, Any]

    def statements(self) -> Iterator[Mapping[str, Any]]:
        """Yield each statement of each policy in its attributes."""
        if self.kind == "aws_sns_topic":
            return  # its attribute is the policy of AWS's own that aws_sns_topic_policy replaced
        for value in self.attributes.values():
            if isinstance(value, str) and value.startswith("{") and '"Statement"' in value:
                yield from json.loads(value)["Statement"]

    def managed_policies(self) -> set[str]:
        """Return the names of AWS's own policies that it attaches."""
        attached = {
            self.attributes.get("policy_arn"),
            *(self.attributes.get("managed_policy_arns") or []),
        }
        return {arn.rpartition("/")[2] for arn in attached if arn and ":aws:policy/" in arn}


def resources(state: Mapping[str, Any]) -> list[Resource]:
    return [
        Resource(
            found["type"], f"{found.get('module', '')} {found['name']}", instance["attributes"]
        )
        for found in state["resources"]
        if found["mode"] == "managed"
        for instance in found["instances"]
    ]


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def openings(resource: Resource) -> Iterator[str]:
    """Yield what is open in the policies of a resource."""
    for statement in resource.statements():
        if statement["Effect"] != "Allow":
            continue
        actions = listed(statement["Action"])
        # In the policy of a key, `*` is that key; and its administrators are who IAM says they are.
        is_key = resource.kind == "aws_kms_key"
        if "*" in listed(statement.get("Resource", [])) and not is_key:
            yield from (f"{action} on *" for action in actions if action not in WITHOUT_RESOURCE)
        yield from (action for action in actions if action.endswith("*") and not is_key)
        principal = statement.get("Principal", {})
        if principal == "*" or "*" in listed(principal.get("AWS", [])):
            yield "anybody"
    yield from resource.managed_policies() - MANAGED
