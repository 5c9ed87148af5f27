"""Where the state lives: init finds it, one apply at a time changes it, a lost region leaves it."""

import threading
import time
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from infra.errors import InfraError
from tests.delivery.accounts import REPLICA_REGION, STATE_REGION, Account, small_stack

pytestmark = pytest.mark.xdist_group("bootstrapped")  # one account for all of them


def test_init_connects_to_an_environments_own_state(bootstrapped: Account) -> None:
    refused = bootstrapped.infra("init", "test")
    assert refused.returncode == 2
    assert "no environment 'test': use prod or staging" in refused.stderr
    assert bootstrapped.infra("package").returncode == 0
    done = bootstrapped.infra("init", "staging")
    assert done.returncode == 0, done.stderr
    assert "terraform -chdir=infra init -reconfigure -backend-config=backend.hcl" in done.stdout
    backend = bootstrapped.outputs["backend"]
    written = (bootstrapped.root / "infra/backend.hcl").read_text()
    assert f'bucket         = "{backend["bucket"]}"' in written
    assert 'key            = "stacks/staging.tfstate"' in written
    assert f'dynamodb_table = "{backend["dynamodb_table"]}"' in written

    # As CI does, where the bootstrap's outputs can't be read.
    place = {"STATE_BUCKET": backend["bucket"], "STATE_REGION": backend["region"]}
    done = bootstrapped.infra("init", "prod", **place)
    assert done.returncode == 0, done.stderr
    assert "dynamodb_table" not in (bootstrapped.root / "infra/backend.hcl").read_text()
    remembered = (bootstrapped.root / "infra/.terraform/terraform.tfstate").read_text()
    assert "stacks/prod.tfstate" in remembered
    assert "stacks/staging.tfstate" not in remembered


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name an environment to connect to, or --bootstrap"),
        (["staging", "--bootstrap"], "one of the two"),
        (["staging", "--bucket", "b"], "--bucket and --region (STATE_BUCKET, STATE_REGION) go"),
        (["../prod"], "there is no environment '../prod': use prod or staging"),
    ],
)
def test_a_call_of_init_that_is_wrong_says_how_it_is_right(
    arguments: list[str], says: str, bootstrapped: Account
) -> None:
    done = bootstrapped.infra("init", *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("kind", ["file", "table"])
def test_a_second_apply_is_refused_with_who_holds_the_lock(
    kind: str, bootstrapped: Account, tmp_path: Path
) -> None:
    backend = _backend(bootstrapped, tmp_path, f"lock-{kind}", table=kind == "table")
    running, go = tmp_path / "running", tmp_path / "go"
    wait = f"touch {running}; while [ ! -e {go} ]; do sleep 0.1; done"
    first = small_stack(tmp_path / "first", backend, bootstrapped.environment, wait)
    second = small_stack(tmp_path / "second", backend, bootstrapped.environment, "true")
    applying = threading.Thread(target=first.apply)
    applying.start()
    try:
        _until(running)
        with pytest.raises(InfraError) as refusal:
            second.apply()
    finally:
        go.touch()
        applying.join()
    said = str(refusal.value)
    assert said.startswith("terraform apply failed: the state is locked by ")
    assert "@" in said
    assert "to apply. Wait until that ends" in said
    assert "`terraform force-unlock " in said
    assert "\n" not in said
    second.apply()


def test_the_state_is_recovered_from_the_replica_when_its_region_is_lost(
    bootstrapped: Account, tmp_path: Path
) -> None:
    backend = _backend(bootstrapped, tmp_path, "recovered")
    stack = small_stack(tmp_path / "before", backend, bootstrapped.environment, "true")
    stack.apply()
    replica = bootstrapped.outputs["replica"]
    assert replica["region"] == REPLICA_REGION
    key = "stacks/recovered.tfstate"
    _until_replicated(bootstrapped, replica["bucket"], key)
    # The lock of an apply that has ended must not lock out whoever recovers.
    assert _keys(bootstrapped, replica["bucket"], key) == [key]
    text = backend.read_text().replace(bootstrapped.outputs["backend"]["bucket"], replica["bucket"])
    backend.write_text(text.replace(STATE_REGION, REPLICA_REGION))
    again = small_stack(tmp_path / "after", backend, bootstrapped.environment, "false")
    assert again.planned_changes() == [], "the recovered state must know what there is"


def _backend(account: Account, folder: Path, name: str, *, table: bool = False) -> Path:
    made = account.outputs["backend"]
    # As Terraform before 1.10 locks: by the table alone.
    lock = f'dynamodb_table = "{made["dynamodb_table"]}"\nuse_lockfile = false\n' if table else ""
    file = folder / f"{name}.hcl"
    file.write_text(
        f'bucket = "{made["bucket"]}"\nregion = "{made["region"]}"\n'
        f'key = "stacks/{name}.tfstate"\n{lock}'
    )
    return file


def _until(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.exists():
        assert time.monotonic() < deadline, f"{file} did not come"
        time.sleep(0.05)


def _until_replicated(account: Account, bucket: str, key: str) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            account.s3(REPLICA_REGION).head_object(Bucket=bucket, Key=key)
        except ClientError:
            assert time.monotonic() < deadline, f"{key} did not come to {bucket}"
            time.sleep(0.1)
        else:
            return


def _keys(account: Account, bucket: str, prefix: str) -> list[str]:
    listed = account.s3(REPLICA_REGION).list_objects_v2(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for item in listed.get("Contents", [])]


def test_a_kept_plan_is_fetched_to_the_byte_and_nothing_else_in_its_place(
    bootstrapped: Account,
) -> None:
    assert bootstrapped.infra("package").returncode == 0
    assert bootstrapped.infra("init", "staging").returncode == 0
    plan = bootstrapped.root / "any.tfplan"
    plan.write_bytes(b"a plan")
    kept = bootstrapped.infra("plans", "keep", str(plan))
    assert kept.returncode == 0, kept.stderr
    digest = kept.stdout.strip().removeprefix("plan=")
    fetched = bootstrapped.root / "fetched.tfplan"
    done = bootstrapped.infra("plans", "fetch", digest, str(fetched))
    assert done.returncode == 0, done.stderr
    assert fetched.read_bytes() == b"a plan"
    fetched.unlink()
    bucket = bootstrapped.outputs["backend"]["bucket"]
    bootstrapped.s3().put_object(Bucket=bucket, Key=f"plans/{digest}.tfplan", Body=b"another")
    done = bootstrapped.infra("plans", "fetch", digest, str(fetched))
    assert done.returncode == 2
    assert "somebody has replaced the plan that was approved" in done.stderr
    assert not fetched.exists()
    done = bootstrapped.infra("plans", "fetch", "0" * 64, str(fetched))
    assert done.returncode == 2
    assert "can't be read (it is kept for 14 days)" in done.stderr
