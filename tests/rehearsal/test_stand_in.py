"""The whole stand-in: from what was created through the APIs to what DNS answers."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import boto3
import dns.asyncquery
import dns.message
import dns.rcode
import pytest

from infra.clock import Clock
from infra.errors import InfraError
from infra.rehearsal.emulator import Emulator
from infra.rehearsal.ports import free_port
from infra.rehearsal.route53 import HealthChange, Route53StandIn, Settings, Surroundings
from tests.rehearsal.endpoints import endpoint, ok, server_tls
from tests.rehearsal.zones import VALUE, Zone

API_GATEWAY = "Z1UJRXOUMOOFQ8"
EAST = "d-east.execute-api.us-east-1.amazonaws.com"
WEST = "d-west.execute-api.us-west-2.amazonaws.com"
ADDRESSES = {EAST: "127.0.0.1", WEST: "127.0.0.2"}


class World:
    """An emulator, a hosted zone with an active-standby API, and the port its endpoints share."""

    def __init__(self, emulator: Emulator) -> None:
        self.endpoint = emulator.endpoint
        self.session = boto3.Session("test", "test", region_name="us-east-1")
        self.zone = Zone(self.session.client("route53", endpoint_url=emulator.endpoint))
        self.api = f"api.{self.zone.name}"
        self.port = free_port("127.0.0.1")
        self.clock = Clock(20)

    def stand_in(self, settings: Settings | None = None) -> Route53StandIn:
        surroundings = Surroundings(
            aws_names=ADDRESSES.get,
            port_of={443: self.port}.__getitem__,
            region_of=lambda client: "us-west-2" if client == "127.0.0.9" else "us-east-1",
        )
        settings = settings or Settings(zone_ids={self.zone.id})
        return Route53StandIn(self.clock, self.session, self.endpoint, surroundings, settings)

    def active_standby(self) -> str:
        """Create a region's own name with a check, and CNAMEs that fail over by it."""
        self.zone.add(
            "us-east-1.api",
            AliasTarget={
                "HostedZoneId": API_GATEWAY,
                "DNSName": EAST,
                "EvaluateTargetHealth": False,
            },
        )
        check = self.zone.add_check(
            Type="HTTPS",
            FullyQualifiedDomainName=f"us-east-1.{self.api}",
            ResourcePath="/read?limit=1",
            RequestInterval=10,
            FailureThreshold=1,
        )
        self.failover("PRIMARY", EAST, HealthCheckId=check)
        self.failover("SECONDARY", WEST)
        return check

    def failover(self, role: str, target: str, **fields: str) -> None:
        cname = {"TTL": 10, "ResourceRecords": [{"Value": target}]}
        self.zone.add("api", "CNAME", SetIdentifier=role, Failover=role, **cname, **fields)

    @contextlib.asynccontextmanager
    async def east_endpoint(self) -> AsyncIterator[None]:
        async with endpoint(ok, server_tls(), self.port):
            yield


@pytest.fixture
def world(emulator: Emulator) -> World:
    return World(emulator)


async def ask(route53: Route53StandIn, name: str, source: str = "127.0.0.1") -> tuple[str, int]:
    """Return the address of a name and the seconds that all of the answer may be kept."""
    host, port = route53.dns_address
    query = dns.message.make_query(name, "A")
    answer = await dns.asyncquery.udp(query, host, port=port, timeout=5, source=source)
    assert answer.rcode() == dns.rcode.NOERROR
    return answer.answer[-1][0].to_text(), min(rrset.ttl for rrset in answer.answer)


async def until(condition: Callable[[], bool], clock: Clock) -> None:
    async with asyncio.timeout(60):  # of real time: the machine may be busy
        while not condition():
            await clock.sleep(0.1)


def test_dns_moves_to_the_standby_when_the_primary_is_lost_and_back_when_it_heals(
    world: World,
) -> None:
    world.clock = Clock(8)  # a busy machine has a quarter of a second for an answer
    check = world.active_standby()
    changes: list[HealthChange] = []

    async def run() -> list[str]:
        answers = []
        async with world.stand_in() as route53:
            route53.on_change(changes.append)
            async with world.east_endpoint():
                answers.append((await ask(route53, world.api))[0])
            await until(lambda: not route53.healthy(check), world.clock)
            answers.append((await ask(route53, world.api))[0])
            async with world.east_endpoint():
                await until(lambda: route53.healthy(check), world.clock)
                answers.append((await ask(route53, world.api))[0])
        return answers

    assert asyncio.run(run()) == ["127.0.0.1", "127.0.0.2", "127.0.0.1"]
    assert [(change.check_id, change.healthy) for change in changes] == [
        (check, False),
        (check, True),
    ]
    assert changes[0].reason == (
        "2 of 16 checkers pass; last failure: "
        f"us-east-1.{world.api}: no TCP connection, Connection refused"
    )


def test_answers_may_be_kept_as_long_as_the_record_says(world: World) -> None:
    world.active_standby()

    async def run() -> list[int]:
        async with world.stand_in() as route53:
            return [(await ask(route53, name))[1] for name in (world.api, f"us-east-1.{world.api}")]

    assert asyncio.run(run()) == [10, 60]


