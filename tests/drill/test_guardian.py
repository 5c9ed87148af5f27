"""A drill that is killed, or hangs, is undone by its guardian."""

import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra import ROOT
from infra.drill.journal import Journal
from infra.rehearsal.emulator import Emulator
from tests.drill.world import wait_until_real
from tests.emulator.cloud import Cloud

# What infra/drill/faults.py does, without clients; then it is killed, or hangs.
DRILL = """
    import asyncio, sys
    from pathlib import Path
    from infra.drill.change import ReservedConcurrency
    from infra.drill.guardian import guarded
    from infra.drill.journal import Journal

    folder, function, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    journal, change = Journal.of(folder, "one"), ReservedConcurrency.of("us-east-1", function)
    journal.begin(change)


    async def hang():
        async with guarded(journal, seconds):
            change.make()
            print("made", flush=True)
            await asyncio.sleep(600)

    asyncio.run(hang())
"""


@dataclass
class Lost:
    """A drill in a process of its own."""

    process: "subprocess.Popen[str]"
    journal: Journal
    cloud: Cloud
    function: str

    @property
    def noted(self) -> bool:
        """Whether the change is made, and its undoing noted."""
        return self.journal.open and self.reserved == 0

    @property
    def reserved(self) -> int | None:
        found = self.cloud.functions.get_function_concurrency(FunctionName=self.function)
        return found.get("ReservedConcurrentExecutions")


def begin(emulator: Emulator, folder: Path, seconds: float) -> Lost:
    cloud = Cloud(emulator.endpoint)
    function = cloud.silent_function()
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(DRILL), str(folder), function, str(seconds)],
        cwd=ROOT,
        env=emulator.environment() | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "made\n"
    lost = Lost(process, Journal.of(folder, "one"), cloud, function)
    assert lost.noted
    return lost


@pytest.fixture
def ended() -> Iterator[list[Lost]]:
    """Drills that are ended with the test."""
    begun: list[Lost] = []
    yield begun
    for lost in begun:
        lost.process.kill()
        lost.process.communicate()


def test_a_drill_that_is_killed_is_undone(
    emulator: Emulator, tmp_path: Path, ended: list[Lost]
) -> None:
    lost = begin(emulator, tmp_path, seconds=600)
    ended.append(lost)
    lost.process.kill()
    wait_until_real(lambda: not lost.journal.open)
    assert lost.reserved is None


def test_a_drill_that_hangs_is_undone_when_its_time_is_over(
    emulator: Emulator, tmp_path: Path, ended: list[Lost]
) -> None:
    lost = begin(emulator, tmp_path, seconds=5)
    ended.append(lost)
    wait_until_real(lambda: not lost.journal.open)
    assert lost.reserved is None
    assert lost.process.poll() is None


def test_by_hand_whatever_is_noted_is_undone(
    emulator: Emulator, tmp_path: Path, ended: list[Lost]
) -> None:
    lost = begin(emulator, tmp_path, seconds=600)
    ended.append(lost)
    names = ["--stack", "one", "--domain-name", "a.test", "--primary-region", "us-east-1"]
    done = subprocess.run(
        [
            *(sys.executable, "-m", "infra", "drill", "--undo", "--journal", str(tmp_path)),
            *(*names, "--standby-region", "us-west-2"),
        ],
        cwd=ROOT,
        env=emulator.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert f"undone: lambda:DeleteFunctionConcurrency {lost.function}" in done.stdout
    assert not lost.journal.open
    assert lost.reserved is None
