"""Hosted zones in the emulator, each of a name of its own."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from types_boto3_route53 import Route53Client


class Zone:
    """A hosted zone of a name of its own in the emulator."""

    def __init__(self, route53: "Route53Client") -> None:
        self.route53 = route53
        self.name = f"{uuid4().hex}.example"
        made = route53.create_hosted_zone(Name=self.name, CallerReference=self.name)
        self.id = made["HostedZone"]["Id"].removeprefix("/hostedzone/")

    def add(self, prefix: str, kind: str = "A", **fields: Any) -> None:  # noqa: ANN401 -- any field of the API
        self.route53.change_resource_record_sets(
            HostedZoneId=self.id,
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "CREATE",
                        "ResourceRecordSet": {
                            "Name": f"{prefix}.{self.name}",
                            "Type": kind,  # type: ignore[typeddict-item] # as the test says
                            **fields,
                        },
                    }
                ]
            },
        )

    def add_check(self, **config: Any) -> str:  # noqa: ANN401 -- any field of the API
        made = self.route53.create_health_check(
            CallerReference=uuid4().hex,
            HealthCheckConfig=config,  # type: ignore[arg-type] # as the test says
        )
        return made["HealthCheck"]["Id"]

    def alias(self, prefix: str) -> dict[str, Any]:
        return {
            "HostedZoneId": self.id,
            "DNSName": f"{prefix}.{self.name}",
            "EvaluateTargetHealth": True,
        }


VALUE: dict[str, Any] = {"TTL": 10, "ResourceRecords": [{"Value": "192.0.2.1"}]}
