"""`python -m infra drill`: lose the primary of a deployment on AWS, for a while, and measure."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from infra import ROOT
from infra.clock import Clock
from infra.confirmation import confirm_stack
from infra.deployment import Deployment
from infra.display import Display
from infra.drill import readiness
from infra.drill.faults import FAULTS, DrillScene
from infra.drill.journal import Journal
from infra.drill.order import Drill
from infra.drill.report import report
from infra.drill.run import drill
from infra.errors import InfraError
from infra.exits import DONE, INTERRUPTED, NOT_SO
from infra.operations import deployment_file
from infra.operations.options import of_a_deployment
from infra.operations.state import answers
from infra.parameters import Number
from infra.report import terminal
from infra.report.options import reports_folder, runs_kept
from infra.report.store import Store
from infra.traffic.client import Target


@click.command("drill")
@of_a_deployment
@click.option(
    "--fault",
    type=click.Choice([*FAULTS]),
    default="throttled",
    show_default=True,
    help="throttled: Lambda no longer runs the primary's reader. switch: the operator's switch "
    "withdraws the primary. none: watch what something else does.",
)
@click.option(
    "--clients",
    type=click.IntRange(1, 50),
    default=8,
    show_default=True,
    help="Clients, each with two requests a second.",
)
@click.option(
    "--limit",
    type=Number("seconds", 60, 3600),
    default=300.0,
    show_default=True,
    help="Time after which the fault is undone whatever happens, or watching ends.",
)
@click.option("--execute", is_flag=True, help="Do it. Without this, only print what would be done.")
@click.option("--yes", is_flag=True, help="Don't ask for the stack's name.")
@click.option("--undo", is_flag=True, help="Undo what a drill could not undo itself.")
@click.option(
    "--journal",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / deployment_file.FOLDER,
    help="Folder in which the drill notes what is to be undone.  [default: deployments/]",
)
@reports_folder
@runs_kept
@click.pass_context
def command(  # noqa: PLR0913 -- an argument an option
    context: click.Context,
    *,
    deployment: Deployment,
    target: Target,
    fault: str,
    clients: int,
    limit: float,
    execute: bool,
    yes: bool,
    undo: bool,
    folder: Path,
    reports: Path,
    keep: int,
) -> None:
    """Do to a deployment on AWS what a rehearsal does on this machine, and measure the recovery.

    Prints what it would do, and does nothing, unless --execute is given; then it asks for the
    stack's name. Clients on this machine write and read through your DNS, one call of an AWS API
    makes the fault, and its counterpart undoes it: when all is seen, when the limit is over, on
    Ctrl-C, and when this process is killed. What is to be undone is noted in deployments/ before:
    should this machine die, `drill --undo` undoes it.

    Writes need the API key, which is read from the environment variable INFRA_API_KEY:

        export INFRA_API_KEY=$(python -m infra api-key)

    The items that clients write begin with "drill-" and stay in the table.

    Exit status 1: a write was lost, or a figure is outside its range. 2: it could not be run, and
    nothing is left changed unless the text says so.
    """
    journal = Journal.of(folder, deployment.stack)
    if undo:
        _undo(journal, deployment)
        return
    readiness.require_a_standby(deployment)
    if journal.open:
        raise InfraError(f"{journal.describe()}: end it first, with `python -m infra drill --undo`")
    began = datetime.now(UTC)
    display = Display()
    order = Drill(
        deployment,
        replace(target, api_key=os.environ.get(readiness.KEY_VARIABLE)),
        FAULTS[fault],
        DrillScene(journal, FAULTS[fault].prepare(deployment), limit, display.note),
        deployment.promise,
        clients,
        f"drill-{began:%Y%m%dT%H%M%SZ}-",
    )
    _announce(order)
    if not execute:
        click.echo("this was a dry run: nothing was changed. --execute does it")
        return
    store = Store(reports, keep)
    store.require_writable()
    confirm_stack(deployment.stack, yes=yes)
    context.exit(_execute(order, began, store, display))


def _announce(order: Drill) -> None:
    """Print what would be done and who answers now; refuse where not all is well."""
    click.echo("\n".join(_plan(order)))
    asked = asyncio.run(answers(order.deployment, order.target, Clock()))
    click.echo("\n".join(f"now: {name} {answer}" for name, answer in asked.items()))
    readiness.require_well(order, asked)


def _execute(order: Drill, began: datetime, store: Store, display: Display) -> int:
    """Do it and report it; return the exit status."""
    asyncio.run(readiness.require_writable(order, Clock()))
    name, limit = order.fault.fault.name, order.scene.limit
    with display.step(f"drill: {order.clients} clients, {name}, at most {limit:.0f} s"):
        found = asyncio.run(drill(order, Clock(), display.update))
    told = report(order, found, began, ROOT)
    terminal.show(told, display.console)
    display.note(f"report: {store.write(told)}")
    if found.interrupted and not order.watches_only:
        return INTERRUPTED
    return DONE if told.passed else NOT_SO


def _undo(journal: Journal, deployment: Deployment) -> None:
    """Undo what is noted; where nothing is, say what another machine's drill may have left."""
    if journal.open:
        click.echo(journal.describe())
        journal.undo(click.echo)
        return
    raise InfraError(
        f"{journal.path} is not there: this machine has no drill to undo. If another machine has, "
        f"copy its journal into that folder; or undo it by hand, with `aws lambda "
        f"delete-function-concurrency --function-name {deployment.stack}-read --region "
        f"{deployment.primary.name}`, or `python -m infra failback`"
    )


def _plan(order: Drill) -> Iterator[str]:
    deployment, change = order.deployment, order.scene.change
    primary, standby = deployment.primary.name, deployment.standby.name
    yield f"{deployment.stack}: {deployment.domain_name}, {primary} primary, {standby} standby"
    yield f"fault: {order.fault.fault.name}: {order.fault.fault.does}"
    if change is not None:
        yield f"  made by    {change.made_by}"
        yield f"  undone by  {change.undone_by}, after {order.scene.limit:.0f} s at most"
        yield f"  noted in   {order.scene.journal.path} until then"
    yield (
        f"clients: {order.clients} on this machine, {2 * order.clients} requests a second; they "
        f"write items named {order.prefix}..., which stay"
    )
    yield "  and each write is looked for in the standby until it is there"
    if order.promised is not None:
        yield (
            f"promised: DNS moves within {order.promised.detection} s, clients are back within "
            f"{order.promised.outage} s"
        )
