"""What `failover` and `failback` have in common: look, say, ask, throw, wait."""

import asyncio
from dataclasses import dataclass

import click

from infra.clock import Clock
from infra.display import Display
from infra.errors import InfraError
from infra.operations.options import confirm
from infra.operations.switch import Switch
from infra.operations.turn import Turn, turn
from infra.operations.view import ask
from infra.traffic.client import Target

DONE, NOT_SO = 0, 1
WAIT_SECONDS = 300.0

wait_option = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=WAIT_SECONDS,
    show_default=True,
    help="Seconds to wait until clients are there. Route 53 follows in one to three minutes.",
)
no_wait_option = click.option(
    "--no-wait",
    is_flag=True,
    help="Put the number once and return; see the runbook for the limits.",
)
yes_option = click.option("--yes", is_flag=True, help="Don't ask for the stack's name.")
force_option = click.option(
    "--force", is_flag=True, help="Throw the switch although the region it points to is not well."
)


@dataclass(frozen=True)
class Manner:
    """How it is to be done.

    Attributes:
        yes: without asking.
        force: although the region that is to serve does not answer.
        wait: seconds to wait; None not to.
    """

    yes: bool
    force: bool
    wait: float | None


def throw(order: Turn, target: Target, manner: Manner) -> int:
    """Throw the switch as ordered; return the exit status.

    Raises:
        InfraError: it was not confirmed, or the switch can't be thrown.
    """
    clock = Clock()
    wanted = order.wanted
    click.echo(f"will {order}")
    click.echo(f"so that {wanted.name} answers for {target.domain_name}")
    answer = asyncio.run(ask(target, wanted.domain_name, clock))
    click.echo(f"{wanted.domain_name} just now: {answer}")
    if answer.problem is not None and not manner.force:
        raise InfraError(
            f"{wanted.name} does not answer, so clients would be no better off there; nothing was "
            "changed. --force throws the switch all the same"
        )
    confirm(order.deployment.stack, yes=manner.yes)
    switch = Switch(order.deployment.switch)
    if manner.wait is None:
        switch.put(withdrawn=order.withdrawn)
        click.echo(
            "done, without waiting: `python -m infra status` shows when clients have followed. A "
            "failback within a minute of a failover must be put again"
        )
        return DONE
    return _wait(order, switch, target, clock, manner.wait)


def _wait(order: Turn, switch: Switch, target: Target, clock: Clock, limit: float) -> int:
    display = Display()
    with display.step(f"waiting for {order.wanted.name} to answer for {target.domain_name}"):
        there = asyncio.run(
            turn(order, switch, target, clock, limit=limit, progress=display.update)
        )
    if there:
        click.echo(f"done: {order.wanted.name} answers for {target.domain_name}")
        return DONE
    click.echo(
        f"the switch is thrown, but {order.wanted.name} does not answer for {target.domain_name} "
        f"after {limit:.0f} s: Route 53 answers it only while its own health check passes, and a "
        "resolver may keep an old answer; `python -m infra status` says which",
        err=True,
    )
    return NOT_SO
