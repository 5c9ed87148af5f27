"""The report as one HTML page that needs nothing from elsewhere."""

import jinja2

from infra.report import Report
from infra.report.plot import plot
from infra.report.words import measured, promised


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
    return template.render(report=report, plot=plot(report), measured=measured, promised=promised)
