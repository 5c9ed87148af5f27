"""A whole rehearsal on a clock that costs no time: only the network and the functions are made up.

Route 53's checkers, records and messages, the clients, their resolvers and the scenario are the
real ones. asyncio's clock jumps from one event to the next, so that minutes pass in a second and
the same run gives the same figures.
"""

import asyncio
import contextlib
import functools
import json
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

import boto3
import dns.message

from infra.clock import Clock
from infra.deployment import Deployment, Region
from infra.promise import ANSWER_SECONDS, CONNECT_SECONDS, Promise
from infra.rehearsal.front import Interposed
from infra.rehearsal.functions import RegionFunctions
from infra.rehearsal.harness import Harness
from infra.rehearsal.route53 import Route53, Surroundings
from infra.rehearsal.route53.config import (
    AlarmCheck,
    AlarmIdentifier,
    AliasTarget,
    CalculatedCheck,
    Configuration,
    EndpointCheck,
    Failover,
    HealthCheck,
    HostedZone,
    Latency,
    RecordSet,
    Routing,
    Simple,
    Weighted,
)
from infra.rehearsal.route53.messages import respond
from infra.rehearsal.route53.probe import ProbeError
from infra.rehearsal.route53.reading_checks import CHECKER_REGIONS
from infra.traffic.resolver import NameServer
from tests import virtual_http
from tests.virtual_http import Request, Response
from tests.virtual_time import LoopClock

if TYPE_CHECKING:
    from aiohttp import web

EAST, WEST = "us-east-1", "us-west-2"
NAME = "api.example.com"
ADDRESSES = {EAST: "192.0.2.1", WEST: "192.0.2.2"}
# What a connection takes, and as much again an answer: across a continent.
TRIP = 0.04


class Transport:
    """What a fault does to a connection."""

    aborted = False

    def abort(self) -> None:
        self.aborted = True

    def write(self, _data: bytes) -> None:
        pass

    def get_extra_info(self, _name: str) -> "Transport":
        return self

    def setsockopt(self, *_: object) -> None:
        pass


@dataclass
class Asked:
    """A request, as far as faults look at it."""

    transport: Transport = field(default_factory=Transport)


class Place:
    """A region: its front, its functions and its copy of the table.

    Attributes:
        region: its name.
        items: what its copy holds.
        reachable: set unless the region is lost.
    """

    def __init__(self, region: str, clock: Clock) -> None:
        self.region = region
        self.items: set[str] = set()
        self.reachable = asyncio.Event()
        self.reachable.set()
        self.peer: Place | None = None
        self.lag = 0.0
        self._clock = clock
        self._lost = self._closed = self._broken_tls = 0
        self._interposed: list[Interposed] = []
        self._replications: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def lost(self) -> AsyncIterator[None]:
        self._lost += 1
        self.reachable.clear()
        try:
            yield
        finally:
            self._lost -= 1
            if not self._lost:
                self.reachable.set()

    @contextlib.asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        self._closed += 1
        try:
            yield
        finally:
            self._closed -= 1

    @contextlib.asynccontextmanager
    async def presenting(self, _tls: ssl.SSLContext) -> AsyncIterator[None]:
        self._broken_tls += 1
        try:
            yield
        finally:
            self._broken_tls -= 1

    @contextlib.contextmanager
    def interposed(self, what: Interposed) -> Iterator[None]:
        self._interposed.append(what)
        try:
            yield
        finally:
            self._interposed.remove(what)

    async def connect(self) -> None:
        """Open a connection, or wait for ever."""
        if self._lost:
            await asyncio.Event().wait()
        await self._clock.sleep(TRIP)
        if self._closed:
            raise ConnectionRefusedError

    async def exchange(self, method: str, item: str | None) -> int:
        """Answer a request on an open connection with a status."""
        if self._broken_tls:
            raise ssl.SSLError("handshake failure")
        await self._clock.sleep(TRIP / 2)
        await self.reachable.wait()
        answer = await self._ask_interposed() or self._serve(method, item)
        await self._clock.sleep(TRIP / 2)
        await self.reachable.wait()
        return answer

    async def end(self) -> None:
        for task in self._replications:
            task.cancel()
        await asyncio.gather(*self._replications, return_exceptions=True)

    async def _ask_interposed(self) -> int | None:
        for ask in list(self._interposed):
            request = Asked()
            answer = await ask(cast("web.Request", request))
            if request.transport.aborted:
                raise ConnectionResetError
            if answer is not None:
                return answer.status
        return None

    def _serve(self, method: str, item: str | None) -> int:
        if method == "GET":
            return 200 if item is None or item in self.items else 404
        assert item is not None
        self.items.add(item)
        replication = asyncio.create_task(self._replicate(item))
        self._replications.add(replication)
        replication.add_done_callback(self._replications.discard)
        return 200

    async def _replicate(self, item: str) -> None:
        """Copy a write to the other region, once both can be reached."""
        assert self.peer is not None
        await self._clock.sleep(self.lag)
        while not (self.reachable.is_set() and self.peer.reachable.is_set()):
            await self.reachable.wait()
            await self.peer.reachable.wait()
        self.peer.items.add(item)


