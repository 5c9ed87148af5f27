"""An option that the commands which print costs have in common."""

from pathlib import Path

import click

prices_option = click.option(
    "--prices",
    "price_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Prices that override the project's own, in the form of infra/cost/prices.toml.",
)
