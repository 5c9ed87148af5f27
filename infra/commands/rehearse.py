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
from infra.rehearsal.regions import Deployment
from infra.rehearsal.scenario import CLIENTS, Outcome, rehearse
from infra.rehearsal.stage import set_stage
from infra.report import Report, machine, page, terminal

_LIMITS = [
    "How far replication lags: the emulator replicates at once, DynamoDB usually within a second.",
    "How long Route 53 takes to publish a health check's change to its name servers: AWS gives no "
    "figure, and the stand-in takes no time.",
    "Resolvers that keep an answer for longer than its TTL, and connections that outlive a change "
    "of DNS: the clients here honour TTLs and connect anew for every request.",
    "How long AWS takes to start a function: all are started before the clients begin.",
    "What AWS itself refuses: the emulator accepts more.",
]


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
@click.pass_context
def command(context: click.Context, speed: float, reports: Path) -> None:
    """Deploy two regions on this machine, lose one under traffic, and measure the recovery.

    Needs no AWS account and touches none. Packages the app, applies infra/ to an emulator, sends
    reads and writes over real DNS and HTTPS, makes the primary region vanish, waits for the
    standby to serve every client, heals the primary, and destroys everything.

    Exit status 1: a write was lost or a figure is outside the range that the configuration
    promises; the report says which and why. 2: the rehearsal could not be run.
    """
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
    display.note(f"report: {_write(report, reports, began)}")
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
        title=f"Rehearsal: the loss of {roles.primary}",
        began=began.isoformat(timespec="seconds"),
        settings=_settings(deployment, outcome.promise, speed),
        roles=roles,
        promise=outcome.promise,
        figures=figures(outcome.timeline, outcome.promise, roles, missing),
        problems=outcome.problems,
        limits=_LIMITS,
        timeline=outcome.timeline,
    )


def _settings(deployment: Deployment, promise: Promise, speed: float) -> list[str]:
    pace = "real time" if speed == 1 else f"a clock {speed:g} times as fast as real time"
    return [
        (
            f"{deployment.domain_name}: {deployment.primary.name} primary, "
            f"{deployment.standby.name} standby"
        ),
        (
            f"health checks every {promise.interval:g} s, {promise.threshold} in a row to turn; "
            f"DNS answers kept for {promise.ttl:g} s"
        ),
        f"{CLIENTS} clients, two requests a second each, writes and reads in turn; {pace}",
        f"promised: detection {promise.detection} s, outage {promise.outage} s",
    ]


def _write(report: Report, folder: Path, began: datetime) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"rehearsal-{began:%Y%m%dT%H%M%SZ}.html"
    path.write_text(page.render(report))
    path.with_suffix(".json").write_text(machine.render(report))
    return path
