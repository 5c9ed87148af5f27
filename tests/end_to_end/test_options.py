"""Everything that can be chosen, on and off: two stacks of one account and its two regions.

Each settles, neither touches what is the other's, and of neither anything is left.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.operations import guard
from infra.package import package
from infra.provider_mirror import cli_configuration
from infra.rehearsal import emulator as emulators
from infra.terraform import Terraform
from tests.checkouts import copy_project, leave_the_replica_unprotected
from tests.end_to_end.inventory import REGIONS, Thing, things
from tests.terraform import checkov

pytestmark = pytest.mark.rehearsal

BOUNDARY = "arn:aws:iam::000000000000:policy/functions-boundary"
EVERYTHING_ON = {
    "name": "prod",
    "domain_name": "api.example.com",
    "dns_ttl": None,
    "routing": "latency",
    "standby": "warm",
    "reserved_concurrency": {"read": 100, "write": 50},
    "encryption": "CUSTOMER",
    "monitoring": {"email": "ops@example.com"},
    "permissions_boundary": BOUNDARY,
}
EVERYTHING_OFF = {
    "name": "staging",
    "domain_name": "api.staging.example.com",
    "snap_start": True,  # not to be had beside standby = "warm"
    "write_authorization": "NONE",
    "deletion_protection": False,
    "limits": {"writes_per_day": None},
    "waf": {"enabled": False},
    "monitoring": {"dashboards": False},
    "manage_api_gateway_log_role": False,
}

# By the check that must find it: of each resource of a type, a setting that is not there any more.
UNGUARDED = {
    "CKV_AWS_7": ("aws_kms_key", "enable_key_rotation"),
    "CKV_AWS_28": ("aws_dynamodb_table", "point_in_time_recovery"),
    "CKV_AWS_73": ("aws_api_gateway_stage", "xray_tracing_enabled"),
    "CKV_AWS_115": ("aws_lambda_function", "reserved_concurrent_executions"),
    "CKV_AWS_158": ("aws_cloudwatch_log_group", "kms_key_id"),
    "CKV_AWS_206": ("aws_api_gateway_domain_name", "security_policy"),
}


@dataclass(frozen=True)
class Stack:
    """One configuration, with a state of its own.

    Attributes:
        terraform: what drives it.
        variables: the file with its options.
        planned: where its plans are written.
        made: what its apply made.
    """

    terraform: Terraform
    variables: Path
    planned: Path
    made: set[Thing] = field(default_factory=set)

    def plan(self, *, destroy: bool = False) -> dict[str, Any]:
        """Return what an apply, or a destroy, would change now."""
        self.terraform.plan(self.planned, [self.variables], destroy=destroy)
        return self.terraform.show(self.planned)

    def apply(self) -> None:
        self.plan()
        self.terraform.apply_plan(self.planned)

    def destroy(self) -> None:
        self.plan(destroy=True)
        self.terraform.apply_plan(self.planned)


@dataclass(frozen=True)
class Account:
    """An account, and the two stacks in it.

    Attributes:
        session: credentials for it.
        endpoint: where it is.
        before: what was there before any stack.
        on: the stack with everything.
        off: the stack with nothing that can be left out.
    """

    session: boto3.Session
    endpoint: str
    before: set[Thing]
    on: Stack
    off: Stack

    def things(self) -> set[Thing]:
        return things(self.session, self.endpoint)

    def log_roles(self) -> list[str]:
        """Return the role with which API Gateway writes logs, in each region."""
        clients = [
            self.session.client("apigateway", region_name=region, endpoint_url=self.endpoint)
            for region in REGIONS
        ]
        return [client.get_account()["cloudwatchRoleArn"].rpartition("/")[2] for client in clients]

    def unprotect(self, table: str) -> None:
        """Take the protection from deletion off a table."""
        self.session.client("dynamodb", endpoint_url=self.endpoint).update_table(
            TableName=table, DeletionProtectionEnabled=False
        )


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Both stacks, applied one after the other from one checkout."""
    scratch = tmp_path_factory.mktemp("options")
    root = copy_project(scratch / "project")
    leave_the_replica_unprotected(root)
    package(root)
    with emulators.running() as emulator:
        environment = emulator.environment() | cli_configuration(scratch)
        session = boto3.Session("test", "test", region_name=REGIONS[0])
        _create_what_must_exist(session, emulator.endpoint)
        stacks = [
            _stack(root / "infra", environment, scratch / str(options["name"]), options)
            for options in (EVERYTHING_ON, EVERYTHING_OFF)
        ]
        made = Account(session, emulator.endpoint, things(session, emulator.endpoint), *stacks)
        there = made.before
        for stack in stacks:
            stack.terraform.init()
            stack.apply()
            stack.made.update(made.things() - there)
            there = there | stack.made
        yield made


