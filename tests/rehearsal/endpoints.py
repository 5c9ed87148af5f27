"""Endpoints on loopback that health checkers and DNS clients meet in these tests."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import trustme
from aiohttp import web

from infra.rehearsal.route53.config import EndpointCheck

NAME = "us-east-1.api.example.com"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


CHECK = EndpointCheck(
    id="check",
    protocol="HTTPS",
    interval=10,
    failure_threshold=2,
    fqdn=NAME,
    address=None,
    port=443,
    path="/read?limit=1",
    search_string=None,
    sni=True,
    regions=("us-east-1", "us-west-2", "eu-west-1"),
)


def server_tls(name: str = NAME) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(name).configure_cert(context)
    return context


@contextlib.asynccontextmanager
async def endpoint(handler: Handler, tls: ssl.SSLContext, port: int = 0) -> AsyncIterator[int]:
    """Serve every path by a handler on a loopback port, a free one if it is 0, and yield it."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls)
        await site.start()
        yield runner.addresses[0][1]
        await site.stop()
        await _handshaken()
    finally:
        _hang_up(runner)
        await runner.cleanup()


def _hang_up(runner: web.AppRunner) -> None:
    """End connections at once: TLS waits for an answer to its goodbye, and loops end before."""
    for connection in runner.server.connections if runner.server else ():
        if connection.transport is not None:
            connection.transport.abort()


async def _handshaken() -> None:
    """Wait for the handshakes that are under way: before their end nobody closes a connection.

    It is the server's from then on only, and asyncio has no public word for those before.
    """
    accepting = [
        task
        for task in asyncio.all_tasks()
        if getattr(task.get_coro(), "__name__", "") == "_accept_connection2"
    ]
    if accepting:
        await asyncio.wait(accepting, timeout=10)


async def ok(_request: web.Request) -> web.StreamResponse:
    return web.json_response({"Items": []})


async def forbidden(_request: web.Request) -> web.StreamResponse:
    return web.json_response({"message": "Forbidden"}, status=403)


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """Yield a loopback port whose SYNs are dropped: its accept queue is full for ever."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port: int = listener.getsockname()[1]
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            with contextlib.suppress(BlockingIOError):
                filler.connect(("127.0.0.1", port))
        yield port


@contextlib.asynccontextmanager
async def raw_endpoint(said: bytes) -> AsyncIterator[int]:
    """Say something to whoever connects, then hang up, without TLS."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
