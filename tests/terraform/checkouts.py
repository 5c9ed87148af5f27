"""A checkout with the modules packaged and Terraform initialised, to be run against no AWS."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def terraform(
    directory: Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the real Terraform, with nothing of the user's environment but the paths."""
    found = shutil.which("terraform")
    assert found is not None, "terraform is not on the PATH"
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [found, *arguments],
        cwd=directory,
        env=inherited | {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": ""} | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return all that a command printed, for the message of a failed test."""
    return f"{done.stdout}{done.stderr}"


@dataclass(frozen=True)
class Mutation:
    """A change for the worse, and the one run that must notice it.

    Attributes:
        name: what is wrong with the configuration.
        path: the file, under infra/.
        old: the text that is there, once.
        new: what is put in its place.
        run: "file/run": the run that must fail.
        says: how the message of the assertion that must fail begins.
    """

    name: str
    path: str
    old: str
    new: str
    run: str
    says: str


@dataclass(frozen=True)
class Checkout:
    """A copy of infra/, packaged and initialised.

    Attributes:
        infra: its folder.
        environment: what Terraform needs to find its modules and its provider.
    """

    infra: Path
    environment: dict[str, str]

    def terraform(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of Terraform on the root module."""
        return terraform(self.infra, self.environment, *arguments)

    def mutated(self, mutations: Iterable[Mutation], target: Path) -> "Checkout":
        """Copy the checkout with mutations in, and with no run but those that must notice."""
        shutil.copytree(self.infra, target)
        runs: dict[str, list[str]] = {}
        for mutation in mutations:
            for path in _deployed_copies(target, mutation.path):
                text = path.read_text()
                assert text.count(mutation.old) == 1, f"{path} does not hold once: {mutation.old}"
                path.write_text(text.replace(mutation.old, mutation.new))
            file, _, run = mutation.run.partition("/")
            runs.setdefault(file, []).append(run)
        for path in (target / "tests").glob("*.tftest.hcl"):
            path.write_text(_with_runs(path.read_text(), runs.get(path.name.split(".")[0], [])))
        return Checkout(target, self.environment)

    def failed_assertions(self) -> tuple[dict[str, list[str]], str]:
        """Run all tests; return by "file/run" what its failed assertions say, and all output."""
        done = self.terraform("test", "-json")
        failed: dict[str, list[str]] = {}
        for run, message in _failed_assertions(done.stdout):
            failed.setdefault(run, []).append(message)
        return failed, said(done)


def _deployed_copies(infra: Path, path: str) -> list[Path]:
    """Return a file where Terraform reads it: what is in region/ is laid into both modules."""
    module, _, name = path.rpartition("/")
    if module != "region":
        return [infra / path]
    return [infra / "build" / stage / name for stage in ("primary", "secondary")]


def _with_runs(text: str, wanted: list[str]) -> str:
    common, *runs = text.split("\nrun ")
    kept = [block for block in runs if block.split('"')[1] in wanted]
    assert len(kept) == len(wanted), f"one of the runs {wanted} is not there"
    return "\nrun ".join([common, *kept])


def _failed_assertions(output: str) -> Iterator[tuple[str, str]]:
    for line in output.splitlines():
        event: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
        diagnostic = event.get("diagnostic", {})
        if diagnostic.get("summary") == "Test assertion failed":
            file = Path(event["@testfile"]).name.split(".")[0]
            yield f"{file}/{event['@testrun']}", diagnostic["detail"]
