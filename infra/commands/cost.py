"""`python -m infra cost`: what each mode costs a month."""

import json
from pathlib import Path

import click

from infra.cost import prices, tables
from infra.cost.assumptions import MODES, TRAFFIC, Assumptions, Traffic
from infra.cost.options import prices_option
from infra.options import as_json_option
from infra.parameters import Number

_STORED_GB = 10.0


@click.command("cost")
@prices_option
@click.option(
    "--primary-region",
    default="us-east-1",
    show_default=True,
    help="Region by whose prices the primary is billed.",
)
@click.option(
    "--secondary-region",
    default="us-west-2",
    show_default=True,
    help="Region by whose prices the standby is billed.",
)
@click.option(
    "--requests",
    type=Number("number", 0),
    help="Clients' requests a month, in place of the three levels.",
)
@click.option(
    "--stored-gb",
    type=Number("gigabytes", 0),
    help=f"Items stored in each region, with --requests.  [default: {_STORED_GB:g}]",
)
@click.option(
    "--snap-start",
    is_flag=True,
    help="With snap_start = true, which goes with a cold standby only.",
)
@click.option("--detail", is_flag=True, help="Show what each sum is made of.")
@as_json_option
def command(  # noqa: PLR0913 -- an argument an option
    *,
    price_file: Path | None,
    primary_region: str,
    secondary_region: str,
    requests: float | None,
    stored_gb: float | None,
    snap_start: bool,
    detail: bool,
    as_json: bool,
) -> None:
    """Print what each mode of routing and standby costs a month, at three levels of traffic.

    An estimate from list prices, each with its date and its source, and from what infra/ creates
    with its defaults. Asks nobody: the prices are in a file, which --prices corrects.
    """
    if stored_gb is not None and requests is None:
        raise click.UsageError("--stored-gb goes with --requests: the three levels have their own")
    if primary_region == secondary_region:
        raise click.UsageError(f"both regions are {primary_region}: give two")
    stored = _STORED_GB if stored_gb is None else stored_gb
    estimate = tables.Estimate(
        (primary_region, secondary_region),
        tuple(mode for mode in MODES if mode.standby == "cold") if snap_start else MODES,
        TRAFFIC if requests is None else (Traffic(requests, stored),),
        prices.read(price_file),
        Assumptions(snap_start=snap_start),
    )
    if as_json:
        click.echo(json.dumps(tables.document(estimate), indent=1))
        return
    if detail:
        click.echo(tables.detail(estimate))
    click.echo(tables.summary(estimate), nl=False)
