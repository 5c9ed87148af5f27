"""`python -m infra COMMAND`: package the app, deploy it, rehearse and measure its failover."""

import signal
import sys
from types import FrameType

import click

from infra.commands import local, package, rehearse
from infra.errors import InfraError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96})
def cli() -> None:
    """Package, deploy and rehearse the multi-region API.

    Every command prints what it runs and returns 0 on success, 1 when what it checks is not so,
    and 2 when it can't be run as asked.
    """


cli.add_command(package.command)
cli.add_command(rehearse.command)
cli.add_command(local.command)


def main() -> None:
    """Run the command line; an InfraError becomes one line and exit status 2."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        cli(prog_name="python -m infra")
    except InfraError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)


def _interrupt(signum: int, _frame: FrameType | None) -> None:
    """End as on Ctrl-C, so that everything that was started is ended too."""
    raise SystemExit(128 + signum)


main()
