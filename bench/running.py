"""Processes that a measurement needs: the table, and a function in a process of its own."""

import contextlib
import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.candidates import Candidate
from infra import ROOT
from infra.errors import InfraError

_PROBE = Path(__file__).with_name("probe.py")


@contextlib.contextmanager
def table(items: int) -> Iterator[str]:
    """Serve a table of so many items, and yield its URL."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.table", str(items)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Ctrl-C reaches this process alone, which ends it without a word.
        start_new_session=True,
    ) as process:
        if process.stdout is None or process.stdin is None:
            raise AssertionError("both are pipes")
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait()


def counted(url: str) -> dict[str, int]:
    """Return what a table counted since this was last asked."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    try:
        connection.request("POST", "/", b"{}", {"X-Amz-Target": "Bench.Counted"})
        told: dict[str, int] = json.loads(connection.getresponse().read())
    finally:
        connection.close()
    return told


def environment(url: str, runtime: Path) -> dict[str, str]:
    """Return the environment of a function whose table is at a URL."""
    return {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        # As long as those that Lambda hands out.
        "AWS_SESSION_TOKEN": "t" * 800,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": url,
        "TABLE_NAME": "items",
        "PYTHONPATH": str(runtime),
        # As in Lambda, where nothing can be written beside the code.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "LC_ALL": "C.UTF-8",
    }


def arguments(candidate: Candidate, kind: str, event: str, calls: int) -> list[str]:
    """Return the arguments for Python to run one of a candidate's functions.

    Args:
        candidate: whose function it is.
        kind: list, read or write.
        event: the request.
        calls: how often it is sent, beside the first time.
    """
    module, function = candidate.writer if kind == "write" else candidate.reader
    return [str(_PROBE), str(candidate.folder), module, function, event, str(calls)]


def run(command: list[str], given: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end and return what it printed on both of its outputs.

    Raises:
        InfraError: it failed; the text has its last line.
    """
    done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["?"]
        raise InfraError(f"{' '.join(command)[:200]} failed: {lines[-1]}")
    return done


def probe(command: list[str], given: dict[str, str]) -> dict[str, Any]:
    """Run bench/probe.py and return what it measured."""
    measured: dict[str, Any] = json.loads(run(command, given).stdout.splitlines()[-1])
    return measured
