"""What CI's roles may do, and what the functions' may, where IAM is enforced, on the real stack.

The functions' roles have the permissions boundary of a stack from CI, so it is shown too that it
takes nothing away that a function needs.
"""

import functools
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.errors import InfraError
from infra.functions import KINDS
from infra.releases import probes
from infra.releases.alarms import Alarms
from infra.releases.functions import Functions
from infra.releases.marks import Mark, Step
from infra.releases.samples import Samples
from tests.delivery.accounts import REPOSITORY
from tests.delivery.delivered import Delivered
from tests.delivery.functions import (
    OTHER,
    OWN,
    PEER,
    TABLE,
    Function,
    answer,
    decisions,
    log_of,
    permitted,
    permitted_calls,
)
from tests.delivery.guarded import (
    MAIN,
    PROD,
    PULL_REQUEST,
    STACK,
    STAGING,
    STATE_KEY,
    Guarded,
    lenient,
)
from tests.delivery.policies import WITHOUT_RESOURCE, openings, resources
from tests.releases.account import REGIONS
from tests.releases.account import Account as Stack

pytestmark = pytest.mark.xdist_group("guarded")  # one account for all of them

_ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
_LAMBDA = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
    }
)


def test_the_state_is_refused_to_whoever_comes_without_tls(guarded: Guarded) -> None:
    s3 = guarded.client("s3", guarded.assume("apply", PROD))
    bucket = guarded.outputs["backend"]["bucket"]
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        s3.put_object(Bucket=bucket, Key=STATE_KEY, Body=b"")


@pytest.mark.parametrize(
    ("role", "subject"),
    [("plan", PULL_REQUEST), ("plan", MAIN), ("apply", PROD), ("apply", STAGING)],
)
def test_a_role_is_for_its_own_jobs(role: str, subject: str, guarded: Guarded) -> None:
    assert guarded.assume(role, subject)["SessionToken"]


@pytest.mark.parametrize(
    ("role", "subject", "audience"),
    [
        ("apply", PULL_REQUEST, "sts.amazonaws.com"),
        ("apply", MAIN, "sts.amazonaws.com"),
        ("apply", f"{PROD}-like", "sts.amazonaws.com"),
        ("apply", f"repo:{REPOSITORY}-fork:environment:prod", "sts.amazonaws.com"),
        # The same names, after somebody else has taken them: their ids are others.
        ("apply", "repo:example-org@7/multi-region-api@8:environment:prod", "sts.amazonaws.com"),
        ("apply", PROD, "https://github.com/example-org"),
        ("plan", PROD, "sts.amazonaws.com"),
        ("plan", f"repo:{REPOSITORY}:ref:refs/heads/other", "sts.amazonaws.com"),
        ("plan", "repo:example-org@123456/other@456789:pull_request", "sts.amazonaws.com"),
    ],
)
def test_a_role_is_for_nobody_else(
    role: str, subject: str, audience: str, guarded: Guarded
) -> None:
    with pytest.raises(ClientError, match="Not authorized"):
        guarded.assume(role, subject, audience)


def test_the_apply_role_cant_touch_what_guards_it(guarded: Guarded) -> None:
    iam = guarded.client("iam", guarded.assume("apply", PROD))
    own = "delivery-multi-region-api-apply"
    boundary = guarded.outputs["functions_boundary_arn"].replace("functions", "apply")
    _all_refused(
        lambda: iam.put_role_policy(RoleName=own, PolicyName="more", PolicyDocument=_ALLOW_ALL),
        lambda: iam.delete_role_permissions_boundary(RoleName=own),
        lambda: iam.create_policy_version(
            PolicyArn=boundary, PolicyDocument=_ALLOW_ALL, SetAsDefault=True
        ),
        lambda: iam.update_assume_role_policy(RoleName=own, PolicyDocument=_ALLOW_ALL),
        lambda: iam.create_user(UserName="somebody"),
        lambda: iam.create_access_key(UserName="somebody"),
        lambda: iam.create_role(RoleName="elsewhere", AssumeRolePolicyDocument=_ALLOW_ALL),
    )


