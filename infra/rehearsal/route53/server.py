"""The DNS server: UDP and TCP on one loopback address and port."""

import asyncio
from collections.abc import Callable

from infra.rehearsal.ports import free_port
from infra.rehearsal.route53.background import Background
from infra.rehearsal.route53.messages import respond
from infra.rehearsal.route53.routing import Resolution

# Answers a normal name and a type for a client at an IP address.
ClientResolver = Callable[[str, str, str], Resolution]


class DnsServer:
    """Answers queries until it is closed.

    Args:
        resolve: gives the answers.
        background: runs the TCP connections.
    """

    def __init__(self, resolve: ClientResolver, background: Background) -> None:
        self._resolve = resolve
        self._background = background
        self._datagrams: asyncio.DatagramTransport | None = None
        self._listener: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> tuple[str, int]:
        """Listen on an address and a port (a free one if it is 0), and return both.

        Raises:
            OSError: the port is taken, or the address is not of this machine.
        """
        port = port or free_port(host)
        loop = asyncio.get_running_loop()
        self._datagrams, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._resolve), local_addr=(host, port)
        )
        self._listener = await asyncio.start_server(self._accept, host, port)
        return host, port

    def close(self) -> None:
        """Listen no more."""
        if self._datagrams is not None:
            self._datagrams.close()
        if self._listener is not None:
            self._listener.close()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._background.start(self._converse(reader, writer))

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = writer.get_extra_info("peername")[0]
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(2))
                query = await reader.readexactly(size)
                answer = respond(query, lambda n, t: self._resolve(n, t, client), datagram=False)
                if answer is None:
                    return
                writer.write(len(answer).to_bytes(2) + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, resolve: ClientResolver) -> None:
        self._resolve = resolve

    # A datagram protocol is given a datagram transport, whatever its base class allows for.
    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = respond(data, lambda n, t: self._resolve(n, t, addr[0]), datagram=True)
        if answer is not None:
            self._transport.sendto(answer, addr)
