"""GitHub's runners, which take on CI's roles, and run the workflows' own steps."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.delivery import workflows
from tests.delivery.accounts import path_style
from tests.delivery.clones import clone, describe
from tests.delivery.guarded import ENVIRONMENT, Guarded, lenient


@dataclass(frozen=True)
class Runners:
    """Runners that work in one account.

    Attributes:
        guarded: the account.
        folder: where they are.
    """

    guarded: Guarded
    folder: Path

    def fresh(self, name: str) -> Path:
        """Return a runner that has checked out a commit with the environment described."""
        root = clone(self.folder / name)
        describe(root, ENVIRONMENT, self.guarded.outputs["functions_boundary_arn"])
        return root

    def run(
        self,
        job: str,
        root: Path,
        role: str,
        subject: str,
        state: str = "backend",
        **variables: str,
    ) -> dict[str, str]:
        """Run the steps of a job that are ours, in a role.

        Args:
            job: "workflow/job".
            root: the runner.
            role: which of CI's roles the job takes on.
            subject: whom GitHub's token says it is.
            state: the output of the bootstrap that tells where the states are.
            variables: what else GitHub gives the job.

        Returns:
            The job's outputs.

        Raises:
            AssertionError: a step failed.
        """
        name, _, key = job.partition("/")
        workflow = workflows.load(name)
        found = workflow["jobs"][key]
        constant = {
            name: value
            for name, value in (workflow.get("env", {}) | found.get("env", {})).items()
            if "${{" not in value
        }
        given = {**self.environment(role, subject, state), **constant, **variables}
        with lenient(self.guarded):
            return workflows.run(found, root, given)

    def infra(
        self, root: Path, role: str, subject: str, *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m infra` in a role."""
        with lenient(self.guarded):
            return subprocess.run(
                [sys.executable, "-m", "infra", *arguments],
                cwd=root,
                env=self.environment(role, subject),
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )

    def environment(self, role: str, subject: str, state: str = "backend") -> Mapping[str, str]:
        """Return the variables of a job that has taken on a role."""
        place = self.guarded.outputs[state]
        return {
            **self.guarded.account.environment,
            **path_style(),
            **self.guarded.credentials(role, subject),
            "ENVIRONMENT": ENVIRONMENT,
            "STATE_BUCKET": place["bucket"],
            "STATE_REGION": place["region"],
            "STATE_LOCK_TABLE": place.get("dynamodb_table", ""),
        }
