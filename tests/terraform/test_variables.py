"""What each variable says to a value that it refuses: the value, the limit and the way out.

On variables.tf alone, which needs no provider and so takes no time.
"""

import functools
import json
import re
import shutil
from pathlib import Path

import pytest

from infra import ROOT
from tests.terraform.checkouts import said, terraform

GOOD = {"hosted_zone_name": "example.com", "domain_name": "api.example.com"}
TOO_LONG = "a" * 41
TOO_LONG_A_NAME = "a" * 53 + ".example.com"
EXAMPLE = ROOT / "infra" / "terraform.tfvars.example"
NO_POLICY = "arn:aws:iam::123456789012:role/boundary"


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration that holds the variables and nothing else."""
    folder = tmp_path_factory.mktemp("variables")
    shutil.copy(ROOT / "infra" / "variables.tf", folder)
    return folder


@functools.cache
def refusals(folder: Path, name: str, value: str) -> list[str]:
    """Return what Terraform says to a value of a variable, with good ones for the rest."""
    environment = {f"TF_VAR_{n}": v for n, v in (GOOD | {name: value}).items()}
    return [told.partition("\n\n")[0] for told in complaints(folder, environment)]


def complaints(folder: Path, environment: dict[str, str], *options: str) -> list[str]:
    """Return what a plan warns of, or fails with."""
    done = terraform(folder, environment, "plan", "-json", "-input=false", *options)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    told = [e["diagnostic"]["detail"] for e in events if e.get("@level") in {"error", "warn"}]
    assert told or not done.returncode, said(done)
    return told


def test_the_example_is_the_least_that_must_be_set(variables: Path) -> None:
    lines = EXAMPLE.read_text().splitlines()
    least = [line for line in lines if line and not line.startswith("#")]
    file = variables / "least.tfvars"
    file.write_text("\n".join(least))
    assert complaints(variables, {}, f"-var-file={file}") == []
    for line in least:
        file.write_text("\n".join(other for other in least if other != line))
        [refusal] = complaints(variables, {}, f"-var-file={file}")
        assert "is not set, and has no default value" in refusal


def test_all_that_the_example_suggests_is_taken(variables: Path) -> None:
    text = EXAMPLE.read_text()
    suggested = re.sub(r"^# (?=\w+ += )", "", text, flags=re.MULTILINE)
    assert suggested != text
    file = variables / "suggested.tfvars"
    file.write_text(suggested)
    assert complaints(variables, {}, f"-var-file={file}") == []


REFUSED = (
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
    (
        "domain_name",
        "API.example.com",
        'domain_name is "API.example.com": use lower-case letters, digits, hyphens and dots',
    ),
    ("domain_name", "*.example.com", 'domain_name is "*.example.com": use lower-case letters'),
    ("domain_name", TOO_LONG_A_NAME, f'domain_name is "{TOO_LONG_A_NAME}": use lower-case'),
    (
        "hosted_zone_name",
        "example.com.",
        'hosted_zone_name is "example.com.": use the zone\'s name in lower case and without a dot',
    ),
    ("hosted_zone_name", "Example.com", 'hosted_zone_name is "Example.com": use the zone\'s'),
    ("primary_region", "Virginia", 'primary_region is "Virginia": use a region\'s code'),
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
        "limits.requests_per_second is 9: use 10 (health checkers take 1.1) to 10000",
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
    ("waf", "{rate_limit=2000000001}", "waf.rate_limit is 2000000001: use 100"),
    (
        "permissions_boundary",
        NO_POLICY,
        f'permissions_boundary is "{NO_POLICY}": it must be the ARN of an IAM policy.',
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
    ("standby", "hot", 'standby is "hot": use cold or warm.'),
    (
        "provisioned_concurrency",
        "{read={min=1}}",
        "provisioned_concurrency is read 1 to 50, write 2 to 50: use whole numbers, min 2 or",
    ),
    (
        "provisioned_concurrency",
        "{write={min=9,max=8}}",
        "provisioned_concurrency is read 5 to 50, write 9 to 8: use whole numbers",
    ),
    (
        "reserved_concurrency",
        "{read=9}",
        "reserved_concurrency.read is 9: use 10 or more (health checkers need up to 3 of them",
    ),
    (
        "reserved_concurrency",
        "{write=0}",
        "reserved_concurrency.write is 0: use 1 or more (0 would stop writes), or null to",
    ),
    (
        "reserved_concurrency",
        "{read=500,write=401}",
        "reserved_concurrency of read and write is more than 900 together: of the account's",
    ),
    (
        "reserved_concurrency",
        "{read=10,account=10}",
        "reserved_concurrency of read and write is more than 0 together: of the account's 10",
    ),
    ("routing", "geo", 'routing is "geo": use failover, latency or weighted.'),
    (
        "weights",
        "{primary=0,secondary=0}",
        "weights are both 0, which Route 53 answers with both alike: give one of them 1 to 255.",
    ),
    (
        "weights",
        "{secondary=256}",
        "weights are primary = 100, secondary = 256: use whole numbers from 0 to 255.",
    ),
    ("weights", "{primary=0.5}", "weights are primary = 0.5, secondary = 0: use whole numbers"),
    ("weights", "{primary=-1}", "weights are primary = -1, secondary = 0: use whole numbers"),
    (
        "write_authorization",
        "IAM",
        'write_authorization is "IAM": use API_KEY or NONE. (IAM would break failover:',
    ),
    ("write_authorization", "none", 'write_authorization is "none": use API_KEY or NONE.'),
)


@pytest.mark.parametrize(("name", "value", "said"), REFUSED)
def test_a_refusal_names_the_value_the_limit_and_the_way_out(
    name: str, value: str, said: str, variables: Path
) -> None:
    [refusal] = refusals(variables, name, value)
    assert refusal.startswith(said)


def test_every_check_is_among_them(variables: Path) -> None:
    checks = re.findall(
        r'error_message = "(.*)"$', (variables / "variables.tf").read_text(), re.MULTILINE
    )
    assert len(checks) > 20
    told = [text for name, value, _ in REFUSED for text in refusals(variables, name, value)]
    assert [check for check in checks if not any(is_of(text, check) for text in told)] == []


def is_of(text: str, check: str) -> bool:
    """Tell whether a refusal is what a check's error_message says, whatever the values in it."""
    literal = re.split(r"\$\{[^}]*\}", check.replace('\\"', '"'))
    return re.fullmatch(".*".join(map(re.escape, literal)), text) is not None


