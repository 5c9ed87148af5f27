"""`python -m infra status`: who serves, who could, and how the operator's switch stands."""

import asyncio

import click

from infra.clock import Clock
from infra.errors import InfraError
from infra.operations import route53
from infra.operations.deployment import Deployment
from infra.operations.options import of_a_deployment
from infra.operations.switch import Position, Switch
from infra.operations.view import Answer, ask
from infra.traffic.client import Target


@click.command("status")
@of_a_deployment
@click.pass_context
def command(context: click.Context, *, deployment: Deployment, target: Target) -> None:
    """Show who serves, who could, and how the operator's switch stands.

    Asks DNS and both regions as a client does, CloudWatch in the standby region for the switch, and
    Route 53 for its health checks, which is left out where it can't be reached.

    Exit status 0: both regions answer, and the primary serves. 1: something else, which is shown.
    """
    asked = asyncio.run(_ask(deployment, target))
    click.echo(f"{deployment.stack}: {deployment.domain_name}")
    for name, answer in asked.items():
        click.echo(f"  {name:<40} {answer}")
    position = _switch(deployment)
    _route53(deployment)
    problems = _problems(deployment, asked, position)
    for problem in problems:
        click.echo(f"NOT AS IT SHOULD BE: {problem}")
    if not problems:
        click.echo(f"all is well: {deployment.primary.name} serves, the standby could")
    context.exit(1 if problems else 0)


async def _ask(deployment: Deployment, target: Target) -> dict[str, Answer]:
    clock = Clock()
    names = (
        deployment.domain_name,
        deployment.primary.domain_name,
        deployment.standby.domain_name,
    )
    answers = await asyncio.gather(*(ask(target, name, clock) for name in names))
    return dict(zip(names, answers, strict=True))


def _switch(deployment: Deployment) -> Position | None:
    label = f"switch, in {deployment.switch.region}"
    try:
        position = Switch(deployment.switch).position()
    except InfraError as error:
        click.echo(f"  {label:<40} unknown: {error}")
        return None
    number = (
        "nothing was put on it within three hours"
        if position.number is None
        else f"{position.number:g} was put at {position.at:%H:%M} UTC"
    )
    thrown = "primary WITHDRAWN" if position.withdrawn else "primary not withdrawn"
    click.echo(f"  {label:<40} {thrown}: {number}, alarm {position.alarm}")
    return position


def _route53(deployment: Deployment) -> None:
    for region in (deployment.primary, deployment.standby):
        said = route53.endpoint_status(region.endpoint_check_id)
        click.echo(f"  {f'Route 53, endpoint of {region.name}':<40} {said}")
    checks = {
        "Route 53, switch": deployment.switch.health_check_id,
        f"Route 53, {deployment.primary.name} in service": deployment.primary.health_check_id,
    }
    for label, said in zip(checks, route53.check_statuses(checks.values()), strict=True):
        click.echo(f"  {label:<40} {said}")


def _problems(
    deployment: Deployment, asked: dict[str, Answer], position: Position | None
) -> list[str]:
    problems = [f"{name}: {answer.problem}" for name, answer in asked.items() if answer.problem]
    withdrawn = position is not None and position.withdrawn
    serving = asked[deployment.domain_name].region
    if position is None:
        problems.append(f"the switch in {deployment.switch.region} can't be read")
    if withdrawn:
        problems.append(
            f"an operator has withdrawn {deployment.primary.name}: `python -m infra failback` "
            "gives it back"
        )
    wanted = deployment.standby if withdrawn else deployment.primary
    if serving is not None and serving != wanted.name:
        problems.append(
            f"{deployment.domain_name} is answered by {serving}, not {wanted.name}: Route 53 holds "
            f"{wanted.name} for unhealthy, or has not followed the switch yet"
        )
    return problems
