"""Copies of what is packaged."""

import shutil
from pathlib import Path

from infra import ROOT

_UNPROTECTED = (
    'resource "aws_dynamodb_table_replica" "items" {\n  deletion_protection_enabled = false\n}\n'
)


def copy_checkout(target: Path) -> Path:
    """Copy what `python -m infra package` reads, and infra/ itself, into a new folder."""
    ignored = shutil.ignore_patterns("build", ".terraform", "__pycache__", "deployments")
    for name in ("chalicelib", ".chalice", "infra"):
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, target)
    return target


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
