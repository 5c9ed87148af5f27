"""`python -m infra rehearse`: lose a region on this machine, and measure the recovery."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from infra.clock import Clock
from infra.commands.package import ROOT
from infra.display import Display
from infra.measure import Missing, Roles, figures
from infra.promise import Promise
from infra.rehearsal import emulator as emulators
from infra.rehearsal.deploy import deployed
from infra.rehearsal.limits import LIMITS
from infra.rehearsal.regions import Deployment
from infra.rehearsal.scenario import CLIENTS, Outcome, rehearse
from infra.rehearsal.stage import set_stage
from infra.report import Report, terminal
from infra.report.store import KEPT, Store
from infra.versions import versions


@click.command("rehearse")
@click.option(
    "--speed",
    type=click.FloatRange(min=0.5, max=10),
    default=1.0,
    show_default=True,
    help="Simulated seconds per real second. Figures are in simulated seconds; past about 5, the "
    "machine's own delays begin to show in them.",
)
@click.option(
    "--reports",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "reports",
    help="Folder for the report.  [default: reports/]",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=KEPT,
    show_default=True,
    help="Runs to keep in that folder. Older ones that were written by this command are removed; "
    "a file that you renamed, or put there, stays.",
)
@click.pass_context
def command(context: click.Context, speed: float, reports: Path, keep: int) -> None:
    """Deploy two regions on this machine, lose one under traffic, and measure the recovery.

    Needs no AWS account and touches none. Packages the app, applies infra/ to an emulator, sends
    reads and writes over real DNS and HTTPS, makes the primary region vanish, waits for the
    standby to serve every client, heals the primary, and destroys everything.

    Exit status 1: a write was lost or a figure is outside the range that the configuration
    promises; the report says which and why. 2: the rehearsal could not be run.
    """
    store = Store(reports, keep)
    store.require_writable()
    display = Display()
    began = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch,
        emulators.running() as emulator,
        emulators.watched(emulator),
        deployed(ROOT, emulator, Path(scratch), display) as deployment,
        display.step(f"rehearsal: {CLIENTS} clients, then the loss of {deployment.primary.name}"),
    ):
        outcome = asyncio.run(_play(deployment, emulator, Clock(speed), display))
    report = _report(deployment, outcome, began, speed)
    terminal.show(report, display.console)
    display.note(f"report: {store.write(report)}")
    context.exit(0 if report.passed else 1)


async def _play(
    deployment: Deployment, emulator: emulators.Emulator, clock: Clock, display: Display
) -> Outcome:
    async with set_stage(deployment, emulator.environment(), clock) as stage:
        return await rehearse(stage, deployment, clock, display.update)


def _report(deployment: Deployment, outcome: Outcome, began: datetime, speed: float) -> Report:
    roles = Roles(deployment.primary.name, deployment.standby.name)
    missing = Missing(outcome.missing_in_standby, outcome.missing_in_primary)
    return Report(
        kind="rehearsal",
        title=f"Rehearsal: the loss of {roles.primary}",
        began=began.isoformat(timespec="seconds"),
        settings=_settings(deployment, outcome.promise, speed),
        versions=versions(ROOT, "ministack"),
        roles=roles,
        promise=outcome.promise,
        figures=figures(outcome.timeline, outcome.promise, roles, missing),
        problems=outcome.problems,
        limits=LIMITS,
        timeline=outcome.timeline,
    )


def _settings(deployment: Deployment, promise: Promise, speed: float) -> dict[str, str]:
    return {
        "domain name": deployment.domain_name,
        "regions": f"{deployment.primary.name} primary, {deployment.standby.name} standby",
        "health checks": f"every {promise.interval:g} s, {promise.threshold} in a row to turn",
        "DNS answers kept": f"{promise.ttl:g} s",
        "clients": f"{CLIENTS}, two requests a second each, writes and reads in turn",
        "clock": "real time" if speed == 1 else f"{speed:g} times as fast as real time",
    }
