"""What CI's roles may do, shown by an emulator that enforces IAM, on the real stack.

The policies are AWS's to judge: of some actions the emulator knows no resource, or no condition,
and then refuses what AWS allows. It is told to let those, and no others, pass (_UNJUDGED).
"""

import base64
import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.errors import InfraError
from infra.package import package
from infra.rehearsal import emulator as emulators
from infra.releases import probes
from infra.releases.alarms import Alarms
from infra.releases.functions import KINDS, Functions
from infra.releases.marks import Mark, Step
from infra.releases.samples import Samples
from infra.terraform import Terraform
from tests.delivery.accounts import (
    REPLICA_REGION,
    REPOSITORY,
    STATE_REGION,
    Account,
    account,
    path_style,
)
from tests.releases.account import REGIONS
from tests.releases.account import Account as Stack

Keys = Mapping[str, str]

STACK = "multi-region-api-prod"
PULL_REQUEST = f"repo:{REPOSITORY}:pull_request"
MAIN = f"repo:{REPOSITORY}:ref:refs/heads/main"
PROD = f"repo:{REPOSITORY}:environment:prod"

_UNJUDGED = {
    "plan": [
        "dynamodb:ListTagsOfResource",
        "dynamodb:TagResource",
        "route53:GetHealthCheck",
        "route53:ListTagsForResource",
    ],
    "apply": [
        "cloudwatch:DeleteAlarms",
        "dynamodb:ListTagsOfResource",
        "dynamodb:TagResource",
        "iam:CreateRole",  # the condition on the boundary
        "iam:DeleteRolePolicy",
        "iam:PutRolePolicy",
        "lambda:CreateFunction",
        "route53:ChangeTagsForResource",
        "route53:DeleteHealthCheck",
        "route53:GetHealthCheck",
        "route53:ListTagsForResource",
        "route53:UpdateHealthCheck",
    ],
}


