"""`python -m infra apply`: create or change what infra/ describes."""

from pathlib import Path

import click

from infra import ROOT
from infra.operations.applying import allow_destroy_option, carry_out, plan_argument
from infra.operations.project import initialised, var_files_option


@click.command("apply")
@plan_argument
@var_files_option
@click.option("--yes", is_flag=True, help="Don't ask.")
@allow_destroy_option
def command(
    *, plan: Path | None, var_files: tuple[Path, ...], yes: bool, allowed: tuple[str, ...]
) -> None:
    """Package the app, show what would change, ask, and apply it; or apply a saved PLAN.

    A changed app is published as a new version that serves nobody until `release` moves clients to
    it; the first apply of all serves at once.

    Refuses a plan that would destroy or replace the table, a replica, their keys, the hosted zone
    or a record that failover answers with, unless --allow-destroy names it. A saved plan is not
    asked about again, but is refused alike, and also where the package that it was made with is
    not the one that is here.

    Exit status 2: refused, not confirmed, or failed.
    """
    with initialised(ROOT, var_files, packaged=plan is not None) as project:
        carry_out(project, plan, allowed, yes=yes)
    click.echo("applied")
