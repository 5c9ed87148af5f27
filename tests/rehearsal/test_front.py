"""A region's front door and its loss, with real TLS and real sockets."""

import asyncio
import contextlib
import errno
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
import trustme
from aiohttp import web

from infra.rehearsal.front import RegionFront
from infra.rehearsal.ports import free_port

ADDRESS = "127.0.0.1"
SHARED = "api.example.com"
OWN = "us-east-1.api.example.com"
TARGET = "d-abc123.execute-api.us-east-1.amazonaws.com"
# Far longer than loopback takes, far shorter than a kernel's patience.
SOON = 0.4

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def echo(request: web.Request) -> web.StreamResponse:
    """Answer with what arrived."""
    return web.json_response(
        {
            "method": request.method,
            "host": request.host,
            "path": request.raw_path,
            "body": await request.text(),
            "key": request.headers.get("x-api-key"),
        },
        status=201,
        headers={"X-Region": "us-east-1"},
    )


@dataclass
class Gate:
    """A handler that answers once it is told to."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.set()
        await self.answer.wait()
        return await echo(request)


@dataclass(frozen=True)
class Client:
    """Whoever talks to the front."""

    front: RegionFront
    session: aiohttp.ClientSession
    tls: ssl.SSLContext

    async def status(self, host: str = SHARED) -> int:
        async with self._request("GET", "/read", host) as response:
            return response.status

    def _request(
        self, method: str, path: str, host: str, **options: object
    ) -> "contextlib.AbstractAsyncContextManager[aiohttp.ClientResponse]":
        return self.session.request(
            method,
            f"https://{self.front.address}:{self.front.port}{path}",
            headers={"Host": host, "x-api-key": "secret"},
            server_hostname=SHARED,
            **options,  # type: ignore[arg-type] # as the test says
        )

    async def echoed(self, method: str, path: str, body: bytes) -> tuple[object, str | None]:
        async with self._request(method, path, SHARED, data=body) as response:
            assert response.status == 201
            return await response.json(), response.headers.get("X-Region")


@contextlib.asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """Stand for the emulator; yield its URL."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.TCPSite(runner, ADDRESS, 0).start()
        yield f"http://{ADDRESS}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def region(emulator: str) -> AsyncIterator[Client]:
    """Open a front before an emulator, and a client of it that keeps no connection."""
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(SHARED, OWN).configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    front = RegionFront(
        region="us-east-1",
        address=ADDRESS,
        port=free_port(ADDRESS),
        tls=server,
        hosts={SHARED: OWN, OWN: OWN},
        emulator=emulator,
    )
    connector = aiohttp.TCPConnector(ssl=trusting, force_close=True)
    async with front, aiohttp.ClientSession(connector=connector) as session:
        yield Client(front, session, trusting)


def run(test: Callable[[Client], Coroutine[None, None, None]], handler: Handler = echo) -> None:
    """Play a test against a front before a handler."""

    async def play() -> None:
        async with serving(handler) as emulator, region(emulator) as client, asyncio.timeout(20):
            await test(client)

    asyncio.run(play())


async def hangs(client: Client) -> bool:
    """Tell whether a connection is neither made nor refused."""
    try:
        async with asyncio.timeout(SOON):
            _, writer = await asyncio.open_connection(client.front.address, client.front.port)
    except TimeoutError:
        return True
    writer.close()
    return False


def test_a_request_is_passed_on_as_it_is_under_the_regions_own_name() -> None:
    async def test(client: Client) -> None:
        body = '{"ItemId": "å"}'.encode()
        for method in ("POST", "DELETE"):
            answer = await client.echoed(method, "/write%2Fa?x=a%20b&y=%C3%A5", body)
            assert answer == (
                {
                    "method": method,
                    "host": OWN,
                    "path": "/write%2Fa?x=a%20b&y=%C3%A5",
                    "body": '{"ItemId": "å"}',
                    "key": "secret",
                },
                "us-east-1",
            )

    run(test)


@pytest.mark.parametrize("host", [SHARED, OWN, SHARED.upper(), f"{OWN}:443"])
def test_the_regions_own_names_are_served(host: str) -> None:
    async def test(client: Client) -> None:
        assert await client.status(host) == 201

    run(test)


@pytest.mark.parametrize("host", [TARGET, "us-west-2.api.example.com", "127.0.0.1", "example.com"])
def test_every_other_name_is_forbidden(host: str) -> None:
    async def test(client: Client) -> None:
        assert await client.status(host) == 403

    run(test)


def test_an_emulator_that_is_gone_is_a_bad_gateway() -> None:
    async def play() -> None:
        async with region(f"http://{ADDRESS}:{free_port(ADDRESS)}") as client:
            assert await client.status() == 502

    asyncio.run(play())


def test_a_blackholed_region_neither_answers_nor_refuses_and_heals() -> None:
    async def test(client: Client) -> None:
        assert await client.status() == 201
        async with client.front.lost():
            for _ in range(3):
                assert await hangs(client)
        assert await client.status() == 201

    run(test)


def test_a_region_can_be_lost_again() -> None:
    async def test(client: Client) -> None:
        for _ in range(3):
            async with client.front.lost():
                assert await hangs(client)
            assert await client.status() == 201

    run(test)


def test_a_blackhole_heals_when_what_it_is_for_fails() -> None:
    async def test(client: Client) -> None:
        with contextlib.suppress(ZeroDivisionError):
            async with client.front.lost():
                _ = 1 / 0
        assert await client.status() == 201

    run(test)


def test_an_answer_under_way_is_held_while_the_region_is_lost() -> None:
    gate = Gate()

    async def test(client: Client) -> None:
        request = asyncio.create_task(client.status())
        await gate.asked.wait()
        async with client.front.lost():
            gate.answer.set()
            await asyncio.sleep(SOON)
            assert not request.done()
        assert await request == 201

    run(test, gate.handle)


def test_a_request_on_an_open_connection_is_held_too() -> None:
    async def test(client: Client) -> None:
        reused = asyncio.Event()
        tracing = aiohttp.TraceConfig()
        tracing.on_connection_reuseconn.append(_setter(reused))
        connector = aiohttp.TCPConnector(ssl=client.tls)
        async with aiohttp.ClientSession(connector=connector, trace_configs=[tracing]) as session:
            keeping = replace(client, session=session)
            await keeping.status()
            async with client.front.lost():
                held = asyncio.create_task(keeping.status())
                await reused.wait()
                await asyncio.sleep(SOON)
                assert not held.done()
            assert await held == 201

    run(test)


def _setter(event: asyncio.Event) -> Callable[..., Awaitable[None]]:
    async def note(*_: object) -> None:
        event.set()

    return note


def test_a_front_whose_port_is_taken_says_so() -> None:
    async def test(client: Client) -> None:
        twin = RegionFront(
            region="us-west-2",
            address=client.front.address,
            port=client.front.port,
            tls=ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
            hosts={},
            emulator="http://127.0.0.1:1",
        )
        with pytest.raises(OSError, match="Address already in use") as taken:
            async with twin:
                pass
        assert taken.value.errno == errno.EADDRINUSE

    run(test)
