"""What a run can't show is written once, and told wherever a reader may look."""

import itertools
from collections.abc import Sequence

import pytest

from infra import ROOT
from infra.drill import limits as drill
from infra.rehearsal import limits as rehearsal
from infra.report import Limit


@pytest.mark.parametrize(
    ("page", "heading", "limits"),
    [
        ("emulator.md", "| on AWS | in a rehearsal |", rehearsal.LIMITS),
        ("drill.md", "| in a real loss | in a drill |", drill.LIMITS),
    ],
)
def test_the_documentation_has_the_limits_that_every_run_reports(
    page: str, heading: str, limits: Sequence[Limit]
) -> None:
    lines = (ROOT / "docs" / page).read_text().splitlines()
    table = lines[lines.index(heading) + 2 :]
    rows = list(itertools.takewhile(lambda line: line.startswith("| "), table))
    assert rows == [f"| {limit.elsewhere} | {limit.here} |" for limit in limits]
