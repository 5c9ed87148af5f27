"""A deployment and its two regions by their names, which whoever operates one goes by."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.errors import InfraError
from infra.promise import ALIAS_TTL, Promise

# As infra/switch/main.tf has it.
_NAMESPACE = "MultiRegionApi"

ROUTINGS = ("failover", "latency", "weighted")


@dataclass(frozen=True)
class SwitchNames:
    """The names of an operator's switch.

    Attributes:
        region: where its metric and its alarm are: not the region that it withdraws.
        namespace: the metric's namespace.
        metric_name: the metric's name.
        dimensions: the metric's dimensions.
        alarm_name: the alarm on it.
        health_check_id: the health check that follows it, where it is known.
    """

    region: str
    namespace: str
    metric_name: str
    dimensions: Mapping[str, str]
    alarm_name: str
    health_check_id: str | None = None


@dataclass(frozen=True)
class Region:
    """One region.

    Attributes:
        name: such as us-east-1.
        domain_name: the domain name that only this region has.
        switch: the switch that withdraws it; None for a standby's of a deployment from before there
            was one.
        health_check_id: the health check that its records follow, where it is known.
        endpoint_check_id: the one on its endpoint, where it is known.
    """

    name: str
    domain_name: str
    switch: SwitchNames | None = None
    health_check_id: str | None = None
    endpoint_check_id: str | None = None

    @property
    def its_switch(self) -> SwitchNames:
        """The names of the switch that withdraws it.

        Raises:
            InfraError: it has none.
        """
        if self.switch is None:
            raise InfraError(
                f"{self.name} has no switch yet: `python -m infra apply` makes one, and writes the "
                "deployment's file again"
            )
        return self.switch

    @property
    def its_health_check(self) -> str:
        """The id of the health check that its records follow.

        Raises:
            InfraError: it is not known.
        """
        if self.health_check_id is None:
            raise InfraError(
                f"the health check of {self.name} is not known: only the deployment's file has it"
            )
        return self.health_check_id


@dataclass(frozen=True)
class Deployment:
    """One deployment.

    Attributes:
        stack: Terraform's var.name.
        domain_name: the name that clients use.
        primary: the region that serves, or comes first where both do.
        standby: the other one.
        routing: which of the two DNS answers, as Terraform's variable: failover, latency, weighted.
        promise: what its health checks and records promise, where that is known.
        weights: of the primary and the standby, where DNS answers by weight.
    """

    stack: str
    domain_name: str
    primary: Region
    standby: Region
    routing: str = "failover"
    promise: Promise | None = None
    weights: tuple[int, int] = (100, 0)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Deployment":
        """Read the output `deployment` of infra/outputs.tf, as it is or as it was.

        Raises:
            KeyError, TypeError: it is something else.
        """
        # Before each region had a switch, the primary's stood at the top alone.
        switches = {"primary": document["override"], "secondary": None}
        primary, standby = (
            Region(
                r["region"],
                r["domain_name"],
                None if switch is None else SwitchNames(**switch),
                r["health_check_id"],
                r["endpoint_check_id"],
            )
            for role, known in switches.items()
            for r in [document["regions"][role]]
            for switch in [r.get("override", known)]
        )
        weights = document.get("weights", {"primary": 100, "secondary": 0})
        return cls(
            document["stack"],
            document["domain_name"],
            primary,
            standby,
            document.get("routing", "failover"),
            _promise(document),
            (weights["primary"], weights["secondary"]),
        )

    @classmethod
    def from_names(
        cls,
        stack: str,
        domain_name: str,
        primary_region: str,
        standby_region: str,
        routing: str = "failover",
    ) -> "Deployment":
        """Return what follows from names: all but the health checks."""
        primary, standby = (
            Region(name, f"{name}.{domain_name}", _switch(stack, role, other))
            for name, role, other in (
                (primary_region, "primary", standby_region),
                (standby_region, "secondary", primary_region),
            )
        )
        return cls(stack, domain_name, primary, standby, routing)

    @property
    def regions(self) -> tuple[Region, Region]:
        """Both regions, the primary first."""
        return self.primary, self.standby

    def other(self, region: Region) -> Region:
        """Return the region that is not this one."""
        return self.standby if region.name == self.primary.name else self.primary

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
        found = {
            "primary": self.primary,
            "standby": self.standby,
            "secondary": self.standby,
            self.primary.name: self.primary,
            self.standby.name: self.standby,
        }
        if name not in found:
            raise InfraError(
                f"{name!r} is no region of {self.stack}: use {self.primary.name} or "
                f"{self.standby.name}"
            )
        return found[name]


def _promise(document: Mapping[str, Any]) -> Promise | None:
    check = document.get("health_check")
    if check is None:  # the file is from before it had them
        return None
    ttl = document["dns_ttl"]
    return Promise(check["interval"], check["threshold"], ALIAS_TTL if ttl is None else ttl)


def _switch(stack: str, role: str, other: str) -> SwitchNames:
    return SwitchNames(
        other,
        _NAMESPACE,
        f"{role.capitalize()}Withdrawn",
        {"Stack": stack},
        f"{stack}-{role}-withdrawn",
    )
