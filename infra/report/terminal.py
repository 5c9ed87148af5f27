"""The report on a terminal."""

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.display import table
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
    shown = table()
    shown.add_column("fault", no_wrap=True)
    shown.add_column("should", no_wrap=True)
    shown.add_column("what happens, and its cause on AWS")
    for fault in faults:
        what = f"{escape(fault.does)}\n[dim]{escape(fault.on_aws)}[/dim]"
        shown.add_row(escape(fault.name), escape(fault.expected), what)
    console.print(shown)


def _table(report: Report) -> Table:
    shown = table(("figure",), numbers=("measured", "promised"), remarks=("",))
    for figure in report.figures:
        mark = "" if figure.promised is None else "[green]ok[/green]"
        shown.add_row(
            escape(figure.name),
            measured(figure),
            promised(figure),
            mark if figure.kept else "[red]OUTSIDE[/red]",
        )
    return shown
