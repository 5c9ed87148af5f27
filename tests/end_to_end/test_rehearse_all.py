"""Faults on one deployment: those of the functions, and two at once that must not fail over."""

import re
import subprocess
import sys

import pytest

from tests.end_to_end.conftest import SPEED, Project

pytestmark = pytest.mark.rehearsal

# Those that a region's front alone can't play; tests/rehearsal/test_scenario.py has the others.
ROWS = {
    "throttled": "fails over",
    "bad-release": "fails over",
    "table-denied": "fails over",
    "partial,brief": "stays",
}
# A guard against a hang: it takes some three minutes.
_LIMIT_SECONDS = 900


def test_faults_come_to_what_they_should_one_after_another(project: Project) -> None:
    chosen = [argument for name in ROWS for argument in ("--fault", name)]
    done = subprocess.run(
        [sys.executable, "-m", "infra", "rehearse-all", "--speed", str(SPEED), *chosen],
        cwd=project.root,
        capture_output=True,
        text=True,
        timeout=_LIMIT_SECONDS,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    table = done.stdout[done.stdout.index("\nfault ") :].splitlines()[2:]
    found = [re.split(r" {2,}", line.strip()) for line in table]
    assert [(row[0], row[1], row[2], row[-1]) for row in found] == [
        (name, reaction, reaction, "ok") for name, reaction in ROWS.items()
    ]
    assert [row[-2] for row in found] == ["0"] * len(ROWS), "a write is missing"
    assert all(int(row[-3]) > 100 for row in found), "too few writes were acknowledged"
    assert len(list((project.root / "reports").glob("*.html"))) == len(ROWS)
