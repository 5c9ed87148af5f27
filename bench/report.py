"""What was measured, as tables on a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from bench.compare import Row
from bench.growth import Cost
from bench.imports import Imports
from bench.instructions import Count


def comparison(rows: Sequence[Row], console: Console) -> None:
    """Print what starts and requests cost; in brackets, over the first candidate's."""
    table = _table("", "cold, ms", "its CPU, ms", "warm CPU, us", "modules", "peak, MiB")
    names = ("cold_ms", "cold_cpu_ms", "warm_cpu_us", "modules", "peak_mib")
    for kind, of_kind in _by_kind(rows):
        table.add_row(f"[bold]{kind}[/bold]")
        for row in of_kind:
            figures = (f"{row.figures[n]:.{_digits(n)}f} ({row.ratios[n]:.2f})" for n in names)
            table.add_row(row.candidate, *figures)
    console.print(table)


def imports(breakdowns: Iterable[Imports], slowest_of: str, console: Console) -> None:
    """Print where each start spends its time, and one's slowest modules."""
    for each in breakdowns:
        groups = ", ".join(f"{name} {us / 1e3:.1f}" for name, us in each.groups.items())
        total = sum(each.groups.values()) / 1e3
        console.print(f"{each.candidate}: {total:.1f} ms of imports: {groups}", highlight=False)
        if each.candidate == slowest_of:
            slowest = ", ".join(f"{name} {us / 1e3:.1f}" for name, us in each.modules.items())
            console.print(f"  its slowest modules: {slowest}", highlight=False)


def instructions(counts: Sequence[Count], console: Console) -> None:
    """Print millions of instructions; in brackets, over the first candidate's."""
    table = _table("millions of instructions", "list: start", "request", "write: start", "request")
    first = {count.kind: count for count in reversed(counts)}
    for name in dict.fromkeys(count.candidate for count in counts):
        cells = [
            f"{value:.{digits}f} ({value / against:.2f})"
            for count in counts
            if count.candidate == name
            for value, against, digits in (
                (count.cold, first[count.kind].cold, 0),
                (count.warm, first[count.kind].warm, 2),
            )
        ]
        table.add_row(name, *cells)
    console.print(table)


def growth(costs: Iterable[Cost], console: Console) -> None:
    """Print what each request costs at each size of the table."""
    table = _table("", "items", "calls", "read units", "write units", "CPU, us")
    for cost in sorted(costs, key=lambda cost: (cost.candidate != "project", cost.request)):
        table.add_row(
            f"{cost.candidate}, {cost.request}",
            f"{cost.items:,}",
            f"{cost.calls:g}",
            f"{cost.read_units:g}",
            f"{cost.write_units:g}",
            f"{cost.cpu_us:,.0f}",
        )
    console.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(columns[0], no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _by_kind(rows: Sequence[Row]) -> Iterable[tuple[str, list[Row]]]:
    for kind in dict.fromkeys(row.kind for row in rows):
        yield kind, [row for row in rows if row.kind == kind]


def _digits(name: str) -> int:
    return 1 if name.endswith(("_ms", "_mib")) else 0
