"""Copies of the project, without what is only on this machine."""

import shutil
import subprocess
from pathlib import Path

from infra import ROOT

_UNPROTECTED = (
    'resource "aws_dynamodb_table_replica" "items" {\n  deletion_protection_enabled = false\n}\n'
)


def copy_project(target: Path, *paths: str) -> Path:
    """Copy what git tracks, or would track, into a folder; of some paths alone if any is named."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *paths],  # noqa: S607 -- git, wherever it is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source, copy = ROOT / name, target / name
        if source.is_file():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
    return target


def copy_checkout(target: Path) -> Path:
    """Copy what `python -m infra package` reads, and infra/ itself, into a folder."""
    return copy_project(target, "app.py", "requirements.txt", "chalicelib", ".chalice", "infra")


def leave_the_replica_unprotected(root: Path) -> None:
    """Spare a checkout the provider's wait: 3 minutes for a replica that is made with protection.

    The provider sleeps 90 s before it looks at such a replica at all, and again once it has
    protected it: `replicaPropagationDelay` in its internal/service/dynamodb.
    """
    (root / "infra" / "replica_override.tf").write_text(_UNPROTECTED)


def leave_out_the_firewall(root: Path) -> None:
    """Spare a checkout half of the CPU time that a plan, an apply and a destroy take.

    The provider's schema of a web ACL is that large; it checks one even where `waf` makes none, so
    the file goes. The emulator enforces none, so nothing is lost but where the firewall itself is
    what a test is about.
    """
    (root / "infra" / "region" / "waf.tf").unlink()
