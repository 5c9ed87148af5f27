"""The settings as one HTML page that needs nothing from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from infra import pages
from infra.rto.model import World
from infra.rto.table import Row
from infra.rto.terminal import TICKS, measured

_WIDTH = 960.0
_LEFT = 170.0
_TOP = 24.0
_ROW = 40.0
_HILL = 30.0


@dataclass(frozen=True, slots=True)
class Hill:
    """How the outages under one setting are spread, in pixels.

    Attributes:
        row: the setting.
        base: where its ground lies, from the top.
        outline: the points of its shape, as SVG has them.
        promised: from where to where the promise reaches.
        median: where half of the clients are back.
        runs: where runs have measured, with what to say of each.
    """

    row: Row
    base: float
    outline: str
    promised: tuple[float, float]
    median: float
    runs: list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Plot:
    """All that the page draws, in pixels."""

    width: float
    height: float
    left: float
    hills: list[Hill]
    ticks: list[tuple[float, str]]


def render(rows: Sequence[Row], world: World, notes: Sequence[str]) -> str:
    """Return the page."""
    return pages.render(
        "rto/page.html.j2",
        rows=rows,
        world=world,
        notes=notes,
        plot=plot(rows, world.step),
        measured=measured,
    )


def plot(rows: Sequence[Row], grain: float) -> Plot:
    """Lay the settings out, one below the other, on one scale of seconds.

    Args:
        rows: the settings.
        grain: seconds between a client's requests during the outage: finer than that, a plot would
            show their beat.
    """
    ends = (
        max(row.outage(1), row.promised.high, *(m.outage for m in row.measured)) for row in rows
    )
    span = max(ends) * 1.02
    pixels = (_WIDTH - _LEFT) / span
    step = next((tick for tick in TICKS if tick * pixels >= 50), TICKS[-1])
    hills = [
        _hill(row, _TOP + _ROW * (number + 1) - 4, grain, span, pixels)
        for number, row in enumerate(rows)
    ]
    ticks = [(round(_LEFT + at * pixels, 1), f"{at} s") for at in range(0, int(span), step)]
    return Plot(_WIDTH, _TOP + _ROW * len(rows) + 24, _LEFT, hills, ticks)


def _hill(row: Row, base: float, grain: float, span: float, pixels: float) -> Hill:
    bins = max(1, int(span / grain))
    counts, edges = np.histogram(row.simulation.outages, bins=bins, range=(0, span))
    tops = base - counts / np.max(counts) * _HILL

    def x(second: float) -> float:
        return round(_LEFT + second * pixels, 1)

    filled = np.flatnonzero(counts)
    first, last = int(filled[0]), int(filled[-1]) + 1
    corners = [
        f"{x(float(edges[edge]))},{tops[bin_]:.1f}"
        for bin_ in range(first, last)
        for edge in (bin_, bin_ + 1)
    ]
    start, end = x(float(edges[first])), x(float(edges[last]))
    return Hill(
        row,
        base,
        " ".join([f"{start},{base:.1f}", *corners, f"{end},{base:.1f}"]),
        (x(row.promised.low), x(row.promised.high)),
        x(row.outage(0.5)),
        [(x(run.outage), f"{run.name}: {run.outage:.1f} s") for run in row.measured],
    )