@dataclass(frozen=True)
class Guarded:
    """An account that enforces IAM."""

    account: Account
    outputs: dict[str, Any]
    began: datetime

    @contextlib.contextmanager
    def environment(self, role: str, subject: str) -> Iterator[None]:
        """Have this process's AWS clients be of a role, those that are made meanwhile."""
        keys = self.assume(role, subject)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", self.account.emulator.endpoint)
            patch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
            patch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
            patch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
            yield

    def client(self, service: Any, keys: Keys | None = None) -> Any:  # noqa: ANN401 -- any service's
        own = (
            ("test", "test")
            if keys is None
            else (keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        )
        return boto3.Session(*own).client(
            service, region_name=STATE_REGION, endpoint_url=self.account.emulator.endpoint
        )

    def assume(self, role: str, subject: str, audience: str = "sts.amazonaws.com") -> Keys:
        """Take on a role with a token as GitHub makes it, but for its signature."""
        claims = {
            "iss": "https://token.actions.githubusercontent.com",
            "sub": subject,
            "aud": audience,
            "exp": int(time.time()) + 600,
        }
        parts = [
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
            for part in ({}, claims, {})
        ]
        answer = self.client("sts").assume_role_with_web_identity(
            RoleArn=self.outputs[f"{role}_role_arn"],
            RoleSessionName="ci",
            WebIdentityToken=".".join(parts),
        )
        keys: Keys = answer["Credentials"]
        return keys

    def stack(self, role: str, subject: str, **variables: str) -> Terraform:
        """Return the real stack, worked on in a role."""
        keys = self.assume(role, subject)
        return Terraform(
            self.account.root / "infra",
            self.account.environment
            | path_style()
            | {
                "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
                "AWS_SESSION_TOKEN": keys["SessionToken"],
                "TF_VAR_name": STACK,
                "TF_VAR_hosted_zone_name": "example.com",
                "TF_VAR_domain_name": "api.example.com",
                "TF_VAR_deletion_protection": "false",
                "TF_VAR_permissions_boundary": self.outputs["functions_boundary_arn"],
            }
            | variables,
        )


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """The bootstrap, applied to an account that enforces IAM."""
    with emulators.running(iam=True) as emulator:
        made = account(emulator, tmp_path_factory.mktemp("guarded"), lifecycle=False)
        zone = boto3.Session("test", "test").client(
            "route53", region_name=STATE_REGION, endpoint_url=emulator.endpoint
        )
        zone_id = zone.create_hosted_zone(Name="example.com", CallerReference="r")["HostedZone"][
            "Id"
        ]
        made.environment["TF_VAR_hosted_zone_ids"] = json.dumps([zone_id.rpartition("/")[2]])
        made.bootstrap.apply()
        yield Guarded(made, made.outputs, datetime.now(UTC))


def test_the_state_is_refused_to_whoever_comes_without_tls(guarded: Guarded) -> None:
    s3 = guarded.client("s3", guarded.assume("apply", PROD))
    bucket = guarded.outputs["backend"]["bucket"]
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        s3.put_object(Bucket=bucket, Key="stacks/prod.tfstate", Body=b"")


@pytest.mark.parametrize(
    ("role", "subject"), [("plan", PULL_REQUEST), ("plan", MAIN), ("apply", PROD)]
)
def test_a_role_is_for_its_own_jobs(role: str, subject: str, guarded: Guarded) -> None:
    assert guarded.assume(role, subject)["SessionToken"]


@pytest.mark.parametrize(
    ("role", "subject", "audience"),
    [
        ("apply", PULL_REQUEST, "sts.amazonaws.com"),
        ("apply", MAIN, "sts.amazonaws.com"),
        ("apply", f"{PROD}-like", "sts.amazonaws.com"),
        ("apply", "repo:example-org/multi-region-api-fork:environment:prod", "sts.amazonaws.com"),
        ("apply", PROD, "https://github.com/example-org"),
        ("plan", PROD, "sts.amazonaws.com"),
        ("plan", f"repo:{REPOSITORY}:ref:refs/heads/other", "sts.amazonaws.com"),
        ("plan", "repo:example-org/other:pull_request", "sts.amazonaws.com"),
    ],
)
def test_a_role_is_for_nobody_else(
    role: str, subject: str, audience: str, guarded: Guarded
) -> None:
    with pytest.raises(ClientError, match="Not authorized"):
        guarded.assume(role, subject, audience)


def test_policies_are_no_longer_than_iam_takes(guarded: Guarded) -> None:
    policies = _policies(guarded)
    assert len(policies) == 8
    # White space isn't counted: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    lengths = {
        name: len(re.sub(r"\s", "", json.dumps(document))) for name, document in policies.items()
    }
    assert {name: length for name, length in lengths.items() if length > 6144} == {}


def test_nobody_is_an_administrator(guarded: Guarded) -> None:
    granted = {
        action
        for name, document in _policies(guarded).items()
        if not name.endswith("boundary")
        for statement in document["Statement"]
        for action in statement["Action"]
    }
    assert len(granted) > 50
    assert {
        action for action in granted if action.endswith((":*", "*:*")) or action == "*"
    } == set()


def test_roles_are_made_and_given_policies_under_the_boundary_alone(guarded: Guarded) -> None:
    [statement] = [
        statement
        for statement in _policies(guarded)["multi-region-api-roles"]["Statement"]
        if "iam:CreateRole" in statement["Action"]
    ]
    assert {"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"} < set(
        statement["Action"]
    )
    boundary = guarded.outputs["functions_boundary_arn"]
    assert statement["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": boundary}}


