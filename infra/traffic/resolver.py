"""A caching stub resolver, as every client has one: it asks once a TTL and believes the answer."""

import socket
from dataclasses import dataclass

import dns.asyncquery
import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rdtypes.IN.A
from aiohttp.abc import AbstractResolver, ResolveResult

from infra.clock import Clock

_TIMEOUT = 3.0


@dataclass(frozen=True, slots=True)
class NameServer:
    """Where to ask, and from where.

    Attributes:
        address: its address.
        port: the port of its DNS service.
        source: the address of this machine to ask from; any if None.
    """

    address: str
    port: int = 53
    source: str | None = None

    async def ask(self, question: dns.message.Message) -> dns.message.Message:
        """Send a question, over UDP and, where the answer does not fit, TCP; return the answer.

        Raises:
            dns.exception.DNSException: the answer is none.
            OSError: it can't be reached.
        """
        response, _ = await dns.asyncquery.udp_with_fallback(
            question, self.address, port=self.port, source=self.source
        )
        return response


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name resolves to.

    Attributes:
        addresses: IPv4 addresses, in the order of the answer.
        ttl: seconds for which they may be kept: the shortest along the chain of CNAMEs.
        owner: the name that has them, at the end of that chain.
    """

    addresses: tuple[str, ...]
    ttl: float
    owner: str = ""


async def query(server: NameServer, name: str, clock: Clock) -> Answer:
    """Ask a name server for a name's addresses, without a cache.

    Raises:
        OSError: it does not answer within 3 s, or has no address for the name.
    """
    question = dns.message.make_query(name, dns.rdatatype.A)
    try:
        # Not by dnspython's own timeout: that is asyncio.wait_for, which before Python 3.12 now and
        # then swallows a cancellation, and what was to end goes on for ever.
        # https://github.com/python/cpython/issues/86296
        async with clock.timeout(_TIMEOUT):
            response = await server.ask(question)
    except (dns.exception.DNSException, OSError) as error:
        why = str(error) or f"no answer within {_TIMEOUT:.0f} s"
        raise OSError(f"{server.address} does not resolve {name}: {why}") from error
    records = [rdata for rrset in response.answer for rdata in rrset]
    addresses = tuple(r.address for r in records if isinstance(r, dns.rdtypes.IN.A.A))
    if not addresses:
        raise OSError(f"{name} has no address: {dns.rcode.to_text(response.rcode())}")
    owners = [rrset.name for rrset in response.answer if rrset.rdtype == dns.rdatatype.A]
    owner = owners[-1].to_text(omit_final_dot=True).lower()
    return Answer(addresses, min(rrset.ttl for rrset in response.answer), owner)


class CachingResolver(AbstractResolver):
    """Resolves for an aiohttp client, and keeps each answer for its TTL.

    Args:
        server: where to ask.
        clock: what TTLs are counted on.
        ports: the port to connect to for the port in a URL, where they differ.
        age: the share of its TTL that the very first answer has already spent in a cache further
            up, from 0 to 1: without it, clients that start together also ask again together.
    """

    def __init__(
        self, server: NameServer, clock: Clock, ports: dict[int, int], age: float = 0.0
    ) -> None:
        self._server = server
        self._clock = clock
        self._ports = ports
        self._age = age
        self._cache: dict[str, tuple[float, Answer]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return where to connect to for a host; see AbstractResolver.

        Raises:
            OSError: the name does not resolve.
        """
        del family  # the API's names have IPv4 addresses whatever the caller prefers
        answer = await self._cached(host)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=self._ports.get(port, port),
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in answer.addresses
        ]

    async def close(self) -> None:
        """Forget every answer."""
        self._cache.clear()

    async def _cached(self, name: str) -> Answer:
        expires, answer = self._cache.get(name, (0.0, None))
        if answer is None or self._clock.now() >= expires:
            answer = await query(self._server, name, self._clock)
            self._cache[name] = (self._clock.now() + answer.ttl * (1 - self._age), answer)
            self._age = 0.0
        return answer
