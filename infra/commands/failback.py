"""`python -m infra failback`: give a region back what `failover` took."""

import click

from infra.operations import throw
from infra.operations.deployment import Deployment
from infra.operations.options import of_a_deployment
from infra.traffic.client import Target


@click.command("failback")
@of_a_deployment
@throw.region_option
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
    region: str | None,
    yes: bool,
    force: bool,
    wait: float,
    no_wait: bool,
) -> None:
    """End a `failover`: DNS answers the region again while it is healthy.

    The region is the primary where it alone serves, else the one that is withdrawn. Puts one number
    on a CloudWatch metric in the other region and needs nothing else. See first that the region
    holds what was written in the meantime: docs/runbook.md says how.

    Exit status 1: the switch is back, but clients are not there yet. 2: nothing was changed.
    """
    order = throw.to_give_back(deployment, region)
    manner = throw.Manner(yes, force, None if no_wait else wait)
    context.exit(throw.throw(order, target, manner))
