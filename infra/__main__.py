"""`python -m infra COMMAND`: package the app, deploy it, rehearse and measure its failover."""

import signal
import sys
from types import FrameType

import click

from infra.commands import (
    apply,
    compare,
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

# What a shell reports of a program that Ctrl-C ended.
_INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96})
def cli() -> None:
    """Package, deploy and rehearse the multi-region API.

    Every command prints what it runs and returns 0 on success, 1 when what it checks is not so,
    2 when it can't be run as asked, and 130 after Ctrl-C.
    """


for module in (
    package,
    init,
    plan,
    plans,
    apply,
    destroy,
    release,
    rehearse,
    rehearse_all,
    rehearse_release,
    compare,
    rto,
    local,
    failover,
    failback,
    status,
    drill,
    cost,
):
    cli.add_command(module.command)


def main() -> int:
    """Run the command line; return its exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return cli(prog_name="python -m infra", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except InfraError as error:
        click.echo(f"error: {error}", err=True)
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted: everything that was started has been ended", err=True)
        return _INTERRUPTED


def _interrupt(_signum: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C, so that everything that was started is ended too."""
    raise KeyboardInterrupt


sys.exit(main())
