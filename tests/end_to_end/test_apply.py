"""plan, apply and destroy, as a user calls them, with real plans of the real provider."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from infra.deployment import Deployment
from infra.operations import deployment_file
from infra.rehearsal import emulator as emulators
from tests.checkouts import (
    copy_project,
    leave_out_the_firewall,
    leave_the_replica_unprotected,
)
from tests.end_to_end.conftest import Project

pytestmark = pytest.mark.rehearsal

TABLE, REPLICA = "aws_dynamodb_table.items", "aws_dynamodb_table_replica.items"
RECORDS = [
    f'aws_route53_record.routed["failover-{role}-CNAME"]' for role in ("PRIMARY", "SECONDARY")
]
# A guard against a hang.
_LIMIT_SECONDS = 600


class Deployed:
    """A project that is deployed into an emulator with its own commands."""

    def __init__(self, project: Project, emulator: emulators.Emulator, scratch: Path) -> None:
        self.project = project
        self.emulator = emulator
        self.environment = emulator.environment() | {
            "TF_DATA_DIR": str(scratch),
            "TF_CLI_ARGS_init": "-backend-config=use_path_style=true",
        }
        leave_the_replica_unprotected(project.root)
        leave_out_the_firewall(project.root)
        infra = project.root / "infra"
        shutil.copy(infra / "terraform.tfvars.example", infra / "environments/trial.tfvars")
        self.session = boto3.Session("test", "test", region_name="us-east-1")
        self.session.client("s3", endpoint_url=emulator.endpoint).create_bucket(Bucket="state")
        self.session.client("route53", endpoint_url=emulator.endpoint).create_hosted_zone(
            Name="example.com", CallerReference="x"
        )

    def call(
        self, command: str, *options: str, typed: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "infra", command, *options],
            cwd=self.project.root,
            env=self.environment | {f"TF_VAR_{name}": v for name, v in variables.items()},
            input=typed,
            capture_output=True,
            text=True,
            timeout=_LIMIT_SECONDS,
            check=False,
        )

    def replicas(self) -> list[str]:
        client = self.session.client("dynamodb", endpoint_url=self.emulator.endpoint)
        table = client.describe_table(TableName="multi-region-api-items")["Table"]
        return [replica["RegionName"] for replica in table.get("Replicas", [])]

    def tables(self) -> list[str]:
        client = self.session.client("dynamodb", endpoint_url=self.emulator.endpoint)
        return client.list_tables()["TableNames"]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """One deployment for all these tests, which leave it as it was."""
    folder = tmp_path_factory.mktemp("apply")
    with emulators.running() as emulator:
        made = Deployed(Project(copy_project(folder / "project")), emulator, folder / "data")
        saved = str(folder / "saved.plan")
        assert made.call("package").returncode == 0
        place = ("--bucket", "state", "--region", "us-east-1")
        connected = made.call("init", "trial", *place)
        assert connected.returncode == 0, connected.stderr
        planned = made.call("plan", "--out", saved)
        assert planned.returncode == 0, planned.stdout + planned.stderr
        assert "create   aws_dynamodb_table.items" in planned.stdout
        assert made.tables() == [], "a plan changes nothing"
        done = made.call("apply", saved)
        assert done.returncode == 0, done.stdout + done.stderr
        yield made


@pytest.fixture
def changed(deployed: Deployed) -> Iterator[Deployed]:
    """The deployment, whose configuration a test may change."""
    infra = deployed.project.root / "infra"
    kept = {path: path.read_text() for path in infra.glob("*.tf")}
    yield deployed
    for path, text in kept.items():
        path.write_text(text)


def test_an_apply_settles_and_says_what_to_operate_it_by(deployed: Deployed) -> None:
    path = deployment_file.only_file(deployed.project.root / deployment_file.FOLDER)
    assert path.name == "multi-region-api.json"
    found = deployment_file.read(path)
    by_name = Deployment.from_names("multi-region-api", "api.example.com", "us-east-1", "us-west-2")
    document = json.loads(path.read_text())
    for region in document["regions"].values():
        region |= {"health_check_id": None, "endpoint_check_id": None}
        region["override"]["health_check_id"] = None
    of_file = replace(Deployment.from_document(document), promise=None)
    assert of_file == by_name, "names alone are as good, but for what is promised"
    assert found.primary.health_check_id != found.primary.endpoint_check_id
    assert found.standby.health_check_id == found.standby.endpoint_check_id

    planned = deployed.call("plan")
    assert planned.returncode == 0, planned.stderr
    assert "environment trial, at http://127.0.0.1" in planned.stdout
    assert "nothing to change" in planned.stdout


def without_its_replica(deployed: Deployed) -> None:
    table = (deployed.project.root / "infra/table.tf").read_text()
    resource = table[table.index('resource "aws_dynamodb_table_replica"') :]
    deployed.project.replace("infra/table.tf", resource, "")
    (deployed.project.root / "infra/replica_override.tf").unlink()
    deployed.project.replace("infra/api.tf", f"{REPLICA}.arn", "aws_dynamodb_table.items.arn")


def test_a_replica_and_a_health_check_that_would_go_are_refused(
    changed: Deployed,
) -> None:
    without_its_replica(changed)
    changed.project.replace(
        "infra/routing.tf", "local.health_check_ids[each.value.policy][each.value.role]", "null"
    )
    planned = changed.call("plan", deletion_protection="false")
    assert planned.returncode == 1, planned.stdout + planned.stderr
    assert (
        f"WOULD BE REFUSED {REPLICA}: this copy of the table would be destroyed" in planned.stdout
    )
    assert "WARNING aws_dynamodb_table.items: deletion protection is turned off" in planned.stdout

    refused = changed.call("apply", "--yes", "--allow-destroy", REPLICA)
    assert refused.returncode == 2
    assert REPLICA not in refused.stderr
    for record in RECORDS:
        assert f"--allow-destroy '{record}.health_check_id'" in refused.stderr
    assert changed.replicas() == ["us-west-2"]


def test_what_would_be_replaced_or_forgotten_in_another_region_is_refused(
    changed: Deployed, tmp_path: Path
) -> None:
    moved = tmp_path / "moved.tfvars"
    moved.write_text('domain_name = "www.example.com"\nsecondary_region = "eu-west-1"\n')
    changed.project.replace("infra/table.tf", '"${var.name}-items"', '"${var.name}-things"')
    refused = changed.call("apply", "--yes", "--var-file", str(moved))
    assert refused.returncode == 2, refused.stdout
    for name in ("aws_dynamodb_table.items", "aws_route53_record.shared"):
        assert f"--allow-destroy '{name}'" in refused.stderr
    assert f"{REPLICA}: this copy of the table is not where Terraform looks" in refused.stderr
    assert changed.tables() == ["multi-region-api-items"]


def test_regions_that_would_change_places_are_refused(deployed: Deployed) -> None:
    swapped = {"primary_region": "us-west-2", "secondary_region": "us-east-1"}
    refused = deployed.call("apply", "--yes", **swapped)
    assert refused.returncode == 2, refused.stdout
    assert "primary_region and secondary_region can't change places" in refused.stderr
    assert deployed.replicas() == ["us-west-2"]


def test_a_replica_that_would_move_to_another_key_is_refused(deployed: Deployed) -> None:
    refused = deployed.call("apply", "--yes", encryption="CUSTOMER")
    assert refused.returncode == 2, refused.stdout
    assert f"{REPLICA}: this copy of the table would be replaced" in refused.stderr
    assert f"{TABLE}:" not in refused.stderr, "the table itself changes its key in place"
    assert deployed.replicas() == ["us-west-2"]


def test_what_is_not_confirmed_is_not_applied(deployed: Deployed) -> None:
    done = deployed.call("apply", typed="y\n", dns_ttl="20")
    assert done.returncode == 2
    assert "update   aws_route53_record.routed" in done.stdout
    assert "so nothing was applied" in done.stderr


def test_what_is_confirmed_is_applied(deployed: Deployed) -> None:
    done = deployed.call("apply", typed="yes\n", dns_ttl="20")
    assert done.returncode == 0, done.stderr
    assert "nothing to change" in deployed.call("plan", dns_ttl="20").stdout


def test_a_destroy_is_refused_whole_until_the_table_may_go(deployed: Deployed) -> None:
    refused = deployed.call("destroy", "--yes")
    assert refused.returncode == 2
    assert f"protected from deletion, so nothing was changed: {TABLE}." in refused.stderr
    assert deployed.call("apply", "--yes", deletion_protection="false").returncode == 0

    unnamed = deployed.call("destroy", typed="yes\n", deletion_protection="false")
    assert unnamed.returncode == 2
    assert "is not multi-region-api, so nothing was changed" in unnamed.stderr
    assert deployed.replicas() == ["us-west-2"]

    done = deployed.call("destroy", typed="multi-region-api\n", deletion_protection="false")
    assert done.returncode == 0, done.stderr
    assert "WOULD BE LOST aws_dynamodb_table.items" in done.stdout
    assert deployed.tables() == []
    assert not list((deployed.project.root / deployment_file.FOLDER).glob("*.json"))
