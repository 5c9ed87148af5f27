"""What a run can't show is written once, and told wherever a reader may look."""

from pathlib import Path

from infra.rehearsal.limits import LIMITS

ROOT = Path(__file__).parents[2]


def test_the_documentation_has_the_limits_that_every_rehearsal_reports() -> None:
    lines = (ROOT / "docs" / "emulator.md").read_text().splitlines()
    table = [line for line in lines if line.startswith("| ")]
    assert table[0] == "| on AWS | in a rehearsal |"
    assert table[1:] == [f"| {limit.elsewhere} | {limit.here} |" for limit in LIMITS]
