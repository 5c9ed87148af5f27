"""A checkout with the modules packaged and Terraform initialised, to be run against no AWS."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.terraform import LESS_GARBAGE_COLLECTION

# Of infra/, the modules that have tests: the root, and a region as it is packaged.
REGION = "build/primary"
TESTED = ("", REGION)


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

    @property
    def of_the_firewall(self) -> bool:
        """Whether it takes the firewall to see it."""
        return self.file == "firewall"


@dataclass(frozen=True)
class Checkout:
    """A copy of infra/, packaged and initialised.

    Attributes:
        infra: its folder.
        data: where Terraform keeps what it installed, in a folder for each module that has tests.
        environment: what Terraform needs to find its provider.
    """

    infra: Path
    data: Path
    environment: dict[str, str]

    def terraform(self, *arguments: str, module: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command of Terraform on the root module, or on one of TESTED."""
        data = {"TF_DATA_DIR": str(self.data / module)}
        return terraform(self.infra / module, self.environment | data, *arguments)

    def changed(self, changes: Iterable[Change], target: Path) -> "Checkout":
        """Copy the checkout to a new folder, with changes in."""
        shutil.copytree(self.infra, target)
        for change in changes:
            for path in _deployed_copies(target, change.path):
                text = path.read_text()
                assert text.count(change.old) == 1, f"{path} does not hold once: {change.old}"
                path.write_text(text.replace(change.old, change.new))
        return replace(self, infra=target)

    def without_the_firewall(self, target: Path) -> "Checkout":
        """Copy the checkout without what only the firewall's own runs see, and without those."""
        copy = self.changed([], target)
        _leave_out_the_firewall(target)
        return copy

    def mutated(self, mutations: Sequence[Mutation], target: Path) -> "Checkout":
        """Copy the checkout with mutations in, and with no run but those that must notice."""
        mutated = self.changed(mutations, target)
        for path in _test_files(target):
            _keep_runs(path, {m.run_name for m in mutations if m.file == _file(path)})
        if not any(mutation.of_the_firewall for mutation in mutations):
            _leave_out_the_firewall(target)
        return mutated

    def runs(self) -> set[str]:
        """Return the names of all runs of `terraform test`, as "file/run"."""
        return {
            f"{_file(path)}/{run}"
            for path in _test_files(self.infra)
            for run in re.findall(r'^run "(\w+)"', path.read_text(), re.MULTILINE)
        }

    def failures(self) -> tuple[dict[str, list[str]], str]:
        """Run all tests; return by "file/run" what each fails with, and all output."""
        done = [self.terraform("test", "-json", module=module) for module in TESTED]
        failed: dict[str, list[str]] = {}
        for run, message in (f for one in done for f in _failures(one.stdout)):
            failed.setdefault(run, []).append(message)
        return failed, "".join(map(said, done))


def _leave_out_the_firewall(infra: Path) -> None:
    """Spare each run half of its time: the provider checks a firewall even where none is made."""
    firewalls = _deployed_copies(infra, "region/waf.tf")
    for path in (*firewalls, *(p for p in _test_files(infra) if _file(p) == "firewall")):
        path.unlink()


def _test_files(infra: Path) -> list[Path]:
    return [path for m in TESTED for path in (infra / m / "tests").glob("*.tftest.hcl")]


def _file(path: Path | str) -> str:
    return Path(path).name.split(".")[0]


def _deployed_copies(infra: Path, path: str) -> list[Path]:
    """Return a file where Terraform reads it: what is in region/ is laid into both modules."""
    module, _, name = path.rpartition("/")
    if module != "region":
        return [infra / path]
    return [infra / "build" / stage / name for stage in ("primary", "secondary")]


def _keep_runs(path: Path, wanted: AbstractSet[str]) -> None:
    """Drop the runs that are not wanted, or the file.

    Each gets a file of its own, since Terraform skips what follows in a file in which a run was
    refused. They stay together where they go on from one that applies, which stays too, and where
    they are of another module, for which init has noted the file that they are in.
    """
    common, *blocks = path.read_text().split("\nrun ")
    runs = {block.split('"')[1]: block for block in blocks}
    assert set(wanted) <= set(runs), f"one of the runs {wanted} is not there"
    applied = {name for name, run in runs.items() if not re.search(r"command\s*= plan", run)}
    of_another = {name for name in wanted if re.search(r"^  module \{", runs[name], re.MULTILINE)}
    apart = set() if applied else wanted - of_another
    for number, name in enumerate(sorted(apart)):
        own = path.with_name(path.name.replace(".", f".{number}.", 1))
        own.write_text(f"{common}\nrun {runs[name]}")
    together = wanted - apart
    if together:
        kept = [run for name, run in runs.items() if name in together | applied]
        path.write_text("\nrun ".join([common, *kept]))
    else:
        path.unlink()


def _failures(output: str) -> Iterator[tuple[str, str]]:
    for line in output.splitlines():
        event: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
        if event.get("@level") == "error" and "diagnostic" in event and "@testrun" in event:
            yield f"{_file(event['@testfile'])}/{event['@testrun']}", event["diagnostic"]["detail"]
