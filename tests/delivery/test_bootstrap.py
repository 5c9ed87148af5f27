"""The bootstrap settles, keeps all versions of a state in two regions, and moves its own."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.rehearsal import emulator as emulators
from tests.delivery.accounts import REPLICA_REGION, STATE_REGION, Account, account
from tests.terraform.checkouts import said, terraform

pytestmark = pytest.mark.xdist_group("bootstrapped")  # one account for all of them

_ANOTHERS = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"


@pytest.fixture(scope="module", autouse=True)
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Future[Account]]:
    """An account that is bootstrapped whole while other tests run.

    The provider watches a new lifecycle for 50 s.
    """

    def applied() -> Account:
        made.bootstrap.apply()
        return made

    with emulators.running() as emulator, ThreadPoolExecutor() as pool:
        made = account(emulator, tmp_path_factory.mktemp("whole"), lifecycle=True)
        made.environment["TF_VAR_lock_table"] = "false"
        yield pool.submit(applied)


@pytest.fixture(params=["backend", "replica"])
def bucket(request: pytest.FixtureRequest, bootstrapped: Account) -> dict[str, Any]:
    """Each of the two buckets: its name and its region."""
    made: dict[str, Any] = bootstrapped.outputs[request.param]
    return made


def test_a_bucket_keeps_versions_encrypts_and_is_open_to_nobody(
    bucket: dict[str, Any], bootstrapped: Account
) -> None:
    s3, name = bootstrapped.s3(bucket["region"]), bucket["bucket"]
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    [rule] = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert set(
        s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values()
    ) == {True}
    [ownership] = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]
    assert ownership["ObjectOwnership"] == "BucketOwnerEnforced"
    statements = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]
    assert {statement["Effect"] for statement in statements} == {"Deny"}
    assert {"Bool": {"aws:SecureTransport": "false"}} in [s["Condition"] for s in statements]


def test_what_is_written_and_what_is_deleted_comes_to_the_replica(bootstrapped: Account) -> None:
    source, replica = (bootstrapped.outputs[name]["bucket"] for name in ("backend", "replica"))
    here, there = bootstrapped.s3(), bootstrapped.s3(REPLICA_REGION)
    here.put_object(Bucket=source, Key="stacks/any.tfstate", Body=b"a state")
    waiter = there.get_waiter("object_exists")
    waiter.wait(Bucket=replica, Key="stacks/any.tfstate", WaiterConfig={"Delay": 1})
    assert there.get_object(Bucket=replica, Key="stacks/any.tfstate")["Body"].read() == b"a state"
    here.delete_object(Bucket=source, Key="stacks/any.tfstate")
    gone = there.get_waiter("object_not_exists")
    gone.wait(Bucket=replica, Key="stacks/any.tfstate", WaiterConfig={"Delay": 1})


def test_a_lock_table_is_made_only_when_it_is_asked_for(
    bootstrapped: Account, whole: Future[Account]
) -> None:
    tables = boto3.Session("test", "test").client(
        "dynamodb", region_name=STATE_REGION, endpoint_url=bootstrapped.emulator.endpoint
    )
    name = bootstrapped.outputs["backend"]["dynamodb_table"]
    [key] = tables.describe_table(TableName=name)["Table"]["KeySchema"]
    assert key == {"AttributeName": "LockID", "KeyType": "HASH"}
    assert whole.result().outputs["backend"]["dynamodb_table"] is None


def test_a_refusal_names_the_value_and_the_way_out(bootstrapped: Account) -> None:
    refused = [
        {
            "name": ("my_api", 'name is "my_api": use 3 to 30 lower-case letters'),
            "secondary_region": (STATE_REGION, "losing it would lose the state and its replica"),
            "github_repository": ("example-org/*", "a wildcard would let other repositories in"),
            "github_branch": ("release/*", "name one branch, without wildcards"),
            "environments": ("[]", "environments is []: name at least one"),
            "oidc_provider_arn": (_ANOTHERS, f'oidc_provider_arn is "{_ANOTHERS}"'),
            "hosted_zone_ids": ('["example.com"]', 'hosted_zone_ids is ["example.com"]'),
            "old_versions": ("{ kept = 101 }", "old_versions.kept is 101: S3 takes 1 to 100"),
        },
        {
            "name": ("ends-", 'name is "ends-"'),
            "github_repository": ("example-org@123456/multi-region-api", "or owner@id/name@id"),
            "environments": ('["Prod"]', 'environments is ["Prod"]'),
            "old_versions": ("{ days = 0 }", "old_versions.days is 0: use whole days"),
        },
    ]
    for values in refused:
        wrong = {f"TF_VAR_{name}": value for name, (value, _) in values.items()}
        done = terraform(
            bootstrapped.root / "infra" / "bootstrap",
            bootstrapped.environment | wrong,
            *("plan", "-no-color", "-input=false"),
        )
        assert done.returncode == 1
        text = re.sub(r"[\s│]+", " ", said(done))
        assert [says for _, says in values.values() if says not in text] == [], text


def test_a_whole_bootstrap_settles_moves_its_own_state_and_is_found_again(
    whole: Future[Account], tmp_path: Path
) -> None:
    first = whole.result()
    assert first.bootstrap.planned_changes() == []
    place = first.outputs["backend"]
    rules = first.s3().get_bucket_lifecycle_configuration(Bucket=place["bucket"])["Rules"]
    assert {rule["ID"] for rule in rules} == {"old-versions", "plans"}
    done = first.infra("init", "--bootstrap")
    assert done.returncode == 0, done.stderr
    assert "init -migrate-state -force-copy" in done.stdout
    for region, name in (
        (STATE_REGION, place["bucket"]),
        (REPLICA_REGION, first.outputs["replica"]["bucket"]),
    ):
        found = first.s3(region).head_object(Bucket=name, Key="bootstrap.tfstate")
        assert found["ContentLength"] > 1000
    assert first.bootstrap.planned_changes() == []
    # A colleague, who has the repository and the bucket's name.
    second = account(first.emulator, tmp_path, lifecycle=True)
    nothing = second.infra("init", "--bootstrap")
    assert nothing.returncode == 2
    assert "apply infra/bootstrap first, or name the bucket" in nothing.stderr
    done = second.infra(
        "init", "--bootstrap", "--bucket", place["bucket"], "--region", STATE_REGION
    )
    assert done.returncode == 0, done.stderr
    assert second.outputs["backend"] == place
