"""Whole rehearsals, as a user runs them, in a copy of the project that a test may break."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.checkouts import copy_project, leave_out_the_firewall
from tests.conftest import Operated
from tests.emulator.cloud import reach

# Two cores keep up with this even when something else is running on them.
SPEED = 3
# A guard against a hang: the longest of these rehearsals takes under two minutes.
_LIMIT_SECONDS = 600


@dataclass(frozen=True)
class Rehearsal:
    """What one run of `python -m infra rehearse` left behind.

    Attributes:
        status: its exit status.
        output: what it printed.
        report: its report as JSON; None if it wrote none.
        page: its report as HTML; None if it wrote none.
    """

    status: int
    output: str
    report: dict[str, Any] | None
    page: str | None

    def figure(self, name: str) -> dict[str, Any]:
        assert self.report is not None, self.output
        return next(figure for figure in self.report["figures"] if figure["name"] == name)


@dataclass(frozen=True)
class Project:
    """A copy of the project.

    Attributes:
        root: its top folder.
    """

    root: Path

    def replace(self, path: str, old: str, new: str) -> None:
        """Change a file, in which the old text must stand once."""
        file = self.root / path
        text = file.read_text()
        assert text.count(old) == 1, f"{path} holds {old!r} {text.count(old)} times"
        file.write_text(text.replace(old, new))

    def rehearse(self, *arguments: str) -> Rehearsal:
        """Run a whole rehearsal."""
        done = subprocess.run(
            [sys.executable, "-m", "infra", "rehearse", "--speed", str(SPEED), *arguments],
            cwd=self.root,
            env=os.environ | {"COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=_LIMIT_SECONDS,
            check=False,
        )
        reports = sorted((self.root / "reports").glob("*.json"))
        pages = sorted((self.root / "reports").glob("*.html"))
        return Rehearsal(
            done.returncode,
            done.stdout + done.stderr,
            json.loads(reports[-1].read_text()) if reports else None,
            pages[-1].read_text() if pages else None,
        )


@pytest.fixture
def untouched(tmp_path: Path) -> Project:
    """A fresh copy of what git tracks, or would track, and nothing else."""
    return Project(copy_project(tmp_path / "project"))


@pytest.fixture
def project(untouched: Project) -> Project:
    """The same, but without the firewall, which takes half of Terraform's time."""
    leave_out_the_firewall(untouched.root)
    return untouched


@pytest.fixture
def reached(operated: Operated, monkeypatch: pytest.MonkeyPatch) -> Operated:
    """The same, reached by this process's own AWS clients as if it were AWS."""
    reach(operated.emulator, monkeypatch)
    return operated


@pytest.fixture
def processes_left() -> Callable[[Path], list[str]]:
    """Return a function that names the processes whose command or folder mentions a path."""

    def find(path: Path) -> list[str]:
        left = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                folder = str((entry / "cwd").readlink())
            except OSError:
                continue
            if entry.name != str(os.getpid()) and str(path) in f"{command} {folder}":
                left.append(f"{entry.name} {command}")
        return left

    return find
