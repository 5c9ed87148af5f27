"""checkov, as `make checkov` installs it: apart from the project, whose boto3 it rules out."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra import ROOT

CONFIGURATION = ROOT / ".checkov.yaml"
# What passes as HCL and fails in a plan.
ONLY_IN_PLANS = frozenset({"CKV2_AWS_23"})
_EXECUTABLE = ROOT / ".venv-checkov" / "bin" / "checkov"


@dataclass(frozen=True)
class Verdict:
    """What checkov made of some Terraform.

    Attributes:
        status: its exit status.
        passed: how many checks passed.
        failed: each check that failed: its id, the resource, and what it asks for.
        skipped: by check and resource, the reason for which it was skipped.
        unread: files that it can't read.
    """

    status: int
    passed: int
    failed: Sequence[str]
    skipped: dict[tuple[str, str], str]
    unread: Sequence[str]

    @property
    def failed_checks(self) -> set[str]:
        return {text.partition(" ")[0] for text in self.failed}


def of_files(root: Path) -> Verdict:
    """Judge the Terraform below root/infra/, as `make checkov` does."""
    return _verdict(root, "--config-file", str(CONFIGURATION))


def of_plan(plan: Path) -> Verdict:
    """Judge what `terraform show -json PLAN` printed, with the reasons that the HCL gives.

    Run where there is no configuration for it to find: that one is for files.
    """
    options = ["--framework", "terraform_plan", "--skip-download", "--file", str(plan)]
    options += ["--repo-root-for-plan-enrichment", str(ROOT / "infra")]
    return _verdict(plan.parent, *options)


def _verdict(folder: Path, *options: str) -> Verdict:
    assert _EXECUTABLE.exists(), f"{_EXECUTABLE} is not there: `make checkov` installs it"
    done = subprocess.run(
        [str(_EXECUTABLE), *options, "--output", "json"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    results = document["results"]
    return Verdict(
        done.returncode,
        len(results["passed_checks"]),
        [f"{c['check_id']} {c['resource']}: {c['check_name']}" for c in results["failed_checks"]],
        {
            (c["check_id"], c["resource"]): c["check_result"]["suppress_comment"]
            for c in results["skipped_checks"]
        },
        results["parsing_errors"],
    )