def test_the_apply_role_cant_touch_what_guards_it(guarded: Guarded) -> None:
    iam = guarded.client("iam", guarded.assume("apply", PROD))
    own = "delivery-multi-region-api-apply"
    boundary = guarded.outputs["functions_boundary_arn"].replace("functions", "apply")
    attempts: list[Callable[[], Any]] = [
        lambda: iam.put_role_policy(RoleName=own, PolicyName="more", PolicyDocument=_ALLOW_ALL),
        lambda: iam.delete_role_permissions_boundary(RoleName=own),
        lambda: iam.create_policy_version(
            PolicyArn=boundary, PolicyDocument=_ALLOW_ALL, SetAsDefault=True
        ),
        lambda: iam.update_assume_role_policy(RoleName=own, PolicyDocument=_ALLOW_ALL),
        lambda: iam.create_user(UserName="somebody"),
        lambda: iam.create_access_key(UserName="somebody"),
        lambda: iam.create_role(RoleName="elsewhere", AssumeRolePolicyDocument=_ALLOW_ALL),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError, match="AccessDenied"):
            attempt()


def test_ci_releases_in_its_apply_role_and_in_no_other(guarded: Guarded) -> None:
    stack = Stack(guarded.account.emulator, "multi-region-api-released")
    for region in REGIONS:
        with guarded.environment("apply", PROD):
            functions = Functions(stack.stack, region)
            alarms, samples = Alarms(stack.stack, region), Samples(region)
        for kind in KINDS:
            alias = functions.alias(kind)
            assert functions.version(kind, "1") in functions.versions(kind)
            assert probes.problem(functions, kind, "1", 1) is None
            mark = Mark(Step.RELEASED, "1", "1", "20261125T031500Z", "ci")
            functions.move(alias, "1", {}, mark, force=False)
            [found] = samples.of(functions.name(kind), ["1"], guarded.began, datetime.now(UTC))
            assert found.failed == 0
            with pytest.raises(InfraError, match="ResourceNotFound"):
                functions.delete(kind, "99")
        assert alarms.on() == frozenset()
        with guarded.environment("plan", MAIN):
            reader = Functions(stack.stack, region)
        with pytest.raises(InfraError, match=r"AccessDenied.*lambda:UpdateAlias"):
            reader.move(reader.alias("read"), "1", {}, mark, force=True)
        with pytest.raises(InfraError, match=r"AccessDenied.*lambda:InvokeFunction"):
            probes.problem(reader, "read", "1", 1)


def test_ci_applies_plans_and_destroys_the_stack_in_its_roles(guarded: Guarded) -> None:
    _open_what_the_emulator_cant_judge(guarded)
    package(guarded.account.root)
    place = guarded.outputs["backend"]
    backend = guarded.account.root / "infra" / "backend.hcl"
    backend.write_text(
        f'bucket = "{place["bucket"]}"\nregion = "{place["region"]}"\nkey = "stacks/prod.tfstate"\n'
    )
    apply = guarded.stack("apply", PROD)
    apply.init(backend)
    apply.apply()
    assert guarded.stack("plan", PULL_REQUEST).planned_changes() == []
    with pytest.raises(InfraError, match="failed"):
        guarded.stack("plan", PULL_REQUEST, TF_VAR_dns_ttl="20").apply()
    assert apply.planned_changes() == [], "the plan role has changed something"
    s3 = guarded.client("s3", guarded.assume("apply", PROD))
    [version] = s3.list_objects_v2(Bucket=place["bucket"], Prefix="stacks/")["Contents"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=place["bucket"], Key=version["Key"])
    apply.destroy()


_ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)


def _policies(guarded: Guarded) -> dict[str, Any]:
    iam = guarded.client("iam")
    return {
        policy["PolicyName"]: iam.get_policy_version(
            PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"]
        )["PolicyVersion"]["Document"]
        for policy in iam.list_policies(Scope="Local")["Policies"]
    }


def _open_what_the_emulator_cant_judge(guarded: Guarded) -> None:
    """Let _UNJUDGED pass, and take off the policy that only TLS meets: an emulator has none."""
    iam = guarded.client("iam")
    for role, actions in _UNJUDGED.items():
        allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        iam.put_role_policy(
            RoleName=f"delivery-multi-region-api-{role}",
            PolicyName="unjudged",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
        )
    for name, region in (("backend", STATE_REGION), ("replica", REPLICA_REGION)):
        guarded.account.s3(region).delete_bucket_policy(Bucket=guarded.outputs[name]["bucket"])
