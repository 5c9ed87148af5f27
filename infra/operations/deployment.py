"""Which deployment is operated: its names, from a small file or from four of them.

Neither Terraform nor its state is asked: both may be out of reach when a region is lost.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.errors import InfraError
from infra.promise import ALIAS_TTL, Promise

# `python -m infra apply` writes deployments/STACK.json; `terraform output -json deployment` is it.
FOLDER = "deployments"
_OTHERWISE = (
    "`python -m infra apply` writes it, and `terraform -chdir=infra output -json deployment` is "
    "the same; or name the deployment with --stack, --domain-name, --primary-region and "
    "--standby-region"
)

# As infra/switch.tf has them.
_NAMESPACE = "MultiRegionApi"
_METRIC_NAME = "PrimaryWithdrawn"


@dataclass(frozen=True)
class Region:
    """One region.

    Attributes:
        name: such as us-east-1.
        domain_name: the domain name that only this region has.
        health_check_id: the health check that its records follow, where it is known.
        endpoint_check_id: the one on its endpoint, where it is known.
    """

    name: str
    domain_name: str
    health_check_id: str | None = None
    endpoint_check_id: str | None = None


@dataclass(frozen=True)
class SwitchNames:
    """The names of the operator's switch.

    Attributes:
        region: where its metric and its alarm are.
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
class Deployment:
    """One deployment, as its operator sees it.

    Attributes:
        stack: Terraform's var.name.
        domain_name: the name that clients use.
        primary: the region that serves while it is healthy.
        standby: the one that takes over.
        switch: the operator's.
        promise: what its health checks and records promise, where that is known.
    """

    stack: str
    domain_name: str
    primary: Region
    standby: Region
    switch: SwitchNames
    promise: Promise | None = None

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Deployment":
        """Read the output `deployment` of infra/outputs.tf.

        Raises:
            KeyError, TypeError: it is something else.
        """
        regions = (document["regions"][role] for role in ("primary", "secondary"))
        primary, standby = (
            Region(r["region"], r["domain_name"], r["health_check_id"], r["endpoint_check_id"])
            for r in regions
        )
        switch = SwitchNames(**document["override"])
        return cls(
            document["stack"],
            document["domain_name"],
            primary,
            standby,
            switch,
            _promise(document),
        )

    @classmethod
    def from_names(
        cls, stack: str, domain_name: str, primary_region: str, standby_region: str
    ) -> "Deployment":
        """Return what follows from four names: all but the health checks."""
        primary, standby = (
            Region(name, f"{name}.{domain_name}") for name in (primary_region, standby_region)
        )
        switch = SwitchNames(
            standby_region,
            _NAMESPACE,
            _METRIC_NAME,
            {"Stack": stack},
            f"{stack}-primary-withdrawn",
        )
        return cls(stack, domain_name, primary, standby, switch)


def _promise(document: Mapping[str, Any]) -> Promise | None:
    check = document.get("health_check")
    if check is None:  # the file is from before it had them
        return None
    ttl = document["dns_ttl"]
    return Promise(check["interval"], check["threshold"], ALIAS_TTL if ttl is None else ttl)


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
