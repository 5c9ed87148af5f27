"""`python -m infra rehearse`: lose a region on this machine, and measure the recovery."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from infra.clock import Clock
from infra.commands.package import ROOT
from infra.display import Display
from infra.errors import InfraError
from infra.fault import Fault
from infra.measure import Missing, Roles, figures, reaction
from infra.outcome import Outcome
from infra.promise import Promise
from infra.rehearsal import emulator as emulators
from infra.rehearsal import faults
from infra.rehearsal.deploy import deployed
from infra.rehearsal.limits import LIMITS
from infra.rehearsal.regions import Deployment
from infra.rehearsal.scenario import CLIENTS, rehearse
from infra.rehearsal.scene import Scene
from infra.rehearsal.stage import set_stage
from infra.report import Report, terminal
from infra.report.store import KEPT, Store
from infra.versions import versions


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


def _list_faults(context: click.Context, _parameter: click.Parameter, asked: bool) -> None:  # noqa: FBT001 -- as click calls it
    if asked:
        terminal.list_faults(faults.FAULTS.values(), Display().console)
        context.exit(0)


@click.command("rehearse")
@click.option(
    "--fault",
    type=FaultType(),
    default="blackhole",
    show_default=True,
    help="What happens to the primary region; several names: all at once.",
)
@click.option(
    "--list-faults",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_faults,
    help="Say what each fault does, its cause on AWS and what should come of it; rehearse nothing.",
)
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
    began = datetime.now(UTC)
    with (
        tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch,
        emulators.running() as emulator,
        emulators.watched(emulator),
        deployed(ROOT, emulator, Path(scratch), display) as deployment,
        display.step(
            f"rehearsal: {CLIENTS} clients, then {fault.name} in {deployment.primary.name}: "
            f"{fault.does}"
        ),
    ):
        outcome = asyncio.run(_play(deployment, emulator, fault, Clock(speed), display))
    report = _report(deployment, fault, outcome, began, speed)
    terminal.show(report, display.console)
    display.note(f"report: {store.write(report)}")
    context.exit(0 if report.passed else 1)


async def _play(
    deployment: Deployment,
    emulator: emulators.Emulator,
    fault: Fault[Scene],
    clock: Clock,
    display: Display,
) -> Outcome:
    async with set_stage(deployment, emulator.environment(), clock) as stage:
        return await rehearse(stage, deployment, fault, clock, display.update)


def _report(
    deployment: Deployment, fault: Fault[Scene], outcome: Outcome, began: datetime, speed: float
) -> Report:
    roles = Roles(deployment.primary.name, deployment.standby.name)
    missing = Missing(outcome.missing_in_standby, outcome.missing_in_primary)
    return Report(
        kind="rehearsal",
        title=f"Rehearsal: {fault.name} in {roles.primary}",
        began=began.isoformat(timespec="seconds"),
        settings=_settings(deployment, fault, outcome.promise, speed),
        versions=versions(ROOT, "ministack"),
        roles=roles,
        expected=fault.expected,
        happened=reaction(outcome.timeline, roles),
        promise=outcome.promise,
        figures=figures(outcome.timeline, outcome.promise, roles, missing, fault.expected),
        problems=outcome.problems,
        limits=LIMITS,
        timeline=outcome.timeline,
    )


def _settings(
    deployment: Deployment, fault: Fault[Scene], promise: Promise, speed: float
) -> dict[str, str]:
    return {
        "domain name": deployment.domain_name,
        "regions": f"{deployment.primary.name} primary, {deployment.standby.name} standby",
        "fault": f"{fault.name}: {fault.does}",
        "health checks": f"every {promise.interval:g} s, {promise.threshold} in a row to turn",
        "DNS answers kept": f"{promise.ttl:g} s",
        "clients": f"{CLIENTS}, two requests a second each, writes and reads in turn",
        "clock": "real time" if speed == 1 else f"{speed:g} times as fast as real time",
    }
