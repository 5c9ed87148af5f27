"""Several runs in one table: what each should come to, and came to."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape

from infra.report import Report
from infra.report.words import measured

_HEADINGS = (
    "fault",
    "expected",
    "happened",
    "detection",
    "outage",
    "failed requests",
    "acknowledged writes",
    "missing writes",
)
_WORDS = 3
_PASSED = "[green]ok[/green]"
_FAILED = "[red]FAILED[/red]"


@dataclass(frozen=True)
class Row:
    """One run of several.

    Attributes:
        name: what was done.
        report: what came of it.
    """

    name: str
    report: Report


def show(rows: Sequence[Row], console: Console) -> None:
    """Print a row for each run, then what went wrong in each that did not pass."""
    lines = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    marks = ["", *(_PASSED if row.report.passed else _FAILED for row in rows)]
    for line, mark in zip(lines, marks, strict=True):
        # Not a table of rich's, which makes columns as narrow as a terminal.
        words = (c.ljust(w) for c, w in zip(line[:_WORDS], widths[:_WORDS], strict=True))
        numbers = (c.rjust(w) for c, w in zip(line[_WORDS:], widths[_WORDS:], strict=True))
        text = "  ".join((*words, *numbers))
        console.print(f"{escape(text)}  {mark}".rstrip(), soft_wrap=True)
    for row in rows:
        if not row.report.passed:
            for text in (row.report.verdict, *row.report.problems):
                console.print(f"[red]![/red] {escape(row.name)}: {escape(text)}", soft_wrap=True)


def _cells(row: Row) -> tuple[str, ...]:
    report = row.report
    return (
        row.name,
        report.expected,
        "not cut" if report.happened is None else report.happened,
        _figure(report, "detection"),
        _figure(report, "client outage, max"),
        _figure(report, "failed requests"),
        _figure(report, "acknowledged writes"),
        _missing(report),
    )


def _figure(report: Report, name: str) -> str:
    found = report.figure(name)
    return "" if found is None else measured(found)


def _missing(report: Report) -> str:
    counts = [f.value for f in report.figures if f.name.startswith("missing in")]
    known = [count for count in counts if count is not None]
    return f"{sum(known):.0f}" if known == counts and counts else "unknown"
