"""The workflows, as documents, and their steps, run on this machine."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from infra import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))

# A name in one of the contexts that a workflow fills itself:
# https://docs.github.com/en/actions/reference/workflows-and-actions/contexts
_REFERENCE = re.compile(r"\b(?:inputs|matrix|needs|steps)\.[\w-]+(?:\.outputs\.[\w-]+)?")
_VARIABLE = re.compile(r"\bvars(?:\.(\w+)|\[format\('([^']+)')")


def names() -> list[str]:
    """Return the names of the workflows' files."""
    return [path.stem for path in FILES]


def load(name: str) -> dict[str, Any]:
    """Return a workflow by its file's name."""
    document: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text())
    return document


def jobs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every job of every workflow, as "workflow/job"."""
    for path in FILES:
        for name, job in load(path.stem)["jobs"].items():
            yield f"{path.stem}/{name}", job


def actions() -> Iterator[str]:
    """Yield what every `uses:` of a step names, with its comment."""
    for path in FILES:
        for line in path.read_text().splitlines():
            _, found, rest = line.partition("- uses: ")
            if found:
                yield rest.strip()


def variables(name: str) -> set[str]:
    """Return the repository's variables that a workflow reads; {0} stands for an environment."""
    text = (FOLDER / f"{name}.yml").read_text()
    return {plain or formatted for plain, formatted in _VARIABLE.findall(text)}


def unknown(name: str, workflow: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the expressions of a workflow name and nothing provides."""
    # PyYAML reads the key `on` as true, as YAML 1.1 has it.
    triggers: Mapping[str, Any] = workflow.get(True) or {}  # type: ignore[call-overload]
    inputs = {f"inputs.{n}" for n in (triggers.get("workflow_call") or {}).get("inputs", {})}
    for job in workflow["jobs"].values():
        known = inputs | {f"matrix.{n}" for n in job.get("strategy", {}).get("matrix", {})}
        for needed in _listed(job.get("needs", [])):
            known.add(f"needs.{needed}")
            outputs = workflow["jobs"][needed].get("outputs", {})
            known |= {f"needs.{needed}.outputs.{output}" for output in outputs}
        steps = {step["id"] for step in job.get("steps", []) if "id" in step}
        for reference in _references(job):
            found = reference.partition(".outputs.")[0] if "steps." in reference else reference
            if found not in known | {f"steps.{step}" for step in steps}:
                yield found
    yield from set(_references(workflow.get("env", {}))) - inputs
    for call in (job for job in workflow["jobs"].values() if "uses" in job):
        wanted = load(Path(call["uses"]).stem)[True]["workflow_call"]["inputs"]  # type: ignore[index]
        yield from (f"{name}: with {given}" for given in set(call["with"]) ^ set(wanted))


def _references(part: object) -> Iterator[str]:
    """Yield the references of every text in a part of a workflow."""
    if isinstance(part, str):
        yield from _REFERENCE.findall(part)
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def run(job: Mapping[str, Any], root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Run a job's own steps, those of actions left out, as GitHub's runner does.

    Returns:
        The outputs that its steps set.
    """
    output = root / "github-output"
    output.write_text("")
    for step in job["steps"]:
        if "run" in step:
            run_step(step, root, dict(environment) | {"GITHUB_OUTPUT": str(output)})
    return dict(line.split("=", 1) for line in output.read_text().splitlines())


def step(job: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a step by its name."""
    [found] = [step for step in job["steps"] if step.get("name") == name]
    return dict(found)


def run_step(step: Mapping[str, Any], root: Path, environment: Mapping[str, str]) -> None:
    """Run a step's script; what only GitHub knows of its variables, the environment gives.

    What it prints is added to log.txt, as GitHub shows it to whoever reads the repository.

    Raises:
        AssertionError: it failed.
    """
    own = {name: text for name, text in step.get("env", {}).items() if "${{" not in text}
    # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
    shell = shell if step.get("shell") == "bash" else ["bash", "-e"]
    done = subprocess.run(
        [*shell, "-c", step["run"]],
        cwd=root,
        env=os.environ | environment | own,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    with (root / "log.txt").open("a") as log:
        log.write(done.stdout + done.stderr)
    assert done.returncode == 0, f"{step['run']}:\n{done.stdout}{done.stderr}"
