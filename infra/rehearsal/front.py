"""A region's front door: HTTPS on an address of its own, before the one emulator of all regions.

It stands where AWS has the regional endpoint of API Gateway: it knows the region's custom domain
names and answers 403 to every other Host, the targets of DNS records (`d-....execute-api`) among
them (https://stackoverflow.com/a/50730107).
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from typing import Self

import aiohttp
from aiohttp import web
from yarl import URL

# Meant for one hop (RFC 9110, 7.6.1), or set anew by the library for the next one.
_NOT_FORWARDED = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "upgrade", "host", "content-length"}
)
# To a request that finds a function busy the emulator starts another process, which takes a
# second; waiting for one of two takes milliseconds.
CONCURRENCY = 2
_BACKLOG = 128


class RegionFront:
    """One region's HTTPS endpoint.

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
        self._tls = tls
        self._hosts = hosts
        self._emulator = emulator
        self._reader = asyncio.Semaphore(CONCURRENCY)
        self._writer = asyncio.Semaphore(CONCURRENCY)
        self._answering = asyncio.Event()
        self._answering.set()
        self._site: web.SockSite | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(auto_decompress=False)
        application = web.Application(client_max_size=12 * 1024 * 1024)
        application.router.add_route("*", "/{path:.*}", self._handle)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await self.listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._answering.set()
        await self._runner.cleanup()
        await self._session.close()

    async def listen(self) -> None:
        """Accept connections."""
        listener = listening_socket(self.address, self.port, _BACKLOG)
        self._site = web.SockSite(self._runner, listener, ssl_context=self._tls)
        await self._site.start()

    async def stop_listening(self) -> None:
        """Accept no more connections; those that are open stay so."""
        if self._site is not None:
            await self._site.stop()
            self._site = None

    def hold_answers(self) -> None:
        """Let no answer out, to requests under way either, until told so."""
        self._answering.clear()

    def release_answers(self) -> None:
        """Let answers out again."""
        self._answering.set()

    async def _handle(self, request: web.Request) -> web.Response:
        await self._answering.wait()
        known_as = self._hosts.get(request.host.partition(":")[0].lower())
        if known_as is None:
            return web.json_response({"message": "Forbidden"}, status=403)
        try:
            answer = await self._forward(request, known_as)
        except (aiohttp.ClientError, ConnectionError):
            # Either end has gone away; where it is the client, nobody reads this.
            answer = web.json_response({"message": "Bad Gateway"}, status=502)
        await self._answering.wait()
        return answer

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


def listening_socket(address: str, port: int, backlog: int) -> socket.socket:
    """Return a listening TCP socket.

    Raises:
        OSError: the address is not of this machine, or the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
        listener.listen(backlog)
    except OSError:
        listener.close()
        raise
    listener.settimeout(0)
    return listener
