"""An open policy in Terraform's state would be found."""

import json

import pytest

from tests.delivery.policies import MANAGED, WITHOUT_RESOURCE, Resource, openings


def resource(kind: str = "aws_iam_role_policy", **attributes: object) -> Resource:
    return Resource(kind, "any", attributes)


def policy(**parts: object) -> str:
    usual = {
        "Effect": "Allow",
        "Action": "dynamodb:GetItem",
        "Resource": "arn:aws:dynamodb:::table/a",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [usual | parts]})


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (resource(policy=policy(Resource="*")), "dynamodb:GetItem on *"),
        (resource(policy=policy(Resource=["a", "*"])), "dynamodb:GetItem on *"),
        (resource(policy=policy(Action=["xray:*"])), "xray:*"),
        (resource(policy=policy(Action="*")), "*"),
        (resource(assume_role_policy=policy(Principal={"AWS": "*"})), "anybody"),
        (resource("aws_kms_key", policy=policy(Principal="*")), "anybody"),
        (
            resource(policy_arn="arn:aws:iam::aws:policy/AmazonDynamoDBFullAccess"),
            "AmazonDynamoDBFullAccess",
        ),
        (
            resource(managed_policy_arns=["arn:aws:iam::aws:policy/AdministratorAccess"]),
            "AdministratorAccess",
        ),
    ],
)
def test_an_open_policy_would_be_found(wrong: Resource, fault: str) -> None:
    assert list(openings(wrong)) == [fault]


@pytest.mark.parametrize(
    "right",
    [
        resource(policy=policy()),
        resource(policy=policy(Action=sorted(WITHOUT_RESOURCE), Resource="*")),
        resource("aws_kms_key", policy=policy(Action="kms:*", Resource="*")),
        resource(policy_arn=f"arn:aws:iam::aws:policy/service-role/{min(MANAGED)}"),
    ],
)
def test_what_is_needed_is_left_alone(right: Resource) -> None:
    assert list(openings(right)) == []
