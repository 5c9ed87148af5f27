"""Who may take on CI's roles and what for, shown by an emulator that enforces IAM."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.errors import InfraError
from infra.package import package
from infra.releases import probes
from infra.releases.alarms import Alarms
from infra.releases.functions import KINDS, Functions
from infra.releases.marks import Mark, Step
from infra.releases.samples import Samples
from tests.delivery.accounts import REPOSITORY
from tests.delivery.guarded import MAIN, PROD, PULL_REQUEST, STAGING, Guarded, lenient
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
        s3.put_object(Bucket=bucket, Key="stacks/prod.tfstate", Body=b"")


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
    bucket, name = guarded.outputs["backend"]["bucket"], "multi-region-api-prod"
    zone = json.loads(guarded.account.environment["TF_VAR_hosted_zone_ids"])[0]
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
            HostedZoneId=zone,
            ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]},
        ),
        lambda: guarded.client("cloudwatch", keys).put_metric_data(
            Namespace="MultiRegionApi", MetricData=[{"MetricName": "PrimaryWithdrawn", "Value": 1}]
        ),
        lambda: s3.put_object(Bucket=bucket, Key="stacks/prod.tfstate", Body=b""),
        lambda: s3.get_object(Bucket=bucket, Key="bootstrap.tfstate"),
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
        with pytest.raises(InfraError, match=r"AccessDenied.*lambda:UpdateAlias"):
            reader.move(reader.alias("read"), "1", {}, mark, force=True)
        with pytest.raises(InfraError, match=r"AccessDenied.*lambda:InvokeFunction"):
            probes.problem(reader, "read", "1", 1)


def test_ci_applies_plans_and_destroys_the_stack_in_its_roles(guarded: Guarded) -> None:
    package(guarded.account.root)
    place = guarded.outputs["backend"]
    backend = guarded.account.root / "infra" / "backend.hcl"
    backend.write_text(
        f'bucket = "{place["bucket"]}"\nregion = "{place["region"]}"\nkey = "stacks/prod.tfstate"\n'
    )
    with lenient(guarded):
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
