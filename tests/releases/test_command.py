"""`python -m infra release` where it needs no Terraform: --status, --rollback, --resume."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from infra import ROOT
from infra.cli import main
from infra.functions import KINDS
from infra.releases.marks import Mark
from tests.releases.account import GOOD, PRIMARY, REGIONS, STANDBY, Account
from tests.releases.test_conduct import AT_ONCE, release


def arguments(stack: str, *options: str) -> list[str]:
    names = ["--stack", stack, "--domain-name", "a.test"]
    regions = ["--primary-region", PRIMARY, "--standby-region", STANDBY]
    return ["release", *names, *regions, *options]


@dataclass(frozen=True)
class Done:
    """What came of a call."""

    status: int
    out: str
    err: str


Call = Callable[..., Done]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Call]:
    """Calls the command line in this process, on a stack, while somebody types."""

    def called(stack: str, *options: str, typed: str = "") -> Done:
        capsys.readouterr()
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        status = main(arguments(stack, *options))
        return Done(status, *capsys.readouterr())

    before = signal.getsignal(signal.SIGTERM)
    yield called
    signal.signal(signal.SIGTERM, before)


def test_status_shows_what_serves_what_is_kept_and_that_all_has_ended(
    account: Account, call: Call
) -> None:
    code = account.publish(GOOD)
    assert release(account, account.conduct(AT_ONCE)) == 0
    done = call(account.stack, "--status")
    assert done.status == 0, done.err
    assert "read in us-west-2 serves version 2; released: 1 to 2, release " in done.out
    assert f"  *    2  code {code[:8]}  published " in done.out
    assert "       1  code " in done.out


def test_status_is_1_while_a_release_is_half_way(account: Account, call: Call) -> None:
    account.publish(GOOD)
    account.functions(PRIMARY).update_alias(
        FunctionName=f"{account.stack}-write",
        Name="live",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}},
        Description="canary: 1 to 2, release 20261125T031500Z by ann@host",
    )
    done = call(account.stack, "--status")
    assert done.status == 1
    assert "write in us-east-1 serves version 1, 2 gets 25%; canary: 1 to 2" in done.out
    assert "NOT AS IT SHOULD BE: write in us-east-1 is in a release that has not" in done.out


def test_status_for_machines_is_a_document_with_the_same_exit_status(
    account: Account, call: Call
) -> None:
    code = account.publish(GOOD)
    account.functions(PRIMARY).update_alias(
        FunctionName=f"{account.stack}-write",
        Name="live",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.25}},
        Description="canary: 1 to 2, release 20261125T031500Z by ann@host",
    )
    done = call(account.stack, "--status", "--json")
    assert done.status == 1, done.err
    told = json.loads(done.out)
    assert (told["stack"], told["settled"]) == (account.stack, False)
    found = {(each["function"], each["region"]): each for each in told["functions"]}
    assert [*found] == [(kind, region) for region in REGIONS for kind in KINDS]

    settled, half_way = found["write", STANDBY], found["write", PRIMARY]
    assert (settled["version"], settled["release"], settled["problem"]) == ("1", None, None)
    assert (half_way["version"], half_way["weights"]) == ("1", {"2": 0.25})
    assert half_way["release"] == {
        "name": "20261125T031500Z",
        "step": "canary",
        "old": "1",
        "new": "2",
        "by": "ann@host",
        "why": "",
    }
    assert half_way["versions"][0]["code"] == code
    assert told["problems"] == [half_way["problem"]]
    assert half_way["problem"].startswith("write in us-east-1 is in a release that has not ended")


def test_status_shows_the_other_functions_where_one_can_not_be_read(
    account: Account, call: Call
) -> None:
    account.functions(STANDBY).delete_function(FunctionName=f"{account.stack}-read")
    done = call(account.stack, "--status")
    assert done.status == 1
    assert "NOT AS IT SHOULD BE: GetAlias in us-west-2 failed: " in done.out
    assert "write in us-west-2 serves version 1" in done.out

    lost, *others = json.loads(call(account.stack, "--status", "--json").out)["functions"]
    assert (lost["version"], lost["versions"]) == (None, [])
    assert lost["problem"].startswith("GetAlias in us-west-2 failed: ")
    assert [other["version"] for other in others] == ["1", "1", "1"]


def test_status_says_once_for_both_functions_that_a_region_can_not_be_asked(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))

    said = [f"GetAlias in {region} failed: Unable to locate credentials" for region in REGIONS]
    done = call("any", "--status")
    assert done.status == 1
    assert [line.partition(". ")[0] for line in done.out.splitlines()] == [
        f"NOT AS IT SHOULD BE: {problem}" for problem in said
    ]
    told = json.loads(call("any", "--status", "--json").out)
    assert [problem.partition(". ")[0] for problem in told["problems"]] == said
    assert len(told["functions"]) == 4


def stopped(account: Account, by: signal.Signals) -> tuple[int, str]:
    """Go on with a release in a process, and stop it in the midst of the standby's canary."""
    before = account.alias(STANDBY, "write").mark
    options = ("--resume", "--yes", "--bake", "5", "--probes", "2")
    with subprocess.Popen(
        [sys.executable, "-m", "infra", *arguments(account.stack, *options)],
        cwd=ROOT,
        env=account.emulator.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 60
        while not _in_canary(account, before):
            assert time.monotonic() < deadline, account.steps()
            time.sleep(0.2)
        process.send_signal(by)
        _, said = process.communicate(timeout=60)
    return process.returncode, said


def _in_canary(account: Account, before: Mark | None) -> bool:
    """Tell whether another run than before has given the standby's functions their share."""
    found = account.alias(STANDBY, "write").mark
    ours = found is not None and before is not None and found.by != before.by
    return ours and account.shares() == [{"2": 0.1}, {"2": 0.1}, {}, {}]


def test_a_release_that_is_killed_or_interrupted_is_gone_on_with_or_taken_back(
    account: Account, call: Call
) -> None:
    account.publish(GOOD)
    for region in REGIONS:
        for kind in KINDS:
            account.functions(region).update_alias(
                FunctionName=f"{account.stack}-{kind}",
                Name="live",
                Description="waiting: 1 to 2, release 20261125T031500Z by ann@host/1f3a",
            )

    stopped(account, signal.SIGKILL)
    done = call(account.stack, "--status")
    assert done.status == 1
    assert "read in us-west-2 serves version 1, 2 gets 10%; canary: 1 to 2" in done.out

    status, said = stopped(account, signal.SIGINT)
    assert status == 130
    assert "`python -m infra release --resume` goes on with it, `--rollback` takes it back" in said

    assert call(account.stack, "--rollback", "--yes").status == 0
    assert account.serving() == ["1", "1", "1", "1"]
    assert account.shares() == [{}, {}, {}, {}]


def test_a_rollback_is_asked_about_and_done(account: Account, call: Call) -> None:
    account.publish(GOOD)
    assert release(account, account.conduct(AT_ONCE)) == 0
    refused = call(account.stack, "--rollback", typed="no\n")
    assert refused.status == 2
    assert f"'no' is not {account.stack}, so nothing was changed" in refused.err
    assert account.serving() == ["2", "2", "2", "2"]

    done = call(account.stack, "--rollback", typed=f"{account.stack}\n")
    assert done.status == 0, done.err
    assert "read in us-east-1: 2 back to 1" in done.out
    assert account.serving() == ["1", "1", "1", "1"]

    again = call(account.stack, "--rollback", "--yes")
    assert again.status == 2
    assert "it has gone back already" in again.err
    assert "nobody can be taken back" in again.err


def test_a_rollback_names_its_version_by_its_code(account: Account, call: Call) -> None:
    account.publish(GOOD)
    conduct = account.conduct(AT_ONCE)
    assert release(account, conduct) == 0
    second = account.publish(GOOD)
    assert call(account.stack, "--rollback", "--yes", "--to", second[:6]).status == 0
    assert account.serving() == ["3", "3", "3", "3"]

    unknown = call(account.stack, "--rollback", "--yes", "--to", "ffffffff")
    assert unknown.status == 2
    assert "no version of read in us-east-1 with code ffffffff is kept: there are 3" in (
        unknown.err
    )


def test_there_is_nothing_to_go_on_with_where_all_has_ended(account: Account, call: Call) -> None:
    done = call(account.stack, "--resume", "--yes")
    assert done.status == 2
    assert done.err == "error: no release is under way, so there is nothing to resume\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--resume", "--rollback"], "give one of --resume, --rollback and --status"),
        (["--json"], "--json goes with --status"),
        (["--to", "abcd1234"], "--to goes with --rollback"),
        (["--rollback", "--to", "12"], "is not how a code begins: 4 to 64 hexadecimal digits"),
        (["--status", str(ROOT / "README.md")], "a PLAN is for a new release"),
        (["--weight", "100"], "100.0 is not in the range 1<=x<=99"),
        (["--keep", "1"], "1 is not in the range x>=2"),
    ],
)
def test_what_does_not_go_together_is_refused(call: Call, options: list[str], said: str) -> None:
    done = call("any", *options)
    assert done.status == 2
    assert said in " ".join(done.err.split())
