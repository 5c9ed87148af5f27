"""A checkout with the modules packaged and Terraform initialised, to be run against no AWS."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.terraform import LESS_GARBAGE_COLLECTION

ROOT = Path(__file__).parents[2]


def terraform(
    directory: Path, environment: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run the real Terraform, with nothing of the user's environment but the paths."""
    found = shutil.which("terraform")
    assert found is not None, "terraform is not on the PATH"
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    inherited |= LESS_GARBAGE_COLLECTION
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
class Change:
    """A change for the worse.

    Attributes:
        name: what is wrong with the configuration.
        path: the file, under infra/.
        old: the text that is there, once.
        new: what is put in its place.
    """

    name: str
    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutation(Change):
    """A change for the worse, and the one run of `terraform test` that must notice it.

    Attributes:
        run: "file/run": the run that must fail.
        says: how what it must fail with begins: the message of an assertion, for one.
        alone: whether nothing can be planned with it, so that no other run would see its own.
    """

    run: str
    says: str
    alone: bool = False

    @property
    def file(self) -> str:
        """The file of the run."""
        return self.run.partition("/")[0]

    @property
    def run_name(self) -> str:
        """The run's own name."""
        return self.run.partition("/")[2]


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

    def changed(self, changes: Iterable[Change], target: Path) -> "Checkout":
        """Copy the checkout to a new folder, with changes in."""
        shutil.copytree(self.infra, target)
        for change in changes:
            for path in _deployed_copies(target, change.path):
                text = path.read_text()
                assert text.count(change.old) == 1, f"{path} does not hold once: {change.old}"
                path.write_text(text.replace(change.old, change.new))
        return Checkout(target, self.environment)

    def mutated(self, mutations: Sequence[Mutation], target: Path) -> "Checkout":
        """Copy the checkout with mutations in, and with no run but those that must notice."""
        mutated = self.changed(mutations, target)
        for path in list((target / "tests").glob("*.tftest.hcl")):
            _keep_runs(path, {m.run_name for m in mutations if m.file == path.name.split(".")[0]})
        return mutated

    def runs(self) -> set[str]:
        """Return the names of all runs of `terraform test`, as "file/run"."""
        return {
            f"{path.name.split('.')[0]}/{run}"
            for path in (self.infra / "tests").glob("*.tftest.hcl")
            for run in re.findall(r'^run "(\w+)"', path.read_text(), re.MULTILINE)
        }

    def failures(self) -> tuple[dict[str, list[str]], str]:
        """Run all tests; return by "file/run" what each fails with, and all output."""
        done = self.terraform("test", "-json")
        failed: dict[str, list[str]] = {}
        for run, message in _failures(done.stdout):
            failed.setdefault(run, []).append(message)
        return failed, said(done)


def _deployed_copies(infra: Path, path: str) -> list[Path]:
    """Return a file where Terraform reads it: what is in region/ is laid into both modules."""
    module, _, name = path.rpartition("/")
    if module != "region":
        return [infra / path]
    return [infra / "build" / stage / name for stage in ("primary", "secondary")]


def _keep_runs(path: Path, wanted: Collection[str]) -> None:
    """Drop the runs that are not wanted, but for those that apply: others go on from them.

    Each run of the root module gets a file of its own, since Terraform skips what follows in a file
    in which a run was refused. For one of another module, init has noted the file that it is in.
    """
    common, *blocks = path.read_text().split("\nrun ")
    runs = {block.split('"')[1]: block for block in blocks}
    assert set(wanted) <= set(runs), f"one of the runs {wanted} is not there"
    apart = [name for name in wanted if not re.search(r"^  module \{", runs[name], re.MULTILINE)]
    for number, name in enumerate(apart):
        own = path.with_name(path.name.replace(".", f".{number}.", 1))
        own.write_text(f"{common}\nrun {runs[name]}")
    together = [
        block
        for name, block in runs.items()
        if name not in apart and (name in wanted or not re.search(r"command\s*= plan", block))
    ]
    path.write_text("\nrun ".join([common, *(together if wanted else [])]))


def _failures(output: str) -> Iterator[tuple[str, str]]:
    for line in output.splitlines():
        event: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
        if event.get("@level") == "error" and "diagnostic" in event and "@testrun" in event:
            file = Path(event["@testfile"]).name.split(".")[0]
            yield f"{file}/{event['@testrun']}", event["diagnostic"]["detail"]
