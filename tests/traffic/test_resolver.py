"""The clients' caching resolver, against a real DNS server."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field

import dns.rcode
import pytest

from infra.clock import Clock
from infra.rehearsal.ports import free_port
from infra.rehearsal.route53.background import Background
from infra.rehearsal.route53.routing import Resolution, RRset
from infra.rehearsal.route53.server import DnsServer
from infra.timeline import Kind, Timeline
from infra.traffic.resolver import CachingResolver, NameServer, query
from infra.traffic.watch import watch_dns

NAME = "api.example.com"
TARGET = "d-abc.execute-api.us-east-1.amazonaws.com"


class SetClock(Clock):
    """A clock that stands still until it is moved on."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 1000.0

    def now(self) -> float:
        return self.at


@dataclass
class Zone:
    """What the name server answers, which a test may change."""

    address: str = "127.0.20.1"
    others: tuple[str, ...] = ()
    ttl: int = 10
    asked: list[str] = field(default_factory=list)

    def resolve(self, name: str, _kind: str, _client: str) -> Resolution:
        self.asked.append(name)
        if name != NAME:
            return Resolution(dns.rcode.NXDOMAIN)
        addresses = (self.address, *self.others)
        return Resolution(
            dns.rcode.NOERROR,
            (RRset(NAME, "CNAME", self.ttl, (TARGET,)), RRset(TARGET, "A", 60, addresses)),
        )


@contextlib.asynccontextmanager
async def serving(zone: Zone) -> AsyncIterator[NameServer]:
    background = Background()
    server = DnsServer(zone.resolve, background)
    try:
        yield NameServer(*await server.start("127.0.0.1", 0))
    finally:
        server.close()
        await background.stop()


def run(test: Callable[[Zone, NameServer], Coroutine[None, None, None]]) -> None:
    async def play() -> None:
        zone = Zone()
        async with serving(zone) as server, asyncio.timeout(20):
            await test(zone, server)

    asyncio.run(play())


async def address(resolver: CachingResolver) -> str:
    [result] = await resolver.resolve(NAME, 443)
    return result["host"]


def test_an_answer_is_kept_for_the_shortest_ttl_along_its_chain_and_no_longer() -> None:
    async def test(zone: Zone, server: NameServer) -> None:
        clock = SetClock()
        resolver = CachingResolver(server, clock, {})
        assert await address(resolver) == "127.0.20.1"
        zone.address = "127.0.20.2"
        clock.at += 9.9
        assert await address(resolver) == "127.0.20.1"
        assert zone.asked == [NAME]
        clock.at += 0.1
        assert await address(resolver) == "127.0.20.2"
        assert zone.asked == [NAME, NAME]

    run(test)


def test_ttls_pass_on_the_compressed_clock() -> None:
    async def test(zone: Zone, server: NameServer) -> None:
        clock = Clock(speed=20)
        resolver = CachingResolver(server, clock, {})
        for _ in range(3):  # more than this test has of real time
            await resolver.resolve(NAME)
            await clock.sleep(zone.ttl + 0.1)
        assert len(zone.asked) == 3

    run(test)


def test_an_answer_that_no_datagram_holds_is_asked_for_again_over_tcp() -> None:
    async def test(zone: Zone, server: NameServer) -> None:
        zone.others = tuple(f"127.0.21.{number}" for number in range(1, 200))
        answer = await query(server, NAME, SetClock())
        assert sorted(answer.addresses) == sorted(("127.0.20.1", *zone.others))

    run(test)


def test_a_first_answer_may_come_aged_from_a_cache_further_up() -> None:
    async def test(zone: Zone, server: NameServer) -> None:
        clock = SetClock()
        resolver = CachingResolver(server, clock, {}, age=0.75)
        await resolver.resolve(NAME)
        clock.at += 2.5
        await resolver.resolve(NAME)
        assert len(zone.asked) == 2
        clock.at += 9.9  # the second answer is fresh
        await resolver.resolve(NAME)
        assert len(zone.asked) == 2

    run(test)


def test_each_resolver_has_a_cache_of_its_own_and_forgets_it_when_closed() -> None:
    async def test(zone: Zone, server: NameServer) -> None:
        clock = SetClock()
        first, second = (CachingResolver(server, clock, {}) for _ in range(2))
        for resolver in (first, second, first, second):
            await resolver.resolve(NAME)
        assert len(zone.asked) == 2
        await first.close()
        await first.resolve(NAME)
        assert len(zone.asked) == 3

    run(test)


def test_the_port_of_a_url_is_exchanged_for_the_one_that_stands_for_it() -> None:
    async def test(_zone: Zone, server: NameServer) -> None:
        resolver = CachingResolver(server, SetClock(), {443: 18443})
        assert [(await resolver.resolve(NAME, port))[0]["port"] for port in (443, 80)] == [
            18443,
            80,
        ]

    run(test)


def test_a_name_that_is_not_there_is_an_error_and_is_asked_for_again() -> None:
    async def test(zone: Zone, server: NameServer) -> None:
        resolver = CachingResolver(server, SetClock(), {})
        for _ in range(2):
            with pytest.raises(OSError, match=r"gone\.example\.com has no address: NXDOMAIN"):
                await resolver.resolve("gone.example.com")
        assert zone.asked == ["gone.example.com"] * 2

    run(test)


def test_a_name_server_that_is_silent_is_an_error_after_three_seconds() -> None:
    async def play() -> None:
        clock = Clock(speed=20)
        silent, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
        )
        port = silent.get_extra_info("sockname")[1]
        start = clock.now()
        async with asyncio.timeout(20):
            with pytest.raises(OSError, match=f"127.0.0.1 does not resolve {NAME}"):
                await query(NameServer("127.0.0.1", port), NAME, clock)
        silent.close()
        assert 3 <= clock.now() - start < 60

    asyncio.run(play())


def test_a_name_server_that_is_not_there_is_an_error() -> None:
    async def play() -> None:
        with pytest.raises(OSError, match=f"127.0.0.1 does not resolve {NAME}"):
            await query(NameServer("127.0.0.1", free_port("127.0.0.1")), NAME, Clock(speed=20))

    asyncio.run(play())


def test_the_watcher_notes_each_change_of_region_once() -> None:
    async def test(zone: Zone, server: NameServer) -> None:
        async def asked_again() -> None:
            before = len(zone.asked)
            while len(zone.asked) < before + 3:
                await clock.sleep(0.1)

        clock, timeline = Clock(speed=5), Timeline()
        regions = {"127.0.20.1": "us-east-1", "127.0.20.2": "us-west-2"}
        watcher = asyncio.create_task(
            watch_dns(NAME, server, lambda a: regions[a.addresses[0]], clock, timeline)
        )
        await asked_again()
        zone.address = "127.0.20.2"
        await asked_again()
        watcher.cancel()
        assert [(m.kind, m.region) for m in timeline.moments] == [
            (Kind.DNS, "us-east-1"),
            (Kind.DNS, "us-west-2"),
        ]
        assert timeline.moments[0].at < timeline.moments[1].at

    run(test)


def test_a_client_that_is_told_to_end_does_so_wherever_in_a_query_it_is() -> None:
    async def ask_for_ever(server: NameServer) -> None:
        while True:
            await query(server, NAME, Clock())

    async def test(_zone: Zone, server: NameServer) -> None:
        for attempt in range(800):
            client = asyncio.create_task(ask_for_ever(server))
            await asyncio.sleep(attempt % 7 / 3000)
            client.cancel()
            ended, _ = await asyncio.wait([client], timeout=5)
            assert ended, f"the cancellation of attempt {attempt} was swallowed"

    run(test)
