"""However a rehearsal ends early, it says why in one line and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Project

pytestmark = pytest.mark.rehearsal

_LIMIT_SECONDS = 120


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """The folder for temporary files of the command under test."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


class Run:
    """A rehearsal under way."""

    def __init__(self, project: Project, scratch: Path, path: str | None = None) -> None:
        environment = os.environ | {"TMPDIR": str(scratch), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra", "rehearse", "--speed", "5"],
            cwd=project.root,
            env=environment | ({} if path is None else {"PATH": path}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []

    def until(self, text: str) -> None:
        """Wait for a line that holds the text."""
        for line in self._output():
            if text in line:
                return
        pytest.fail(f"ended without saying {text!r}: {''.join(self.lines)}")

    def end(self) -> int:
        """Wait for the end; return the exit status."""
        list(self._output())
        with self.process:
            return self.process.wait()

    def _output(self) -> Iterator[str]:
        assert self.process.stdout is not None
        guard = threading.Timer(_LIMIT_SECONDS, self.process.kill)
        guard.start()
        try:
            for line in self.process.stdout:
                self.lines.append(line)
                yield line
        finally:
            guard.cancel()


@pytest.mark.parametrize("moment", ["terraform apply", "steady"])
def test_ctrl_c_ends_everything_that_was_started(
    project: Project,
    scratch: Path,
    moment: str,
    processes_left: Callable[[Path], list[str]],
) -> None:
    run = Run(project, scratch)
    run.until(moment)
    run.process.send_signal(signal.SIGINT)

    assert run.end() == 130, "".join(run.lines)
    assert run.lines[-1].startswith("interrupted: "), "".join(run.lines)
    assert processes_left(project.root) == []
    assert processes_left(scratch) == []
    assert list(scratch.iterdir()) == []
    assert list((project.root / "infra").glob("**/.terraform")) == []
    assert not (project.root / "reports").exists()


def test_an_emulator_that_dies_is_named_and_nothing_is_left_running(
    project: Project, scratch: Path, processes_left: Callable[[Path], list[str]]
) -> None:
    run = Run(project, scratch)
    run.until("terraform apply")
    (emulator,) = (line for line in processes_left(project.root) if "rehearsal.emulator" in line)
    os.kill(int(emulator.split()[0]), signal.SIGKILL)

    assert run.end() == 2, "".join(run.lines)
    assert run.lines[-1].startswith("error: the emulator ended with status -9"), run.lines[-1]
    assert processes_left(project.root) == []
    assert list(scratch.iterdir()) == []


def test_a_missing_terraform_is_named_with_the_way_out(
    project: Project, scratch: Path, tmp_path: Path
) -> None:
    run = Run(project, scratch, path=str(tmp_path))

    assert run.end() == 2
    assert run.lines == [
        "error: terraform is not on the PATH: install Terraform >= 1.11 "
        "(https://developer.hashicorp.com/terraform/install)\n"
    ]
    assert list(scratch.iterdir()) == []


def test_a_failed_apply_says_what_terraform_said(project: Project, scratch: Path) -> None:
    project.replace("infra/table.tf", '"PAY_PER_REQUEST"', '"PAY_PER_REQUST"')
    run = Run(project, scratch)

    assert run.end() == 2, "".join(run.lines)
    assert run.lines[-1].startswith("error: terraform apply failed: expected billing_mode to be")
    assert "got PAY_PER_REQUST" in run.lines[-1]
    assert list(scratch.iterdir()) == []
