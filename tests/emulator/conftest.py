"""The emulator as upstream publishes it, beside the repaired one of tests/conftest.py."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.rehearsal.emulator import Emulator
from infra.rehearsal.ports import free_port
from tests.emulator.cloud import Cloud

# So that a scenario that fails says on which values.
pytest.register_assert_rewrite("tests.emulator.scenarios")


@pytest.fixture(scope="session")
def repaired(emulator: Emulator) -> Cloud:
    """The emulator that rehearsals run on."""
    return Cloud(emulator.endpoint)


@pytest.fixture(scope="session")
def unrepaired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The same release of the emulator, as it is installed."""
    home = tmp_path_factory.mktemp("unrepaired")
    port = free_port("127.0.0.1")
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=home,
            env=_environment(home, port),
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, f"http://127.0.0.1:{port}", home / "log")
        yield Cloud(f"http://127.0.0.1:{port}")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _environment(home: Path, port: int) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return inherited | {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(home),
        "S3_DATA_DIR": str(home / "s3"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }


def _wait_until_ready(process: subprocess.Popen[bytes], endpoint: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=2).close()  # noqa: S310 -- our own loopback URL
            return
        time.sleep(0.05)
    raise AssertionError(f"the emulator did not start: {log.read_text()}")
