"""The steps of `deploy`, run for real: what was planned is applied elsewhere, once only."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from infra.provider_mirror import cli_configuration
from infra.rehearsal import emulator as emulators
from tests.delivery import workflows
from tests.delivery.accounts import STATE_REGION, path_style
from tests.end_to_end.conftest import copy_to
from tests.operations.checkouts import (
    leave_out_the_firewall,
    leave_the_replica_unprotected,
)

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

BUCKET = "states"
JOBS = workflows.load("deploy-environment")["jobs"]


@dataclass(frozen=True)
class Cloud:
    """An account with a bucket for states and a hosted zone, and runners that deploy to it."""

    endpoint: str
    environment: dict[str, str]
    folder: Path

    @property
    def s3(self) -> "S3Client":
        return boto3.Session("test", "test").client(
            "s3", region_name=STATE_REGION, endpoint_url=self.endpoint
        )

    def runner(self, name: str) -> Path:
        """Return a fresh runner after its actions: a checkout, Python and its packages."""
        root = copy_to(self.folder / name).root
        leave_the_replica_unprotected(root)
        leave_out_the_firewall(root)
        # Apart from the real one, which `make` would clear if it took it for outdated.
        (root / ".venv").mkdir()
        for part in ("bin", "lib", "pyvenv.cfg"):
            (root / ".venv" / part).symlink_to(Path(sys.executable).parents[1] / part)
        (root / ".venv" / ".ready").touch()
        return root

    def run(self, job: str, root: Path, environment: str, **variables: str) -> dict[str, str]:
        """Run the steps of a job that are ours; return its outputs."""
        constant: dict[str, Any] = workflows.load("deploy-environment")["env"]
        own = {name: value for name, value in constant.items() if "${{" not in value}
        given = own | {"ENVIRONMENT": environment} | variables
        return workflows.run(JOBS[job], root, self.environment | given)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One account for these tests, which follow one another."""
    scratch = tmp_path_factory.mktemp("runners")
    with emulators.running() as emulator:
        state = {"STATE_BUCKET": BUCKET, "STATE_REGION": STATE_REGION}
        environment = emulator.environment() | cli_configuration(scratch) | path_style() | state
        made = Cloud(emulator.endpoint, environment, scratch)
        made.s3.create_bucket(Bucket=BUCKET)
        boto3.Session("test", "test").client(
            "route53", region_name=STATE_REGION, endpoint_url=emulator.endpoint
        ).create_hosted_zone(Name="example.com", CallerReference="deploy")
        yield made


def test_what_was_planned_is_applied_elsewhere_and_once_only(cloud: Cloud) -> None:
    planner = cloud.runner("planner")
    planned = cloud.run("plan", planner, "staging")
    assert set(planned) == {"plan"}
    shown = (planner / "plan.txt").read_text()
    assert "multi-region-api-staging-items" in shown
    assert _states(cloud) == [], "a plan must not make a state"

    applier = cloud.runner("applier")
    cloud.run("apply", applier, "staging", PLAN=planned["plan"])
    assert _states(cloud) == ["stacks/staging.tfstate"]

    cloud.run("plan", planner, "staging")
    assert "nothing to change" in (planner / "plan.txt").read_text()

    with pytest.raises(AssertionError, match="stale"):
        cloud.run("apply", applier, "staging", PLAN=planned["plan"])


def _states(cloud: Cloud) -> list[str]:
    listed = cloud.s3.list_objects_v2(Bucket=BUCKET, Prefix="stacks/")
    return [item["Key"] for item in listed.get("Contents", [])]
