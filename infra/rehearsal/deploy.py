"""Deploys the untouched infra/ into the emulator, as CI would into AWS."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import boto3

from infra.deployment import Deployment
from infra.display import Display
from infra.errors import InfraError
from infra.package import package
from infra.provider_mirror import cli_configuration
from infra.rehearsal.emulator import Emulator
from infra.terraform import Terraform

# Names that nobody can own (RFC 2606).
_HOSTED_ZONE = "example.com"
VARIABLES: Mapping[str, object] = MappingProxyType(
    {
        "hosted_zone_name": _HOSTED_ZONE,
        "domain_name": f"api.{_HOSTED_ZONE}",
        # What a rehearsal made, it also destroys.
        "deletion_protection": False,
    }
)
_STATE_BUCKET = "rehearsal-state"
_STATE_REGION = "us-east-1"


@dataclass(frozen=True)
class Deployed:
    """What Terraform says of what it deployed.

    Attributes:
        deployment: which one.
        hosted_zone_id: the zone that holds its names.
        api_key: what writes need; None if nothing.
    """

    deployment: Deployment
    hosted_zone_id: str
    api_key: str | None = field(repr=False)

    @classmethod
    def from_outputs(cls, outputs: Mapping[str, Any]) -> "Deployed":
        """Read the outputs of infra/outputs.tf."""
        return cls(
            Deployment.from_document(outputs["deployment"]),
            outputs["hosted_zone_id"],
            outputs.get("api_key"),
        )


@contextlib.contextmanager
def deployed(
    root: Path,
    emulator: Emulator,
    scratch: Path,
    display: Display,
    variables: Mapping[str, object] | None = None,
) -> Iterator[Deployed]:
    """Package, apply, see that a second plan is empty, and destroy it all afterwards.

    Args:
        root: the project's top folder.
        emulator: where to.
        scratch: an existing folder for Terraform's own files, so that the user's stay as they are.
        display: where progress is shown.
        variables: values of Terraform's variables.

    Raises:
        InfraError: a step failed, or the second plan found something to change.
    """
    made = applied(root, emulator, scratch, display, variables)
    environment = environment_of(emulator, scratch, variables)
    terraform = Terraform(root / "infra", environment, display.update)
    with display.step("terraform plan: nothing may be left to change"):
        _require_no_changes(terraform)
    yield made
    with display.step("terraform destroy"):
        terraform.destroy()


def applied(
    root: Path,
    emulator: Emulator,
    scratch: Path,
    display: Display,
    variables: Mapping[str, object] | None = None,
) -> Deployed:
    """Package and apply, for as long as the emulator runs.

    Args and errors are those of deployed().
    """
    environment = environment_of(emulator, scratch, variables)
    terraform = Terraform(root / "infra", environment, display.update)
    with display.step("chalice package --pkg-format terraform, for each region"):
        package(root)
    create_what_must_exist(environment)
    with display.step("terraform init"):
        terraform.init()
    with display.step("terraform apply: two regions, one table, DNS"):
        terraform.apply()
    return Deployed.from_outputs(terraform.outputs())


def environment_of(
    emulator: Emulator, scratch: Path, variables: Mapping[str, object] | None = None
) -> dict[str, str]:
    """Return what tells Terraform where to go, and values of variables; the HCL never knows."""
    backend = {
        "bucket": _STATE_BUCKET,
        "key": "rehearsal.tfstate",
        "region": _STATE_REGION,
        # An emulator on an IP address can't have a host name for each bucket.
        "use_path_style": "true",
    }
    return (
        without_settings(emulator.environment())
        | cli_configuration(scratch)
        | {
            "TF_DATA_DIR": str(scratch / "terraform"),
            "TF_IN_AUTOMATION": "1",
            "TF_CLI_ARGS_init": " ".join(f"-backend-config={k}={v}" for k, v in backend.items()),
        }
        | as_environment({**VARIABLES, **(variables or {})})
    )


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment that tells Terraform nothing: the user's settings are for AWS."""
    return {k: v for k, v in environment.items() if not k.startswith("TF_")}


def as_environment(variables: Mapping[str, object]) -> dict[str, str]:
    """Return Terraform's environment variables for values of variables."""
    return {
        f"TF_VAR_{name}": value if isinstance(value, str) else json.dumps(value)
        for name, value in variables.items()
    }


def create_what_must_exist(environment: Mapping[str, str]) -> None:
    """Make the bucket of the state and the hosted zone, which are there before any deployment."""
    session = boto3.Session(
        environment["AWS_ACCESS_KEY_ID"],
        environment["AWS_SECRET_ACCESS_KEY"],
        region_name=_STATE_REGION,
    )
    endpoint = environment["AWS_ENDPOINT_URL"]
    session.client("s3", endpoint_url=endpoint).create_bucket(Bucket=_STATE_BUCKET)
    session.client("route53", endpoint_url=endpoint).create_hosted_zone(
        Name=_HOSTED_ZONE, CallerReference="rehearsal"
    )


def _require_no_changes(terraform: Terraform) -> None:
    changes = terraform.planned_changes()
    if changes:
        raise InfraError(
            f"a second plan wants to change {', '.join(changes)}: an apply does not settle"
        )