def test_an_endpoint_whose_name_does_not_resolve_is_unhealthy(world: World) -> None:
    check = world.zone.add_check(
        Type="HTTPS", FullyQualifiedDomainName=f"gone.{world.api}", FailureThreshold=1
    )
    world.failover("PRIMARY", EAST, HealthCheckId=check)

    async def run() -> str:
        async with world.stand_in() as route53:
            await until(lambda: not route53.healthy(check), world.clock)
            return route53.reasons[check]

    assert asyncio.run(run()).endswith(f"gone.{world.api} does not resolve")


def test_clients_are_answered_the_region_nearest_to_them(world: World) -> None:
    for region, target in (("us-east-1", EAST), ("us-west-2", WEST)):
        cname = {"TTL": 10, "ResourceRecords": [{"Value": target}]}
        world.zone.add("api", "CNAME", SetIdentifier=region, Region=region, **cname)

    async def run() -> list[str]:
        async with world.stand_in() as route53:
            return [
                (await ask(route53, world.api, source))[0] for source in ("127.0.0.1", "127.0.0.9")
            ]

    assert asyncio.run(run()) == ["127.0.0.1", "127.0.0.2"]


def test_a_switch_thrown_by_a_metric_moves_dns_and_too_little_data_does_not_undo_it(
    world: World,
) -> None:
    cloudwatch = world.session.client("cloudwatch", "us-west-2", endpoint_url=world.endpoint)
    alarm = f"switch-{world.zone.name}"
    cloudwatch.put_metric_alarm(
        AlarmName=alarm,
        Namespace=alarm,
        MetricName="FailOver",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    check = world.zone.add_check(
        Type="CLOUDWATCH_METRIC",
        AlarmIdentifier={"Region": "us-west-2", "Name": alarm},
        InsufficientDataHealthStatus="LastKnownStatus",
    )
    world.failover("PRIMARY", EAST, HealthCheckId=check)
    world.failover("SECONDARY", WEST)

    def put(value: float) -> None:
        cloudwatch.put_metric_data(
            Namespace=alarm, MetricData=[{"MetricName": "FailOver", "Value": value}]
        )

    async def run() -> list[str]:
        answers = []
        async with world.stand_in() as route53:
            answers.append((await ask(route53, world.api))[0])
            await asyncio.to_thread(put, 1)
            await until(lambda: not route53.healthy(check), world.clock)
            answers.append((await ask(route53, world.api))[0])
            cloudwatch.set_alarm_state(
                AlarmName=alarm, StateValue="INSUFFICIENT_DATA", StateReason="too little data"
            )
            await route53.read_alarms()
            answers.append((await ask(route53, world.api))[0])
        return answers

    assert asyncio.run(run()) == ["127.0.0.1", "127.0.0.2", "127.0.0.2"]


def test_a_later_change_is_obeyed_after_a_refresh(world: World) -> None:
    world.active_standby()

    async def run() -> str:
        async with world.stand_in() as route53:
            world.zone.add("new", **VALUE)
            await route53.refresh()
            return (await ask(route53, f"new.{world.zone.name}"))[0]

    assert asyncio.run(run()) == "192.0.2.1"


def test_a_later_change_is_obeyed_by_itself_where_a_refresh_interval_is_set(world: World) -> None:
    world.zone.add("old", **VALUE)
    name = f"new.{world.zone.name}"

    async def run() -> None:
        settings = Settings(zone_ids={world.zone.id}, refresh_interval=5)
        async with world.stand_in(settings) as route53:
            world.zone.add("new", **VALUE)
            await until(lambda: bool(route53.configuration.zones[0].group(name, "A")), world.clock)

    asyncio.run(run())


def test_what_cannot_be_obeyed_leaves_all_as_it_was(world: World) -> None:
    world.active_standby()

    async def run() -> str:
        async with world.stand_in() as route53:
            world.zone.add("many", SetIdentifier="one", MultiValueAnswer=True, **VALUE)
            with pytest.raises(InfraError, match="multivalue"):
                await route53.refresh()
            return (await ask(route53, world.api))[0]

    assert asyncio.run(run()) == "127.0.0.1"


def test_it_refuses_to_start_on_what_it_cannot_obey_and_leaves_nothing_behind(
    world: World,
) -> None:
    world.zone.add("many", SetIdentifier="one", MultiValueAnswer=True, **VALUE)

    async def run() -> int:
        with pytest.raises(InfraError, match="multivalue"):
            async with world.stand_in():
                pytest.fail("it started")
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1


def test_nothing_runs_on_after_it_is_left(world: World) -> None:
    world.active_standby()

    async def run() -> int:
        async with world.stand_in() as route53:
            host, port = route53.dns_address
            _, writer = await asyncio.open_connection(host, port)
            await world.clock.sleep(12)
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(host, port)
        return len(asyncio.all_tasks())

    assert asyncio.run(run()) == 1
