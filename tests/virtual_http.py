"""HTTP without a network: clients and their resolvers are real, a test's world answers them."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import aiohttp

from infra.clock import Clock
from infra.traffic import client
from infra.traffic.resolver import CachingResolver, NameServer

_NOWHERE = NameServer("192.0.2.53")


@dataclass(frozen=True)
class Request:
    """What a client asks.

    Attributes:
        method: GET or POST.
        host: the name in the URL.
        item_id: the item that it reads or writes; None for any.
        headers: those that it sends by itself.
    """

    method: str
    host: str
    item_id: str | None
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Response:
    """What it gets, by the attributes that a client of aiohttp looks at."""

    status: int
    region: str

    @property
    def headers(self) -> Mapping[str, str]:
        return {"X-Region": self.region}

    async def read(self) -> bytes:
        return b""


class Network(Protocol):
    """What there is beyond the client's machine."""

    async def exchange(self, request: Request, address: str) -> Response:
        """Take a request to an address and its answer back, or raise as a connection would."""


@dataclass(frozen=True)
class _Session:
    """An HTTP session that opens a connection for every request."""

    network: Network
    resolver: CachingResolver
    clock: Clock
    timeout: float

    @contextlib.asynccontextmanager
    async def get(
        self, url: str, params: Mapping[str, str] | None = None
    ) -> AsyncIterator[Response]:
        yield await self._exchange("GET", url, (params or {}).get("ItemId"), {})

    @contextlib.asynccontextmanager
    async def post(
        self, url: str, json: Mapping[str, Any], headers: Mapping[str, str]
    ) -> AsyncIterator[Response]:
        yield await self._exchange("POST", url, json["ItemId"], headers)

    async def _exchange(
        self, method: str, url: str, item_id: str | None, headers: Mapping[str, str]
    ) -> Response:
        host = url.split("/")[2]
        async with self.clock.timeout(self.timeout):
            [found] = await self.resolver.resolve(host, 443)
            request = Request(method, host, item_id, headers)
            return await self.network.exchange(request, found["host"])


@dataclass(frozen=True)
class _Target(client.Target):
    network: Network | None = None

    @contextlib.asynccontextmanager
    async def session(
        self, clock: Clock, dns_age: float = 0.0
    ) -> AsyncIterator[aiohttp.ClientSession]:
        assert self.network is not None
        resolver = CachingResolver(self.server, clock, self.ports, dns_age)
        yield cast("aiohttp.ClientSession", _Session(self.network, resolver, clock, self.timeout))


def target(
    network: Network, domain_name: str, api_key: str | None = None, server: NameServer = _NOWHERE
) -> client.Target:
    """Return an API that is on a network in memory."""
    return _Target(domain_name, api_key, server, cast("Any", None), {}, network=network)
