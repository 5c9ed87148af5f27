"""The bootstrap keeps all versions of a state in two regions, and refuses what would not do."""

import json
import re
from typing import Any

import boto3
import pytest

from tests.delivery.accounts import REPLICA_REGION, STATE_REGION, Account
from tests.terraform.checkouts import said, terraform

pytestmark = pytest.mark.xdist_group("bootstrapped")  # one account for all of them

_ANOTHERS = "arn:aws:iam::123456789012:oidc-provider/gitlab.com"


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


def test_a_lock_table_is_made_when_it_is_asked_for(bootstrapped: Account) -> None:
    tables = boto3.Session("test", "test").client(
        "dynamodb", region_name=STATE_REGION, endpoint_url=bootstrapped.emulator.endpoint
    )
    name = bootstrapped.outputs["backend"]["dynamodb_table"]
    [key] = tables.describe_table(TableName=name)["Table"]["KeySchema"]
    assert key == {"AttributeName": "LockID", "KeyType": "HASH"}


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
