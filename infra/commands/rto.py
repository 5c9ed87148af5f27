"""`python -m infra rto`: how long clients are without the API, and what it costs, by setting."""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from infra.cost import prices
from infra.cost.options import prices_option
from infra.options import as_json_option
from infra.parameters import NewFile, Number
from infra.report.options import reports_folder
from infra.rto import machine, page, terminal, words
from infra.rto.measured import measured
from infra.rto.model import Failure, World
from infra.rto.table import Choice, rows

# What infra/variables.tf takes for dns_ttl.
_LONGEST_TTL = 3600
_ALIAS = "alias"
_USUAL = World()
# The table needs so many columns; a narrower terminal wraps its lines.
_WIDTH = 104


class Ttl(click.ParamType[int | None]):
    """Seconds of a CNAME, or None for alias records."""

    name = f"SECONDS|{_ALIAS}"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | None:
        """Return the TTL; fail with the limits."""
        if value == _ALIAS or value is None:
            return None
        text = str(value)
        if not text.isdecimal() or not 1 <= int(text) <= _LONGEST_TTL:
            self.fail(
                f"{text!r} is no TTL: use 1 to {_LONGEST_TTL} seconds, or {_ALIAS}", param, ctx
            )
        return int(text)


@click.command("rto")
@click.option(
    "--interval",
    "intervals",
    type=click.Choice(["10", "30"]),
    multiple=True,
    default=["10", "30"],
    show_default=True,
    help="Seconds between a checker's requests; repeatable. Route 53 knows these two.",
)
@click.option(
    "--threshold",
    "thresholds",
    type=click.IntRange(1, 10),
    multiple=True,
    default=[1, 2, 3],
    show_default=True,
    help="Failures in a row that change a checker's mind; repeatable.",
)
@click.option(
    "--ttl",
    "ttls",
    type=Ttl(),
    multiple=True,
    default=[10, 60, _ALIAS],
    show_default=True,
    help="TTL of the CNAME in seconds, or `alias` for alias records (60 s); repeatable.",
)
@click.option(
    "--checkers",
    type=click.IntRange(1, 100),
    default=_USUAL.checkers,
    show_default=True,
    help="Health checkers of an endpoint.",
)
@click.option(
    "--failure",
    type=click.Choice([kind.value for kind in Failure]),
    default=_USUAL.failure.value,
    show_default=True,
    help="blackhole: nothing comes back. fast: connections are refused, or answered 5xx.",
)
@click.option(
    "--publication",
    type=Number("seconds", 0, 600),
    default=_USUAL.publication,
    show_default=True,
    help="How long a change of health takes to reach Route 53's name servers.",
)
@click.option(
    "--pace",
    type=Number("seconds", 0.1, 60),
    default=_USUAL.pace,
    show_default=True,
    help="Time between a client's requests.",
)
@click.option(
    "--timeout",
    type=Number("seconds", 0.5, 60),
    default=_USUAL.timeout,
    show_default=True,
    help="Time after which a client gives up a request.",
)
@reports_folder
@prices_option
@click.option(
    "--page",
    "page_file",
    type=NewFile(),
    help="Write it all as an HTML page too.",
)
@as_json_option
def command(  # noqa: PLR0913 -- an argument an option
    *,
    intervals: Sequence[str],
    thresholds: Sequence[int],
    ttls: Sequence[int | None],
    checkers: int,
    failure: str,
    publication: float,
    pace: float,
    timeout: float,
    reports: Path,
    price_file: Path | None,
    page_file: Path | None,
    as_json: bool,
) -> None:
    """Show for each setting how long clients would be without the API, and what it costs.

    Simulates a million clients of each setting, with resolvers that keep answers, through a hundred
    thousand losses of a region, as the rehearsal's parts would behave, and sets the outcome beside
    what the configuration promises and what rehearsals and drills have measured. Needs nothing
    deployed, and touches nothing.
    """
    world = World(Failure(failure), checkers, publication, pace, timeout)
    runs, unread = measured(sorted(reports.glob("*.json")), world.failure)
    book = prices.read(price_file)
    chosen = itertools.product(map(int, intervals), thresholds, ttls)
    regions = ("us-east-1", "us-west-2")
    table = list(rows((Choice(*c) for c in chosen), world, book, regions, runs))
    for reason in unread:
        click.echo(f"left out: {reason}", err=True)
    notes = words.notes(table, reports, book)
    if page_file is not None:
        page_file.write_text(page.render(table, world, notes))
    if as_json:
        click.echo(json.dumps(machine.document(table, world), indent=1))
        return
    console = Console(highlight=False, width=max(Console().width, _WIDTH))
    console.print(words.heading(world), soft_wrap=True)
    terminal.show(table, world.step, console)
    for note in notes:
        console.print(note, style="dim", soft_wrap=True)
