"""What `failover` and `failback` have in common: look, say, ask, throw, wait."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import click

from infra.clock import Clock
from infra.confirmation import confirm_stack
from infra.deployment import Deployment, Region
from infra.display import Display
from infra.errors import InfraError
from infra.exits import DONE, NOT_SO
from infra.operations.switch import Switch, seconds_to_next_period
from infra.operations.turn import Turn, turn
from infra.operations.view import ask
from infra.traffic.client import Target


@dataclass(frozen=True)
class ThrowOptions:
    """How it is to be done.

    Attributes:
        yes: without asking.
        force: although the region that is to serve does not answer.
        wait: seconds to wait; None not to.
    """

    yes: bool
    force: bool
    wait: float | None


def to_withdraw(deployment: Deployment, given: str | None, options: ThrowOptions) -> Turn:
    """Return the order to withdraw the region that was named, or the only one that serves.

    Raises:
        InfraError: it must be named, or withdrawing it would do nothing, or harm.
    """
    if given is None and deployment.routing != "failover":
        raise InfraError(
            f"with {deployment.routing} routing both regions serve: name the one to withdraw, with "
            f"--region {deployment.primary.name} or --region {deployment.standby.name}"
        )
    region = deployment.primary if given is None else deployment.named(given)
    if deployment.routing == "failover" and region != deployment.primary:
        raise InfraError(
            f"with failover routing {region.name} stands by: its records follow its endpoint "
            "alone, so that no switch stands in the way of a failover; nothing was changed"
        )
    if deployment.routing != "failover":
        _refuse_both(deployment, region, options)
    return Turn(deployment, region, withdrawn=True)


def to_give_back(deployment: Deployment, given: str | None) -> Turn:
    """Return the order to give back the region that was named, or the only one that is withdrawn.

    Raises:
        InfraError: which one can't be told.
    """
    if given is not None:
        return Turn(deployment, deployment.named(given), withdrawn=False)
    if deployment.routing == "failover":
        return Turn(deployment, deployment.primary, withdrawn=False)
    withdrawn = [region for region in deployment.regions if _withdrawn(region)]
    if len(withdrawn) != 1:
        names = " and ".join(region.name for region in withdrawn) or "neither region"
        raise InfraError(
            f"{names} seems to be withdrawn: name the region to give back, with "
            f"--region {deployment.primary.name} or --region {deployment.standby.name}"
        )
    return Turn(deployment, withdrawn[0], withdrawn=False)


def throw(
    order: Turn,
    target: Target,
    options: ThrowOptions,
    pause: Callable[[float], object] = time.sleep,
) -> int:
    """Throw the switch as ordered; return the exit status.

    Args:
        order: what is wanted.
        target: the shared name, and whom to ask for it.
        options: how it is to be done.
        pause: waits for so many seconds.

    Raises:
        InfraError: it was not confirmed, or the switch can't be thrown.
    """
    clock = Clock()
    receiving = order.receiving
    click.echo(f"will {order}")
    click.echo(
        f"so that {receiving.name} answers for {target.domain_name}"
        if order.exclusive
        else f"so that {receiving.name} answers for {target.domain_name} where routing says so"
    )
    answer = asyncio.run(ask(target, receiving.domain_name, clock))
    click.echo(f"{receiving.domain_name} just now: {answer}")
    if answer.problem is not None and not options.force:
        raise InfraError(
            f"{receiving.name} does not answer, so clients would be no better off there; nothing "
            "was changed. --force throws the switch anyway"
        )
    confirm_stack(order.deployment.stack, yes=options.yes)
    try:
        return _throw(order, target, options.wait, clock, pause)
    except KeyboardInterrupt:
        again = "failover" if order.withdrawn else "failback"
        click.echo(
            "stopped half-way: what was put on the switch stays there. `python -m infra status` "
            f"shows how it stands, and the same `{again}` again goes on",
            err=True,
        )
        raise


def _throw(
    order: Turn,
    target: Target,
    limit: float | None,
    clock: Clock,
    pause: Callable[[float], object],
) -> int:
    switch = Switch(order.region.its_switch)
    if not order.withdrawn and not _long_withdrawn(switch):
        _outlast_a_failover(order, switch, pause)
    if limit is None:
        switch.put(withdrawn=order.withdrawn)
        click.echo(
            "done, without waiting: `python -m infra status` shows when clients have followed"
        )
        return DONE
    return _wait(order, switch, target, clock, limit)


def _refuse_both(deployment: Deployment, region: Region, options: ThrowOptions) -> None:
    other = deployment.other(region)
    withdrawn = _withdrawn(other)
    if withdrawn and not options.force:
        raise InfraError(
            f"{other.name} is withdrawn already: with both withdrawn Route 53 treats both as "
            "healthy, and answers as if neither were; nothing was changed. `python -m infra "
            f"failback --region {other.name}` first, or --force"
        )
    if withdrawn is None:
        # The switch of the other region is in this one, which may be what is lost.
        click.echo(f"whether {other.name} is withdrawn can't be read from {region.name}")


def _withdrawn(region: Region) -> bool | None:
    """Return whether a region is withdrawn; None where that can't be read."""
    if region.switch is None:
        return None
    try:
        return Switch(region.switch).position().withdrawn
    except InfraError:
        return None


def _long_withdrawn(switch: Switch) -> bool:
    try:
        return switch.position().long_withdrawn(datetime.now(UTC))
    except InfraError:
        return False


def _outlast_a_failover(order: Turn, switch: Switch, pause: Callable[[float], object]) -> None:
    """Put a 0, and wait for the period in which another will be alone: in one, a 1 beats it.

    So also where nothing shows that the region is withdrawn: CloudWatch shows a number late.
    """
    switch.put(withdrawn=False)
    seconds = seconds_to_next_period(time.time())
    with Display().step(
        f"{order.region.name} may have been withdrawn within the last minutes, and a failover wins "
        f"over a failback of the same minute: putting it again in {seconds:.0f} s"
    ):
        pause(seconds)


def _wait(order: Turn, switch: Switch, target: Target, clock: Clock, limit: float) -> int:
    display = Display()
    receiving, region = order.receiving.name, order.region.name
    with display.step(f"waiting for {receiving} to answer for {target.domain_name}"):
        there = asyncio.run(
            turn(order, switch, target, clock, limit=limit, progress=display.update)
        )
    if there and order.exclusive:
        click.echo(f"done: {receiving} answers for {target.domain_name}")
        return DONE
    if there:
        click.echo(
            f"done: {region} is given back. Whether {target.domain_name} is {region} here depends "
            f"on {order.deployment.routing} routing"
        )
        return DONE
    click.echo(
        f"the switch is thrown, but {receiving} does not answer for {target.domain_name} "
        f"after {limit:.0f} s: Route 53 answers it only while its own health check passes, and a "
        "resolver may keep an old answer; `python -m infra status` says which",
        err=True,
    )
    return NOT_SO
