"""A command line as a process: how its help is laid out, how it ends, and its exit status."""

import io
import signal
import sys
from collections.abc import Mapping, Sequence
from types import FrameType, MappingProxyType
from typing import Any

import click

from infra.errors import InfraError
from infra.exits import DONE, INTERRUPTED, REFUSED

SETTINGS: Mapping[str, Any] = MappingProxyType(
    {"help_option_names": ["-h", "--help"], "max_content_width": 96}
)


def run(
    command: click.Command,
    program: str,
    arguments: Sequence[str] | None = None,
    complete_var: str | None = None,
) -> int:
    """Run a command line; return its exit status.

    Args:
        command: what is run.
        program: how it was called.
        arguments: the process's by default.
        complete_var: the environment variable by which a shell asks for completions.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    _show_what_can_be_shown()
    try:
        return command.main(arguments, program, complete_var, standalone_mode=False) or DONE
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except InfraError as error:
        click.echo(f"error: {error}", err=True)
        return REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: every process that was started here has ended", err=True)
        return INTERRUPTED


def _show_what_can_be_shown() -> None:
    """Print a question mark for what the terminal's character set lacks: no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C, so that every process that was started is ended too."""
    raise KeyboardInterrupt
