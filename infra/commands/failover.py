"""`python -m infra failover`: take the primary out of DNS although it is healthy."""

import click

from infra.operations import throw
from infra.operations.deployment import Deployment
from infra.operations.options import of_a_deployment
from infra.operations.turn import Turn
from infra.traffic.client import Target


@click.command("failover")
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
    """Withdraw the primary region, so that DNS answers the standby, and wait until it does.

    Puts one number on a CloudWatch metric in the standby region and needs nothing else: no
    Terraform, no control plane, nothing in the primary region. It stays so until `failback`, also
    when the primary is healthy again. Safe to call again.

    Exit status 1: the switch is thrown, but clients are not there yet. 2: nothing was changed.
    """
    order = Turn(deployment, withdrawn=True)
    manner = throw.Manner(yes, force, None if no_wait else wait)
    context.exit(throw.throw(order, target, manner))
