"""`python -m infra local` serves the routes, and ends without leaving anything."""

import itertools
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra import ROOT
from infra.rehearsal.ports import free_port
from tests.end_to_end.conftest import Project

pytestmark = pytest.mark.rehearsal


def test_local_serves_seeded_items_exactly_and_ends_on_ctrl_c(
    project: Project, tmp_path: Path, processes_left: Callable[[Path], list[str]]
) -> None:
    port = free_port("127.0.0.1")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    # Of the terminals that there are, one that answers no question.
    ours, theirs = pty.openpty()
    with (
        os.fdopen(ours) as shown,
        subprocess.Popen(
            [sys.executable, "-m", "infra", "local", "--port", str(port)],
            cwd=project.root,
            env=os.environ | {"TMPDIR": str(scratch), "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        ) as server,
    ):
        os.close(theirs)
        try:
            lines = [*itertools.takewhile(lambda line: not line.startswith("seeded"), shown)]
            item = _get(f"http://127.0.0.1:{port}/read?ItemId=measurement")["Item"]
            written, read = _as_the_readme_says(port)
        finally:
            server.send_signal(signal.SIGINT)
            status = server.wait(30)

    assert item["Data"] == {"celsius": 21.5, "exact": 12345678901234567890}, lines
    assert (written["ItemId"], read["Item"]["Data"]) == ("greeting", {"text": "hello"})
    assert status == 130
    assert processes_left(project.root) == []
    assert list(scratch.iterdir()) == []


def _as_the_readme_says(port: int) -> list[Any]:
    """Run the README's calls of curl; return what they print."""
    [block] = re.findall(r"(?: {4}.*curl.*\n(?: {4}.*\n)+)", (ROOT / "README.md").read_text())
    done = subprocess.run(
        ["bash", "-ec", block.replace("127.0.0.1:8000", f"127.0.0.1:{port}")],  # noqa: S607 -- wherever it is
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.replace("}{", "}\n{").splitlines()]


def _get(url: str) -> Any:  # noqa: ANN401 -- any JSON
    """Get a document, past the second in which Chalice may be reloading."""
    for _ in range(20):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 -- loopback
                return json.load(answer)
        except urllib.error.URLError:
            time.sleep(0.5)
    pytest.fail(f"{url} does not answer")


def test_a_taken_port_is_named_with_the_way_out(project: Project) -> None:
    port = free_port("127.0.0.1")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        done = subprocess.run(
            [sys.executable, "-m", "infra", "local", "--port", str(port)],
            cwd=project.root,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert done.returncode == 2
    assert done.stderr == (
        f"error: port {port} of 127.0.0.1 is taken: choose another with --port\n"
    )
