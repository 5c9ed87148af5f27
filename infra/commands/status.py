"""`python -m infra status`: who serves, who could, and how the operators' switches stand."""

import asyncio
from collections.abc import Iterator

import click

from infra.clock import Clock
from infra.errors import InfraError
from infra.operations import route53
from infra.operations.deployment import Deployment, Region
from infra.operations.options import of_a_deployment
from infra.operations.switch import Position, Switch
from infra.operations.view import Answer, ask
from infra.traffic.client import Target


@click.command("status")
@of_a_deployment
@click.pass_context
def command(context: click.Context, *, deployment: Deployment, target: Target) -> None:
    """Show who serves, who could, and how the operators' switches stand.

    Asks DNS and both regions as a client does, CloudWatch in each region for the other's switch,
    and Route 53 for its health checks, which is left out where it can't be reached.

    Exit status 0: both regions answer, and the one that should serves. 1: something else, which is
    shown.
    """
    asked = asyncio.run(_ask(deployment, target))
    click.echo(f"{deployment.stack}: {deployment.domain_name}, {deployment.routing} routing")
    for name, answer in asked.items():
        click.echo(f"  {name:<40} {answer}")
    positions = {region.name: _switch(region) for region in deployment.regions}
    _route53(deployment)
    problems = list(_problems(deployment, asked, positions))
    for problem in problems:
        click.echo(f"NOT AS IT SHOULD BE: {problem}")
    if not problems:
        click.echo(f"all is well: {_well(deployment)}")
    context.exit(1 if problems else 0)


def _well(deployment: Deployment) -> str:
    primary, standby = deployment.regions
    if deployment.routing == "failover":
        return f"{primary.name} serves, the standby could"
    return f"{primary.name} and {standby.name} serve, as {deployment.routing} routing has it"


async def _ask(deployment: Deployment, target: Target) -> dict[str, Answer]:
    clock = Clock()
    names = (deployment.domain_name, *(region.domain_name for region in deployment.regions))
    answers = await asyncio.gather(*(ask(target, name, clock) for name in names))
    return dict(zip(names, answers, strict=True))


def _switch(region: Region) -> Position | None:
    """Show how a region's switch stands; return it, or None where it can't be read."""
    label = f"switch of {region.name}"
    if region.switch is None:
        click.echo(f"  {label:<40} none: the deployment's file is from before it had one")
        return None
    try:
        position = Switch(region.switch).position()
    except InfraError as error:
        click.echo(f"  {label:<40} unknown: {error}")
        return None
    number = (
        "nothing was put on it within three hours"
        if position.number is None
        else f"{position.number:g} was put at {position.at:%H:%M} UTC"
    )
    thrown = "WITHDRAWN" if position.withdrawn else "not withdrawn"
    where = f"alarm {position.alarm}, in {region.switch.region}"
    click.echo(f"  {label:<40} {thrown}: {number}, {where}")
    return position


def _route53(deployment: Deployment) -> None:
    for region in deployment.regions:
        said = route53.endpoint_status(region.endpoint_check_id)
        click.echo(f"  {f'Route 53, endpoint of {region.name}':<40} {said}")
    checks = {}
    for region in deployment.regions:
        if region.switch is not None:
            label = f"Route 53, switch of {region.name}"
            checks[label] = region.switch.health_check_id
        if region.health_check_id != region.endpoint_check_id or region.health_check_id is None:
            checks[f"Route 53, {region.name} in service"] = region.health_check_id
    for label, said in zip(checks, route53.check_statuses(checks.values()), strict=True):
        click.echo(f"  {label:<40} {said}")


def _problems(
    deployment: Deployment,
    asked: dict[str, Answer],
    positions: dict[str, Position | None],
) -> Iterator[str]:
    yield from (f"{name}: {answer.problem}" for name, answer in asked.items() if answer.problem)
    # A standby's switch moves nobody, whichever way it stands.
    moving = deployment.regions[:1] if deployment.routing == "failover" else deployment.regions
    withdrawn = []
    for region in moving:
        position = positions[region.name]
        if position is None:
            yield f"the switch of {region.name} can't be read"
        elif position.withdrawn:
            withdrawn.append(region)
            yield (
                f"an operator has withdrawn {region.name}: `python -m infra failback"
                f"{'' if len(moving) == 1 else f' --region {region.name}'}` gives it back"
            )
    yield from _misplaced(deployment, asked[deployment.domain_name].region, withdrawn)


def _misplaced(
    deployment: Deployment, serving: str | None, withdrawn: list[Region]
) -> Iterator[str]:
    if deployment.routing == "failover":
        wanted = [deployment.standby if withdrawn else deployment.primary]
    else:
        # Both withdrawn, Route 53 answers as if neither were.
        wanted = [r for r in deployment.regions if r not in withdrawn] or [*deployment.regions]
    if serving is not None and serving not in {region.name for region in wanted}:
        names = " or ".join(region.name for region in wanted)
        yield (
            f"{deployment.domain_name} is answered by {serving}, not {names}: Route 53 holds "
            f"{names} for unhealthy, or has not followed the switch yet"
        )
