"""The versions that a rehearsal releases are as good, or as bad, as they say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra import ROOT
from infra.promise import ANSWER_SECONDS
from infra.rehearsal.candidates import CANDIDATES, slow

# Asks the app for an item of each of many names, and prints the statuses and the longest wait.
ASK = """
import time
from chalice.test import Client
import app
statuses, longest = [], 0.0
with Client(app.app) as client:
    for number in range({requests}):
        began = time.monotonic()
        path = f"/read?ItemId=item-{{number}}&unknown=1"
        statuses.append(client.http.get(path).status_code)
        longest = max(longest, time.monotonic() - began)
print(statuses.count(400), statuses.count(500), longest)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the app."""
    shutil.copytree(ROOT / "chalicelib", tmp_path / "chalicelib")
    shutil.copy(ROOT / "app.py", tmp_path)
    return tmp_path


def ask(project: Path, requests: int, **variables: str) -> tuple[int, int, float]:
    """Return how many were refused by the app itself, how many failed, and the longest wait."""
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(requests=requests)],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)} | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    refused, failed, longest = done.stdout.split()
    return int(refused), int(failed), float(longest)


def test_a_candidate_takes_the_place_of_the_one_before(project: Path) -> None:
    for candidate in CANDIDATES.values():
        candidate.lay_into(project)
    CANDIDATES["good"].lay_into(project)
    assert ask(project, 20)[:2] == (20, 0)


def test_one_fails_for_an_item_in_twenty(project: Path) -> None:
    CANDIDATES["errors"].lay_into(project)
    refused, failed, _ = ask(project, 400)
    assert refused + failed == 400
    assert 8 <= failed <= 32


def test_one_is_slow_within_the_patience_of_health_checkers(project: Path) -> None:
    CANDIDATES["slow"].lay_into(project)
    assert slow.SECONDS < ANSWER_SECONDS
    assert ask(project, 1)[2] >= slow.SECONDS


def test_one_can_be_packaged_and_cant_start_in_lambda(project: Path) -> None:
    CANDIDATES["bad-import"].lay_into(project)
    assert ask(project, 1)[:2] == (1, 0)
    with pytest.raises(AssertionError, match="No module named 'left_out_of_requirements'"):
        ask(project, 1, AWS_LAMBDA_FUNCTION_NAME="any")
