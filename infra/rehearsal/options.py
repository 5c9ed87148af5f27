"""Options that the commands which rehearse have in common."""

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from infra.commands.package import ROOT
from infra.display import Display
from infra.errors import InfraError
from infra.fault import Fault
from infra.rehearsal import faults
from infra.rehearsal.scene import Scene
from infra.report import terminal
from infra.report.store import KEPT


class FaultType(click.ParamType[Fault[Scene]]):
    """One fault, or several at once, by their names."""

    name = "NAME[,NAME...]"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fault[Scene]:
        """Return the fault; fail with the names that there are."""
        try:
            return value if isinstance(value, Fault) else faults.parse(str(value))
        except InfraError as error:
            self.fail(str(error), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete the last of several names."""
        del ctx, param
        first, comma, last = incomplete.rpartition(",")
        return [
            CompletionItem(first + comma + name, help=fault.does)
            for name, fault in faults.FAULTS.items()
            if name.startswith(last)
        ]


def _list_faults(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001 -- as click calls it
    if asked:
        terminal.list_faults(faults.FAULTS.values(), Display().console)
        context.exit(0)


list_faults = click.option(
    "--list-faults",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_faults,
    help="Say what each fault does, its cause on AWS and what should come of it; rehearse nothing.",
)

reports_folder = click.option(
    "--reports",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "reports",
    help="Folder for the reports.  [default: reports/]",
)

runs_kept = click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=KEPT,
    show_default=True,
    help="Runs to keep in that folder. Older ones that were written by this command are removed; "
    "a file that you renamed, or put there, stays.",
)