def test_the_plan_role_changes_nothing(guarded: Guarded) -> None:
    keys = guarded.assume("plan", PULL_REQUEST)
    lambdas, tables, s3 = (guarded.client(name, keys) for name in ("lambda", "dynamodb", "s3"))
    bucket, name = guarded.outputs["backend"]["bucket"], STACK
    record = {
        "Name": "api.example.com",
        "Type": "CNAME",
        "TTL": 1,
        "ResourceRecords": [{"Value": "x"}],
    }
    _all_refused(
        lambda: lambdas.publish_version(FunctionName=f"{name}-read"),
        lambda: lambdas.delete_function(FunctionName=f"{name}-read"),
        lambda: tables.delete_table(TableName=f"{name}-items"),
        lambda: tables.get_item(TableName=f"{name}-items", Key={"ItemId": {"S": "a"}}),
        lambda: guarded.client("route53", keys).change_resource_record_sets(
            HostedZoneId=guarded.zone,
            ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]},
        ),
        lambda: guarded.client("cloudwatch", keys).put_metric_data(
            Namespace="MultiRegionApi", MetricData=[{"MetricName": "PrimaryWithdrawn", "Value": 1}]
        ),
        lambda: s3.put_object(Bucket=bucket, Key=STATE_KEY, Body=b""),
        lambda: s3.get_object(Bucket=bucket, Key="bootstrap.tfstate"),
        lambda: s3.get_object(Bucket=bucket, Key="plans/any.tfplan"),
    )


def test_ci_releases_in_its_apply_role_and_in_no_other(guarded: Guarded) -> None:
    # Whose functions are given a role that Lambda looks for, where IAM is enforced.
    guarded.client("iam").create_role(RoleName="any", AssumeRolePolicyDocument=_LAMBDA)
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
            assert "AccessDenied" not in _error_of(functions, kind)
        assert alarms.on() == frozenset()
        with guarded.environment("plan", MAIN):
            reader = Functions(stack.stack, region)
        # The emulator judges no UpdateAlias: test_reference.py holds what the policies say.
        with pytest.raises(InfraError, match=r"AccessDenied.*lambda:InvokeFunction"):
            probes.problem(reader, "read", "1", 1)


def test_the_apply_role_cant_delete_a_state(guarded: Guarded, delivered: Delivered) -> None:
    del delivered  # it is what wrote the state
    s3 = guarded.client("s3", guarded.assume("apply", PROD))
    bucket = guarded.outputs["backend"]["bucket"]
    with lenient(guarded):
        assert s3.head_object(Bucket=bucket, Key=STATE_KEY)["ContentLength"] > 0
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.delete_object(Bucket=bucket, Key=STATE_KEY)


def test_no_policy_of_a_stack_is_open(guarded: Guarded, delivered: Delivered) -> None:
    del delivered  # it is what wrote the state
    bucket = guarded.outputs["backend"]["bucket"]
    state = json.load(guarded.client("s3").get_object(Bucket=bucket, Key=STATE_KEY)["Body"])
    found = resources(state)
    kinds = [resource.kind for resource in found if list(resource.statements())]
    assert kinds.count("aws_iam_role_policy") == 4
    assert kinds.count("aws_iam_role") == 6
    assert kinds.count("aws_kms_key") == kinds.count("aws_sns_topic_policy") == 2
    assert {f"{r.kind} {r.name}": open_ for r in found if (open_ := list(openings(r)))} == {}


@pytest.fixture(
    scope="module",
    params=[(region, kind) for region in REGIONS for kind in OWN],
    ids=" ".join,
)
def function(request: pytest.FixtureRequest, guarded: Guarded, delivered: Delivered) -> Function:
    del delivered  # it is what deployed the functions
    region, kind = request.param
    return Function(guarded, region, kind)


