"""`python -m infra failover`: take a region out of DNS although it is healthy."""

import click

from infra.deployment import Deployment
from infra.operations import throw
from infra.operations.options import of_a_deployment, throwing
from infra.traffic.client import Target


@click.command("failover")
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
    """Withdraw a region, so that DNS answers the other one, and wait until it does.

    The region is the primary where it alone serves; where both do, --region names it. Puts one
    number on a CloudWatch metric in the other region and needs nothing else: no Terraform, no
    control plane, nothing in the region that is withdrawn. It stays so until `failback`, also when
    the region is healthy again. Safe to call again.

    Exit status 1: the switch is thrown, but clients are not there yet. 2: nothing was changed.
    """
    order = throw.to_withdraw(deployment, region, throw_options)
    context.exit(throw.throw(order, target, throw_options))
