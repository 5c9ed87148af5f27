"""What must be so before a drill, which is to make nothing worse that is bad already."""

from collections.abc import Mapping

from infra.clock import Clock
from infra.deployment import Deployment
from infra.drill.order import Drill
from infra.errors import InfraError
from infra.operations.view import ApiAnswer
from infra.traffic import client

KEY_VARIABLE = "INFRA_API_KEY"


def require_a_standby(deployment: Deployment) -> None:
    """Refuse what has no region that takes over.

    Raises:
        InfraError: routing is another than failover.
    """
    if deployment.routing != "failover":
        raise InfraError(
            f'{deployment.stack} has routing = "{deployment.routing}", and a drill measures how a '
            'standby takes over, which only "failover" has: apply that first. To move clients '
            "without measuring it, `python -m infra failover --region REGION`"
        )


def require_well(order: Drill, asked: Mapping[str, ApiAnswer]) -> None:
    """Refuse a fault where not all is well; what is only watched may be.

    Args:
        order: what is to be done.
        asked: what each name of the deployment answers now.

    Raises:
        InfraError: a region does not answer, or the standby serves already.
    """
    if order.watches_only:
        return
    deployment = order.deployment
    unfit = [f"{name}: {answer.problem}" for name, answer in asked.items() if answer.problem]
    serving = asked[deployment.domain_name].region
    if not unfit and serving != deployment.primary.name:
        unfit.append(f"{deployment.domain_name} is answered by {serving}")
    if unfit:
        raise InfraError(
            f"not all is well, so nothing is done: {'; '.join(unfit)}. `python -m infra status` "
            "says more; --fault none watches anyway"
        )


async def require_writable(order: Drill, clock: Clock) -> None:
    """Find out before the drill that clients can't write.

    Where somebody else's fault is watched, they may not be able to; but a key that is refused would
    look like that fault.

    Raises:
        InfraError: they can't.
    """
    failed = await client.warm_up(order.target, clock, attempts=2, prefix=order.prefix)
    if failed is None or (order.watches_only and "HTTP 403" not in failed):
        return
    raise InfraError(
        f"clients can't write and read ({failed}), so nothing was changed. Writes need the API key "
        f"in {KEY_VARIABLE}: see `python -m infra drill --help`"
    )
