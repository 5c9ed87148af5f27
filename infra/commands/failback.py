"""`python -m infra failback`: give a region back what `failover` took."""

import click

from infra.deployment import Deployment
from infra.operations import throw
from infra.operations.options import of_a_deployment, throwing
from infra.traffic.client import Target


@click.command("failback")
@of_a_deployment
@throwing
@click.pass_context
def command(
    context: click.Context,
    *,
    deployment: Deployment,
    target: Target,
    region: str | None,
    throw_options: throw.ThrowOptions,
) -> None:
    """End a `failover`: DNS answers the region again while it is healthy.

    The region is the primary where it alone serves, else the one that is withdrawn. Puts one number
    on a CloudWatch metric in the other region and needs nothing else. See first that the region
    holds what was written in the meantime: docs/runbook.md says how.

    Exit status 1: the switch is back, but clients are not there yet. 2: nothing was changed.
    """
    order = throw.to_give_back(deployment, region)
    context.exit(throw.throw(order, target, throw_options))
