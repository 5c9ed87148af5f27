"""`python -m infra rehearse`: lose a region on this machine, and measure the recovery."""

from collections.abc import Mapping
from pathlib import Path

import click

from infra import ROOT
from infra.display import Display
from infra.exits import DONE, NOT_SO
from infra.fault import Fault
from infra.rehearsal import cut, sandbox
from infra.rehearsal.foresight import foreseen
from infra.rehearsal.options import FaultType, list_faults, routed, speed_option
from infra.rehearsal.scene import Scene
from infra.report import terminal
from infra.report.options import reports_folder, runs_kept
from infra.report.store import Store


@click.command("rehearse")
@click.option(
    "--fault",
    type=FaultType(),
    default="blackhole",
    show_default=True,
    help="What happens to the region; several names: all at once.",
)
@click.option(
    "--cut",
    "region",
    metavar="REGION",
    help="Which region it happens to: its name, or primary or standby.  [default: the primary]",
)
@routed
@list_faults
@speed_option(1.0)
@reports_folder
@runs_kept
@click.pass_context
def command(  # noqa: PLR0913 -- an argument an option
    context: click.Context,
    *,
    fault: Fault[Scene],
    region: str | None,
    variables: Mapping[str, object],
    speed: float,
    reports: Path,
    keep: int,
) -> None:
    """Deploy two regions on this machine, lose one under traffic, and measure the recovery.

    Needs no AWS account and touches none. Packages the app, applies infra/ to an emulator, sends
    reads and writes over real DNS and HTTPS from near both regions, does to one region what --fault
    says, waits for what should come of it, heals the region, and destroys everything.

    Lose the primary; one of two that serve; or move everybody away by weights, and back:

    \b
    python -m infra rehearse
    python -m infra rehearse --routing latency --cut us-west-2
    python -m infra rehearse --routing weighted --fault evacuation

    Exit status 1: something else came of the fault, a write was lost, or a figure is outside the
    range that the configuration promises; the report says which and why. 2: the rehearsal could
    not be run.
    """  # noqa: D301 -- the character keeps click from filling the lines
    store = Store(reports, keep)
    store.require_writable()
    # Refuses what the same call after the deployment would refuse minutes later.
    cut.plan(foreseen(ROOT, variables), fault, sandbox.CLIENTS, region)
    display = Display()
    with sandbox.opened(ROOT, speed, display, variables=variables) as opened:
        report = opened.rehearse(fault, region=region)
    terminal.show(report, display.console)
    display.note(f"report: {store.write(report)}")
    context.exit(DONE if report.passed else NOT_SO)
