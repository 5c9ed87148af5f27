"""`python -m infra rehearse-all`: every fault, on one deployment, in one table."""

from collections.abc import Sequence
from pathlib import Path

import click

from infra import ROOT
from infra.display import Display
from infra.exits import DONE, NOT_SO
from infra.fault import Fault
from infra.rehearsal import cut, sandbox
from infra.rehearsal.faults import FAULTS
from infra.rehearsal.foresight import foreseen
from infra.rehearsal.options import FaultType, list_faults, speed_option
from infra.rehearsal.scene import Scene
from infra.report import matrix
from infra.report.options import reports_folder, runs_kept
from infra.report.store import Store

# Half of a rehearsal's, so that two cores keep up with five times real time.
_CLIENTS = 4


@click.command("rehearse-all")
@click.option(
    "--fault",
    "faults",
    type=FaultType(),
    multiple=True,
    help="Fault, or several at once, of a row; repeatable.  [default: each fault by itself]",
)
@list_faults
@speed_option(5.0)
@reports_folder
@runs_kept
@click.pass_context
def command(
    context: click.Context, faults: Sequence[Fault[Scene]], speed: float, reports: Path, keep: int
) -> None:
    """Rehearse every fault on one deployment, and print what came of each in one table.

    As `rehearse` does it, one fault after another: each is healed, and all must be well, before
    the next. A report of each is written.

    Exit status 1: something else came of a fault than should, a write was lost, or a figure is
    outside the range that the configuration promises. 2: a rehearsal could not be run.
    """
    chosen = faults or tuple(FAULTS.values())
    store = Store(reports, max(keep, len(chosen)))
    store.require_writable()
    deployment = foreseen(ROOT)
    for fault in chosen:
        # Refuses what the same call after the deployment would refuse minutes later.
        cut.plan(deployment, fault, _CLIENTS)
    display = Display()
    rows: list[matrix.Row] = []
    try:
        with sandbox.opened(ROOT, speed, display, _CLIENTS) as opened:
            for fault in chosen:
                settled = bool(rows) and rows[-1].report.passed
                report = opened.rehearse(fault, settled=settled)
                rows.append(matrix.Row(fault.name, report))
                passed = "as it should" if report.passed else "NOT as it should"
                display.note(f"{fault.name}: {passed}; report: {store.write(report)}")
    finally:
        # What was found before an interrupt or an error is not lost with the rest.
        matrix.show(rows, display.console)
    context.exit(DONE if all(row.report.passed for row in rows) else NOT_SO)
