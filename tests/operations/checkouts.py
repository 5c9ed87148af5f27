"""Copies of what is packaged."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]


def copy_checkout(target: Path) -> Path:
    """Copy what `python -m infra package` reads, and infra/ itself, into a new folder."""
    ignored = shutil.ignore_patterns("build", ".terraform", "__pycache__", "deployments")
    for name in ("chalicelib", ".chalice", "infra"):
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in ("app.py", "requirements.txt"):
        shutil.copy(ROOT / name, target)
    return target
