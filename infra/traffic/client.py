"""A client of the API: writes items, reads them back, and notes what came of every request."""

import asyncio
import contextlib
import itertools
import ssl
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import aiohttp

from infra.clock import Clock
from infra.timeline import Operation, Request, Timeline
from infra.traffic.resolver import CachingResolver, NameServer

# Seconds. A client that waited longer would add its own patience to the outage that it sees.
TIMEOUT = 3.0
# Seconds between one request and the next.
PACE = 0.5


@dataclass(frozen=True)
class Target:
    """The API as clients see it.

    Attributes:
        domain_name: the name in their URLs.
        api_key: the x-api-key header of writes; None if they need none.
        server: whom they ask for its address.
        tls: whom they trust.
        ports: the port to connect to for the port in a URL, where they differ.
        timeout: seconds that they wait for an answer.
    """

    domain_name: str
    api_key: str | None
    server: NameServer
    tls: ssl.SSLContext
    ports: dict[int, int]
    timeout: float = TIMEOUT

    @contextlib.asynccontextmanager
    async def session(
        self, clock: Clock, dns_age: float = 0.0
    ) -> AsyncIterator[aiohttp.ClientSession]:
        """Open an HTTP session with a resolver cache of its own; dns_age is CachingResolver's.

        Every request opens a connection, so that DNS alone decides who serves it: a connection
        that is kept alive stays with its region, even after DNS has moved back.
        """
        connector = aiohttp.TCPConnector(
            resolver=CachingResolver(self.server, clock, self.ports, dns_age),
            use_dns_cache=False,
            force_close=True,
            ssl=self.tls,
        )
        timeout = aiohttp.ClientTimeout(total=clock.real(self.timeout))
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            yield session


async def run(
    number: int, target: Target, clock: Clock, timeline: Timeline, prefix: str = ""
) -> None:
    """Send a write, then a read of what was written, for ever, two requests a second.

    A write that fails is not tried again: the next one writes another item.

    Args:
        number: the client's.
        target: the API.
        clock: real or compressed time.
        timeline: where each request is noted.
        prefix: what the names of its items begin with.
    """
    share = number * 0.618 % 1  # spreads any number of clients evenly, so that none are in step
    async with target.session(clock, dns_age=share) as session:
        client = _Client(number, target, clock, session)
        await clock.sleep(PACE * share)
        written: str | None = None
        for turn in itertools.count():
            started = clock.now()
            if turn % 2 or written is None:
                request = await client.write(f"{prefix}{number}-{turn}-{uuid.uuid4().hex}")
                written = request.item_id if request.error is None else written
            else:
                request = await client.read(written)
            timeline.requests.append(request)
            await clock.sleep(max(0.0, started + PACE - clock.now()))


async def warm_up(target: Target, clock: Clock, attempts: int = 10, prefix: str = "") -> str | None:
    """Write and read one item until both succeed; return what failed if they never do."""
    failures: list[str] = []
    async with target.session(clock) as session:
        client = _Client(0, target, clock, session)
        for _ in range(attempts):
            name = f"{prefix}warm-up"
            requests = [await client.write(name), await client.read(name)]
            failures = [f"{r.operation}: {r.error}" for r in requests if r.error is not None]
            if not failures:
                return None
    return "; ".join(failures)


async def missing(
    item_ids: Sequence[str], target: Target, clock: Clock, concurrency: int = 4
) -> list[str]:
    """Return those items that the target does not hold.

    Raises:
        OSError: it does not answer for an item, after five attempts.
    """
    lanes = [item_ids[lane::concurrency] for lane in range(concurrency)]
    async with target.session(clock) as session:
        found = await asyncio.gather(*(_missing(lane, target, session) for lane in lanes))
    return [item_id for lane in found for item_id in lane]


async def _missing(
    item_ids: Sequence[str], target: Target, session: aiohttp.ClientSession
) -> list[str]:
    return [item_id for item_id in item_ids if not await _holds(item_id, target, session)]


async def _holds(item_id: str, target: Target, session: aiohttp.ClientSession) -> bool:
    last: object = None
    for _ in range(5):
        try:
            return await holds(item_id, target, session)
        except OSError as error:
            last = error
    raise OSError(f"{target.domain_name} does not say whether it holds item {item_id}: {last}")


async def holds(item_id: str, target: Target, session: aiohttp.ClientSession) -> bool:
    """Ask once, with a strongly consistent read, whether the target holds an item.

    Raises:
        OSError: it does not say.
    """
    url = f"https://{target.domain_name}/read"
    try:
        async with session.get(url, params=_exactly(item_id)) as response:
            if response.status in {200, 404}:
                return response.status == 200
            raise OSError(f"HTTP {response.status}")
    except aiohttp.ClientError as error:
        raise OSError(str(error) or type(error).__name__) from error


def _exactly(item_id: str) -> dict[str, str]:
    """Ask for an item as it is now: an eventually consistent read may miss what was just written.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
    """
    return {"ItemId": item_id, "consistent": "true"}


@dataclass(frozen=True)
class _Client:
    number: int
    target: Target
    clock: Clock
    session: aiohttp.ClientSession

    async def write(self, item_id: str) -> Request:
        headers = {} if self.target.api_key is None else {"x-api-key": self.target.api_key}
        body = {"ItemId": item_id, "Data": {"client": self.number, "at": self.clock.now()}}
        call = self.session.post(
            f"https://{self.target.domain_name}/write", json=body, headers=headers
        )
        return await self._request(Operation.WRITE, item_id, call)

    async def read(self, item_id: str) -> Request:
        url = f"https://{self.target.domain_name}/read"
        return await self._request(
            Operation.READ, item_id, self.session.get(url, params=_exactly(item_id))
        )

    async def _request(
        self,
        operation: Operation,
        item_id: str,
        call: "contextlib.AbstractAsyncContextManager[aiohttp.ClientResponse]",
    ) -> Request:
        started = self.clock.now()
        region, error = None, None
        try:
            async with call as response:
                await response.read()
                region = response.headers.get("X-Region")
                if response.status >= 400:
                    error = f"HTTP {response.status}"
        except TimeoutError:
            error = f"no answer within {self.target.timeout:.0f} s"
        except (aiohttp.ClientError, OSError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        return Request(self.number, operation, started, self.clock.now(), region, error, item_id)
