"""The workflows are valid, ask for little, and pin what they use."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra import ROOT, backend
from tests.delivery import workflows

DIGEST = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
WRITABLE = {
    "deploy/staging": {"id-token", "pull-requests"},
    "deploy/prod": {"id-token", "pull-requests"},
    "deploy-environment/plan": {"id-token"},
    "deploy-environment/comment": {"pull-requests"},
    "deploy-environment/apply": {"id-token"},
    "drift/drift": {"id-token", "issues"},
    "drill/staging": {"id-token"},
}


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name(name)), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("path", workflows.FILES, ids=lambda path: path.stem)
def test_each_workflow_is_valid(path: Path) -> None:
    done = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(path))
    assert done.returncode == 0, done.stdout


def test_the_schema_finds_what_is_wrong(tmp_path: Path) -> None:
    text = (workflows.FOLDER / "deploy-environment.yml").read_text()
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(text.replace("timeout-minutes: 60", "timeout: 60"))
    done = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(wrong))
    assert done.returncode == 1


def test_the_update_configuration_is_valid() -> None:
    done = tool(
        "check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"
    )
    assert done.returncode == 0, done.stdout


def test_an_attacker_finds_nothing_in_the_workflows() -> None:
    done = tool("zizmor", "--offline", "--quiet", "--no-progress", ".github")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- run: make package", '- run: echo "${{ github.event.pull_request.title }}"'),
        ("persist-credentials: false", "fetch-depth: 1"),
        ("@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1", "@v7"),
    ],
    ids=["a title that is run", "credentials left behind", "an action that can change"],
)
def test_an_attackers_way_in_would_be_found(old: str, new: str, tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    text = (workflows.FOLDER / "deploy-environment.yml").read_text()
    assert old in text
    (folder / "deploy-environment.yml").write_text(text.replace(old, new))
    done = tool("zizmor", "--offline", "--quiet", "--no-progress", str(tmp_path))
    assert done.returncode != 0


def test_every_action_is_pinned_by_digest_and_says_its_version() -> None:
    used = list(workflows.actions())
    assert len(used) > 10
    assert [action for action in used if not DIGEST.match(action)] == []


def test_one_action_has_one_version_everywhere() -> None:
    pins: dict[str, set[str]] = {}
    for action in workflows.actions():
        pins.setdefault(action.partition("@")[0], set()).add(action)
    assert [sorted(found) for found in pins.values() if len(found) > 1] == []


@pytest.mark.parametrize(
    ("name", "job"), list(workflows.jobs()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_job_may_write_only_what_it_must(name: str, job: dict[str, Any]) -> None:
    default = workflows.load(name.partition("/")[0])["permissions"]
    granted = job.get("permissions", default)
    writable = {scope for scope, access in granted.items() if access == "write"}
    assert writable == WRITABLE.get(name, set())


@pytest.mark.parametrize(
    ("name", "job"), list(workflows.jobs()), ids=lambda v: v if isinstance(v, str) else ""
)
def test_no_job_runs_for_ever(name: str, job: dict[str, Any]) -> None:
    assert "uses" in job or job["timeout-minutes"] <= 60, name


def test_two_applies_of_an_environment_never_overlap() -> None:
    applying = [
        name
        for name, job in workflows.jobs()
        if any(
            command in step.get("run", "")
            for command in ("infra apply", "infra release")
            for step in job.get("steps", [])
        )
    ]
    assert applying == ["deploy-environment/apply"]
    calls = workflows.load("deploy")["jobs"]
    assert set(calls) == {"staging", "prod"}
    for environment, call in calls.items():
        assert call["uses"] == "./.github/workflows/deploy-environment.yml"
        assert call["with"] == {"environment": environment}
        # From plan to apply, in order, and nobody's place in the queue is taken.
        assert call["concurrency"] == {
            "group": f"${{{{ github.event_name == 'push' && '{environment}' || github.run_id }}}}",
            "queue": "max",
        }


def test_drift_is_not_looked_for_while_an_environment_is_deployed() -> None:
    drift = workflows.load("drift")["jobs"]["drift"]
    assert set(drift["strategy"]["matrix"]["environment"]) == set(workflows.load("deploy")["jobs"])
    assert drift["concurrency"] == {"group": "${{ matrix.environment }}", "queue": "max"}


def test_a_drill_of_staging_overlaps_no_deploy_and_counts_as_none() -> None:
    drill = workflows.load("drill")["jobs"]["staging"]
    assert drill["concurrency"] == {"group": "staging", "queue": "max"}
    assert drill["environment"] == {"name": "staging", "deployment": False}
    assert drill["if"] == "vars.STATE_REGION != ''"
    script = workflows.step(drill, "drill")["run"]
    assert script.index("::add-mask::") < script.index("infra drill --execute"), (
        "no log has the key"
    )


def test_every_environment_has_its_variables_its_workflow_and_its_settings_told() -> None:
    environments = set(backend.environments(ROOT / "infra"))
    assert environments == set(workflows.load("deploy")["jobs"])
    told = (ROOT / "docs" / "delivery.md").read_text()
    asked = {prefix for name in workflows.names() for prefix in workflows.variables(name)}
    assert len(asked) == 7
    settings = {
        prefix.replace("{0}", environment.upper())
        for prefix in asked
        for environment in environments
    }
    assert [name for name in sorted(settings) if f"`{name}`" not in told] == []


@pytest.mark.parametrize("name", workflows.names())
def test_every_expression_names_something_that_is_there(name: str) -> None:
    assert list(workflows.unknown(name, workflows.load(name))) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("steps.keep.outputs", "steps.kept.outputs", "steps.kept"),
        ("needs.plan.outputs.plan", "needs.plan.outputs.plam", "needs.plan.outputs.plam"),
        ("environment: ${{ inputs.environment }}", "environment: ${{ inputs.env }}", "inputs.env"),
    ],
)
def test_an_expression_that_names_nothing_would_be_found(old: str, new: str, told: str) -> None:
    text = (workflows.FOLDER / "deploy-environment.yml").read_text()
    assert old in text
    wrong = yaml.safe_load(text.replace(old, new))
    assert told in list(workflows.unknown("deploy-environment", wrong))


def test_the_shell_of_every_step_is_sound(tmp_path: Path) -> None:
    scripts = [ROOT / ".ci" / "run"]
    for name, job in workflows.jobs():
        for index, step in enumerate(job.get("steps", [])):
            if "run" in step:
                script = tmp_path / f"{name.replace('/', '-')}-{index}.sh"
                script.write_text(f"#!/bin/bash\n{step['run']}\n")
                scripts.append(script)
    assert len(scripts) > 10
    done = tool("shellcheck", *map(str, scripts))
    assert done.returncode == 0, done.stdout


def test_a_repository_without_an_account_has_nothing_to_deploy() -> None:
    first = workflows.load("deploy")["jobs"]["staging"], workflows.load("drift")["jobs"]["drift"]
    assert {job["if"] for job in first} == {"vars.STATE_REGION != ''"}
    assert workflows.load("deploy")["jobs"]["prod"]["needs"] == "staging"


def test_what_is_applied_was_approved_in_its_environment_and_is_on_main() -> None:
    apply = workflows.load("deploy-environment")["jobs"]["apply"]
    assert apply["environment"] == "${{ inputs.environment }}"
    assert apply["if"] == "github.event_name == 'push'"
    # PyYAML reads the key `on` as true, as YAML 1.1 has it.
    triggers: dict[str, Any] = workflows.load("deploy")[True]  # type: ignore[index]
    assert triggers["push"] == {"branches": ["main"]}


def test_a_forks_pull_request_gets_no_token_for_aws() -> None:
    asking = [
        name
        for name, job in workflows.jobs()
        if any("configure-aws-credentials" in step.get("uses", "") for step in job.get("steps", []))
    ]
    assert set(asking) == {f"deploy-environment/{job}" for job in ("plan", "apply")} | {
        *("drift/drift", "drill/staging")
    }
    plan = workflows.load("deploy-environment")["jobs"]["plan"]
    assert plan["if"] == (
        "github.event_name == 'push' || "
        "github.event.pull_request.head.repo.full_name == github.repository"
    )
    triggers: set[str] = set()
    for name in workflows.names():
        triggers |= set(workflows.load(name)[True])  # type: ignore[index]
    assert triggers == {
        *("pull_request", "push", "schedule", "workflow_call", "workflow_dispatch"),
    }, "pull_request_target and workflow_run run with main's rights"


def test_no_workflow_holds_a_key() -> None:
    text = "".join(path.read_text() for path in workflows.FILES)
    assert "secrets." not in text
    assert "access-key" not in text
    assert not re.search(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b", text)
