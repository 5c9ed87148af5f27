"""The report as one HTML page that needs nothing from elsewhere."""

import jinja2

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
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("infra.report", ""),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    template = environment.get_template("page.html.j2")
    return template.render(
        report=report,
        headlines=_HEADLINES,
        plot=plot(report),
        gauge=gauge,
        measured=measured,
        promised=promised,
    )