@pytest.fixture(scope="module")
def other_table(guarded: Guarded) -> Iterator[str]:
    """The table of another stack, in both regions."""
    name = "multi-region-api-prod-items"
    for region in REGIONS:
        guarded.client("dynamodb", region=region).create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "ItemId", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "ItemId", "KeyType": "HASH"}],
        )
    yield name
    for region in REGIONS:
        guarded.client("dynamodb", region=region).delete_table(TableName=name)


def test_a_function_may_do_its_own_work_on_its_table_and_nothing_else(function: Function) -> None:
    assert permitted_calls(function.client("dynamodb"), TABLE) == OWN[function.kind]


def test_a_function_may_touch_no_table_but_its_own(function: Function, other_table: str) -> None:
    assert permitted_calls(function.client("dynamodb"), other_table) == set()


def test_a_function_may_not_reach_the_table_of_the_other_region(function: Function) -> None:
    assert permitted_calls(function.client("dynamodb", PEER[function.region]), TABLE) == set()


def test_a_function_may_do_nothing_beside_its_work(function: Function) -> None:
    attempts: dict[str, Callable[[], object]] = {
        # Or a function could fail clients over: this is how the operator's switch is thrown.
        "withdraw the primary": lambda: function.client("cloudwatch").put_metric_data(
            Namespace="MultiRegionApi", MetricData=[{"MetricName": "PrimaryWithdrawn", "Value": 1}]
        ),
        "list roles": lambda: function.client("iam").list_roles(),
        "list buckets": lambda: function.client("s3").list_buckets(),
        "list tables": lambda: function.client("dynamodb").list_tables(),
        "call a function": lambda: function.client("lambda").invoke(FunctionName=function.name),
        "read the API key": lambda: function.client("apigateway").get_api_keys(includeValues=True),
        "make a log group": lambda: function.client("logs").create_log_group(logGroupName="any"),
    }
    assert {name for name, attempt in attempts.items() if permitted(attempt)} == set()


def test_a_function_may_write_its_own_log_and_traces_alone(function: Function) -> None:
    other = Function(function.guarded, function.region, OTHER[function.kind])
    there = Function(function.guarded, PEER[function.region], function.kind)
    actions = ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert decisions(function, actions, log_of(function)) == {"allowed"}
    for not_its_own in (other, there):
        assert decisions(function, actions, log_of(not_its_own)) == {"implicitDeny"}
    reading = ["logs:GetLogEvents", "logs:FilterLogEvents", "logs:DeleteLogGroup"]
    assert decisions(function, reading, log_of(function)) == {"implicitDeny"}
    assert decisions(function, sorted(WITHOUT_RESOURCE), "*") == {"allowed"}
    assert decisions(function, ["xray:GetTraceSummaries"], "*") == {"implicitDeny"}


@pytest.fixture(scope="module")
def api_key(guarded: Guarded, delivered: Delivered) -> str:
    del delivered  # it is what made the key
    keys = guarded.client("apigateway").get_api_keys(includeValues=True)["items"]
    values: list[str] = [key["value"] for key in keys if key["name"] == f"{STACK}-clients"]
    [value] = values
    return value


def test_the_routes_work_with_these_rights(function: Function, api_key: str) -> None:
    body = json.dumps({"ItemId": f"written in {function.region}", "Data": 1}).encode()
    ask = functools.partial(answer, function.guarded, function.region)
    assert ask("GET", "/read?limit=1") == function.region
    assert ask("POST", "/write", data=body, headers={"x-api-key": api_key}) == function.region


def test_a_function_runs_with_its_role_and_so_cant_do_the_others_work(function: Function) -> None:
    read = function.answers("GET", "/read")
    write = function.answers("POST", "/write", {"ItemId": "any", "Data": 1})
    assert (read, write) == ((200, 503) if function.kind == "read" else (503, 200))


def _error_of(functions: Functions, kind: str) -> str:
    """Return what comes of deleting a version that is not there."""
    try:
        functions.delete(kind, "99")
    except InfraError as error:
        return str(error)
    return ""


def _all_refused(*attempts: Callable[[], Any]) -> None:
    for attempt in attempts:
        with pytest.raises(ClientError, match=r"AccessDenied|not authorized|Forbidden"):
            attempt()
