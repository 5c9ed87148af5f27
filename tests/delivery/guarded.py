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

from infra.rehearsal import emulator as emulators
from infra.terraform import Terraform
from tests.delivery.accounts import (
    REPLICA_REGION,
    REPOSITORY,
    STATE_REGION,
    Account,
    account,
    path_style,
)

Keys = Mapping[str, str]

STACK = "multi-region-api-prod"
STATE_KEY = "stacks/prod.tfstate"
PULL_REQUEST = f"repo:{REPOSITORY}:pull_request"
MAIN = f"repo:{REPOSITORY}:ref:refs/heads/main"
PROD = f"repo:{REPOSITORY}:environment:prod"
STAGING = f"repo:{REPOSITORY}:environment:staging"

# The policies are AWS's to judge, and test_reference.py holds them to its reference. Of these
# actions the emulator knows no resource, or no condition, and then refuses what AWS allows; so it
# is told to let them pass, and no others, while Terraform runs.
_UNJUDGED: dict[str, dict[str, list[str]]] = {
    "plan": {
        "arn:aws:kms:*:*:alias/aws/dynamodb": ["kms:DescribeKey"],  # in place of the key
        "*": [
            "cloudwatch:GetDashboard",
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
        began: when it was made.
    """

    account: Account
    outputs: dict[str, Any]
    began: datetime

    @contextlib.contextmanager
    def environment(self, role: str, subject: str) -> Iterator[None]:
        """Have this process's AWS clients be of a role, those that are made meanwhile."""
        keys = self.assume(role, subject)
        with pytest.MonkeyPatch.context() as patch:
            # It keeps the keys that it found first.
            patch.setattr(boto3, "DEFAULT_SESSION", None)
            patch.setenv("AWS_ENDPOINT_URL", self.account.emulator.endpoint)
            patch.setenv("AWS_ACCESS_KEY_ID", keys["AccessKeyId"])
            patch.setenv("AWS_SECRET_ACCESS_KEY", keys["SecretAccessKey"])
            patch.setenv("AWS_SESSION_TOKEN", keys["SessionToken"])
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
    """Apply the bootstrap to an account that enforces IAM."""
    with emulators.running(iam=True) as emulator:
        made = account(emulator, scratch, lifecycle=False)
        zone = boto3.Session("test", "test").client(
            "route53", region_name=STATE_REGION, endpoint_url=emulator.endpoint
        )
        created = zone.create_hosted_zone(Name="example.com", CallerReference="r")
        zone_id = created["HostedZone"]["Id"].rpartition("/")[2]
        made.environment["TF_VAR_hosted_zone_ids"] = json.dumps([zone_id])
        made.bootstrap.apply()
        yield Guarded(made, made.outputs, datetime.now(UTC))


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
