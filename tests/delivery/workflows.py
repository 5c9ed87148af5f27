"""The workflows, as documents, and their steps, run on this machine."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))


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


def run(job: Mapping[str, Any], root: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Run a job's own steps, those of actions left out, as GitHub's runner does.

    Returns:
        The outputs that its steps set.
    """
    output = root / "github-output"
    output.write_text("")
    for step in job["steps"]:
        if "run" in step:
            own = {name: text for name, text in step.get("env", {}).items() if "${{" not in text}
            _step(step, root, dict(environment) | own | {"GITHUB_OUTPUT": str(output)})
    return dict(line.split("=", 1) for line in output.read_text().splitlines())


def _step(step: Mapping[str, Any], root: Path, environment: dict[str, str]) -> None:
    # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
    shell = shell if step.get("shell") == "bash" else ["bash", "-e"]
    done = subprocess.run(
        [*shell, "-c", step["run"]],
        cwd=root,
        env=dict(os.environ) | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{step['run']}:\n{done.stdout}{done.stderr}"
