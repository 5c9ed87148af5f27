"""Route 53 without its wires: which health checks are healthy, and what queries are answered."""

import contextlib
import random
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass

from infra.clock import Clock
from infra.promise import CONNECT_SECONDS
from infra.rehearsal.route53.background import Background
from infra.rehearsal.route53.config import Configuration, EndpointCheck, HealthCheck
from infra.rehearsal.route53.health import Health, HealthChange
from infra.rehearsal.route53.names import normal
from infra.rehearsal.route53.probe import ProbeError, probe
from infra.rehearsal.route53.routing import Resolution, View, resolve

# Sends one request of a health check to an address and a port; raises ProbeError if it fails.
Send = Callable[[EndpointCheck, str, int, Clock], Awaitable[None]]
# Says whether a health checker, counted from 0, is cut off from the endpoint of a check.
Blockade = Callable[[EndpointCheck, int], bool]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """How the laptop stands for AWS and the internet.

    Attributes:
        aws_names: gives the IPv4 address that stands for a name that AWS owns, such as
            "d-abc.execute-api.us-east-1.amazonaws.com" (lower case, no final dot); None for others.
        port_of: gives the port that stands for a configured one, as 8443 may for 443.
        region_of: gives the AWS region nearest to the DNS client at an IP address.
    """

    aws_names: Callable[[str], str | None]
    port_of: Callable[[int], int]
    region_of: Callable[[str], str]


class Route53:
    """Health checkers at work, and the answers that follow from them.

    Args:
        clock: the rehearsal's.
        surroundings: how the laptop stands for AWS.
        checkers: how many health checkers probe each endpoint.
        seed: decides the checkers' phases and the draw among weighted record sets.
        send: sends a health check's request.
    """

    def __init__(
        self,
        clock: Clock,
        surroundings: Surroundings,
        *,
        checkers: int,
        seed: int,
        send: Send = probe,
    ) -> None:
        self._clock = clock
        self._surroundings = surroundings
        self._send = send
        self._background = Background()
        self._health = Health(clock, self._background, self._probe, checkers=checkers, seed=seed)
        self._chance = random.Random(seed)  # noqa: S311 -- no secret
        self._configuration = Configuration((), {})
        self._blockades: list[Blockade] = []

    @property
    def configuration(self) -> Configuration:
        """The hosted zones and health checks that are obeyed."""
        return self._configuration

    @property
    def health_checks(self) -> Mapping[str, HealthCheck]:
        """The health checks by id: those in use by record sets and their children."""
        return self._health.checks

    @property
    def reasons(self) -> dict[str, str]:
        """By health check id, what its status comes from, in plain words."""
        return {check_id: self._health.reason(check_id) for check_id in self._health.checks}

    def healthy(self, check_id: str) -> bool:
        """Return whether a health check is healthy.

        Raises:
            KeyError: there is none of that id in use.
        """
        return self._health.healthy(check_id)

    def on_change(self, listener: Callable[[HealthChange], None]) -> None:
        """Call the listener, in the event loop, whenever a health check turns."""
        self._health.on_change(listener)

    @contextlib.contextmanager
    def cut_off(self, blocks: Blockade) -> Iterator[None]:
        """Let requests of some checkers to some endpoints get no connection."""
        self._blockades.append(blocks)
        try:
            yield
        finally:
            self._blockades.remove(blocks)

    def obey(self, configuration: Configuration) -> None:
        """Go by other hosted zones and health checks from now on."""
        self._configuration = configuration
        self._health.update(configuration.health_checks)

    def answer(self, name: str, kind: str, client: str) -> Resolution:
        """Answer a query for a normal name and a type of the client at an IP address."""
        return self._resolve(name, kind, self._surroundings.region_of(client))

    async def stop(self) -> None:
        """End the checkers, and raise what one of them has failed with."""
        await self._background.stop()

    def _resolve(self, name: str, kind: str, region: str) -> Resolution:
        view = View(self._health.healthy, self._surroundings.aws_names, region, self._chance)
        return resolve(self._configuration.zones, name, kind, view)

    async def _probe(self, check: EndpointCheck, checker: int) -> None:
        if any(blocks(check, checker) for blocks in self._blockades):
            await self._clock.sleep(CONNECT_SECONDS)
            raise ProbeError(f"{check.host}: no TCP connection within {CONNECT_SECONDS:g} s")
        address = check.address or self._address(check.host, check.region_of(checker))
        await self._send(check, address, self._surroundings.port_of(check.port), self._clock)

    def _address(self, name: str, region: str) -> str:
        answers = self._resolve(normal(name), "A", region).answers
        if not answers or answers[-1].type != "A":
            raise ProbeError(f"{name} does not resolve")
        return answers[-1].values[0]
