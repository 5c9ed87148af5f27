"""An option that the commands which print costs have in common."""

from pathlib import Path

import click

prices_option = click.option(
    "--prices",
    "price_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Prices to put in front of the project's own, infra/cost/prices.toml, which has the form.",
)
