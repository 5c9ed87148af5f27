"""`python -m infra rehearse` and `rehearse-all`: what is deployed, rehearsed and found."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from infra import ROOT
from infra.errors import InfraError
from infra.fault import Fault
from infra.measure.figure import Missing
from infra.rehearsal import sandbox
from infra.rehearsal.faults import FAULTS
from infra.rehearsal.scene import Scene
from infra.report import Report
from tests import commands
from tests.commands import Called
from tests.report.runs import report


@dataclass
class Fake:
    """A sandbox that notes what is asked of it.

    Attributes:
        outcomes: by the fault's name, what comes of it where that is not what should.
        variables: what is deployed; None if nothing was.
        played: each fault, the region that is cut, and whether all was known to be well.
    """

    outcomes: dict[str, Report | BaseException] = field(default_factory=dict)
    variables: Mapping[str, object] | None = None
    played: list[tuple[str, str | None, bool]] = field(default_factory=list)

    @contextlib.contextmanager
    def opened(self, *_: object, variables: Mapping[str, object] | None = None) -> Iterator["Fake"]:
        self.variables = variables or {}
        yield self

    def rehearse(
        self, fault: Fault[Scene], *, region: str | None = None, settled: bool = False
    ) -> Report:
        self.played.append((fault.name, region, settled))
        outcome = self.outcomes.get(fault.name, report())
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    fake = Fake()
    monkeypatch.setattr(sandbox, "opened", fake.opened)
    return fake


def call(command: str, folder: Path, *arguments: str) -> Called:
    return commands.call(command, "--reports", str(folder), *arguments, env={"COLUMNS": "200"})


@pytest.mark.parametrize(
    ("arguments", "variables", "played"),
    [
        ((), {"routing": "failover"}, ("blackhole", None)),
        (
            ("--routing", "latency", "--cut", "us-west-2", "--fault", "5xx"),
            {"routing": "latency"},
            ("5xx", "us-west-2"),
        ),
        (
            ("--routing", "weighted", "--weights", "90,10", "--fault", "evacuation"),
            {"routing": "weighted", "weights": {"primary": 90, "secondary": 10}},
            ("evacuation", None),
        ),
    ],
)
def test_the_mode_is_deployed_and_the_region_named_is_hit(
    fake: Fake,
    tmp_path: Path,
    arguments: tuple[str, ...],
    variables: Mapping[str, object],
    played: tuple[str, str | None],
) -> None:
    done = call("rehearse", tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    assert fake.variables == variables
    assert fake.played == [(*played, False)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--weights", "90,10"), "--routing failover has no weights: leave out --weights"),
        (("--routing", "weighted", "--weights", "0,0"), "one of the two must weigh something"),
        (("--routing", "weighted", "--weights", "90"), "'90' is not two weights from 0 to 255"),
        (("--routing", "weighted", "--weights", "256,1"), "not two weights from 0 to 255"),
        (("--routing", "geo"), "'failover', 'latency', 'weighted'"),
        (("--fault", "evacuation,5xx"), "'evacuation' is no failure: rehearse it by itself"),
        (("--fault", "evacuation"), "routing is 'failover': rehearse it with --routing weighted"),
        (("--fault", "evacuate"), "did you mean 'evacuation'?"),
        (
            ("--routing", "latency", "--cut", "eu-west-1"),
            "'eu-west-1' is no region of multi-region-api: use us-east-1 or us-west-2",
        ),
        (("--cut", "standby", "--fault", "brief"), "brief would show nothing there"),
    ],
)
def test_what_can_not_be_rehearsed_is_refused_before_anything_is_deployed(
    fake: Fake, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = call("rehearse", tmp_path, *arguments)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert fake.variables is None


def test_every_fault_is_rehearsed_and_reported_unless_some_are_named(
    fake: Fake, tmp_path: Path
) -> None:
    done = call("rehearse-all", tmp_path)
    assert done.returncode == 0, done.stderr
    assert [name for name, *_ in fake.played] == list(FAULTS)
    assert len(list(tmp_path.glob("*.html"))) == len(FAULTS)

    fake.played.clear()
    call("rehearse-all", tmp_path, "--fault", "slow,5xx", "--fault", "brief")
    assert [name for name, *_ in fake.played] == ["slow,5xx", "brief"]


def test_one_row_that_is_not_as_it_should_be_is_status_1_and_the_rest_are_played(
    fake: Fake, tmp_path: Path
) -> None:
    fake.outcomes["slow"] = report(missing=Missing(["a"], []))
    done = call("rehearse-all", tmp_path, "--fault", "tls", "--fault", "slow", "--fault", "reset")
    assert done.returncode == 1
    # After what was not as it should be, nothing is known to be well.
    assert fake.played == [("tls", None, False), ("slow", None, True), ("reset", None, False)]
    assert "! slow: outside the promise" in done.stdout


def test_one_row_that_can_not_be_rehearsed_is_refused_before_anything_is_deployed(
    fake: Fake, tmp_path: Path
) -> None:
    done = call("rehearse-all", tmp_path, "--fault", "tls", "--fault", "evacuation")
    assert done.returncode == 2
    assert "evacuation moves weights" in done.stderr
    assert fake.variables is None


@pytest.mark.parametrize(
    ("trouble", "status"), [(InfraError("the emulator ended"), 2), (KeyboardInterrupt(), 130)]
)
def test_what_was_found_before_the_end_is_shown(
    fake: Fake, tmp_path: Path, trouble: BaseException, status: int
) -> None:
    fake.outcomes["slow"] = trouble
    done = call("rehearse-all", tmp_path, "--fault", "tls", "--fault", "slow")
    assert done.returncode == status
    assert any(line.startswith("tls ") and "ok" in line for line in done.stdout.splitlines())
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_the_documentation_has_a_row_for_every_fault_and_what_should_come_of_it() -> None:
    lines = (ROOT / "docs" / "faults.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line[:2] == "| "]
    assert [(row[0], row[1]) for row in rows[1:]] == [
        (fault.name, fault.expected) for fault in FAULTS.values()
    ]
