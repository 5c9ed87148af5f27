"""The report as JSON, for machines."""

import json
from dataclasses import asdict
from typing import Any

from infra.report import Report


def render(report: Report) -> str:
    """Return the whole report as JSON text; times are seconds on the run's clock."""
    document: dict[str, Any] = asdict(report)
    document["passed"] = report.passed
    document["verdict"] = report.verdict
    for entry, figure in zip(document["figures"], report.figures, strict=True):
        entry["kept"] = figure.kept
    return json.dumps(document, indent=1) + "\n"