@dataclass(frozen=True)
class Network:
    """The places by their addresses."""

    places: Mapping[str, Place]

    async def exchange(self, request: Request, address: str) -> Response:
        """Connect to a place, and ask it."""
        place = self.places[address]
        await place.connect()
        status = await place.exchange(request.method, request.item_id)
        return Response(status, place.region)


@dataclass(frozen=True)
class Wire(NameServer):
    """A name server that is asked without a network.

    Attributes:
        route53: who answers.
    """

    route53: Route53 | None = None

    async def ask(self, question: dns.message.Message) -> dns.message.Message:
        assert self.route53 is not None
        answer = functools.partial(self.route53.answer, client=self.source or "192.0.2.99")
        wire = respond(question.to_wire(), answer, datagram=True)
        assert wire is not None
        return dns.message.from_wire(wire)


@dataclass
class World:
    """Two regions behind Route 53.

    Attributes:
        clock: the loop's.
        places: by region.
        harness: what a scenario plays on.
        promise: what the configuration promises.
    """

    clock: Clock
    places: Mapping[str, Place]
    harness: Harness
    promise: Promise
    configuration: Configuration = field(repr=False)

    @property
    def east(self) -> Place:
        return self.places[EAST]

    @property
    def west(self) -> Place:
        return self.places[WEST]


@contextlib.asynccontextmanager
async def world(  # noqa: PLR0913 -- each may differ alone
    promise: Promise,
    configuration: Configuration | None = None,
    *,
    routing: str = "failover",
    weights: tuple[int, int] = (100, 0),
    seed: int = 0,
    lag: float = 0.0,
) -> AsyncIterator[World]:
    """Open a world, and end all that runs in it afterwards.

    Args:
        promise: the health checks' interval and threshold, and the records' TTL.
        configuration: what Route 53 obeys instead of what follows from that.
        routing: by which policy the records are answered.
        weights: of the east and the west, where that is by weight.
        seed: decides the checkers' phases.
        lag: seconds that a write takes to the other region.
    """
    clock = LoopClock()
    places = {region: Place(region, clock) for region in (EAST, WEST)}
    for region, peer in ((EAST, WEST), (WEST, EAST)):
        places[region].peer = places[peer]
        places[region].lag = lag
    at = {ADDRESSES[region]: place for region, place in places.items()}
    surroundings = Surroundings(
        aws_names={_target(region): address for region, address in ADDRESSES.items()}.get,
        port_of=lambda port: port,
        region_of=lambda client: WEST if client == ADDRESSES[WEST] else EAST,
    )
    route53 = Route53(clock, surroundings, checkers=16, seed=seed, send=_sender(at))
    obeyed = configured(promise, routing, weights) if configuration is None else configuration
    route53.obey(obeyed)
    server = Wire("192.0.2.53", route53=route53)
    target = virtual_http.target(Network(at), NAME, server=server)
    near = {
        region: replace(target, server=replace(target.server, source=address))
        for region, address in ADDRESSES.items()
    }
    regions = {address: region for region, address in ADDRESSES.items()}
    deployed = replace(deployment(), routing=routing, weights=weights)
    harness = Harness(
        deployed, places, _functions(), route53, target, near, regions, _nothing_to_read
    )
    try:
        yield World(clock, places, harness, promise, obeyed)
    finally:
        await route53.stop()
        for place in places.values():
            await place.end()


