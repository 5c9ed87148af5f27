"""The command line, whose commands stand together by what they are for."""

import io
import signal
import sys
from collections.abc import Sequence
from types import FrameType, MappingProxyType

import click

from infra.commands import (
    api_key,
    apply,
    compare,
    completion,
    cost,
    destroy,
    drill,
    failback,
    failover,
    init,
    local,
    package,
    plan,
    plans,
    rehearse,
    rehearse_all,
    rehearse_release,
    release,
    rto,
    status,
)
from infra.errors import InfraError
from infra.exits import INTERRUPTED, REFUSED

PROGRAM = "python -m infra"

SECTIONS = MappingProxyType(
    {
        "On this machine": (local, rehearse, rehearse_all, rehearse_release),
        "Deploy": (package, init, plan, plans, apply, release, destroy),
        "Operate": (status, failover, failback, drill, api_key),
        "Measure and choose": (compare, rto, cost),
        "Shell": (completion,),
    }
)


class _Sections(click.Group):
    """A group whose help lists its commands by section, each with its whole first sentence."""

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections."""
        for title, modules in SECTIONS.items():
            with formatter.section(title):
                commands = (module.command for module in modules)
                formatter.write_dl(
                    [(str(c.name), c.get_short_help_str(limit=200)) for c in commands]
                )


@click.group(
    cls=_Sections,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
)
def cli() -> None:
    """Package, deploy and rehearse the multi-region API.

    Every command prints what it runs and returns 0 on success, 1 when what it checks is not so,
    2 when it can't be run as asked, and 130 after Ctrl-C.
    """


for _modules in SECTIONS.values():
    for _module in _modules:
        cli.add_command(_module.command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, by default the process's; return its exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    _show_what_can_be_shown()
    try:
        return (
            cli(
                arguments,
                prog_name=PROGRAM,
                standalone_mode=False,
                complete_var=completion.VARIABLE,
            )
            or 0
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except InfraError as error:
        click.echo(f"error: {error}", err=True)
        return REFUSED
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: everything that was started has been ended", err=True)
        return INTERRUPTED


def _show_what_can_be_shown() -> None:
    """Print a question mark for what the terminal's character set lacks: no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C, so that everything that was started is ended too."""
    raise KeyboardInterrupt
