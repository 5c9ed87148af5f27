"""The steps that speak to GitHub, run for real with a `gh` that answers as told."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.delivery import workflows

COMMENT = workflows.step(
    workflows.load("deploy-environment")["jobs"]["comment"], "comment with the plan"
)
DRIFT = workflows.load("drift")["jobs"]["drift"]
PLAN = workflows.load("deploy-environment")["jobs"]["plan"]


@dataclass(frozen=True)
class Runner:
    """A folder in which steps run, with our own `gh` and `.venv/bin/python`."""

    root: Path

    def program(self, name: str, script: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/bash\n{script}\n")
        path.chmod(0o755)

    def gh(self, answer: str = "") -> None:
        """Have `gh` keep what it is called with, and answer a question with a text."""
        calls = self.root / "calls"
        keep = f"printf '%s\\0' \"$@\" >> {calls}; echo >> {calls}"
        self.program("bin/gh", f"{keep}\ncase \"$*\" in *--jq*) echo '{answer}' ;; esac")

    def calls(self) -> list[list[str]]:
        text = (self.root / "calls").read_text()
        return [line.rstrip("\0").split("\0") for line in text.split("\0\n") if line]

    def run(self, step: dict[str, object]) -> None:
        given = {
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            "ENVIRONMENT": "staging",
            "GH_REPO": "o/r",
            "NUMBER": "7",
            "RUN": "https://run",
        }
        workflows.run_step(step, self.root, given)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    made = Runner(tmp_path)
    (tmp_path / "plan.txt").write_text("update   aws_route53_record.failover\n")
    made.gh()
    return made


def test_a_plan_becomes_a_comment(runner: Runner) -> None:
    runner.run(COMMENT)
    assert runner.calls()[-1] == ["pr", "comment", "7", "--body-file", "comment.md"]
    text = (runner.root / "comment.md").read_text()
    assert text.startswith("### What this changes in staging\n```\nupdate   aws_route53_record")


def test_a_pull_request_that_is_planned_again_keeps_its_comment(runner: Runner) -> None:
    runner.gh("4711")
    runner.run(COMMENT)
    assert [call for call in runner.calls() if call[0] == "pr"] == []
    assert "repos/o/r/issues/comments/4711" in runner.calls()[-1]


def test_a_comment_is_no_longer_than_github_takes(runner: Runner) -> None:
    (runner.root / "plan.txt").write_text("x" * 100_000)
    runner.run(COMMENT)
    assert len((runner.root / "comment.md").read_text()) < 65_536


def test_a_plan_that_would_lose_data_ends_the_job_and_is_shown_all_the_same(runner: Runner) -> None:
    runner.program(".venv/bin/python", "echo WOULD BE REFUSED aws_dynamodb_table.items; exit 1")
    with pytest.raises(AssertionError, match="WOULD BE REFUSED"):
        runner.run(workflows.step(PLAN, "plan"))
    assert "WOULD BE REFUSED" in (runner.root / "plan.txt").read_text()
    upload = next(s for s in PLAN["steps"] if "upload-artifact" in s.get("uses", ""))
    assert upload["if"] == "${{ !cancelled() }}"


@pytest.mark.parametrize("status", [0, 1], ids=["a change", "a loss"])
def test_what_differs_becomes_an_issue_and_a_red_run(status: int, runner: Runner) -> None:
    runner.program(".venv/bin/python", f"echo '  update   aws_lambda_alias.read'; exit {status}")
    runner.run(workflows.step(DRIFT, "plan"))
    with pytest.raises(AssertionError):
        runner.run(workflows.step(DRIFT, "open an issue if anything differs"))
    assert runner.calls()[-1] == [
        *("issue", "create", "--title", "Drift in staging", "--body-file", "issue.md")
    ]
    text = (runner.root / "issue.md").read_text()
    assert text.startswith("https://run\n")
    assert "update   aws_lambda_alias.read" in text


def test_what_differs_still_is_told_in_the_issue_that_is_there(runner: Runner) -> None:
    runner.gh("12")
    (runner.root / "plan.txt").write_text("  update   aws_lambda_alias.read\n")
    with pytest.raises(AssertionError):
        runner.run(workflows.step(DRIFT, "open an issue if anything differs"))
    assert runner.calls()[-1] == ["issue", "comment", "12", "--body-file", "issue.md"]


def test_where_nothing_differs_no_issue_is_opened(runner: Runner) -> None:
    runner.program(".venv/bin/python", "echo nothing to change")
    runner.run(workflows.step(DRIFT, "plan"))
    runner.run(workflows.step(DRIFT, "open an issue if anything differs"))
    assert not (runner.root / "calls").exists()


def test_a_plan_that_fails_is_no_drift(runner: Runner) -> None:
    runner.program(".venv/bin/python", "exit 2")
    with pytest.raises(AssertionError):
        runner.run(workflows.step(DRIFT, "plan"))
