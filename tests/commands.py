"""`python -m infra` within this process: what it says and returns, in a fraction of the time."""

import signal
from collections.abc import Mapping
from dataclasses import dataclass

from click.testing import CliRunner

from infra.cli import main


@dataclass(frozen=True)
class Called:
    """What came of a call, as subprocess has it."""

    returncode: int
    stdout: str
    stderr: str


def call(*arguments: str, env: Mapping[str, str] | None = None, typed: str = "") -> Called:
    """Call a command.

    Args:
        arguments: what follows `python -m infra`.
        env: environment variables for the time of the call, beside this process's.
        typed: what is on standard input.
    """
    ending = signal.getsignal(signal.SIGTERM)
    try:
        with CliRunner(env=env).isolation(typed) as (stdout, stderr, _):
            status = main(arguments)
            return Called(status, stdout.getvalue().decode(), stderr.getvalue().decode())
    finally:
        signal.signal(signal.SIGTERM, ending)
