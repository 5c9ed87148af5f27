"""The health checkers of one endpoint: who probes when, and what they conclude together.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
"""

import random
from collections.abc import Awaitable, Callable

from infra.clock import Clock
from infra.promise import HEALTHY_ABOVE
from infra.rehearsal.route53.config import EndpointCheck
from infra.rehearsal.route53.probe import ProbeError

Prober = Callable[[EndpointCheck, int], Awaitable[None]]


class Checkers:
    """The checkers of one health check of an endpoint.

    A new checker counts the endpoint as healthy until as many requests in a row as the failure
    threshold say otherwise ("Route 53 considers a new health check to be healthy until there's
    enough data to determine the actual status").

    Args:
        check: the health check; assign another to follow a change of it.
        count: how many checkers there are.

    Attributes:
        check: the health check as it is now.
        last_failure: how a request last failed, in plain words; None if none has.
    """

    def __init__(self, check: EndpointCheck, count: int) -> None:
        self.check = check
        self.last_failure: str | None = None
        self._passing = [True] * count
        self._contrary = [0] * count

    @property
    def count(self) -> int:
        """How many checkers there are."""
        return len(self._passing)

    @property
    def passing(self) -> int:
        """How many of them count the endpoint as healthy."""
        return sum(self._passing)

    @property
    def healthy(self) -> bool:
        """Whether more than 18 % of them count the endpoint as healthy."""
        return self.passing > HEALTHY_ABOVE * self.count

    def record(self, checker: int, failure: str | None) -> None:
        """Take in the result of one checker's request: how it failed, or None if it passed."""
        if failure is not None:
            self.last_failure = failure
        if self._passing[checker] == (failure is None):
            self._contrary[checker] = 0
            return
        self._contrary[checker] += 1
        if self._contrary[checker] >= self.check.failure_threshold:
            self._passing[checker] = failure is None
            self._contrary[checker] = 0

    async def run(
        self, checker: int, phase: float, probe: Prober, clock: Clock, changed: Callable[[], None]
    ) -> None:
        """Be one checker for ever.

        The interval runs from one response to the next request:
        https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html
        (RequestInterval).

        Args:
            checker: which one, counted from 0.
            phase: simulated seconds before its first request.
            probe: sends one request, and raises ProbeError if it fails.
            clock: the rehearsal's.
            changed: called after each result.
        """
        await clock.sleep(phase)
        while True:
            if not self.check.disabled:
                self.record(checker, await _failure(probe, self.check, checker))
                changed()
            await clock.sleep(self.check.interval)


def phases(check: EndpointCheck, count: int, seed: int) -> list[float]:
    """Return each checker's first request, anywhere in one interval, in simulated seconds.

    Route 53's checkers "don't coordinate with one another, so you'll sometimes see several requests
    per second, followed by a few seconds with no health checks at all".
    The same seed and endpoint give the same phases, whatever id the check has been given.
    """
    chance = random.Random(f"{seed} {check.host} {check.path}")  # noqa: S311 -- no secret
    return [chance.uniform(0, check.interval) for _ in range(count)]


async def _failure(probe: Prober, check: EndpointCheck, checker: int) -> str | None:
    try:
        await probe(check, checker)
    except ProbeError as error:
        return str(error)
    return None
