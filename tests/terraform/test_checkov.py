"""checkov finds nothing in the Terraform as it is written, and would find what is not guarded."""

import re
from pathlib import Path

import pytest

from tests.terraform import checkov
from tests.terraform.checkouts import Change, Checkout
from tests.terraform.checkov import Verdict

# By the check that must find it.
UNGUARDED = {
    "CKV_AWS_26": Change(
        "alarms are sent in the clear",
        "notifications/main.tf",
        "kms_master_key_id = aws_kms_key.alarms.arn",
        "",
    ),
    "CKV_AWS_7": Change(
        "the key of alarms is never rotated",
        "notifications/main.tf",
        "enable_key_rotation     = true",
        "enable_key_rotation     = false",
    ),
    "CKV_AWS_28": Change(
        "the table can't be restored",
        "table.tf",
        "point_in_time_recovery {\n    enabled = true",
        "point_in_time_recovery {\n    enabled = false",
    ),
    "CKV_AWS_276": Change(
        "execution logs hold bodies",
        "region/stage.tf",
        "data_trace_enabled     = false",
        "data_trace_enabled     = true",
    ),
    "CKV_AWS_21": Change(
        "no old version of a state is kept",
        "bootstrap/bucket/main.tf",
        'versioning_configuration {\n    status = "Enabled"',
        'versioning_configuration {\n    status = "Suspended"',
    ),
}
INLINE = re.compile(r"^ *#checkov:skip=(?P<check>CKV2?_AWS_\d+):(?P<reason>\S.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def verdict(checkout: Checkout) -> Verdict:
    return checkov.of_files(checkout.infra.parent)


def test_no_check_fails(verdict: Verdict) -> None:
    assert list(verdict.failed) == []
    assert verdict.status == 0
    assert list(verdict.unread) == []


def test_all_that_is_applied_is_judged(verdict: Verdict) -> None:
    skipped = {resource for _, resource in verdict.skipped}
    for module in ("aws_", "module.primary.", "module.secondary.", "module.replica."):
        assert any(resource.startswith(module) for resource in skipped), module
    assert verdict.passed > 150


def test_every_skip_is_needed_and_says_why(verdict: Verdict, checkout: Checkout) -> None:
    written = {
        (found["check"], found["reason"])
        for path in checkout.infra.rglob("*.tf")
        for found in INLINE.finditer(path.read_text())
    }
    skipped = {(check, reason) for (check, _), reason in verdict.skipped.items()}
    assert skipped <= written
    assert {check for check, _ in written - skipped} == checkov.ONLY_IN_PLANS


def test_what_is_not_guarded_would_be_found(checkout: Checkout, tmp_path: Path) -> None:
    checkout.changed(UNGUARDED.values(), tmp_path / "infra")
    found = checkov.of_files(tmp_path)
    assert found.failed_checks == set(UNGUARDED)
    assert found.status == 1
