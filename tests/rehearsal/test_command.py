"""`python -m infra rehearse`: which deployment is rehearsed, and which of its regions is hit."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra.commands import rehearse
from infra.fault import Fault
from infra.rehearsal import theatre
from infra.rehearsal.scene import Scene
from infra.report import Report
from tests.report.runs import report


@dataclass
class Fake:
    """A theatre that notes what is asked of it."""

    variables: Mapping[str, object] | None = None
    played: list[tuple[str, str | None]] = field(default_factory=list)

    @contextlib.contextmanager
    def opened(self, *_: object, variables: Mapping[str, object]) -> Iterator["Fake"]:
        self.variables = variables
        yield self

    def rehearse(self, fault: Fault[Scene], *, hit: str | None) -> Report:
        self.played.append((fault.name, hit))
        return report()


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    fake = Fake()
    monkeypatch.setattr(theatre, "opened", fake.opened)
    return fake


def call(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(rehearse.command, ["--reports", str(folder), *arguments])


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
    done = call(tmp_path, *arguments)
    assert done.exit_code == 0, done.output
    assert fake.variables == variables
    assert fake.played == [played]


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
            "'eu-west-1' is no region of the rehearsal: use us-east-1 or us-west-2",
        ),
        (("--cut", "standby", "--fault", "brief"), "of brief there is nothing to see"),
    ],
)
def test_what_can_not_be_rehearsed_is_refused_before_anything_is_deployed(
    fake: Fake, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = call(tmp_path, *arguments)
    assert done.exit_code in {1, 2}, "1: an error that `python -m infra` makes one line of"
    assert said in " ".join(f"{done.output} {done.exception}".split())
    assert fake.variables is None
