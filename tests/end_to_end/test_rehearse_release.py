"""Releases of good and bad versions, as a user rehearses them: on one deployment, under traffic."""

import re
from collections.abc import Iterator

import pytest

from infra.display import Display
from infra.rehearsal import releasing
from infra.rehearsal.candidates import CANDIDATES
from infra.rehearsal.releasing import Finding, ReleaseSandbox
from infra.terraform import Terraform
from tests.checkouts import copy_project, leave_out_the_firewall
from tests.end_to_end.scaling import LEAST, Scaler

pytestmark = pytest.mark.rehearsal


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReleaseSandbox]:
    """One deployment for all these tests, whose standby has something ready."""
    root = copy_project(tmp_path_factory.mktemp("releases") / "project")
    leave_out_the_firewall(root)
    # A user's own names, which Terraform would prefer to a rehearsal's.
    (root / "infra" / "terraform.tfvars").write_text('hosted_zone_name = "mine.test"\n')
    with releasing.opened(root, Display(), standby="warm") as made:
        yield made


@pytest.fixture(scope="module")
def findings(sandbox: ReleaseSandbox) -> dict[str, Finding]:
    """What came of every candidate, by its name."""
    found = sandbox.release([*CANDIDATES.values()])
    return {finding.candidate.name: finding for finding in found}


@pytest.mark.usefixtures("findings")
def test_a_plan_after_releases_and_rollbacks_is_clean(sandbox: ReleaseSandbox) -> None:
    warnings: list[str] = []
    terraform = Terraform(sandbox.root / "infra", sandbox.environment, warnings.append)
    assert terraform.planned_changes() == []
    assert len([text for text in warnings if "5 is the newest" in text]) == 2, warnings


def test_a_good_version_is_released_and_no_client_notices(findings: dict[str, Finding]) -> None:
    good = findings["good"]
    assert (good.status, good.why) == (0, "released")
    assert len(good.requests) > 300
    assert good.failed == 0


@pytest.mark.usefixtures("findings")
def test_what_the_standby_has_ready_stays_as_much(sandbox: ReleaseSandbox) -> None:
    standby = Scaler("us-west-2", sandbox.environment)
    assert standby.ready() == LEAST
    assert standby.weights() == dict.fromkeys(LEAST), "Lambda has ended each move"


def test_a_version_that_cant_start_is_seen_by_nobody(findings: dict[str, Finding]) -> None:
    bad = findings["bad-import"]
    assert bad.status == 1, bad.why
    assert "No module named 'left_out_of_requirements'" in bad.why
    assert bad.failed == 0


def test_a_version_that_fails_on_some_data_is_taken_back(findings: dict[str, Finding]) -> None:
    bad = findings["errors"]
    assert bad.status == 1, bad.why
    assert "requests failed" in bad.why
    assert "in us-east-1" in bad.why, "the standby's canary has no clients who could meet it"
    assert 0 < bad.failed < len(bad.requests) * 0.02


def test_a_version_that_is_slow_is_taken_back_in_the_standby(findings: dict[str, Finding]) -> None:
    bad = findings["slow"]
    assert bad.status == 1, bad.why
    p99 = re.search(r"in us-west-2: p99 is (\d+) ms \(at most 1000 ms", bad.why)
    assert p99 is not None, bad.why
    assert int(p99[1]) >= 1500
    assert {request.region for request in bad.requests} == {"us-east-1"}, "clients met it"
    assert bad.failed == 0
