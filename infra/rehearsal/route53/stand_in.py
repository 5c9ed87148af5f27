"""The stand-in whole: reads, probes and answers for as long as it is entered."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.clock import Clock
from infra.errors import InfraError
from infra.rehearsal.route53.api import Aws
from infra.rehearsal.route53.config import AlarmCheck
from infra.rehearsal.route53.server import DnsServer
from infra.rehearsal.route53.service import Route53, Surroundings

_log = logging.getLogger(__name__)

_P = ParamSpec("_P")
_T = TypeVar("_T")


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


class Route53StandIn(Route53):
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
        self._settings = settings = settings or Settings()
        super().__init__(clock, surroundings, checkers=settings.checkers, seed=settings.seed)
        self._session = session
        self._endpoint = endpoint
        self._server = DnsServer(self.answer, self._background)
        self._aws: Aws | None = None
        self._one_call = asyncio.Lock()
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

    async def refresh(self) -> None:
        """Read hosted zones, record sets and health checks again, and obey them from now on.

        Raises:
            InfraError: something there is what the stand-in does not obey; it goes on as before.
            botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError: the API failed.
        """
        aws = await self._connected()
        self.obey(await self._call(aws.configuration, self._settings.zone_ids))

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

    async def _close(self) -> None:
        self._server.close()
        try:
            await self.stop()
        finally:
            if self._aws is not None:
                self._aws.close()
