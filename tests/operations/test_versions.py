"""What a run was made with."""

import subprocess
from pathlib import Path

import pytest

from infra import ROOT
from infra.versions import commit, versions


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@a.test", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", "-C", str(folder), *identity, *arguments],  # noqa: S607 -- git, wherever it is
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_commit_says_whether_the_files_differ_from_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "app.py").write_text("one")
    git(tmp_path, "add", "app.py")
    git(tmp_path, "commit", "--quiet", "-m", "One")
    name = git(tmp_path, "rev-parse", "--short", "HEAD")
    assert commit(tmp_path) == name
    (tmp_path / "app.py").write_text("two")
    assert commit(tmp_path) == f"{name}-dirty"


def test_what_is_no_checkout_has_no_commit(tmp_path: Path) -> None:
    assert commit(tmp_path) == "unknown: not a git checkout"


def test_without_git_a_run_is_reported_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(ROOT) == "unknown: there is no git"


def test_all_that_a_figure_may_depend_on_is_named() -> None:
    found = versions(ROOT, "ministack")
    assert [*found] == [
        "project",
        "Terraform",
        "provider hashicorp/aws",
        "ministack",
        "Python",
        "machine",
    ]
    assert found["ministack"] == "1.5.33"
