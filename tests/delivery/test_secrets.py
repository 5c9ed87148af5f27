"""No secret is in the repository, nor would one come into it unnoticed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra import ROOT

# Digests and examples look random, and a variable may be called a key.
_GUESSES = (
    "Base64HighEntropyString",
    "HexHighEntropyString",
    "IPPublicDetector",
    "KeywordDetector",
)
# As AWS and GitHub make them up; put together here, lest they be found.
_SECRETS = {
    "an AWS key": "AKIA" + "Z7QX4WJ2N5RLKT3B",
    "a GitHub token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "a private key": "-----BEGIN " + "RSA PRIVATE KEY-----",
}


def found(folder: Path, *arguments: str) -> set[str]:
    """Return the files of a folder that hold a secret."""
    guesses = [option for name in _GUESSES for option in ("--disable-plugin", name)]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("detect-secrets")), "scan", *guesses, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return set(json.loads(done.stdout)["results"])


def test_no_file_of_the_repository_holds_a_secret() -> None:
    assert found(ROOT) == set()


def test_a_secret_would_be_found(tmp_path: Path) -> None:
    for index, text in enumerate(_SECRETS.values()):
        (tmp_path / f"{index}.txt").write_text(f"value: {text}\n")
    assert found(tmp_path, "--all-files") == {f"{index}.txt" for index in range(len(_SECRETS))}


@pytest.mark.parametrize(
    "path",
    [
        "infra/terraform.tfvars",
        "infra/bootstrap/terraform.tfvars",
        "infra/bootstrap/terraform.tfstate",
        "infra/bootstrap/terraform.tfstate.backup",
        "infra/bootstrap/backend_override.tf",
        "infra/backend.hcl",
        "change.tfplan",
        "plan.txt",
    ],
)
def test_what_may_hold_a_secret_is_not_committed(path: str) -> None:
    done = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=False)  # noqa: S607 -- git, wherever it is
    assert done.returncode == 0
