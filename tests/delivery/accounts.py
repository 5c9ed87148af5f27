"""An account in the emulator, and a checkout whose bootstrap was applied to it."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from infra import ROOT
from infra.provider_mirror import cli_configuration
from infra.rehearsal.emulator import Emulator
from infra.terraform import Terraform
from tests.checkouts import copy_checkout

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

REPOSITORY = "example-org@123456/multi-region-api@456789"
ZONE = "Z0123456789ABCDEFGHIJ"
STATE_REGION = "us-east-1"
REPLICA_REGION = "us-west-2"

# The provider watches a new lifecycle for 50 s. One test waits for that; the others do without.
NO_LIFECYCLE = 'resource "aws_s3_bucket_lifecycle_configuration" "this" {\n  count = 0\n}\n'


@dataclass(frozen=True)
class Account:
    """An account, and the checkout from which it is run.

    Attributes:
        emulator: where the account is.
        root: the checkout.
        environment: what Terraform and our commands see.
    """

    emulator: Emulator
    root: Path
    environment: dict[str, str]

    @property
    def bootstrap(self) -> Terraform:
        return Terraform(self.root / "infra" / "bootstrap", self.environment)

    @property
    def outputs(self) -> dict[str, Any]:
        return self.bootstrap.outputs()

    def s3(self, region: str = STATE_REGION) -> "S3Client":
        return boto3.Session("test", "test").client(
            "s3", region_name=region, endpoint_url=self.emulator.endpoint
        )

    def infra(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m infra` as a person or CI would."""
        return subprocess.run(
            [sys.executable, "-m", "infra", *arguments],
            cwd=self.root,
            env=self.environment | {"COLUMNS": "200"} | path_style() | variables,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


def path_style() -> dict[str, str]:
    """Return what an S3 backend needs where a bucket can't be a host name."""
    return {"TF_CLI_ARGS_init": "-backend-config=use_path_style=true"}


def account(emulator: Emulator, scratch: Path, *, lifecycle: bool) -> Account:
    """Copy the project, and initialise its bootstrap for an empty account."""
    root = scratch / "project"
    root.mkdir()
    copy_checkout(root)
    if not lifecycle:
        (root / "infra/bootstrap/bucket/lifecycle_override.tf").write_text(NO_LIFECYCLE)
    environment = emulator.environment() | cli_configuration(scratch) | _variables()
    made = Account(emulator, root, environment)
    made.bootstrap.init()
    return made


def small_stack(folder: Path, backend: Path, environment: dict[str, str], wait: str) -> Terraform:
    """Return a stack with the real backend block that is applied as soon as `wait` ends."""
    folder.mkdir()
    real = (ROOT / "infra" / "terraform.tf").read_text()
    needs_no_provider = re.sub(r"\n  required_providers \{.*?\n  \}\n", "", real, flags=re.DOTALL)
    assert 'backend "s3"' in needs_no_provider
    (folder / "terraform.tf").write_text(needs_no_provider)
    (folder / "main.tf").write_text(
        'resource "terraform_data" "one" {\n'
        f'  provisioner "local-exec" {{\n    command = {json.dumps(wait)}\n  }}\n}}\n'
    )
    stack = Terraform(folder, environment | path_style())
    stack.init(backend)
    return stack


def _variables() -> dict[str, str]:
    return {
        "CHECKPOINT_DISABLE": "1",
        "TF_VAR_github_repository": REPOSITORY,
        "TF_VAR_hosted_zone_ids": json.dumps([ZONE]),
        "TF_VAR_lock_table": "true",
        "TF_VAR_force_destroy": "true",
    }
