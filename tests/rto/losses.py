"""The rehearsal's own parts through a loss, on a clock that costs no time.

Checkers, health, resolvers and clients are the real ones; the network between them is made up: a
request takes as long as the model says, and asyncio's clock jumps from one event to the next.
"""

import math
import random
from dataclasses import dataclass, replace

import pytest

from infra.clock import Clock
from infra.measure.clients import client_outages
from infra.rehearsal.route53.background import Background
from infra.rehearsal.route53.config import EndpointCheck
from infra.rehearsal.route53.health import Health
from infra.rehearsal.route53.probe import ProbeError
from infra.rto.model import Failure, Setting, World
from infra.timeline import Timeline
from infra.traffic import client, resolver
from infra.traffic.resolver import Answer, NameServer
from tests import virtual_http
from tests.rehearsal.endpoints import CHECK
from tests.virtual_http import Request, Response
from tests.virtual_time import LoopClock, play

PRIMARY, STANDBY = "192.0.2.1", "192.0.2.2"


@dataclass
class Network:
    """Two regions, of which the primary is lost at a time.

    Attributes:
        world: how long requests take, and what a lost region does to them.
        clock: the loop's.
        cut: when the primary is lost.
    """

    world: World
    clock: Clock
    cut: float = math.inf

    async def exchange(self, _request: Request, address: str) -> Response:
        """Answer a client, as the name of the region that does."""
        patience = self.world.timeout
        good = await self.request(address, patience, patience)
        return Response(200 if good else 503, address)

    async def request(self, address: str, connect: float, answer: float) -> bool:
        """Send a request with so much patience; tell whether it is answered well.

        Raises:
            TimeoutError: the patience is over.
        """
        started = self.clock.now()
        lost = address == PRIMARY and started >= self.cut
        await self.clock.sleep(self.world.answer if self.world.failure is Failure.FAST else 0.0)
        if self.world.failure is Failure.FAST:
            return not lost
        if lost:
            await self.clock.sleep(connect)
            raise TimeoutError
        await self.clock.sleep(self.world.answer)
        if address == PRIMARY and self.clock.now() >= self.cut:
            await self.clock.sleep(started + answer - self.clock.now())
            raise TimeoutError
        return True


@dataclass(frozen=True)
class Loss:
    """One loss of the primary: seconds to an unhealthy check, and without the API."""

    detection: float
    outages: list[float]


def lose(setting: Setting, world: World, seed: int, clients: int) -> Loss:
    """Play one loss."""
    return play(_lose(setting, world, seed, clients))


async def _lose(setting: Setting, world: World, seed: int, clients: int) -> Loss:
    clock = LoopClock()
    network = Network(world, clock)
    check = replace(CHECK, interval=setting.interval, failure_threshold=setting.threshold)

    async def probe(_check: EndpointCheck, _checker: int) -> None:
        try:
            good = await network.request(PRIMARY, 4, 2)
        except TimeoutError as error:
            raise ProbeError("no answer") from error
        if not good:
            raise ProbeError("answered 503")

    background = Background()
    health = Health(clock, background, probe, checkers=world.checkers, seed=seed)
    turned: list[float] = []
    health.on_change(lambda change: turned.append(change.at))
    health.update({check.id: check})

    async def query(_server: NameServer, _name: str, _clock: Clock) -> Answer:
        return Answer((PRIMARY if health.healthy(check.id) else STANDBY,), setting.ttl)

    timeline = Timeline()
    target = virtual_http.target(network, "api.test")
    chance = random.Random(seed)  # noqa: S311 -- no secret
    steady = setting.interval + setting.ttl
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resolver, "query", query)
        for number in range(clients):
            # Numbers spread the clients of a rehearsal; here each loss has other ones.
            background.start(client.run(1 + seed * clients + number, target, clock, timeline))
        await clock.sleep(steady + chance.uniform(0, setting.interval))
        network.cut = clock.now()
        while not turned:
            await clock.sleep(1)
        await clock.sleep(setting.ttl + 3 * world.timeout)
        await background.stop()
    outages = client_outages(timeline, network.cut, math.inf)
    return Loss(turned[0] - network.cut, outages)
