"""What a rehearsal will deploy, known in a moment: what can't be rehearsed is refused by it."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.deployment import Deployment
from infra.errors import InfraError
from infra.rehearsal.deploy import VARIABLES, as_environment, without_settings
from infra.terraform import Terraform

# Files of values that Terraform loads by itself, and prefers to TF_VAR_...:
# https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
LOADED_UNASKED = (
    "terraform.tfvars",
    "terraform.tfvars.json",
    "*.auto.tfvars",
    "*.auto.tfvars.json",
)


def foreseen(root: Path, variables: Mapping[str, object] | None = None) -> Deployment:
    """Return what will be deployed, but for what only an apply can tell: the health checks.

    Takes a moment: Terraform plans infra/variables.tf and nothing else.

    Args:
        root: the project's top folder.
        variables: values of Terraform's variables.

    Raises:
        InfraError: a variable is refused, or set otherwise by a file that goes before these values.
    """
    values = _values(root, {**VARIABLES, **(variables or {})})
    weights = values["weights"]
    named = Deployment.from_names(
        values["name"],
        values["domain_name"],
        values["primary_region"],
        values["secondary_region"],
        values["routing"],
    )
    return replace(named, weights=(int(weights["primary"]), int(weights["secondary"])))


def _values(root: Path, wanted: Mapping[str, object]) -> dict[str, Any]:
    """Return the values of all variables, as they were given: a bool or a number may be a text."""
    files = _loaded_unasked(root)
    with tempfile.TemporaryDirectory(prefix="rehearsal-variables-") as folder:
        scratch = Path(folder)
        for file in (root / "infra" / "variables.tf", *files):
            shutil.copy(file, scratch)
        terraform = Terraform(scratch, without_settings(os.environ) | as_environment(wanted))
        terraform.plan(scratch / "plan")
        planned = terraform.show(scratch / "plan")["variables"]
    values = {name: variable["value"] for name, variable in planned.items()}
    strays = [
        name
        for name in wanted
        if as_environment({name: values[name]}) != as_environment({name: wanted[name]})
    ]
    if strays:
        raise InfraError(
            f"{' and '.join(map(str, files))} set {' or '.join(strays)} differently from a "
            "rehearsal, and Terraform would read that: move your values to "
            "infra/environments/NAME.tfvars, for `python -m infra init NAME`"
        )
    return values


def _loaded_unasked(root: Path) -> list[Path]:
    return [path for name in LOADED_UNASKED for path in sorted((root / "infra").glob(name))]
