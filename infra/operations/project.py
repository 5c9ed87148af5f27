"""Terraform on infra/, with the user's own environment: AWS, or what AWS_ENDPOINT_URL names."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from infra import backend
from infra.display import Display
from infra.errors import InfraError
from infra.operations import deployment_file, guard
from infra.package import package
from infra.provider_mirror import cli_configuration
from infra.terraform import Terraform

# What Terraform says of a state's place that nobody named.
_NO_STATE = 'The attribute "bucket" is required by the backend'

_NO_ZONE = "no matching Route 53 Hosted Zone found"

# What the provider says of the replica once the primary and the standby have changed places.
_SWAPPED = "replica cannot be in same region as main table"

var_files_option = click.option(
    "--var-file",
    "var_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
    help="Values of variables, beside those of the environment and TF_VAR_...; repeatable.",
)


@dataclass(frozen=True)
class Project:
    """infra/, packaged and initialised.

    Attributes:
        root: the project's top folder.
        terraform: Terraform on its infra/.
        var_files: files with values of variables.
        display: where progress is shown.
        scratch: a folder for what need not stay.
    """

    root: Path
    terraform: Terraform
    var_files: Sequence[Path]
    display: Display
    scratch: Path

    def plan(self, target: Path, *, destroy: bool = False) -> None:
        """Write a plan to a file."""
        with self.display.step(f"terraform plan{' -destroy' if destroy else ''}"):
            try:
                self.terraform.plan(target, self.var_files, destroy=destroy)
            except InfraError as error:
                way_out = self._way_out(str(error))
                if way_out is None:
                    raise
                raise InfraError(f"{error}: {way_out}") from error

    def apply(self, plan: Path, title: str) -> None:
        """Do what a plan says."""
        with self.display.step(title):
            self.terraform.apply_plan(plan)

    def write_deployment(self) -> None:
        """Write the file that operators' commands go by, if there is a deployment."""
        document = self.terraform.outputs().get("deployment")
        if document is None:
            return
        path = self._deployment(document["stack"])
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
        self.display.note(f"wrote {path}: operators' commands go by it, so keep a copy")

    def remove_deployment(self, stack: str) -> None:
        """Remove the file of a deployment that is gone."""
        path = self._deployment(stack)
        if path.is_file():
            path.unlink()
            self.display.note(f"removed {path}")

    def _way_out(self, failure: str) -> str | None:
        """Return what to do about a plan's failure, where Terraform's words don't tell."""
        file = next(iter(self.var_files), self.root / "infra" / "terraform.tfvars")
        if _NO_ZONE in failure:
            return (
                "hosted_zone_name must be a public hosted zone that is there, in the account of "
                f"your credentials; set it in {file}"
            )
        if _SWAPPED in failure:
            return (
                "primary_region and secondary_region can't change places (docs/production.md); "
                f"put them back in {file}"
            )
        return None

    def _deployment(self, stack: str) -> Path:
        return self.root / deployment_file.FOLDER / f"{stack}.json"


@contextlib.contextmanager
def initialised(root: Path, var_files: Sequence[Path], *, packaged: bool) -> Iterator[Project]:
    """Package the app, unless what is packaged is to be used, and run terraform init.

    Terraform is connected to the environment that `python -m infra init` named, and given its
    variables, so that no environment's values meet another's state. Without one, state and
    variables are whatever Terraform finds by itself.

    Raises:
        InfraError: a step failed.
    """
    display = Display()
    infra = root / "infra"
    environment = backend.connected(infra)
    display.note(f"environment {environment or 'not named by `init`'}, {_where()}")
    with tempfile.TemporaryDirectory(prefix="terraform-") as folder:
        scratch = Path(folder)
        variables = os.environ | {"TF_IN_AUTOMATION": "1"} | cli_configuration(scratch)
        terraform = Terraform(infra, variables, display.note)
        if not packaged:
            with display.step("chalice package --pkg-format terraform, for each region"):
                package(root)
        elif not (infra / "build").is_dir():
            raise InfraError(
                "infra/build is not there: a saved plan needs the package it was made with"
            )
        with display.step("terraform init"):
            _initialise(terraform, environment)
        own = [] if environment is None else [infra / "environments" / f"{environment}.tfvars"]
        yield Project(root, terraform, [*own, *var_files], display, scratch)


def _where() -> str:
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    return f"at {endpoint}" if endpoint else "in AWS, as your credentials have it"


def _initialise(terraform: Terraform, environment: str | None) -> None:
    if environment is not None:
        terraform.init(backend.FILE)
        return
    try:
        terraform.init()
    except InfraError as error:
        raise InfraError(
            backend.UNCONNECTED
            if _NO_STATE in str(error)
            else f"{error}. `python -m infra init ENVIRONMENT` connects infra/ to its state"
        ) from error


def show(plan: dict[str, object]) -> list[guard.Loss]:
    """Print what a plan changes, and return what it would lose."""
    lines = guard.changes(plan)
    for line in lines:
        click.echo(f"  {line}")
    click.echo(f"{len(lines)} to change" if lines else "nothing to change")
    for text in guard.warnings(plan):
        click.echo(f"WARNING {text}")
    return guard.losses(plan)
