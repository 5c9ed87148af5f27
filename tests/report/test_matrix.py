"""Several rehearsals in one table."""

import io
import re
from dataclasses import replace

from rich.console import Console

from infra.fault import Reaction
from infra.measure.figure import Missing
from infra.measure.loss import figures
from infra.report import Report, matrix
from infra.timeline import Timeline
from tests.measure.timelines import DEFAULT, ROLES, lost_and_recovered
from tests.report.runs import report

STAYED = replace(
    report(),
    expected=Reaction.STAYS,
    happened=Reaction.STAYS,
    figures=[f for f in report().figures if f.name in {"client outage, max", "failed requests"}],
)
LOST = report(missing=Missing(["a", "b"], ["c"]))
UNCUT = replace(report(Timeline()), problems=["the health check of us-east-1 fails"])


def shown(**runs: Report) -> list[str]:
    output = io.StringIO()
    rows = [matrix.Row(name, run) for name, run in runs.items()]
    matrix.show(rows, Console(file=output, width=60))
    return output.getvalue().splitlines()


def cells(line: str) -> list[str]:
    return re.split(r" {2,}", line.strip())


def test_a_row_has_what_should_come_of_a_fault_what_came_and_the_figures() -> None:
    heading, row = shown(slow=report())
    assert cells(heading) == [
        "fault",
        "expected",
        "happened",
        "detection",
        "outage",
        "failed requests",
        "acknowledged writes",
        "missing writes",
    ]
    assert cells(row) == [
        "slow",
        "fails over",
        "fails over",
        "30.0 s",
        "40.0 s",
        "3",
        "16",
        "0",
        "ok",
    ]


def test_what_did_not_come_about_is_told_from_what_was_not_to() -> None:
    _, stayed, uncut, *_ = shown(brief=STAYED, slow=UNCUT)
    assert cells(stayed)[:5] == [
        "brief",
        "stays",
        "stays",
        "40.0 s",
        "3",
    ]
    assert cells(uncut) == [
        "slow",
        "fails over",
        "not cut",
        "unknown",
        "FAILED",
    ]


def test_lost_writes_are_summed_and_unknown_where_a_region_could_not_be_asked() -> None:
    assert "  3  " in shown(slow=LOST)[1]
    unasked = report(missing=Missing([], None))
    assert "unknown" in shown(slow=unasked)[1]


def test_with_both_regions_down_the_detection_is_the_primary_s() -> None:
    timeline = lost_and_recovered()
    both = figures(timeline, DEFAULT, ROLES, Missing([], []), Reaction.BOTH_DOWN)
    assert "30.0 s" in shown(both=replace(report(), figures=both))[1]


def test_what_failed_is_told_in_words_below_the_table() -> None:
    lines = shown(slow=LOST, refused=report(), tls=UNCUT)
    assert lines[4:] == [
        "! slow: outside the promise: missing in the standby, missing in the primary, healed",
        "! tls: the region was not cut",
        "! tls: the health check of us-east-1 fails",
    ]
