"""The cost of each mode as text, and as a document for machines."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from infra.cost.assumptions import HOURS, Assumptions, Mode, Traffic
from infra.cost.model import Line, bill, total
from infra.cost.prices import Prices

_WIDTH = 100
_NOTES = (
    "Not in it: the hosted zone, which exists already, taxes, discounts, free tiers, and what an "
    "account pays apart from this stack.",
    "Much of the idle cost is what Route 53's checkers cause: each of their requests goes through "
    "firewall, API Gateway, function, table and trace. An interval of 30 s has half of them.",
)


@dataclass(frozen=True)
class Estimate:
    """What is estimated.

    Attributes:
        regions: the primary and the secondary.
        modes: the rows.
        traffic: the columns.
        prices: the price book.
        assumptions: what is taken for granted.
    """

    regions: tuple[str, str]
    modes: Sequence[Mode]
    traffic: Sequence[Traffic]
    prices: Prices
    assumptions: Assumptions

    def lines(self, mode: Mode, traffic: Traffic) -> list[Line]:
        """Return the bill of a mode and a traffic."""
        return bill(mode, traffic, self.prices, self.regions, self.assumptions)


def summary(estimate: Estimate) -> str:
    """Return a row a mode and a column a traffic, and what they rest on."""
    header = ["requests of clients a month", *(_count(t.requests) for t in estimate.traffic)]
    stored = ["stored in each region", *(f"{t.stored_gb:g} GB" for t in estimate.traffic)]
    rows = [
        [mode.name, *(f"{total(estimate.lines(mode, t)):,.2f}" for t in estimate.traffic)]
        for mode in estimate.modes
    ]
    lines = [f"US dollars a month of {HOURS:g} hours, {' and '.join(estimate.regions)}", ""]
    lines += [*_aligned([header, stored, [], *rows]), "", *_basis(estimate)]
    return "\n".join(lines) + "\n"


def detail(estimate: Estimate) -> str:
    """Return for each traffic what each mode's sum is made of, both regions together."""
    return "\n".join(_detail(estimate, traffic) for traffic in estimate.traffic)


def document(estimate: Estimate) -> dict[str, Any]:
    """Return everything, as JSON can hold it."""
    return {
        "currency": "USD",
        "hours": HOURS,
        "regions": list(estimate.regions),
        "assumptions": asdict(estimate.assumptions),
        "prices": {
            service: {"dated": dated.isoformat(), "source": source}
            for service, dated, source in estimate.prices.sources()
        },
        "estimates": [
            asdict(mode)
            | {"traffic": asdict(traffic), "total": round(total(lines), 2)}
            | {"lines": [asdict(line) | {"cost": line.cost} for line in lines]}
            for mode in estimate.modes
            for traffic in estimate.traffic
            for lines in [estimate.lines(mode, traffic)]
        ],
    }


def _detail(estimate: Estimate, traffic: Traffic) -> str:
    bills = [_by_kind(estimate.lines(mode, traffic)) for mode in estimate.modes]
    kinds = list(dict.fromkeys(kind for found in bills for kind in found))
    rows = [
        [f"{service}: {what}", *(_money(found.get((service, what))) for found in bills)]
        for service, what in kinds
    ]
    sums = ["all", *(f"{sum(found.values()):,.2f}" for found in bills)]
    title = f"{_count(traffic.requests)} requests of clients a month, {traffic.stored_gb:g} GB"
    header = ["US dollars", *(mode.name for mode in estimate.modes)]
    return "\n".join([title, "", *_aligned([header, [], *rows, [], sums])]) + "\n"


def _by_kind(lines: Sequence[Line]) -> Mapping[tuple[str, str], float]:
    sums: dict[tuple[str, str], float] = {}
    for line in lines:
        kind = line.service, line.what
        sums[kind] = sums.get(kind, 0.0) + line.cost
    return sums


def _basis(estimate: Estimate) -> Iterator[str]:
    taken = estimate.assumptions
    granted = (
        f"Taken for granted: {taken.reads:.0%} reads, items of {taken.item_kb:g} KB, answers of "
        f"{taken.answer_kb:g} KB; functions of {taken.memory_gb * 1024:.0f} MB that take "
        f"{taken.read_seconds * 1000:.0f} ms to read and {taken.write_seconds * 1000:.0f} ms to "
        f"write, {taken.cold_starts:.1%} of them after a {_start(taken)}; a DNS query for "
        f"{1 / taken.queries:.0f} requests; {taken.checks_a_minute:g} requests of health checkers "
        f"a minute in each region. Warm: {taken.provisioned} environments ready in each region "
        "that another may fail over to."
    )
    for text in (granted, *_NOTES):
        yield textwrap.fill(text, _WIDTH)
    yield ""
    yield "Prices, by service, of what day, and from where:"
    for service, dated, source in estimate.prices.sources():
        label = f"  {service:<11}  {dated}  "
        yield textwrap.fill(
            source,
            _WIDTH,
            initial_indent=label,
            subsequent_indent=" " * len(label),
            break_long_words=False,
            break_on_hyphens=False,
        )


def _start(taken: Assumptions) -> str:
    return "restore" if taken.snap_start else f"start of {taken.start_seconds * 1000:.0f} ms"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align the first column to the left and the others, numbers, to the right."""
    columns = max(map(len, rows))
    padded = [[*row, *[""] * (columns - len(row))] for row in rows]
    widths = [max(len(row[column]) for row in padded) for column in range(columns)]
    return [
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in padded
    ]


def _count(requests: float) -> str:
    return f"{requests / 1e6:g} M"


def _money(cost: float | None) -> str:
    return "" if cost is None else f"{cost:,.2f}"
