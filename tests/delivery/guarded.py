"""An account that enforces IAM, with the bootstrap in it, and CI's roles."""

import base64
import contextlib
import functools
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.provider_mirror import cli_configuration
from infra.rehearsal import emulator as emulators
from tests.delivery.accounts import (
    NO_LIFECYCLE,
    REPLICA_REGION,
    REPOSITORY,
    STATE_REGION,
    Account,
    path_style,
)
from tests.delivery.clones import clone
from tests.delivery.walk import Walk, programs

Keys = Mapping[str, str]

BOOTSTRAP = "1. Bootstrap the account"
NAME = "example-org/multi-region-api"

ENVIRONMENT = "staging"
STACK = f"multi-region-api-{ENVIRONMENT}"
STATE_KEY = f"stacks/{ENVIRONMENT}.tfstate"
PULL_REQUEST = f"repo:{REPOSITORY}:pull_request"
MAIN = f"repo:{REPOSITORY}:ref:refs/heads/main"
PROD = f"repo:{REPOSITORY}:environment:prod"
STAGING = f"repo:{REPOSITORY}:environment:staging"

# What GitHub answers for it, once --jq has cut that down.
_GH = f"""[ "$1 $2" = "api repos/{NAME}/actions/oidc/customization/sub" ] && echo {REPOSITORY}
"""

# The policies are AWS's to judge, and test_reference.py holds them to its reference. Of these
# actions the emulator knows no resource, or no condition, and then refuses what AWS allows; so it
# is told to let them pass, and no others, while Terraform runs.
_UNJUDGED: dict[str, dict[str, list[str]]] = {
    "plan": {
        "arn:aws:kms:*:*:alias/aws/dynamodb": ["kms:DescribeKey"],  # in place of the key
        "*": [
            "cloudwatch:GetDashboard",
            "cloudwatch:ListTagsForResource",
            "dynamodb:ListTagsOfResource",
            "route53:GetHealthCheck",
            "route53:ListTagsForResource",
            "sns:ListTagsForResource",
            "wafv2:GetLoggingConfiguration",
            "wafv2:GetWebACLForResource",
            "wafv2:ListTagsForResource",
        ],
    },
    "apply": {
        "arn:aws:kms:*:*:alias/aws/dynamodb": ["kms:DescribeKey"],
        "arn:aws:acm:*:*:certificate/*": ["acm:DeleteCertificate"],  # the condition on the tag
        "arn:aws:iam::*:role/multi-region-api-*": [  # the condition on the boundary
            "iam:AttachRolePolicy",
            "iam:CreateRole",
            "iam:DeleteRolePolicy",
            "iam:DetachRolePolicy",
            "iam:PutRolePolicy",
        ],
        "*": [
            "application-autoscaling:DeleteScalingPolicy",
            "application-autoscaling:DeleteScheduledAction",
            "application-autoscaling:DeregisterScalableTarget",
            "application-autoscaling:PutScalingPolicy",
            "application-autoscaling:PutScheduledAction",
            "application-autoscaling:RegisterScalableTarget",
            "application-autoscaling:TagResource",
            "application-autoscaling:UntagResource",
            "cloudwatch:DeleteAlarms",
            "cloudwatch:DeleteDashboards",
            "cloudwatch:GetDashboard",
            "cloudwatch:ListTagsForResource",
            "cloudwatch:PutDashboard",
            "dynamodb:ListTagsOfResource",
            "dynamodb:TagResource",
            "kms:CreateAlias",
            "kms:DeleteAlias",
            "lambda:CreateFunction",
            "route53:ChangeTagsForResource",
            "route53:DeleteHealthCheck",
            "route53:GetHealthCheck",
            "route53:ListTagsForResource",
            "route53:UpdateHealthCheck",
            "sns:ListTagsForResource",
            "wafv2:AssociateWebACL",
            "wafv2:DeleteLoggingConfiguration",
            "wafv2:DisassociateWebACL",
            "wafv2:GetLoggingConfiguration",
            "wafv2:GetWebACLForResource",
            "wafv2:ListTagsForResource",
            "wafv2:PutLoggingConfiguration",
        ],
    },
}


