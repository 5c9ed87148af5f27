"""The AWS emulator as a child process that cannot outlive its parent."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra import ROOT
from infra.errors import InfraError
from infra.rehearsal.ports import free_port

HOME_PREFIX = "emulator-"
_START_SECONDS = 30.0
_WATCH_SECONDS = 0.2
# Any key works while the emulator's IAM is off; these make a mix-up with a real account impossible.
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
# A profile or session of the user's would win over, or be mixed with, the keys above.
_REAL_ACCOUNT = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")


@dataclass(frozen=True)
class Emulator:
    """A running emulator.

    Attributes:
        endpoint: its URL, which every AWS client reads from AWS_ENDPOINT_URL.
        log: the file that receives what it prints.
    """

    endpoint: str
    log: Path
    _process: subprocess.Popen[bytes]

    def environment(self) -> dict[str, str]:
        """Return this process's environment, pointed at the emulator instead of AWS."""
        environment = {k: v for k, v in os.environ.items() if k not in _REAL_ACCOUNT}
        return environment | _CREDENTIALS | {"AWS_ENDPOINT_URL": self.endpoint}

    @property
    def running(self) -> bool:
        """Whether its process is alive."""
        return self._process.poll() is None

    def check(self) -> None:
        """Raise InfraError if the emulator has died."""
        status = self._process.poll()
        if status is not None:
            raise InfraError(f"the emulator ended with status {status}: {_last_lines(self.log)}")


@contextlib.contextmanager
def running(*, iam: bool = False) -> Iterator[Emulator]:
    """Start an emulator on a free loopback port and end it, with all it started, afterwards.

    Args:
        iam: whether it enforces IAM: functions may do what their roles' policies allow, and the
            emulator's own credentials anything.

    Raises:
        InfraError: it did not answer within 30 s; the text carries its last lines.
    """
    home = Path(tempfile.mkdtemp(prefix=HOME_PREFIX))
    port = free_port("127.0.0.1")
    log = home / "emulator.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.rehearsal.emulator"],
            # The child ends when this pipe closes, so even a killed parent leaves nothing behind.
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env=_environment(home, port, iam=iam),
            # Ctrl-C reaches this process alone, which then ends the emulator in order.
            start_new_session=True,
        )
    emulator = Emulator(f"http://127.0.0.1:{port}", log, process)
    try:
        _wait_until_ready(emulator)
        yield emulator
    finally:
        _stop(process)
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def watched(emulator: Emulator) -> Iterator[None]:
    """Interrupt whatever the main thread is doing as soon as the emulator dies.

    Without it, AWS clients would go on trying to reach it for minutes.

    Raises:
        InfraError: the emulator died; the text carries its last lines.
    """
    done = threading.Event()
    died = threading.Event()

    def watch() -> None:
        while not done.wait(_WATCH_SECONDS):
            if not emulator.running:
                died.set()
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    except BaseException:
        if died.is_set():
            emulator.check()
        raise
    finally:
        done.set()
        watcher.join()


def _environment(home: Path, port: int, *, iam: bool) -> dict[str, str]:
    # The emulator's Lambda workers inherit this: no credentials of the user's may be in it.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    return inherited | {
        **_CREDENTIALS,
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AUTH": "true" if iam else "false",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(home),
        "S3_DATA_DIR": str(home / "s3"),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }


def _wait_until_ready(emulator: Emulator) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        emulator.check()
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"{emulator.endpoint}/_ministack/health", timeout=2).close()  # noqa: S310 -- our own loopback URL
            return
        time.sleep(0.05)
    raise InfraError(
        f"the emulator did not answer on {emulator.endpoint} within {_START_SECONDS:.0f} s: "
        f"{_last_lines(emulator.log)}"
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    # Nothing in it is to be kept, so it need not be asked to end, which takes it a second.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _last_lines(log: Path, count: int = 5) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return " | ".join(lines[-count:]) or "it printed nothing"
