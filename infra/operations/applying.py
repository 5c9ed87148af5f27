"""What `apply` and `release` have in common: plan, refuse, show, ask, apply."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from infra.confirmation import confirm
from infra.errors import InfraError
from infra.operations import guard, packages
from infra.operations.project import Project, show

# What Terraform says of a file that is none.
_NO_PLAN = "Failed to read the given file as a state or plan file"

plan_argument = click.argument(
    "plan",
    required=False,
    type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
)
allow_destroy_option = click.option(
    "--allow-destroy",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="Lose this for good, by the name that the refusal gives; repeatable.",
)


def carry_out(
    project: Project, plan: Path | None, allowed: Iterable[str], *, yes: bool, then: str = ""
) -> bool:
    """Plan, unless a saved plan is given, and apply that; tell whether anybody was asked.

    Args:
        project: what is planned and applied.
        plan: a saved plan, which is not asked about again; None to make one.
        allowed: what may be lost, by name.
        yes: without asking.
        then: what follows the apply, for the question.

    Raises:
        InfraError: it would lose what was not named, or upload another package than was planned; it
            was not confirmed, or it failed.
    """
    path = plan or project.scratch / "plan"
    if plan is None:
        project.plan(path)
    document = _shown(project, path)
    guard.require_allowed(show(document), allowed)
    guard.require_unprotected(document)
    if plan is not None:
        packages.require_planned(document, project.root / "infra")
    asked = plan is None and bool(guard.changes(document))
    if asked:
        confirm("yes", f"apply this{then}", "nothing was applied", yes=yes)
    project.apply(path, "terraform apply")
    project.write_deployment()
    return asked


def _shown(project: Project, plan: Path) -> dict[str, Any]:
    try:
        return project.terraform.show(plan)
    except InfraError as error:
        if _NO_PLAN not in str(error):
            raise
        raise InfraError(
            f"{plan} is no plan, as `python -m infra plan --out FILE` saves"
        ) from error
