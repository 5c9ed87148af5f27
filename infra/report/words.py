"""Figures in words, the same wherever a report is shown."""

from infra.measure.figure import Figure
from infra.report.comparison import Pair


def measured(figure: Figure) -> str:
    """Return what was measured, with its unit."""
    if figure.value is None:
        return "never"
    return f"{figure.value:.1f} s" if figure.unit == "s" else f"{figure.value:.0f}"


def promised(figure: Figure) -> str:
    """Return the range that was promised, with its unit; nothing where there is none."""
    if figure.promised is None:
        return ""
    return f"{figure.promised} {figure.unit}".rstrip()


def changed(pair: Pair) -> str:
    """Return by how much a figure changed, with its sign; nothing where it can't be said."""
    if pair.change is None or pair.after is None:
        return ""
    return f"{pair.change:+.1f} s" if pair.after.unit == "s" else f"{pair.change:+.0f}"