def _create_what_must_exist(session: boto3.Session, endpoint: str) -> None:
    session.client("s3", endpoint_url=endpoint).create_bucket(Bucket="states")
    session.client("route53", endpoint_url=endpoint).create_hosted_zone(
        Name="example.com", CallerReference="options"
    )
    session.client("iam", endpoint_url=endpoint).create_policy(
        PolicyName=BOUNDARY.rpartition("/")[2],
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}],
            }
        ),
    )


def _stack(
    infra: Path, environment: Mapping[str, str], scratch: Path, options: Mapping[str, object]
) -> Stack:
    scratch.mkdir()
    backend = {
        "bucket": "states",
        "key": f"stacks/{options['name']}.tfstate",
        "region": REGIONS[0],
        "use_path_style": "true",
    }
    variables = scratch / "options.tfvars.json"
    variables.write_text(json.dumps({"hosted_zone_name": "example.com", **options}))
    own = {
        "TF_DATA_DIR": str(scratch / "data"),
        "TF_CLI_ARGS_init": " ".join(f"-backend-config={k}={v}" for k, v in backend.items()),
    }
    return Stack(Terraform(infra, {**environment, **own}), variables, scratch / "plan")


def judged(plan: Mapping[str, Any], folder: Path) -> checkov.Verdict:
    path = folder / "plan.json"
    path.write_text(json.dumps(plan))
    return checkov.of_plan(path)


def resources(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the resources of a module in a plan, and of all modules in it."""
    yield from module.get("resources", [])
    for child in module.get("child_modules", []):
        yield from resources(child)


def changes(plan: Mapping[str, Any]) -> list[str]:
    """Return all that a plan would change, outputs too."""
    outputs = plan.get("output_changes", {})
    return guard.changes(plan) + [
        name for name, change in outputs.items() if change["actions"] != ["no-op"]
    ]


@pytest.fixture(scope="module")
def second_plan(account: Account) -> dict[str, Any]:
    """The plan of the stack with everything, whose every value is known."""
    return account.on.plan()


def test_each_settles(account: Account, second_plan: dict[str, Any]) -> None:
    assert changes(second_plan) == []
    assert changes(account.off.plan()) == []


def test_no_check_of_checkov_fails_on_the_plan(second_plan: dict[str, Any], tmp_path: Path) -> None:
    verdict = judged(second_plan, tmp_path)
    assert list(verdict.failed) == []
    assert verdict.status == 0
    assert verdict.passed > 200
    assert {check for check, _ in verdict.skipped} >= checkov.ONLY_IN_PLANS


def test_what_is_not_guarded_would_be_found_in_the_plan(
    second_plan: dict[str, Any], tmp_path: Path
) -> None:
    worse = copy.deepcopy(second_plan)
    for resource in resources(worse["planned_values"]["root_module"]):
        for kind, setting in UNGUARDED.values():
            if resource["type"] == kind:
                del resource["values"][setting]
    verdict = judged(worse, tmp_path)
    assert verdict.failed_checks == set(UNGUARDED)
    assert verdict.status == 1


def test_what_is_left_out_is_not_there(account: Account) -> None:
    def kinds(stack: Stack) -> set[str]:
        return {thing.kind for thing in stack.made}

    assert kinds(account.on) - kinds(account.off) == {
        "apigateway key",
        "apigateway usage plan",
        "application-autoscaling policy",
        "cloudwatch dashboard",
        "sns subscription",
        "wafv2 web ACL",
    }


def test_the_accounts_role_for_api_gateways_logs_is_the_one_stacks(account: Account) -> None:
    assert account.log_roles() == [f"prod-{region}-gateway" for region in REGIONS]


def test_a_destroy_leaves_the_other_stack_whole_and_nothing_of_its_own(account: Account) -> None:
    account.off.destroy()
    assert account.things() == account.before | account.on.made
    assert account.log_roles() == [f"prod-{region}-gateway" for region in REGIONS]

    account.unprotect("prod-items")
    account.on.destroy()
    assert account.things() == account.before
