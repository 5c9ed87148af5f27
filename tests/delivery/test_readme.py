"""The README, walked: its blocks of commands are run as they stand there.

Some by other tests, which are named here. Nobody answers for the names of what is deployed here,
so a command that needs clients' way refuses, and says so; what it does where somebody answers is
shown by those tests too.
"""

import subprocess
from collections.abc import Iterator

import boto3
import pytest

from infra import ROOT
from infra.provider_mirror import cli_configuration
from infra.rehearsal import emulator as emulators
from tests.checkouts import leave_out_the_firewall
from tests.conftest import TESTS
from tests.delivery.accounts import path_style
from tests.delivery.clones import clone
from tests.delivery.walk import Walk, blocks, programs

README = (ROOT / "README.md").read_text()
DEPLOY, DRILL = "Deploy to your account", "Run a drill"
WALKED = {DEPLOY, DRILL}
STACK, BUCKET = "multi-region-api-staging", "the-readers-state"

# By command, what it calls, and the file of tests that calls that.
ELSEWHERE = {
    "make rehearse": ("-m infra rehearse", "end_to_end/test_rehearsal.py"),
    "make test": ("-m pytest", "conftest.py"),
    "make rehearse-all": ("-m infra rehearse-all", "end_to_end/test_rehearse_all.py"),
    "make local": ("-m infra local", "end_to_end/test_local.py"),
    "make screenshots": ("-m tests.page.screenshots", "page/test_failover.py"),
    "make bench": ("-m bench", "bench/test_bench.py"),
    "make lint": ("ruff check", "conftest.py"),
    "make checkov": ("checkov", "terraform/test_checkov.py"),
    "make package": ("-m infra package", "operations/test_command_line.py"),
    "python -m infra rehearse --list-faults": ("--list-faults", "operations/test_command_line.py"),
    "python -m infra rehearse --fault slow,5xx": ("slow,5xx", "rehearsal/test_faults.py"),
    "python -m infra rehearse --routing latency --cut us-west-2": (
        "",
        "end_to_end/test_routing.py",
    ),
    "curl": ("", "end_to_end/test_local.py"),
}


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Somebody with a zone and a bucket, as the README asks for, who has read that far."""
    folder = tmp_path_factory.mktemp("readme")
    with emulators.running() as emulator:
        variables = emulator.environment() | cli_configuration(folder) | path_style()
        reader = boto3.Session(
            variables["AWS_ACCESS_KEY_ID"],
            variables["AWS_SECRET_ACCESS_KEY"],
            region_name="us-east-1",
        )
        endpoint = emulator.endpoint
        reader.client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
        reader.client("route53", endpoint_url=endpoint).create_hosted_zone(
            Name="example.com", CallerReference="readme"
        )
        programs(folder / "bin")
        nobody = {"INFRA_NAME_SERVER": "127.0.0.1:9", "COLUMNS": "200"}
        left = {heading: found for heading, found in blocks(README).items() if heading in WALKED}
        root = clone(folder / "project")
        leave_out_the_firewall(root)  # it takes half of Terraform's time
        yield Walk(root, variables | nobody, {"YOUR-STATE-BUCKET": BUCKET}, left)


def test_every_command_is_run_by_a_test() -> None:
    commands = {
        line.partition("  #")[0].strip()
        for heading, found in blocks(README).items()
        if heading not in WALKED
        for block in found
        for line in block.splitlines()
        if line.startswith(("make ", "python ", "curl "))
    }
    known = {next((k for k in ELSEWHERE if c == k or c.startswith(f"{k} ")), c) for c in commands}
    assert known == set(ELSEWHERE)
    for command, (called, path) in ELSEWHERE.items():
        text = (TESTS / path).read_text()
        assert command.startswith("make ") or called in text, f"{path} does not call {called}"


@pytest.mark.parametrize("command", [name for name in ELSEWHERE if name.startswith("make ")])
def test_make_calls_what_those_tests_call(command: str) -> None:
    done = subprocess.run(
        [*command.split(), "--dry-run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert ELSEWHERE[command][0] in done.stdout


def test_five_steps_lead_to_a_deployment(walk: Walk) -> None:
    assert "packaged infra/build/primary" in walk.run(DEPLOY)
    assert f"the state of staging is in {BUCKET}" in walk.run(DEPLOY)
    assert walk.run(DEPLOY).endswith("\napplied\n")

    status, key = walk.next(DEPLOY).splitlines()
    seen = walk.attempt(status)
    assert seen.returncode == 1, "nobody answers"
    assert "not withdrawn: nothing was put on it" in seen.stdout
    assert len(walk.attempt(key).stdout.strip()) >= 20

    release, rollback = walk.next(DEPLOY).splitlines()
    assert "nothing to release: the newest versions serve" in walk.attempt(release).stdout
    assert "nobody can be taken back to another version" in walk.attempt(rollback).stderr
    assert "active-standby, cold" in walk.run(DEPLOY)


def test_a_drill_says_what_it_would_do_and_refuses_where_nobody_answers(walk: Walk) -> None:
    export, dry, real = walk.next(DRILL).splitlines()
    would = walk.attempt(f"{export}\n{dry}")
    assert "lambda:PutFunctionConcurrency" in would.stdout, would.stderr
    refused = walk.attempt(f"{export}\n{real}", answer=STACK)
    assert refused.returncode == 2
    assert "not all is well" in refused.stderr

    for by_hand in walk.next(DRILL).splitlines():
        refused = walk.attempt(by_hand, answer=STACK)
        assert refused.returncode == 2
        assert "does not answer, so clients would be no better off there" in refused.stderr
    assert walk.unwalked() == {}
