"""Several rehearsals in one table, and the command that makes it."""

import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from infra.commands import rehearse_all
from infra.errors import InfraError
from infra.fault import Fault, Reaction
from infra.measure.figure import Missing
from infra.measure.loss import figures
from infra.rehearsal import theatre
from infra.rehearsal.faults import FAULTS
from infra.rehearsal.scene import Scene
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


@dataclass
class FakeTheatre:
    """Rehearsals with outcomes that a test has chosen, by the fault's name."""

    outcomes: dict[str, Report | BaseException]
    played: list[tuple[str, bool]] = field(default_factory=list)

    def rehearse(self, fault: Fault[Scene], *, settled: bool = False) -> Report:
        self.played.append((fault.name, settled))
        outcome = self.outcomes.get(fault.name, report())
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


def call(monkeypatch: pytest.MonkeyPatch, folder: Path, fake: FakeTheatre, *rows: str) -> Result:
    @contextlib.contextmanager
    def opened(*_: object) -> Iterator[FakeTheatre]:
        yield fake

    chosen = [argument for row in rows for argument in ("--fault", row)]
    monkeypatch.setattr(theatre, "opened", opened)
    return CliRunner().invoke(
        rehearse_all.command, ["--reports", str(folder), *chosen], env={"COLUMNS": "200"}
    )


def test_every_fault_is_rehearsed_and_reported_unless_some_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeTheatre({})
    done = call(monkeypatch, tmp_path, fake)
    assert done.exit_code == 0
    assert [name for name, _ in fake.played] == list(FAULTS)
    assert len(list(tmp_path.glob("*.html"))) == len(FAULTS)

    some = FakeTheatre({})
    call(monkeypatch, tmp_path, some, "slow,5xx", "brief")
    assert [name for name, _ in some.played] == ["slow,5xx", "brief"]


def test_one_row_that_is_not_as_it_should_be_is_status_1_and_the_rest_are_played(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeTheatre({"slow": LOST})
    done = call(monkeypatch, tmp_path, fake, "tls", "slow", "reset")
    assert done.exit_code == 1
    # After what was not as it should be, nothing is known to be well.
    assert fake.played == [("tls", False), ("slow", True), ("reset", False)]
    assert "! slow: outside the promise" in done.output


def test_what_can_not_be_rehearsed_is_refused_before_anything_is_deployed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = FakeTheatre({})
    done = call(monkeypatch, tmp_path, fake, "tls", "evacuation")
    assert "evacuation moves weights" in str(done.exception)
    assert fake.played == []


@pytest.mark.parametrize("trouble", [InfraError("the emulator ended"), KeyboardInterrupt()])
def test_what_was_found_before_the_end_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trouble: BaseException
) -> None:
    fake = FakeTheatre({"slow": trouble})
    done = call(monkeypatch, tmp_path, fake, "tls", "slow")
    assert done.exit_code == 1
    assert any(line.startswith("tls ") and "ok" in line for line in done.output.splitlines())
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_the_documentation_has_a_row_for_every_fault_and_what_should_come_of_it() -> None:
    lines = (Path(__file__).parents[2] / "docs" / "faults.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:2] == "| "]
    assert [(row[0], row[1]) for row in rows[1:]] == [
        (fault.name, fault.expected) for fault in FAULTS.values()
    ]
