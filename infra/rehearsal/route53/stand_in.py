"""The stand-in whole: reads, probes and answers for as long as it is entered."""

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.clock import Clock
from infra.errors import InfraError
from infra.promise import CONNECT_SECONDS
from infra.rehearsal.route53.api import Aws
from infra.rehearsal.route53.background import Background
from infra.rehearsal.route53.config import (
    AlarmCheck,
    Configuration,
    EndpointCheck,
    HealthCheck,
)
from infra.rehearsal.route53.health import Health, HealthChange
from infra.rehearsal.route53.names import normal
from infra.rehearsal.route53.probe import ProbeError, probe
from infra.rehearsal.route53.routing import Resolution, View, resolve
from infra.rehearsal.route53.server import DnsServer

_log = logging.getLogger(__name__)

# Says whether a health checker, counted from 0, is cut off from the endpoint of a check.
Blockade = Callable[[EndpointCheck, int], bool]

_P = ParamSpec("_P")
_T = TypeVar("_T")


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


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What may differ from one rehearsal to another. Durations are simulated seconds.

    Attributes:
        dns_host: the loopback address to serve DNS on.
        dns_port: the port, UDP and TCP; 0 for a free one.
        zone_ids: the public hosted zones to serve, as bare ids ("Z0123"); None for all of them.
        checkers: how many health checkers probe each endpoint. Route 53 does not state its own
            number; its 60-70 requests a minute at 10 s, with the time they take, fit sixteen:
            https://aws.amazon.com/blogs/aws/route-53-health-check-improvements-faster-interval-and-configurable-failover/
        seed: decides the checkers' phases and the draw among weighted record sets.
        alarm_interval: seconds between two looks at the alarms.
        refresh_interval: seconds between two readings of everything else; None for no such.
    """

    dns_host: str = "127.0.0.1"
    dns_port: int = 0
    zone_ids: Collection[str] | None = None
    checkers: int = 16
    seed: int = 0
    alarm_interval: float = 10
    refresh_interval: float | None = None


class Route53StandIn:
    """Route 53 on a loopback address, as an async context manager.

    Entering it reads the configuration, starts the health checkers and serves DNS; leaving it
    ends every task and socket, and raises if one of its tasks has failed.

    Args:
        clock: the rehearsal's.
        session: credentials, used from threads and so for nothing else at the same time.
        endpoint: the URL of the emulator.
        surroundings: how the laptop stands for AWS.
        settings: what may differ.
    """

    def __init__(
        self,
        clock: Clock,
        session: boto3.Session,
        endpoint: str,
        surroundings: Surroundings,
        settings: Settings | None = None,
    ) -> None:
        self._clock = clock
        self._session = session
        self._endpoint = endpoint
        self._surroundings = surroundings
        self._settings = settings = settings or Settings()
        self._background = Background()
        self._health = Health(
            clock, self._background, self._probe, checkers=settings.checkers, seed=settings.seed
        )
        self._server = DnsServer(self._answer, self._background)
        self._chance = random.Random(settings.seed)  # noqa: S311 -- no secret
        self._configuration = Configuration((), {})
        self._aws: Aws | None = None
        self._one_call = asyncio.Lock()
        self._blockades: list[Blockade] = []
        self._dns_address = ("", 0)

    async def __aenter__(self) -> Self:
        try:
            await self.refresh()
            await self.read_alarms()
            self._dns_address = await self._server.start(
                self._settings.dns_host, self._settings.dns_port
            )
        except BaseException:
            await self._close()
            raise
        self._background.start(self._every(self._settings.alarm_interval, self.read_alarms))
        if self._settings.refresh_interval is not None:
            self._background.start(self._every(self._settings.refresh_interval, self.refresh))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    @property
    def dns_address(self) -> tuple[str, int]:
        """Where DNS is served over UDP and TCP: address and port."""
        return self._dns_address

    @property
    def configuration(self) -> Configuration:
        """The hosted zones and health checks as last read."""
        return self._configuration

    @property
    def health_checks(self) -> Mapping[str, HealthCheck]:
        """The health checks by id, as last read: those in use by record sets and their children."""
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

    async def refresh(self) -> None:
        """Read hosted zones, record sets and health checks again, and obey them from now on.

        Raises:
            InfraError: something there is what the stand-in does not obey; it goes on as before.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: the API failed.
        """
        aws = await self._connected()
        self._configuration = await self._call(aws.configuration, self._settings.zone_ids)
        self._health.update(self._configuration.health_checks)

    async def read_alarms(self) -> None:
        """Look at the alarms that health checks follow, instead of at the next interval's end.

        Raises:
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: the API failed.
        """
        checks = self._health.checks.values()
        alarms = {check.alarm for check in checks if isinstance(check, AlarmCheck)}
        aws = await self._connected()
        self._health.set_alarms(await self._call(aws.alarm_states, alarms))

    async def _connected(self) -> Aws:
        if self._aws is None:
            self._aws = await asyncio.to_thread(Aws, self._session, self._endpoint)
        return self._aws

    async def _call(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        async with self._one_call:
            return await asyncio.to_thread(function, *args, **kwargs)

    async def _every(self, interval: float, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._clock.sleep(interval)
            try:
                await work()
            except (InfraError, BotoCoreError, ClientError) as error:
                # What was read before is still obeyed, as Route 53 obeys it when its control
                # plane is down.
                _log.warning("the Route 53 stand-in goes on with what it last read: %s", error)

    def _answer(self, name: str, kind: str, client: str) -> Resolution:
        return self._resolve(name, kind, self._surroundings.region_of(client))

    def _resolve(self, name: str, kind: str, region: str) -> Resolution:
        view = View(self._health.healthy, self._surroundings.aws_names, region, self._chance)
        return resolve(self._configuration.zones, name, kind, view)

    async def _probe(self, check: EndpointCheck, checker: int) -> None:
        if any(blocks(check, checker) for blocks in self._blockades):
            await self._clock.sleep(CONNECT_SECONDS)
            raise ProbeError(f"{check.host}: no TCP connection within {CONNECT_SECONDS:g} s")
        region = check.region_of(checker)
        address = check.address or self._address(check.host, region)
        await probe(check, address, self._surroundings.port_of(check.port), self._clock)

    def _address(self, name: str, region: str) -> str:
        answers = self._resolve(normal(name), "A", region).answers
        if not answers or answers[-1].type != "A":
            raise ProbeError(f"{name} does not resolve")
        return answers[-1].values[0]

    async def _close(self) -> None:
        self._server.close()
        try:
            await self._background.stop()
        finally:
            if self._aws is not None:
                self._aws.close()
