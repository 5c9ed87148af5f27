"""Which deployment is operated: its names, from a small file or from four of them.

Neither Terraform nor its state is asked: both may be out of reach when a region is lost.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import regions
from infra.errors import InfraError
from infra.promise import ALIAS_TTL, Promise

# `python -m infra apply` writes deployments/STACK.json; `terraform output -json deployment` is it.
FOLDER = "deployments"
_OTHERWISE = (
    "`python -m infra apply` writes it, and `terraform -chdir=infra output -json deployment` is "
    "the same; or name the deployment with --stack, --domain-name, --primary-region and "
    "--standby-region"
)

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
    switch: SwitchNames | None
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
                "deployment's file anew"
            )
        return self.switch


@dataclass(frozen=True)
class Deployment:
    """One deployment, as its operator sees it.

    Attributes:
        stack: Terraform's var.name.
        domain_name: the name that clients use.
        primary: the region that serves, or comes first where both do.
        standby: the other one.
        routing: which of the two DNS answers, as Terraform's variable: failover, latency, weighted.
        promise: what its health checks and records promise, where that is known.
    """

    stack: str
    domain_name: str
    primary: Region
    standby: Region
    routing: str = "failover"
    promise: Promise | None = None

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
        routing = document.get("routing", "failover")
        return cls(
            document["stack"],
            document["domain_name"],
            primary,
            standby,
            routing,
            _promise(document),
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

    def named(self, name: str) -> Region:
        """Return the region of a name, or of a role: primary, standby or secondary.

        Raises:
            InfraError: it is none of them.
        """
        return regions.find(name, self.primary, self.standby, self.stack)


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


def only_file(folder: Path) -> Path:
    """Return the file of the only deployment in a folder.

    Raises:
        InfraError: there is none, or there are several.
    """
    found = sorted(folder.glob("*.json"))
    if not found:
        raise InfraError(f"{folder} holds no deployment's file: {_OTHERWISE}")
    if len(found) > 1:
        names = ", ".join(str(path) for path in found)
        raise InfraError(f"which deployment? Give one of {names} with --deployment")
    return found[0]


def read(path: Path) -> Deployment:
    """Read a deployment's file.

    Raises:
        InfraError: there is none, or it is something else.
    """
    try:
        return Deployment.from_document(json.loads(path.read_text()))
    except FileNotFoundError as error:
        raise InfraError(f"{path} is not there: {_OTHERWISE}") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InfraError(
            f"{path} is not what `terraform -chdir=infra output -json deployment` prints "
            f"({type(error).__name__}: {error}): write it anew"
        ) from error
