"""The two regions as the emulator holds them: their custom domain names and DNS targets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra import regions
from infra.errors import InfraError

if TYPE_CHECKING:
    from types_boto3_apigateway import APIGatewayClient


@dataclass(frozen=True)
class Region:
    """One region of a deployment.

    Attributes:
        name: such as us-east-1.
        domain_name: the custom domain name that only this region has.
        health_check_id: the health check that its records follow.
    """

    name: str
    domain_name: str
    health_check_id: str


@dataclass(frozen=True)
class Deployment:
    """What Terraform says of what it deployed.

    Attributes:
        stack: what the names of its parts begin with.
        domain_name: the name that clients use.
        hosted_zone_id: the zone that holds it.
        primary, standby: the regions.
        api_key: what writes need; None if nothing.
        routing: which region DNS answers: failover, latency or weighted.
        weights: of the primary and the standby, with weighted routing.
    """

    stack: str
    domain_name: str
    hosted_zone_id: str
    primary: Region
    standby: Region
    api_key: str | None
    routing: str = "failover"
    weights: tuple[int, int] = (100, 0)

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, Any]) -> "Deployment":
        """Read the outputs of infra/outputs.tf."""
        weights = outputs["deployment"]["weights"]
        primary, standby = (
            Region(r["region"], r["domain_name"], r["health_check_id"])
            for r in (outputs["regions"]["primary"], outputs["regions"]["secondary"])
        )
        return cls(
            outputs["deployment"]["stack"],
            outputs["domain_name"],
            outputs["hosted_zone_id"],
            primary,
            standby,
            outputs.get("api_key"),
            outputs["deployment"]["routing"],
            (weights["primary"], weights["secondary"]),
        )

    @property
    def regions(self) -> tuple[Region, Region]:
        """Both regions, the primary first."""
        return self.primary, self.standby

    @property
    def serving(self) -> list[Region]:
        """The regions that DNS answers while both are healthy."""
        match self.routing:
            case "latency":
                return [self.primary, self.standby]
            case "weighted":
                pairs = zip(self.regions, self.weights, strict=True)
                return [region for region, weight in pairs if weight]
        return [self.primary]

    def weights_of(self, region: Region) -> tuple[int, int]:
        """Return the weight of a region, and the other one's."""
        return self.weights if region == self.primary else self.weights[::-1]

    def named(self, name: str) -> Region:
        """Return the region of a name, or of a role: primary, standby or secondary.

        Raises:
            InfraError: it is none of them.
        """
        return regions.find(name, self.primary, self.standby, "the rehearsal")


@dataclass(frozen=True)
class Endpoint:
    """The names of one region's API.

    Attributes:
        hosts: by custom domain name, the Host by which the emulator tells the region.
        targets: the names that DNS records point to, which AWS owns.
    """

    hosts: Mapping[str, str]
    targets: frozenset[str]


def endpoint(client: "APIGatewayClient", own_name: str) -> Endpoint:
    """Read the custom domain names of a region.

    The emulator can't tell two regions that share a name apart, so each request goes to it under
    the region's own name: to the same API and stage, as the mappings must say.

    Raises:
        InfraError: a name is mapped to another API than the region's own name is.
    """
    names = client.get_domain_names()["items"]
    mapped = {n["domainName"]: _mappings(client, n["domainName"]) for n in names}
    strays = [name for name in mapped if mapped[name] != mapped.get(own_name)]
    if strays:
        raise InfraError(f"{', '.join(strays)} is mapped to another API than {own_name} is")
    return Endpoint(
        {name.lower(): own_name for name in mapped},
        frozenset(n["regionalDomainName"].lower() for n in names),
    )


def _mappings(client: "APIGatewayClient", name: str) -> list[tuple[str, str, str]]:
    mappings = client.get_base_path_mappings(domainName=name).get("items", [])
    return sorted((m.get("basePath", ""), m["restApiId"], m.get("stage", "")) for m in mappings)
