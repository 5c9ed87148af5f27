"""`python -m infra destroy`: delete everything that an apply made."""

from pathlib import Path

import click

from infra import ROOT
from infra.confirmation import confirm_stack
from infra.operations import guard
from infra.operations.project import Project, initialised, show, var_files_option


@click.command("destroy")
@var_files_option
@click.option("--yes", is_flag=True, help="Don't ask for the stack's name.")
def command(*, var_files: tuple[Path, ...], yes: bool) -> None:
    """Show what would be deleted, ask for the stack's name, and delete it, data included.

    Refuses at once where the table or its replica is protected from deletion: Terraform would
    delete all else first, and then fail.

    Exit status 2: refused, not confirmed, or failed.
    """
    with initialised(ROOT, var_files, packaged=False) as project:
        path = project.scratch / "plan"
        project.plan(path, destroy=True)
        document = project.terraform.show(path)
        losses = show(document)
        if not guard.changes(document):
            return
        guard.require_unprotected(document)
        for loss in losses:
            click.echo(f"WOULD BE LOST {loss.name}: {loss.what}")
        stack = _stack(project)
        confirm_stack(stack, yes=yes)
        project.apply(path, "terraform destroy")
        project.remove_deployment(stack)
    click.echo("destroyed")


def _stack(project: Project) -> str:
    """Return the stack's name; of what an apply left half done, which has no outputs, a word."""
    deployment = project.terraform.outputs().get("deployment")
    return str(deployment["stack"]) if deployment else "destroy"
