"""What a run was made with, so that two reports that differ can be told apart."""

import os
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from infra.terraform import Terraform

_GIT_SECONDS = 5.0


def versions(root: Path, *packages: str) -> dict[str, str]:
    """Return, by name, the versions of the project, Terraform, its provider, Python, the machine.

    Args:
        root: the project's top folder.
        packages: installed Python packages that count too.
    """
    return {
        "project": commit(root),
        **Terraform(root / "infra", os.environ).versions(),
        **{name: metadata.version(name) for name in packages},
        "Python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
    }


def commit(root: Path) -> str:
    """Return the commit of the project's files, "-dirty" after it where they differ from it."""
    git = shutil.which("git")
    if git is None:
        return "unknown: there is no git"
    try:
        done = subprocess.run(
            [git, "-C", str(root), "describe", "--always", "--dirty", "--exclude=*"],
            capture_output=True,
            text=True,
            timeout=_GIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "unknown: git did not answer"
    return done.stdout.strip() or "unknown: not a git checkout"