@dataclass(frozen=True)
class Guarded:
    """An account that enforces IAM.

    Attributes:
        account: the account, and the checkout from which it is run.
        outputs: what the bootstrap tells.
        walk: how far docs/delivery.md was followed.
        zone: id of the hosted zone.
        began: when it was made.
    """

    account: Account
    outputs: dict[str, Any]
    walk: Walk
    zone: str
    began: datetime

    @contextlib.contextmanager
    def environment(self, role: str, subject: str) -> Iterator[None]:
        """Have this process's AWS clients be of a role, those that are made meanwhile."""
        with pytest.MonkeyPatch.context() as patch:
            # It keeps the keys that it found first.
            patch.setattr(boto3, "DEFAULT_SESSION", None)
            patch.setenv("AWS_ENDPOINT_URL", self.account.emulator.endpoint)
            for name, value in self.credentials(role, subject).items():
                patch.setenv(name, value)
            yield

    def client(self, service: Any, keys: Keys | None = None, region: str = STATE_REGION) -> Any:  # noqa: ANN401 -- any service's
        """Return a client of whoever has these keys, of the account's owner by default."""
        keys = keys or {"AccessKeyId": "test", "SecretAccessKey": "test"}
        return _session().client(
            service,
            region_name=region,
            endpoint_url=self.account.emulator.endpoint,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
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

    def credentials(self, role: str, subject: str) -> dict[str, str]:
        """Return what AWS's clients read of a job that has taken on a role."""
        keys = self.assume(role, subject)
        return {
            "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
            "AWS_SESSION_TOKEN": keys["SessionToken"],
        }

    def bucket(self, place: str) -> tuple[Any, str]:
        """Return the owner's client of a bucket of states, and its name."""
        made = self.outputs[place]
        return self.client("s3", region=made["region"]), made["bucket"]

    def policies(self) -> dict[str, Any]:
        """Return the documents of the policies that the bootstrap made, by name."""
        iam = self.client("iam")
        return {
            policy["PolicyName"]: iam.get_policy_version(
                PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"]
            )["PolicyVersion"]["Document"]
            for policy in iam.list_policies(Scope="Local")["Policies"]
        }


@functools.cache
def _session() -> boto3.Session:
    """Return what all clients are made from: it takes long to read what a session knows of AWS."""
    return boto3.Session()


@contextlib.contextmanager
def bootstrapped(scratch: Path) -> Iterator[Guarded]:
    """Do what docs/delivery.md begins with, in an account that enforces IAM."""
    with emulators.running(iam=True) as emulator:
        root = clone(scratch / "clone")
        (root / "infra/bootstrap/bucket/lifecycle_override.tf").write_text(NO_LIFECYCLE)
        environment = (
            emulator.environment()
            | cli_configuration(scratch)
            | path_style()
            | {"CHECKPOINT_DISABLE": "1", "TF_VAR_lock_table": "true"}
        )
        programs(scratch / "bin", gh=_GH)
        zone = _zone(emulator)
        walk = Walk(root, environment, {"OWNER/NAME": NAME, "Z0123456789ABCDEFGHIJ": zone})
        named = {"OWNER@123456/NAME@456789": walk.run(BOOTSTRAP).strip()}
        (root / "infra/bootstrap/terraform.tfvars").write_text(walk.next(BOOTSTRAP, named))
        walk.run(BOOTSTRAP)
        account = Account(emulator, root, environment)
        yield Guarded(account, account.outputs, walk, zone, datetime.now(UTC))


def _zone(emulator: emulators.Emulator) -> str:
    """Make the hosted zone that there must be."""
    route53 = boto3.Session("test", "test").client(
        "route53", region_name=STATE_REGION, endpoint_url=emulator.endpoint
    )
    made = route53.create_hosted_zone(Name="example.com", CallerReference="any")
    return made["HostedZone"]["Id"].rpartition("/")[2]


@contextlib.contextmanager
def lenient(guarded: Guarded) -> Iterator[None]:
    """Let _UNJUDGED pass, and callers reach the state without TLS, which the emulator lacks."""
    iam = guarded.client("iam")
    buckets = {
        guarded.outputs[name]["bucket"]: guarded.account.s3(region)
        for name, region in (("backend", STATE_REGION), ("replica", REPLICA_REGION))
    }
    policies = {name: s3.get_bucket_policy(Bucket=name)["Policy"] for name, s3 in buckets.items()}
    for role, allowed in _UNJUDGED.items():
        statements = [
            {"Effect": "Allow", "Action": actions, "Resource": resource}
            for resource, actions in allowed.items()
        ]
        iam.put_role_policy(
            RoleName=f"delivery-multi-region-api-{role}",
            PolicyName="unjudged",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        )
    for name, s3 in buckets.items():
        s3.delete_bucket_policy(Bucket=name)
    try:
        yield
    finally:
        for name, s3 in buckets.items():
            s3.put_bucket_policy(Bucket=name, Policy=policies[name])
        for role in _UNJUDGED:
            iam.delete_role_policy(
                RoleName=f"delivery-multi-region-api-{role}", PolicyName="unjudged"
            )
