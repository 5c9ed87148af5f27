"""`python -m infra failback`: give the primary back what `failover` took."""

import click

from infra.operations import throw
from infra.operations.deployment import Deployment
from infra.operations.options import of_a_deployment
from infra.operations.turn import Turn
from infra.traffic.client import Target


@click.command("failback")
@of_a_deployment
@throw.yes_option
@throw.force_option
@throw.wait_option
@throw.no_wait_option
@click.pass_context
def command(  # noqa: PLR0913 -- an argument an option
    context: click.Context,
    *,
    deployment: Deployment,
    target: Target,
    yes: bool,
    force: bool,
    wait: float,
    no_wait: bool,
) -> None:
    """End a `failover`: DNS answers the primary region again while it is healthy.

    Puts one number on a CloudWatch metric in the standby region and needs nothing else. See first
    that the primary holds what was written in the meantime: docs/runbook.md says how.

    Exit status 1: the switch is back, but clients are not there yet. 2: nothing was changed.
    """
    order = Turn(deployment, withdrawn=False)
    manner = throw.Manner(yes, force, None if no_wait else wait)
    context.exit(throw.throw(order, target, manner))
