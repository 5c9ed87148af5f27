"""`python -m infra rehearse`: lose a region on this machine, and measure the recovery."""

from pathlib import Path

import click

from infra.commands.package import ROOT
from infra.display import Display
from infra.fault import Fault
from infra.rehearsal import theatre
from infra.rehearsal.options import FaultType, list_faults, reports_folder, runs_kept
from infra.rehearsal.scene import Scene
from infra.report import terminal
from infra.report.store import Store


@click.command("rehearse")
@click.option(
    "--fault",
    type=FaultType(),
    default="blackhole",
    show_default=True,
    help="What happens to the primary region; several names: all at once.",
)
@list_faults
@click.option(
    "--speed",
    type=click.FloatRange(min=0.5, max=10),
    default=1.0,
    show_default=True,
    help="Simulated seconds per real second. Figures are in simulated seconds; past about 5, the "
    "machine's own delays begin to show in them.",
)
@reports_folder
@runs_kept
@click.pass_context
def command(
    context: click.Context, fault: Fault[Scene], speed: float, reports: Path, keep: int
) -> None:
    """Deploy two regions on this machine, lose one under traffic, and measure the recovery.

    Needs no AWS account and touches none. Packages the app, applies infra/ to an emulator, sends
    reads and writes over real DNS and HTTPS, does to the primary region what --fault says, waits
    for what should come of it, heals the region, and destroys everything.

    Exit status 1: something else came of the fault, a write was lost, or a figure is outside the
    range that the configuration promises; the report says which and why. 2: the rehearsal could
    not be run.
    """
    store = Store(reports, keep)
    store.require_writable()
    display = Display()
    with theatre.opened(ROOT, speed, display) as opened:
        report = opened.rehearse(fault)
    terminal.show(report, display.console)
    display.note(f"report: {store.write(report)}")
    context.exit(0 if report.passed else 1)