def deployment() -> Deployment:
    east, west = (
        Region(region, f"{region}.{NAME}", health_check_id=check)
        for region, check in _CHECKS.items()
    )
    return Deployment("stack", NAME, east, west)


async def _nothing_to_read() -> None:
    """Route 53 obeys what it is told here."""


_CHECKS = {EAST: "east", WEST: "west-endpoint"}


def configured(
    promise: Promise, routing: str = "failover", weights: tuple[int, int] = (100, 0)
) -> Configuration:
    """Return records and health checks as infra/*.tf has them."""
    policies: Mapping[str, tuple[Routing, Routing]] = {
        "failover": (Failover(primary=True), Failover(primary=False)),
        "latency": (Latency(EAST), Latency(WEST)),
        "weighted": (Weighted(weights[0]), Weighted(weights[1])),
    }
    switch = AlarmCheck(
        id="switch",
        alarm=AlarmIdentifier(WEST, "withdrawn"),
        insufficient_data="LastKnownStatus",
    )
    checks: list[HealthCheck] = [
        CalculatedCheck(id="east", children=("east-endpoint", "switch"), health_threshold=2),
        switch,
        *(_endpoint(id_, region, promise) for id_, region in _ENDPOINTS.items()),
    ]
    records = [
        record
        for region, policy in zip((EAST, WEST), policies[routing], strict=True)
        for record in (
            RecordSet(
                name=NAME,
                type="CNAME",
                routing=policy,
                set_identifier=region,
                ttl=int(promise.ttl),
                values=(f"{_target(region)}.",),
                health_check_id=_CHECKS[region],
            ),
            RecordSet(
                name=f"{region}.{NAME}",
                type="A",
                routing=Simple(),
                alias=AliasTarget(_target(region), "Z2", evaluate_target_health=False),
            ),
        )
    ]
    zone = HostedZone("Z1", "example.com", tuple(records))
    return Configuration((zone,), {check.id: check for check in checks})


_ENDPOINTS = {"east-endpoint": EAST, "west-endpoint": WEST}


def _endpoint(check_id: str, region: str, promise: Promise) -> EndpointCheck:
    return EndpointCheck(
        id=check_id,
        protocol="HTTPS",
        interval=promise.interval,
        failure_threshold=promise.threshold,
        fqdn=f"{region}.{NAME}",
        address=None,
        port=443,
        path="/read?limit=1",
        search_string=None,
        sni=True,
        regions=CHECKER_REGIONS,
    )


def _target(region: str) -> str:
    return f"d-{region}.execute-api.{region}.amazonaws.com"


@functools.cache
def _functions() -> Mapping[str, RegionFunctions]:
    session = boto3.Session("test", "test")
    return {r: RegionFunctions.of(session, "http://127.0.0.1:1", "stack", r) for r in (EAST, WEST)}


def _sender(places: Mapping[str, Place]) -> Any:  # noqa: ANN401 -- as Route53 takes it
    async def send(_check: EndpointCheck, address: str, _port: int, clock: Clock) -> None:
        place = places[address]
        try:
            async with clock.timeout(CONNECT_SECONDS):
                await place.connect()
            async with clock.timeout(ANSWER_SECONDS):
                status = await place.exchange("GET", None)
        except TimeoutError as error:
            raise ProbeError("nothing in time") from error
        except OSError as error:
            raise ProbeError(f"{type(error).__name__}") from error
        if status >= 400:
            raise ProbeError(json.dumps(status))

    return send
