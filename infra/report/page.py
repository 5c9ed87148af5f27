"""The report as one HTML page that needs nothing from elsewhere."""

from collections.abc import Iterator

from infra import pages
from infra.measure.figure import Figure
from infra.report import Report
from infra.report.plot import gauge, plot
from infra.report.words import measured, promised

# What a reader looks for first, by what figures' names begin with, in the page's words.
_HEADLINES = {
    "client outage, max": "longest outage of a client",
    "until": "until the last client had left",
    "detection": "until the loss was noticed",
    "missing in": "acknowledged writes missing",
    "failed requests": "requests that failed",
}


def render(report: Report) -> str:
    """Return the page."""
    return pages.render(
        "report/page.html.j2",
        report=report,
        headlines=list(_headlines(report)),
        plot=plot(report),
        gauge=gauge,
        measured=measured,
        promised=promised,
    )


def _headlines(report: Report) -> Iterator[tuple[str, Figure]]:
    for name, words in _HEADLINES.items():
        found = report.figure(name)
        if found is not None:
            yield words, found
