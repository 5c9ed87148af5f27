"""The settings as a table and a plot on a terminal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.display import table
from infra.rto.table import Row

_BLOCKS = " ▁▂▃▄▅▆▇█"
_PROMISED = "·"
_MEASURED = "◆"
_LABEL = 26
# Seconds that an axis may count by.
TICKS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200)


def show(rows: Sequence[Row], grain: float, console: Console) -> None:
    """Print the table, and below it where clients' outages lie; for `grain` see plot()."""
    console.print(_table(rows), soft_wrap=True)
    console.print()
    for line in plot(rows, console.width - _LABEL - 1, grain):
        console.print(line, soft_wrap=True)
    console.print(f"* the default   {_PROMISED} promised   {_MEASURED} measured\n", style="dim")


def _table(rows: Sequence[Row]) -> Table:
    columns = "detection", "p50", "p90", "p99", "max", "promised", "measured", "checks", "DNS"
    shown = table(("  health check", "record"), numbers=columns)
    for row in rows:
        shown.add_row(
            _marked(row, row.choice.check),
            row.choice.record,
            f"{row.detection(0.5):.1f}",
            *(f"{row.outage(share):.1f}" for share in (0.5, 0.9, 0.99, 1.0)),
            str(row.promised),
            measured(row),
            f"{row.checks:.2f}",
            f"{row.queries:.2f}",
            style="bold" if row.default else "",
        )
    return shown


def measured(row: Row) -> str:
    """Return the longest outages that runs have measured; nothing if none had this setting."""
    outages = [run.outage for run in row.measured]
    if not outages:
        return ""
    low, high = f"{min(outages):.1f}", f"{max(outages):.1f}"
    return low if low == high else f"{low} to {high}"


def plot(rows: Sequence[Row], width: int, grain: float) -> list[Text]:
    """Return a line for each row, of at most so many cells, and the axis.

    A cell's height is its share of the clients, relative to the row's fullest cell.

    Args:
        rows: the settings.
        width: cells.
        grain: seconds between a client's requests during the outage: finer than that, a plot would
            show their beat.
    """
    span = max(max(row.outage(1), row.promised.high, *_outages(row)) for row in rows) * 1.01
    bins = max(1, min(width, int(span / grain)))
    scale = _Scale(span, bins, width // bins)
    return [*(_line(row, scale) for row in rows), *_axis(scale)]


@dataclass(frozen=True, slots=True)
class _Scale:
    """So many seconds, in so many bins, of so many cells each."""

    span: float
    bins: int
    repeat: int

    @property
    def cells(self) -> int:
        return self.bins * self.repeat

    def cell(self, second: float) -> int:
        return int(second * self.cells / self.span)


def _outages(row: Row) -> list[float]:
    return [run.outage for run in row.measured]


def _line(row: Row, scale: _Scale) -> Text:
    counts, _ = np.histogram(row.simulation.outages, bins=scale.bins, range=(0, scale.span))
    heights = np.ceil(counts / np.max(counts) * (len(_BLOCKS) - 1)).astype(int)
    promised = range(scale.cell(row.promised.low), scale.cell(row.promised.high) + 1)
    measured = {scale.cell(outage) for outage in _outages(row)}
    line = Text(f"{_marked(row, row.choice.check)}, {row.choice.record}".ljust(_LABEL))
    line.stylize("bold" if row.default else "")
    for cell, height in enumerate(np.repeat(heights, scale.repeat)):
        if cell in measured:
            line.append(_MEASURED, "yellow")
        elif height:
            line.append(_BLOCKS[height], "cyan")
        else:
            line.append(_PROMISED if cell in promised else " ", "dim")
    return line


def _axis(scale: _Scale) -> list[Text]:
    step = next((tick for tick in TICKS if scale.cell(tick) >= 8), TICKS[-1])
    marks, labels = [" "] * scale.cells, [" "] * (scale.cells + 6)
    for second in range(0, int(scale.span), step):
        cell = scale.cell(second)
        text = f"{second} s"
        marks[cell] = "|"
        labels[cell : cell + len(text)] = text
    indent = " " * _LABEL
    return [Text((indent + "".join(line)).rstrip(), "dim") for line in (marks, labels)]


def _marked(row: Row, text: str) -> str:
    return f"{'*' if row.default else ' '} {text}"
