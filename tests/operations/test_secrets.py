"""No secret is shown but by the command that is for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.operations.secrets import HIDDEN, secrets, without
from infra.terraform import Terraform
from tests.checkouts import copy_checkout

KEY = "a-key-of-20-characters"
# What the provider does with an API key: sensitive in one resource, in the clear in another.
ROOT_MODULE = f"""
resource "terraform_data" "api_key" {{
  input = sensitive({{ value = "{KEY}", nested = ["{KEY}-nested", "short"] }})
}}

resource "terraform_data" "usage_plan_key" {{
  input = "the key is {KEY}"
}}

output "api_key" {{
  value     = terraform_data.api_key.output.value
  sensitive = true
}}
"""


@pytest.fixture
def terraform(tmp_path: Path) -> Terraform:
    (tmp_path / "main.tf").write_text(ROOT_MODULE)
    made = Terraform(tmp_path, {"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1"})
    made.init()
    return made


def test_a_secret_that_terraform_would_print_is_hidden(
    terraform: Terraform, tmp_path: Path
) -> None:
    plan = tmp_path / "plan"
    for destroy in (False, True):
        terraform.plan(plan, destroy=destroy)
        text = terraform.show_text(plan)
        assert f"the key is {KEY}" in text, "Terraform prints what it isn't told to hide"
        shown = without(secrets(terraform.show(plan)), text)
        assert KEY not in shown
        assert f"the key is {HIDDEN}" in shown
        terraform.apply_plan(plan)


def test_a_secret_is_found_at_any_depth_and_nothing_else_is_one(
    terraform: Terraform, tmp_path: Path
) -> None:
    terraform.plan(tmp_path / "plan")
    assert secrets(terraform.show(tmp_path / "plan")) == {KEY, f"{KEY}-nested"}


def test_a_secret_within_another_leaves_nothing_of_it() -> None:
    assert without({"password", "password-and-more"}, "password-and-more") == HIDDEN


def test_a_plan_without_secrets_is_shown_as_it_is() -> None:
    assert (
        secrets({"resource_changes": [{"change": {"before": None, "after": {"a": "bcdefghi"}}}]})
        == set()
    )
    assert without(set(), "any text") == "any text"


def api_key(tmp_path: Path, outputs: dict[str, object]) -> subprocess.CompletedProcess[str]:
    """Run `python -m infra api-key` with a Terraform that has these outputs."""
    root = copy_checkout(tmp_path / "project")
    program = tmp_path / "bin" / "terraform"
    program.parent.mkdir()
    told = json.dumps({name: {"value": value} for name, value in outputs.items()})
    program.write_text(
        '#!/bin/sh\nif [ "$1" = version ]; then echo "Terraform v1.11.4"; exit; fi\n'
        f"echo '{told}'\n"
    )
    program.chmod(0o755)
    return subprocess.run(
        [sys.executable, "-m", "infra", "api-key"],
        cwd=root,
        env={"PATH": str(program.parent), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_key_alone_is_printed_for_whoever_asks_for_it(tmp_path: Path) -> None:
    done = api_key(tmp_path, {"api_key": KEY, "domain_name": "api.example.com"})
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{KEY}\n", "")


def test_where_there_is_no_key_it_is_said_why(tmp_path: Path) -> None:
    done = api_key(tmp_path, {"domain_name": "api.example.com"})
    assert done.returncode == 2
    assert 'write_authorization is "NONE"' in done.stderr
    assert len(done.stderr.splitlines()) == 1
