"""`python -m infra status`: who serves, who could, and how the operators' switches stand."""

import json
from collections.abc import Iterator

import click

from infra.deployment import Deployment, Region
from infra.exits import DONE, NOT_SO
from infra.operations.options import of_a_deployment
from infra.operations.state import State, look
from infra.operations.switch import Position
from infra.options import as_json_option
from infra.traffic.client import Target


@click.command("status")
@as_json_option
@of_a_deployment
@click.pass_context
def command(
    context: click.Context, *, as_json: bool, deployment: Deployment, target: Target
) -> None:
    """Show who serves, who could, and how the operators' switches stand.

    Asks DNS and both regions as a client does, CloudWatch in each region for the other's switch,
    and Route 53 for its health checks, which is left out where it can't be reached.

    Exit status 0: both regions answer, and the one that should serves. 1: something else, which is
    shown.
    """
    state = look(deployment, target)
    if as_json:
        click.echo(json.dumps(state.document(), indent=1))
    else:
        click.echo("\n".join(_lines(state)))
    context.exit(NOT_SO if state.problems else DONE)


def _lines(state: State) -> Iterator[str]:
    deployment = state.deployment
    yield f"{deployment.stack}: {deployment.domain_name}, {deployment.routing} routing"
    for name, answer in state.answers.items():
        yield f"  {name:<40} {answer}"
    for region in deployment.regions:
        yield f"  {f'switch of {region.name}':<40} {_position(region, state)}"
    for name, said in state.checks.items():
        yield f"  {f'Route 53, {name}':<40} {said}"
    problems = state.problems
    yield from (f"NOT AS IT SHOULD BE: {problem}" for problem in problems)
    if not problems:
        yield f"all is well: {_well(deployment)}"


def _position(region: Region, state: State) -> str:
    position = state.switches[region.name]
    if not isinstance(position, Position):
        return position
    number = (
        "nothing was put on it within three hours"
        if position.number is None
        else f"{position.number:g} was put at {position.at:%H:%M} UTC"
    )
    thrown = "WITHDRAWN" if position.withdrawn else "not withdrawn"
    where = "" if region.switch is None else f", in {region.switch.region}"
    return f"{thrown}: {number}, alarm {position.alarm}{where}"


def _well(deployment: Deployment) -> str:
    primary, standby = deployment.regions
    if deployment.routing == "failover":
        return f"{primary.name} serves, the standby could"
    return f"{primary.name} and {standby.name} serve, as {deployment.routing} routing has it"
