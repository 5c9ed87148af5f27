"""The stack as CI delivers it: by the workflows' own steps, in CI's roles, where IAM is enforced.

Around it docs/delivery.md is walked, from its first command to its last.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.delivery.clones import describe
from tests.delivery.guarded import (
    ENVIRONMENT,
    MAIN,
    STACK,
    STAGING,
    STATE_KEY,
    Guarded,
    lenient,
)
from tests.delivery.runners import Runners

PLAN, APPLY = "deploy-environment/plan", "deploy-environment/apply"
_TAKING_DOWN = "Taking it down"
_LOCK = "4d1d5a05-8f4c-3a1c-9d5c-3c4c2a4f4f4f"


@dataclass(frozen=True)
class Delivered:
    """A delivery, and what was seen of it.

    Attributes:
        runners: the runners.
        planner: the one that planned.
        applier: the one that applied.
        foreseen: what a person's plan said before.
        settings: what the bootstrap printed of the repository's variables.
        planned: the outputs of the job that planned.
        shown: what a pull request would be told of it.
        states_before: the states that there were before the apply.
    """

    runners: Runners
    planner: Path
    applier: Path
    foreseen: str
    settings: str
    planned: dict[str, str]
    shown: str
    states_before: list[str]

    @property
    def guarded(self) -> Guarded:
        return self.runners.guarded

    def plan(self) -> dict[str, str]:
        """Plan as a push to main does."""
        return self.runners.run(PLAN, self.planner, "plan", MAIN)

    def apply(self, planned: dict[str, str]) -> None:
        """Apply what was planned, as the push goes on once it is approved."""
        self.runners.run(APPLY, self.applier, "apply", STAGING, PLAN=planned["plan"])

    def state(self, place: str = "backend") -> dict[str, Any]:
        """Return the state, or the copy of it in another place."""
        s3, bucket = self.guarded.bucket(place)
        read: dict[str, Any] = json.load(s3.get_object(Bucket=bucket, Key=STATE_KEY)["Body"])
        return read


@contextlib.contextmanager
def delivered(guarded: Guarded, folder: Path) -> Iterator[Delivered]:
    """Deliver the stack as a push to main does, and take all down again as the page has it."""
    walk, runners = guarded.walk, Runners(guarded, folder)
    boundary = json.loads(walk.run("2. Describe the environments"))
    assert boundary == guarded.outputs["functions_boundary_arn"]
    describe(walk.root, ENVIRONMENT, boundary)
    foreseen = walk.run("2. Describe the environments")
    settings = walk.run("3. Tell GitHub")
    planner, applier = runners.fresh("planner"), runners.fresh("applier")
    planned = runners.run(PLAN, planner, "plan", MAIN)
    shown = (planner / "plan.txt").read_text()
    before = states(guarded)
    made = Delivered(runners, planner, applier, foreseen, settings, planned, shown, before)
    made.apply(planned)
    yield made
    _unlock(guarded)
    _recover(made)
    _take_down(made)
    assert walk.unwalked() == {}


def states(guarded: Guarded) -> list[str]:
    """Return the keys of the stacks' states that there are."""
    s3, bucket = guarded.bucket("backend")
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="stacks/")
    return [item["Key"] for item in listed.get("Contents", [])]


def _unlock(guarded: Guarded) -> None:
    """Lock the state as a runner does that is cancelled, and do what the page says."""
    lock = {
        "ID": _LOCK,
        "Operation": "OperationTypeApply",
        "Info": "",
        "Who": "runner@gone",
        "Version": "1.11.4",
        "Created": "2026-11-25T13:00:00.000000000Z",
        "Path": f"{guarded.outputs['backend']['bucket']}/{STATE_KEY}",
    }
    text = json.dumps(lock)
    s3, bucket = guarded.bucket("backend")
    s3.put_object(Bucket=bucket, Key=f"{STATE_KEY}.tflock", Body=text.encode())
    guarded.client("dynamodb").put_item(
        TableName=guarded.outputs["backend"]["dynamodb_table"],
        Item={"LockID": {"S": lock["Path"]}, "Info": {"S": text}},
    )
    guarded.walk.run("When it is locked", values={"ID": _LOCK})
    assert states(guarded) == [STATE_KEY]


def _recover(made: Delivered) -> None:
    """Work from the copy of the state, and take home what came of it."""
    walk, guarded = made.guarded.walk, made.guarded
    account = guarded.client("sts").get_caller_identity()["Account"]
    walk.run("When the state's region is lost", values={"ACCOUNT": account})
    newer = made.state("replica")
    newer["serial"] += 1
    s3, bucket = guarded.bucket("replica")
    s3.put_object(Bucket=bucket, Key=STATE_KEY, Body=json.dumps(newer).encode())
    walk.run("When the state's region is lost")
    # Terraform may count a push as a change of its own.
    home = made.state()
    assert home["serial"] >= newer["serial"], (home["serial"], newer["serial"])


def _take_down(made: Delivered) -> None:
    """Destroy the stack in the role that made it, and then the bootstrap."""
    guarded, walk = made.guarded, made.guarded.walk
    with lenient(guarded):
        role = made.runners.environment("apply", STAGING)
        said = walk.run(_TAKING_DOWN, answer=STACK, variables=role)
    assert said.rstrip().endswith("destroyed")
    walk.run(_TAKING_DOWN)
    assert guarded.client("s3").list_buckets()["Buckets"] == []
    assert guarded.client("iam").list_roles(PathPrefix="/multi-region-api/")["Roles"] == []
