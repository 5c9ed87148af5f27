"""The bootstrap as a user has it by default settles, moves its own state, and is found again.

Its first apply takes a minute, which passes beside the other tests of a bootstrapped account.
"""

from concurrent.futures import Future
from pathlib import Path

import pytest

from tests.delivery.accounts import REPLICA_REGION, STATE_REGION, Account, account

pytestmark = pytest.mark.xdist_group("bootstrapped")  # after those that need not wait


def test_a_whole_bootstrap_settles_moves_its_own_state_and_is_found_again(
    whole: Future[Account], tmp_path: Path
) -> None:
    first = whole.result()
    assert first.bootstrap.planned_changes() == []
    place = first.outputs["backend"]
    assert place["dynamodb_table"] is None, "nobody asked for a lock table"
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
