"""What was measured, as tables on a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console

from bench.compare import Row
from bench.growth import Cost
from bench.imports import Imports
from bench.instructions import Count
from infra.display import table


def comparison(rows: Sequence[Row], console: Console) -> None:
    """Print what starts and requests cost; in brackets, over the first candidate's."""
    shown = table(
        ("",), numbers=("cold, ms", "its CPU, ms", "warm CPU, us", "modules", "peak, MiB")
    )
    names = ("cold_ms", "cold_cpu_ms", "warm_cpu_us", "modules", "peak_mib")
    for kind, of_kind in _by_kind(rows):
        shown.add_row(f"[bold]{kind}[/bold]")
        for row in of_kind:
            figures = (f"{row.figures[n]:.{_digits(n)}f} ({row.ratios[n]:.2f})" for n in names)
            shown.add_row(row.candidate, *figures)
    console.print(shown)


def imports(breakdowns: Iterable[Imports], slowest_of: str, console: Console) -> None:
    """Print where each start spends its time, and one's slowest modules."""
    for each in breakdowns:
        groups = ", ".join(f"{name} {us / 1e3:.1f}" for name, us in each.groups.items())
        total = sum(each.groups.values()) / 1e3
        console.print(f"{each.candidate}: {total:.1f} ms of imports: {groups}")
        if each.candidate == slowest_of:
            slowest = ", ".join(f"{name} {us / 1e3:.1f}" for name, us in each.modules.items())
            console.print(f"  its slowest modules: {slowest}")


def instructions(counts: Sequence[Count], console: Console) -> None:
    """Print millions of instructions; in brackets, over the first candidate's."""
    shown = table(
        ("millions of instructions",),
        numbers=("list: start", "request", "write: start", "request"),
    )
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
        shown.add_row(name, *cells)
    console.print(shown)


def growth(costs: Iterable[Cost], console: Console) -> None:
    """Print what each request costs at each size of the table."""
    shown = table(("",), numbers=("items", "calls", "read units", "write units", "CPU, us"))
    for cost in sorted(costs, key=lambda cost: (cost.candidate != "project", cost.request)):
        shown.add_row(
            f"{cost.candidate}, {cost.request}",
            f"{cost.items:,}",
            f"{cost.calls:g}",
            f"{cost.read_units:g}",
            f"{cost.write_units:g}",
            f"{cost.cpu_us:,.0f}",
        )
    console.print(shown)


def _by_kind(rows: Sequence[Row]) -> Iterable[tuple[str, list[Row]]]:
    for kind in dict.fromkeys(row.kind for row in rows):
        yield kind, [row for row in rows if row.kind == kind]


def _digits(name: str) -> int:
    return 1 if name.endswith(("_ms", "_mib")) else 0
