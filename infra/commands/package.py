"""`python -m infra package`: the app as a Terraform module for each region."""

from pathlib import Path

import click

from infra import package

ROOT = Path(__file__).parents[2]


@click.command("package")
def command() -> None:
    """Write infra/build/primary and infra/build/secondary from the Chalice app.

    Runs `chalice package --pkg-format terraform` for both stages, modernises what it wrote and
    lays the files of infra/region/ beside it. The same app gives the same bytes every time.
    """
    for folder in package.package(ROOT):
        click.echo(f"packaged {folder.relative_to(ROOT)}")
