"""`python -m infra apply`: create or change what infra/ describes."""

from pathlib import Path

import click

from infra.commands.package import ROOT
from infra.errors import InfraError
from infra.operations import guard
from infra.operations.project import initialised, show, var_files_option


@click.command("apply")
@click.argument(
    "plan",
    required=False,
    type=click.Path(exists=True, dir_okay=False, resolve_path=True, path_type=Path),
)
@var_files_option
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option(
    "--allow-destroy",
    "allowed",
    multiple=True,
    metavar="NAME",
    help="Lose this for good, by the name that the refusal gives; repeatable.",
)
def command(
    *, plan: Path | None, var_files: tuple[Path, ...], yes: bool, allowed: tuple[str, ...]
) -> None:
    """Package the app, show what would change, ask, and apply it; or apply a saved PLAN.

    Refuses a plan that would destroy or replace the table, a replica, their keys, the hosted zone
    or a record that failover answers with, unless --allow-destroy names it. A saved plan is not
    asked about again, but is refused alike.

    Exit status 2: refused, not confirmed, or failed.
    """
    with initialised(ROOT, var_files, packaged=plan is not None) as project:
        path = plan or project.scratch / "plan"
        if plan is None:
            project.plan(path)
        document = project.terraform.show(path)
        guard.require_allowed(show(document), allowed)
        guard.require_unprotected(document)
        if plan is None and guard.changes(document):
            _confirm(yes=yes)
        project.apply(path, "terraform apply")
        project.write_deployment()
    click.echo("applied")


def _confirm(*, yes: bool) -> None:
    if yes:
        return
    try:
        typed = click.prompt("Type yes to apply this", default="", show_default=False)
    except click.Abort:
        typed = ""
    if typed != "yes":
        raise InfraError(
            f"{typed!r} is not yes, so nothing was applied: type yes, or give --yes where nobody "
            "can type"
        )
