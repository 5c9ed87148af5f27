"""The report: whether a run passed, and its verdict."""

from dataclasses import replace

import pytest

from infra.fault import Reaction
from infra.measure.figure import Missing
from infra.report import page
from infra.report.plot import plot
from infra.timeline import Timeline
from tests.report.runs import active_active, report


def test_a_run_that_keeps_every_promise_passes() -> None:
    assert report().passed
    assert report().verdict == (
        "us-west-2 took over within the promised time, and no write was lost"
    )


def test_a_broken_promise_fails_and_is_named() -> None:
    broken = report(missing=Missing(["lost"], None))
    assert not broken.passed
    assert broken.verdict == (
        "outside the promise: missing in the standby, missing in the primary, healed"
    )


def test_a_region_that_was_not_cut_proves_nothing() -> None:
    uncut = report(Timeline())
    assert not uncut.passed
    assert uncut.verdict == "the region was not cut"


def test_a_problem_fails_a_run_whose_figures_are_all_kept() -> None:
    troubled = replace(report(), problems=["a certificate was about to expire"])
    assert not troubled.passed
    assert troubled.verdict == "something went wrong"


def test_what_should_not_have_happened_fails_and_is_named() -> None:
    moved = replace(report(), expected=Reaction.STAYS)
    assert not moved.passed
    assert moved.verdict == "expected: stays; happened: fails over"


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        (Reaction.STAYS, "us-east-1 stayed in service, and no write was lost"),
        (
            Reaction.BOTH_DOWN,
            "with both regions down DNS answered us-east-1, and no write was lost",
        ),
        (
            Reaction.UNNOTICED,
            "no client noticed the loss of us-east-1, and no write was lost",
        ),
        (
            Reaction.MOVES,
            "us-east-1 was drained and refilled without a failed request, and no write was lost",
        ),
    ],
)
def test_a_run_that_must_not_fail_over_says_what_it_showed(
    expected: Reaction, verdict: str
) -> None:
    kept = replace(report(), expected=expected, happened=expected, figures=[])
    assert kept.passed
    assert kept.verdict == verdict


def test_where_both_regions_serve_the_report_says_whom_it_concerned() -> None:
    shown = active_active()
    assert shown.verdict == (
        "us-west-2 took over within the promised time, its own clients noticed nothing, and no "
        "write was lost"
    )
    names = [figure.name for figure in shown.figures]
    assert "missing in us-west-2" in names
    assert "missing in us-east-1, healed" in names
    assert not [name for name in names if "standby" in name or "primary" in name]
    text = page.render(shown)
    assert ">DNS near us-east-1<" in text
    assert "acknowledged writes missing" in text


def test_where_nothing_is_promised_no_window_is_shaded_and_no_time_praised() -> None:
    unpromised = replace(report(), promise=None)
    assert plot(unpromised).window is None
    assert unpromised.verdict == "us-west-2 took over, and no write was lost"
    assert "shaded" not in page.render(unpromised)
