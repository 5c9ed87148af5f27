"""A browser's way to the rehearsal: a proxy that resolves names as clients there do.

A browser can't be told of another DNS server, and keeps each answer for at least a minute whatever
its TTL (`kMinimumTTLSeconds` in Chromium's host_resolver_manager.cc). Behind a proxy it is the
proxy that resolves. This one honours TTLs, and lets a connection live no longer than the answer
that it was opened on, as a client that connects anew for each request would.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Self

from infra.clock import Clock
from infra.traffic.client import Target
from infra.traffic.resolver import CachingResolver

# In simulated seconds: the patience of the rehearsal's own clients, and the TTL of the records.
_CONNECT = 3.0
_LIFE = 10.0
# Real seconds without a byte, after which no request is under way.
_QUIET = 0.3


class Proxy:
    """A proxy for HTTPS on a free loopback port.

    Args:
        target: whom to ask for addresses, and the ports behind them.
        clock: real or compressed time.

    Attributes:
        url: for Chromium's --proxy-server.
    """

    def __init__(self, target: Target, clock: Clock) -> None:
        self._resolver = CachingResolver(target.server, clock, target.ports)
        self._clock = clock
        self._tunnels: set[asyncio.Task[None]] = set()
        self.url = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for tunnel in self._tunnels:
            tunnel.cancel()
        await asyncio.gather(*self._tunnels, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # In a task of its own, which __aexit__ can end.
        tunnel = asyncio.create_task(self._serve(reader, writer))
        self._tunnels.add(tunnel)
        tunnel.add_done_callback(self._tunnels.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with _closing(writer):
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                request = await reader.readuntil(b"\r\n\r\n")
                method, authority, _ = request.decode().split(" ", 2)
                if method != "CONNECT":
                    writer.write(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
                    return
                host, _, port = authority.partition(":")
                try:
                    upstream = await self._connect(host, int(port))
                except OSError:
                    writer.write(b"HTTP/1.1 504 Gateway Timeout\r\n\r\n")
                    return
                async with _closing(upstream[1]):
                    writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                    await self._carry((reader, writer), upstream)

    async def _connect(
        self, host: str, port: int
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        [found] = await self._resolver.resolve(host, port)
        async with self._clock.timeout(_CONNECT):
            return await asyncio.open_connection(found["host"], found["port"])

    async def _carry(
        self,
        browser: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        region: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Carry bytes both ways until an end closes, or the tunnel is old and quiet."""
        loop = asyncio.get_running_loop()
        moved = loop.time()

        async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            nonlocal moved
            while data := await source.read(65536):
                moved = loop.time()
                sink.write(data)
                await sink.drain()

        async def age() -> None:
            await self._clock.sleep(_LIFE)
            while loop.time() - moved < _QUIET:  # noqa: ASYNC110 -- silence raises no event
                await asyncio.sleep(_QUIET / 3)

        ends = [
            asyncio.create_task(copy(browser[0], region[1])),
            asyncio.create_task(copy(region[0], browser[1])),
            asyncio.create_task(age()),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)


@contextlib.asynccontextmanager
async def _closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    try:
        yield
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
