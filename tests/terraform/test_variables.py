"""What each variable says to a value that it refuses: the value, the limit and the way out.

On variables.tf alone, which needs no provider and so takes no time.
"""

import json
import shutil
from pathlib import Path

import pytest

from tests.terraform.checkouts import ROOT, said, terraform

GOOD = {"hosted_zone_name": "example.com", "domain_name": "api.example.com"}
TOO_LONG = "a" * 41


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration that holds the variables and nothing else."""
    folder = tmp_path_factory.mktemp("variables")
    shutil.copy(ROOT / "infra" / "variables.tf", folder)
    return folder


def refusals(folder: Path, given: dict[str, str]) -> list[str]:
    """Return what Terraform says to values of variables, on top of good ones for the rest."""
    environment = {f"TF_VAR_{name}": value for name, value in (GOOD | given).items()}
    done = terraform(folder, environment, "plan", "-json", "-input=false")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    details = [e["diagnostic"]["detail"] for e in events if e.get("@level") == "error"]
    assert bool(details) == bool(done.returncode), said(done)
    return [detail.partition("\n\n")[0] for detail in details]


def test_good_values_are_taken(variables: Path) -> None:
    assert refusals(variables, {}) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "My API", 'name is "My API": use 2 to 40 lower-case letters'),
        ("name", "1st", 'name is "1st": use 2 to 40 lower-case letters, digits and hyphens'),
        ("name", TOO_LONG, f'name is "{TOO_LONG}": use 2 to 40'),
        (
            "domain_name",
            "api.example.org",
            'domain_name is "api.example.org": it must lie below hosted_zone_name, as in '
            "api.example.com.",
        ),
        (
            "domain_name",
            "example.com",
            "domain_name is \"example.com\", the zone's own name, which can't have a CNAME: use a "
            "name below it, as in api.example.com, or dns_ttl = null",
        ),
        ("domain_name", "notexample.com", 'domain_name is "notexample.com": it must lie below'),
        (
            "secondary_region",
            "us-east-1",
            'secondary_region is "us-east-1", the primary region: losing it would lose both.',
        ),
        ("secondary_region", "Oregon", 'secondary_region is "Oregon": use a region\'s code'),
        (
            "secondary_region",
            "cn-north-1",
            'secondary_region is "cn-north-1", in another partition of AWS than primary_region, '
            '"us-east-1": a table can\'t span two. Use two regions of China (cn-)',
        ),
        ("secondary_region", "us-gov-west-1", 'secondary_region is "us-gov-west-1", in another'),
        (
            "limits",
            "{requests_per_second=9,writes_per_second=9}",
            "limits.requests_per_second is 9: use 10 (health checkers take some 2) to 10000",
        ),
        ("limits", "{requests_per_second=10001}", "limits.requests_per_second is 10001: use 10"),
        ("limits", "{burst=5001}", "limits.burst is 5001: use 10 to 5000"),
        ("limits", "{writes_per_second=1001}", "limits.writes_per_second is 1001: use 1 to 1000"),
        ("limits", "{write_burst=0}", "limits.write_burst is 0: use 1 to 500, limits.burst."),
        ("limits", "{writes_per_day=0}", "limits.writes_per_day is 0: use 1 or more, or null"),
        ("waf", "{rate_limit=99}", "waf.rate_limit is 99: use 100 (a health checker makes 30"),
        (
            "waf",
            '{common="block"}',
            "waf.rate, ip_reputation, known_bad_inputs, common are BLOCK, BLOCK, BLOCK, block: "
            "use BLOCK or COUNT for each.",
        ),
        ("monitoring", '{email="ops"}', 'monitoring.email is "ops": use an address, as in ops@'),
        ("monitoring", "{log_retention_days=2}", "monitoring.log_retention_days is 2: CloudWatch"),
        ("encryption", "kms", 'encryption is "kms": use AWS_OWNED or CUSTOMER.'),
        ("health_check", "{interval=20}", "health_check.interval is 20: Route 53 takes 10 or 30."),
        ("health_check", "{threshold=0}", "health_check.threshold is 0: Route 53 takes 1 to 10."),
        ("health_check", "{threshold=11}", "health_check.threshold is 11: Route 53 takes 1 to 10."),
        ("health_check", "{threshold=2.5}", "health_check.threshold is 2.5: Route 53 takes 1 to"),
        ("dns_ttl", "0", "dns_ttl is 0: use 1 to 3600 whole seconds, or null for alias records."),
        ("dns_ttl", "3601", "dns_ttl is 3601: use 1 to 3600 whole seconds"),
        ("dns_ttl", "1.5", "dns_ttl is 1.5: use 1 to 3600 whole seconds"),
        (
            "write_authorization",
            "IAM",
            'write_authorization is "IAM": use API_KEY or NONE. (IAM would break failover:',
        ),
        ("write_authorization", "none", 'write_authorization is "none": use API_KEY or NONE.'),
    ],
)
def test_a_refusal_names_the_value_the_limit_and_the_way_out(
    name: str, value: str, said: str, variables: Path
) -> None:
    [refusal] = refusals(variables, {name: value})
    assert refusal.startswith(said)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "ab"),
        ("name", "a" * 40),
        ("domain_name", "deep.api.example.com"),
        ("secondary_region", "eu-west-1"),
        ("health_check", "{interval=30,threshold=10}"),
        ("health_check", "{threshold=1}"),
        ("dns_ttl", "1"),
        ("dns_ttl", "3600"),
        ("write_authorization", "NONE"),
        ("limits", "{writes_per_day=null}"),
        ("limits", "{requests_per_second=10,burst=10,writes_per_second=1,write_burst=1}"),
        ("waf", "{enabled=false}"),
        ("waf", '{common="COUNT",rate_limit=100}'),
        ("monitoring", '{email="ops@example.com",dashboards=false,log_retention_days=1}'),
        ("encryption", "CUSTOMER"),
        ("manage_api_gateway_log_role", "false"),
    ],
)
def test_what_aws_takes_is_taken(name: str, value: str, variables: Path) -> None:
    assert refusals(variables, {name: value}) == []
