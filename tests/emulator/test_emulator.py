"""The emulator's process: it ends with its parent, however that ends, and its death is noticed."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from infra import ROOT
from infra.errors import InfraError
from infra.rehearsal import emulator as emulators
from infra.rehearsal.emulator import Emulator
from tests.emulator.cloud import Cloud

PARENT = """
import time
from infra.rehearsal import emulator as emulators
with emulators.running() as emulator:
    print(emulator.endpoint, emulator._process.pid, flush=True)
    time.sleep(600)
"""


def processes_of(session: int) -> list[int]:
    """Return the processes that are alive in a session; the emulator leads one of its own."""
    done = subprocess.run(
        ["ps", "-e", "-o", "pid=,sess=,stat="],  # noqa: S607 -- every Unix has ps
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    return [int(pid) for pid, of, state in rows if of == str(session) and state[0] != "Z"]


def wait_until_gone(session: int, seconds: float = 10) -> list[int]:
    """Return what is alive of a session after some time; nothing, as soon as there is nothing."""
    deadline = time.monotonic() + seconds
    while (alive := processes_of(session)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return alive


def process_of(emulator: Emulator) -> int:
    return emulator._process.pid  # noqa: SLF001 -- nobody else needs to know it


def dead(tmp_path: Path, script: str) -> Emulator:
    """Return an emulator whose process ran a script of Python, and ended."""
    log = tmp_path / "emulator.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-c", script], stdout=output)
        process.wait()
    return Emulator("http://127.0.0.1:1", log, process)


def test_a_killed_parent_leaves_no_process_and_no_file_of_the_emulators_behind(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        endpoint, pid = parent.stdout.readline().split()
        cloud = Cloud(endpoint)
        cloud.seconds(cloud.silent_function())  # its worker is a process of its own
        assert len(processes_of(int(pid))) > 1
        parent.kill()
    assert wait_until_gone(int(pid)) == []
    assert list(tmp_path.iterdir()) == []


def test_leaving_it_ends_it_and_removes_what_it_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with emulators.running() as emulator:
        assert list(tmp_path.iterdir()) == [emulator.log.parent]
        emulator.check()
    assert processes_of(process_of(emulator)) == []
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(emulator.endpoint, timeout=2)  # noqa: S310 -- our own loopback URL


def test_an_emulator_that_died_is_told_with_its_status_and_last_words(tmp_path: Path) -> None:
    died = dead(tmp_path, "print('\\n'.join(f'line {n}' for n in range(9))); raise SystemExit(3)")
    with pytest.raises(InfraError) as told:
        died.check()
    assert str(told.value) == (
        "the emulator ended with status 3: line 4 | line 5 | line 6 | line 7 | line 8"
    )


def test_an_emulator_that_died_in_silence_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(InfraError, match="ended with status 0: it printed nothing"):
        dead(tmp_path, "").check()


def test_whoever_waits_is_told_at_once_that_the_emulator_died() -> None:
    def wait_for_a_dead_one(emulator: Emulator) -> None:
        with emulators.watched(emulator):
            os.kill(process_of(emulator), signal.SIGKILL)
            time.sleep(60)

    start = time.monotonic()
    with emulators.running() as emulator:
        with pytest.raises(InfraError, match="the emulator ended with status -9"):
            wait_for_a_dead_one(emulator)
        assert not emulator.running
    assert time.monotonic() - start < 30


def test_its_environment_has_no_way_to_a_real_account(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "token")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    environment = emulator.environment()
    assert {k: v for k, v in environment.items() if k in {"AWS_PROFILE", "AWS_SESSION_TOKEN"}} == {}
    assert environment["AWS_ACCESS_KEY_ID"] == environment["AWS_SECRET_ACCESS_KEY"] == "test"
    assert environment["AWS_ENDPOINT_URL"] == emulator.endpoint
