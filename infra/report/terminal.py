"""The report on a terminal."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.fault import Fault
from infra.report import Report
from infra.report.words import measured, promised


def show(report: Report, console: Console) -> None:
    """Print the figures, what the run can't show, what went wrong, and the verdict."""
    if report.figures:
        console.print(_table(report))
    console.print(f"What a {report.kind} can't show:", style="dim")
    for limit in report.limits:
        console.print(f"  {escape(str(limit))}", style="dim")
    for problem in report.problems:
        console.print(f"[red]![/red] {escape(problem)}")
    colour, word = ("green", "PASSED") if report.passed else ("red", "FAILED")
    console.print(f"[bold {colour}]{word}[/bold {colour}] {escape(report.verdict)}")


def list_faults(faults: Iterable[Fault[Any]], console: Console) -> None:
    """Print what each fault does, what it is on AWS, and what should come of it."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("fault", no_wrap=True)
    table.add_column("should", no_wrap=True)
    table.add_column("what happens, and its cause on AWS")
    for fault in faults:
        what = f"{escape(fault.does)}\n[dim]{escape(fault.on_aws)}[/dim]"
        table.add_row(escape(fault.name), escape(fault.expected), what)
    console.print(table)


def _table(report: Report) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("figure")
    table.add_column("measured", justify="right")
    table.add_column("promised", justify="right")
    table.add_column("")
    for figure in report.figures:
        mark = "" if figure.promised is None else "[green]ok[/green]"
        table.add_row(
            escape(figure.name),
            measured(figure),
            promised(figure),
            mark if figure.kept else "[red]OUTSIDE[/red]",
        )
    return table