@pytest.mark.parametrize(
    ("reserved", "said"),
    [
        (
            "{read=40,write=50}",
            "provisioned_concurrency has max 50 for read and 50 for write: Lambda takes no more "
            "than the function's reserved_concurrency",
        ),
        (
            "{account=199}",
            "provisioned_concurrency has a max of 100 for both: of the account's 199",
        ),
    ],
)
def test_what_is_kept_ready_fits_into_what_the_function_and_the_account_have(
    reserved: str, said: str, variables: Path
) -> None:
    given = {f"TF_VAR_{n}": v for n, v in (GOOD | {"reserved_concurrency": reserved}).items()}
    assert complaints(variables, given) == [], "nothing is kept ready"
    [refusal] = complaints(variables, given | {"TF_VAR_standby": "warm"})
    assert refusal.startswith(said)


def test_snapshots_and_what_is_kept_ready_are_not_asked_for_together(variables: Path) -> None:
    given = {f"TF_VAR_{n}": v for n, v in (GOOD | {"snap_start": "true"}).items()}
    assert complaints(variables, given) == []
    [refusal] = complaints(variables, given | {"TF_VAR_standby": "warm"})
    assert refusal.startswith(
        'snap_start is true and standby is "warm": Lambda keeps nothing ready of a version with '
        "SnapStart; use one of the two."
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "ab"),
        ("name", "a" * 40),
        ("domain_name", "deep.api.example.com"),
        ("domain_name", TOO_LONG_A_NAME[1:]),
        ("permissions_boundary", "arn:aws-us-gov:iam::123456789012:policy/delivery/boundary"),
        ("secondary_region", "eu-west-1"),
        ("health_check", "{interval=30,threshold=10}"),
        ("health_check", "{threshold=1}"),
        ("dns_ttl", "1"),
        ("dns_ttl", "3600"),
        ("standby", "warm"),
        ("provisioned_concurrency", "{read={min=2,max=2}}"),
        ("reserved_concurrency", "{read=10}"),
        ("reserved_concurrency", "{read=600,write=300}"),
        ("reserved_concurrency", "{read=600,write=301,account=1001}"),
        ("routing", "latency"),
        ("routing", "weighted"),
        ("weights", "{primary=0,secondary=255}"),
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
    assert refusals(variables, name, value) == []
