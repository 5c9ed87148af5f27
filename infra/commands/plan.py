"""`python -m infra plan`: what an apply would change, and what it would refuse to."""

from pathlib import Path

import click

from infra import ROOT
from infra.exits import DONE, NOT_SO
from infra.operations import secrets
from infra.operations.project import initialised, show, var_files_option
from infra.parameters import NewFile


@click.command("plan")
@var_files_option
@click.option(
    "--out",
    type=NewFile(),
    help="Save the plan for `apply PLAN`. It holds secrets: keep it as you keep the state.",
)
@click.option(
    "--full",
    is_flag=True,
    help="Show every value that changes, except secrets, as Terraform prints it.",
)
@click.pass_context
def command(
    context: click.Context, *, var_files: tuple[Path, ...], out: Path | None, full: bool
) -> None:
    """Package the app and show what `apply` would change, changing nothing.

    Exit status 1: the plan would lose data or names for good, which `apply` refuses unless it is
    told by name. 2: there is no plan.
    """
    with initialised(ROOT, var_files, packaged=False) as project:
        path = out or project.scratch / "plan"
        project.plan(path)
        document = project.terraform.show(path)
        if full:
            text = project.terraform.show_text(path)
            click.echo(secrets.without(secrets.secrets(document), text))
        losses = show(document)
    for loss in losses:
        click.echo(f"WOULD BE REFUSED {loss}")
    if out is not None:
        click.echo(f"saved: `python -m infra apply {out}` does this and nothing else")
    context.exit(NOT_SO if losses else DONE)
