"""What clients get: which region answers for a name, as DNS and HTTPS have it just now."""

import time
from dataclasses import dataclass, replace

import aiohttp
import dns.inet
import dns.resolver

from infra.clock import Clock
from infra.errors import InfraError
from infra.traffic.client import Target
from infra.traffic.resolver import NameServer, query

# What the health checks ask for.
_PATH = "/read?limit=1"
_LAST_PORT = 65535


@dataclass(frozen=True)
class ApiAnswer:
    """What one request found.

    Attributes:
        address: what the name resolved to; None if it did not.
        region: who answered, if the answer says so.
        problem: what went wrong, in words; None if nothing did.
        seconds: how long the request took, name resolution included.
    """

    address: str | None
    region: str | None
    problem: str | None
    seconds: float

    def __str__(self) -> str:
        if self.problem is not None:
            return self.problem
        return f"{self.region or 'an unnamed region'} at {self.address}, {self.seconds:.2f} s"


async def ask(target: Target, name: str, clock: Clock) -> ApiAnswer:
    """Resolve a name and read one item there, as a health check does.

    Args:
        target: whom to ask for addresses, and whom to trust.
        name: the shared name, or a region's own.
        clock: counts the timeouts.
    """
    started = time.monotonic()
    address = region = None
    try:
        address = (await query(target.server, name, clock)).addresses[0]
        async with (
            replace(target, domain_name=name).session(clock) as session,
            session.get(f"https://{name}{_PATH}") as response,
        ):
            await response.read()
            region = response.headers.get("X-Region")
            problem = None if response.status < 400 else f"{address} answered {response.status}"
    except TimeoutError:
        problem = f"{address} did not answer in time"
    except (aiohttp.ClientError, OSError) as error:
        problem = str(error) or type(error).__name__
    return ApiAnswer(address, region, problem, time.monotonic() - started)


def name_server(given: str | None) -> NameServer:
    """Return whom to ask: ADDRESS or ADDRESS:PORT, or whom this machine asks.

    Raises:
        InfraError: it is neither, or this machine knows none.
    """
    if given is None:
        return _system_name_server()
    address, _, port = given.rpartition(":") if given.count(":") == 1 else (given, "", "53")
    if not dns.inet.is_address(address) or not port.isdecimal() or not 0 < int(port) <= _LAST_PORT:
        raise InfraError(
            f"--name-server is {given!r}: give ADDRESS or ADDRESS:PORT, an IP address and 1 to "
            f"{_LAST_PORT}, such as 1.1.1.1"
        )
    return NameServer(address, int(port))


def _system_name_server() -> NameServer:
    try:
        found = dns.resolver.Resolver().nameservers
    except dns.resolver.NoResolverConfiguration as error:
        raise InfraError(
            f"this machine names no DNS server ({error}): name one with --name-server 1.1.1.1"
        ) from error
    return NameServer(str(found[0]))
