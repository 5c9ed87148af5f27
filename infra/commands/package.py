"""`python -m infra package`: the app as a Terraform module for each region."""

import click

from infra import ROOT, bytecode, package


@click.command("package")
def command() -> None:
    """Write infra/build/primary and infra/build/secondary from the Chalice app.

    Runs `chalice package --pkg-format terraform` for both stages, modernises what it wrote and
    lays the files of infra/region/ beside it. The same app gives the same bytes every time.

    Code is compiled where the functions' Python is at hand: the one that runs this, or one on PATH.
    """
    for folder in package.package(ROOT):
        click.echo(f"packaged {folder.relative_to(ROOT)}")
    interpreter = bytecode.find(package.LAMBDA_PYTHON)
    click.echo(
        f"compiled by Python {interpreter.version}"
        if interpreter
        else f"not compiled: no python{package.LAMBDA_PYTHON} here, so each cold start does it"
    )
