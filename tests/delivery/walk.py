"""A page, walked: its commands run as they stand there, and none is left out."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra import ROOT

PAGE = ROOT / "docs" / "delivery.md"

# That the emulator has no host name for each bucket is nothing to a state on this machine.
_TERRAFORM = """\
if [[ "$*" == "-chdir=infra/bootstrap init"* && ! -e infra/bootstrap/backend_override.tf ]]; then
  unset TF_CLI_ARGS_init
fi
exec {terraform} "$@"
"""


def blocks(text: str) -> dict[str, list[str]]:
    """Return by heading the blocks of commands below it, in their order."""
    found: dict[str, list[str]] = {}
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        heading, _, body = section.partition("\n")
        indented = re.findall(r"(?<=\n\n)(?: {4}.*\n(?:\n(?= {4}))?)+", f"\n{body}\n")
        if indented:
            found[heading] = [re.sub(r"^ {4}", "", block, flags=re.MULTILINE) for block in indented]
    return found


@dataclass
class Walk:
    """Somebody at a clone, with the page open.

    Attributes:
        root: the clone.
        environment: what that person's shell has.
        values: by the page's example, what that person has in its place.
        left: by heading, the blocks that are yet to be run.
    """

    root: Path
    environment: Mapping[str, str]
    values: Mapping[str, str]
    left: dict[str, list[str]] = field(default_factory=lambda: blocks(PAGE.read_text()))

    def next(self, heading: str, values: Mapping[str, str] | None = None) -> str:
        """Return the next block below a heading, with values in place of its examples."""
        block = self.left[heading].pop(0)
        for example, value in {**self.values, **(values or {})}.items():
            block = block.replace(example, value)
        return block

    def run(
        self,
        heading: str,
        *,
        answer: str = "yes",
        values: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """Run the next block below a heading, and answer whatever it asks; return what it printed.

        Raises:
            AssertionError: a command of it failed.
        """
        script = self.next(heading, values)
        done = self.attempt(script, answer=answer, variables=variables)
        assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout

    def attempt(
        self, script: str, *, answer: str = "yes", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run commands of a block, and answer whatever they ask."""
        with subprocess.Popen(["yes", answer], stdout=subprocess.PIPE) as answers:  # noqa: S607 -- of coreutils
            done = subprocess.run(
                ["bash", "-e", "-c", script],  # noqa: S607 -- bash, wherever it is
                cwd=self.root,
                env=self._shell(variables or {}),
                stdin=answers.stdout,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            answers.kill()
        return done

    def unwalked(self) -> dict[str, list[str]]:
        """Return what is left of the page."""
        return {heading: left for heading, left in self.left.items() if left}

    def _shell(self, variables: Mapping[str, str]) -> dict[str, str]:
        programs = self.root.parent / "bin"
        path = f"{programs}:{self.root / '.venv' / 'bin'}:{os.environ['PATH']}"
        return {**self.environment, **variables, "PATH": path}


def programs(folder: Path, **others: str) -> None:
    """Write what stands in for a person's programs, each as a script of bash."""
    terraform = shutil.which("terraform")
    assert terraform is not None, "terraform is not on the PATH"
    folder.mkdir()
    scripts = {"terraform": _TERRAFORM.format(terraform=terraform)} | others
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/bash\n{script}")
        (folder / name).chmod(0o755)
