"""Throws an operator's switch, and waits until clients are where it points."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from infra.clock import Clock
from infra.deployment import Deployment, Region
from infra.errors import InfraError
from infra.operations.switch import PERIOD, Switch
from infra.operations.view import ApiAnswer, ask
from infra.traffic.client import Target

# A number that is put again costs nothing, makes good one that was lost, and decides each new
# period: of a 1 and a 0 in one period the 1 wins, so a failback just after a failover needs it.
_PUT_AGAIN = PERIOD / 3
_LOOK_EVERY = 2.0
# Resolvers have several caches: one answer does not show that all have followed.
_AGREEING = 3


@dataclass(frozen=True)
class Turn:
    """What is to become of a region, and so where clients are to be.

    Attributes:
        deployment: of what.
        region: the region that is to be withdrawn, or given back.
        withdrawn: which of the two.
    """

    deployment: Deployment
    region: Region
    withdrawn: bool

    @property
    def receiving(self) -> Region:
        """The region that clients will go to."""
        return self.deployment.other(self.region) if self.withdrawn else self.region

    @property
    def exclusive(self) -> bool:
        """Whether all will: of a region that is given back where both serve, only some do."""
        alone = self.deployment.routing == "failover" and self.region == self.deployment.primary
        return self.withdrawn or alone

    def __str__(self) -> str:
        switch = self.region.its_switch
        dimensions = ", ".join(f"{name}={value}" for name, value in switch.dimensions.items())
        return (
            f"put {switch.metric_name} = {int(self.withdrawn)} ({switch.namespace}, {dimensions}) "
            f"in {switch.region}"
        )


async def turn(  # noqa: PLR0913 -- what to do, with what, and how long
    order: Turn,
    switch: Switch,
    target: Target,
    clock: Clock,
    *,
    limit: float,
    progress: Callable[[str], None],
) -> bool:
    """Throw the switch and wait; tell whether clients got where they were to be.

    Args:
        order: what is wanted.
        switch: the switch.
        target: the shared name, and whom to ask for it.
        clock: real or compressed time.
        limit: how many seconds to wait at most.
        progress: called with a line about what is going on.

    Raises:
        InfraError: the switch can't be thrown, and so was not.
    """
    start = last_put = clock.now()
    await asyncio.to_thread(switch.put, withdrawn=order.withdrawn)
    agreeing = 0
    while agreeing < _AGREEING:
        answer = await ask(target, target.domain_name, clock)
        agreeing = agreeing + 1 if await _is_there(answer, order, switch) else 0
        passed = clock.now() - start
        progress(f"{passed:3.0f} s of at most {limit:.0f}: {target.domain_name} is {answer}")
        if passed >= limit and agreeing < _AGREEING:
            return False
        if clock.now() - last_put >= _PUT_AGAIN:
            last_put = clock.now()
            try:
                await asyncio.to_thread(switch.put, withdrawn=order.withdrawn)
            except InfraError as error:
                progress(f"the number could not be put again: {error}")
        await clock.sleep(_LOOK_EVERY)
    return True


async def _is_there(answer: ApiAnswer, order: Turn, switch: Switch) -> bool:
    if answer.problem is not None:
        return False
    if answer.region == order.receiving.name or order.exclusive:
        return answer.region == order.receiving.name
    # DNS may have good reason to answer the other region here, and its alarm judges what Route 53
    # judges: that the switch is back is all that can be seen from one place.
    try:
        return (await asyncio.to_thread(switch.position)).alarm == "OK"
    except InfraError:
        return False
