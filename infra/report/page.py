"""The report as one HTML page that needs nothing from elsewhere."""

from infra import pages
from infra.report import Report
from infra.report.plot import gauge, plot
from infra.report.words import measured, promised

# What a reader looks for first, in the page's words.
_HEADLINES = {
    "client outage, max": "longest outage of a client",
    "detection": "until the loss was noticed",
    "missing in the standby": "acknowledged writes missing",
    "failed requests": "requests that failed",
}


def render(report: Report) -> str:
    """Return the page."""
    return pages.render(
        "report/page.html.j2",
        report=report,
        headlines=_HEADLINES,
        plot=plot(report),
        gauge=gauge,
        measured=measured,
        promised=promised,
    )
