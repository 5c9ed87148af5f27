"""`python -m infra.report.picture REPORT.json`: prints a report's plot as an SVG of its own."""

import sys
from pathlib import Path

from infra import pages
from infra.report import Report, machine
from infra.report.plot import plot


def render(report: Report) -> str:
    """Return the picture; like the page it needs nothing from elsewhere."""
    return pages.render("report/picture.svg.j2", report=report, plot=plot(report))


if __name__ == "__main__":
    sys.stdout.write(render(machine.read(Path(sys.argv[1]))))
