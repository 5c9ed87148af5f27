"""What is said of the settings in words, on a terminal and on the page."""

from collections.abc import Sequence
from pathlib import Path

from infra.cost.prices import Prices
from infra.rto.model import Failure, World
from infra.rto.table import Row

_NOTES = (
    "detection: seconds until half of the losses have turned the health check",
    "p50 to max: seconds for which clients are without the API: until a read and a write succeeded",
    "promised: seconds, by the closed form of AWS's documentation",
    "measured: seconds, the longest outage of each run in {reports}",
    "checks: US dollars a month, both endpoints' health checks and what their requests cost",
    "DNS: US dollars a month, the queries of a resolver that always asks again",
    "List prices of {dated}; `python -m infra cost` has the rest. AWS publishes neither how many "
    "checkers ask an endpoint nor how long a change of health takes to reach its name servers: "
    "see --checkers and --publication.",
)


def heading(world: World) -> str:
    """Return what is above the table."""
    lost = {
        Failure.BLACKHOLE: "nothing comes back from it",
        Failure.FAST: "it refuses connections, or answers 5xx",
    }
    return (
        f"[bold]A region is lost: {lost[world.failure]}[/bold]\n"
        f"1,000,000 clients of each setting: a request every {world.pace:g} s, given up after "
        f"{world.timeout:g} s. {world.checkers} checkers, publication {world.publication:g} s.\n"
    )


def notes(table: Sequence[Row], reports: Path, prices: Prices) -> list[str]:
    """Return what is below it.

    Args:
        table: the settings.
        reports: the folder that runs were looked for in.
        prices: the price book.
    """
    dated = {service: day for service, day, _ in prices.sources()}["route53"]
    return [
        *(note.format(reports=f"{reports.name}/", dated=dated) for note in _NOTES),
        *(_beyond(row) for row in table if row.beyond > 0),
    ]


def _beyond(row: Row) -> str:
    return (
        f"{row.choice.check}, {row.choice.record}: {row.beyond:.2%} of clients wait for longer "
        "than promised, since they give a request up late: no promise has that in it"
    )
