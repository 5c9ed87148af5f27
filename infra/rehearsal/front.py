"""A region's front door: HTTPS on an address of its own, before the one emulator of all regions.

It stands where AWS has the regional endpoint of API Gateway: it knows the region's custom domain
names and answers 403 to every other Host, the targets of DNS records (`d-....execute-api`) among
them (https://stackoverflow.com/a/50730107).
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL

from infra.rehearsal.listeners import full_queue, listening_socket

# Meant for one hop (RFC 9110, 7.6.1), or set anew by the library for the next one.
_NOT_FORWARDED = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "upgrade", "host", "content-length"}
)
# To a request that finds a function busy the emulator starts another process, which takes a
# second; waiting for one of two takes milliseconds.
CONCURRENCY = 2
_BACKLOG = 128

# What stands before the API: answers a request itself, or returns None to let it pass.
Interposed = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


class RegionFront:
    """One region's HTTPS endpoint, which can be told to fail.

    What it is told holds while a context is entered. Any may be entered at once, also twice, and
    left in any order; a front that is lost is lost, whatever else is wrong with it.

    Args:
        region: the region's name.
        address: its loopback address.
        port: its port, free on that address.
        tls: the certificate for its names.
        hosts: by custom domain name of the region, the Host by which the emulator knows it.
        emulator: the emulator's URL.
    """

    def __init__(  # noqa: PLR0913 -- each is a fact about the region, and all are needed
        self,
        *,
        region: str,
        address: str,
        port: int,
        tls: ssl.SSLContext,
        hosts: Mapping[str, str],
        emulator: str,
    ) -> None:
        self.region = region
        self.address = address
        self.port = port
        self._hosts = hosts
        self._emulator = emulator
        self._reader = asyncio.Semaphore(CONCURRENCY)
        self._writer = asyncio.Semaphore(CONCURRENCY)
        self._answering = asyncio.Event()
        self._answering.set()
        self._contexts = [tls]
        self._interposed: list[Interposed] = []
        self._lost = 0
        self._closed = 0
        self._turning = asyncio.Lock()
        self._door = contextlib.AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(auto_decompress=False)
        application = web.Application(client_max_size=12 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        try:
            await self._turn()
        except OSError:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._answering.set()
        await self._door.aclose()
        await self._runner.cleanup()
        await self._session.close()

    @contextlib.asynccontextmanager
    async def lost(self) -> AsyncIterator[None]:
        """Neither accept nor refuse a connection, and let no answer out, as if packets vanished."""
        self._lost += 1
        try:
            await self._turn()
            yield
        finally:
            self._lost -= 1
            await self._turn()

    @contextlib.asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """Refuse connections; those that are open stay so."""
        self._closed += 1
        try:
            await self._turn()
            yield
        finally:
            self._closed -= 1
            await self._turn()

    @contextlib.asynccontextmanager
    async def presenting(self, tls: ssl.SSLContext) -> AsyncIterator[None]:
        """Present another certificate, or none, to new connections."""
        self._contexts.append(tls)
        try:
            await self._turn()
            yield
        finally:
            self._contexts.remove(tls)
            await self._turn()

    @contextlib.contextmanager
    def interposed(self, what: Interposed) -> Iterator[None]:
        """Ask something else before the API, after what was interposed before."""
        self._interposed.append(what)
        try:
            yield
        finally:
            self._interposed.remove(what)

    async def _turn(self) -> None:
        """Open or shut the door as it has to be now."""
        async with self._turning:
            if self._lost:
                self._answering.clear()
            await self._door.aclose()
            if self._lost:
                self._door.enter_context(full_queue(self.address, self.port))
                return
            self._answering.set()
            if not self._closed:
                listener = listening_socket(self.address, self.port, _BACKLOG)
                site = web.SockSite(self._runner, listener, ssl_context=self._contexts[-1])
                await site.start()
                self._door.push_async_callback(site.stop)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        await self._answering.wait()
        answer = await self._answer(request)
        await self._answering.wait()
        return answer

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        for ask in list(self._interposed):
            answer = await ask(request)
            if answer is not None:
                return answer
        known_as = self._hosts.get(request.host.partition(":")[0].lower())
        if known_as is None:
            return web.json_response({"message": "Forbidden"}, status=403)
        try:
            return await self._forward(request, known_as)
        except (aiohttp.ClientError, ConnectionError):
            # Either end has gone away; where it is the client, nobody reads this.
            return web.json_response({"message": "Bad Gateway"}, status=502)

    async def _forward(self, request: web.Request, known_as: str) -> web.Response:
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _NOT_FORWARDED}
        url = URL(f"{self._emulator}{request.raw_path}", encoded=True)
        async with (
            self._reader if request.method in {"GET", "HEAD"} else self._writer,
            self._session.request(
                request.method,
                url,
                headers=headers | {"Host": known_as},
                data=await request.read() or None,
                skip_auto_headers=["Accept", "Content-Type", "User-Agent"],
                allow_redirects=False,
            ) as response,
        ):
            body = await response.read()
            kept = [(k, v) for k, v in response.headers.items() if k.lower() not in _NOT_FORWARDED]
            return web.Response(status=response.status, headers=kept, body=body)
