"""Each fault of a region's front does what it says, to clients and to checkers, and heals."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import aiohttp
import boto3
import pytest

from infra.clock import Clock
from infra.deployment import Region
from infra.errors import InfraError
from infra.fault import Fault, Reaction
from infra.promise import Promise, Range
from infra.rehearsal.faults import FAULTS, parse
from infra.rehearsal.functions import RegionFunctions
from infra.rehearsal.route53 import Route53StandIn, Surroundings
from infra.rehearsal.route53.probe import ProbeError, probe
from infra.rehearsal.scene import Scene
from tests.rehearsal.endpoints import CHECK
from tests.rehearsal.test_front import OWN, Client, echo, region, serving

PROMISE = Promise(interval=10, threshold=3, ttl=10)
# Simulated seconds of faults, and of requests that run out of time, are so much shorter than real
# ones; for what must be answered a busy machine has a real second.
SPEED = 20
PATIENT = 2

# How a checker's request fails; of TLS, the rest of the text is the library's.
FRONTS = {
    "blackhole": "no TCP connection within 4 s",
    "refused": "no TCP connection, Connection refused",
    "reset": "closed the connection before it had answered",
    "tls": "failed the TLS handshake",
    "5xx": "answered 500 Internal Server Error",
    "slow": "did not answer within 2 s of connecting",
}


class Play:
    """A region, its standby, and a fault to be played on them."""

    def __init__(self, client: Client, other: Client) -> None:
        self.client = client
        self.other = other
        self.clock = Clock(SPEED)
        surroundings = Surroundings(
            aws_names=lambda _: None, port_of=lambda port: port, region_of=lambda _: "us-east-1"
        )
        # Never entered: these faults do nothing to checkers.
        route53 = Route53StandIn(self.clock, boto3.Session(), "http://127.0.0.1:1", surroundings)
        self.scene = Scene(
            region=Region("us-east-1", OWN),
            front=client.front,
            other_front=other.front,
            functions=RegionFunctions.of(
                boto3.Session("x", "x"), "http://127.0.0.1:1", "stack", "us-east-1"
            ),
            route53=route53,
            promise=PROMISE,
            clock=self.clock,
        )

    async def checked(self, client: Client | None = None, *, speed: float = PATIENT) -> str | None:
        """Return how a health checker's request fails; None if it passes."""
        front = (client or self.client).front
        try:
            await probe(CHECK, front.address, front.port, Clock(speed))
        except ProbeError as error:
            text = str(error).removeprefix(f"{OWN} ").removeprefix(f"{OWN}: ")
            return FRONTS["tls"] if text.startswith(FRONTS["tls"]) else text
        return None

    async def assert_fails(self, fault: str, client: Client | None = None) -> None:
        """See that a checker's request fails as it does of a fault."""
        failure = FRONTS[fault]
        speed = SPEED if "within" in failure else PATIENT
        assert await self.checked(client, speed=speed) == failure

    async def served(self, *, speed: float = PATIENT) -> bool:
        """Tell whether a client with three seconds' patience is served."""
        try:
            async with Clock(speed).timeout(3):
                return await self.client.status() < 400
        except (aiohttp.ClientError, OSError):
            return False

    async def until(self, passes: bool, seconds: float) -> None:  # noqa: FBT001 -- the state waited for
        """Wait until checkers' requests pass, or fail."""
        async with self.clock.timeout(seconds):
            while (await self.checked(speed=SPEED) is None) != passes:
                await self.clock.sleep(0.1)


def play(test: Callable[[Play], Awaitable[None]]) -> None:
    async def run() -> None:
        async with (
            serving(echo) as emulator,
            region(emulator) as client,
            region(emulator) as other,
            asyncio.timeout(30),
        ):
            await test(Play(client, other))

    asyncio.run(run())


each_fault_of_a_front = pytest.mark.parametrize("name", FRONTS)


@each_fault_of_a_front
def test_a_fault_fails_checkers_and_clients_in_its_own_way_and_heals(name: str) -> None:
    async def test(play: Play) -> None:
        for _ in range(2):
            assert await play.checked() is None
            async with FAULTS[name].inject(play.scene):
                await play.assert_fails(name)
                assert not await play.served(speed=SPEED)
                assert await play.checked(play.other) is None
            assert await play.checked() is None
            assert await play.served()

    play(test)


@each_fault_of_a_front
def test_a_fault_heals_when_what_it_is_for_fails(name: str) -> None:
    async def test(play: Play) -> None:
        with contextlib.suppress(ZeroDivisionError):
            async with FAULTS[name].inject(play.scene):
                _ = 1 / 0
        assert await play.checked() is None

    play(test)


@pytest.mark.parametrize(
    ("names", "failure"),
    [
        ("5xx,slow", "5xx"),  # as they are named: the answer comes before the wait
        ("slow,5xx", "slow"),
        ("refused,blackhole", "blackhole"),  # what is lost is lost
        ("blackhole,refused", "blackhole"),
        ("tls,5xx,reset", "tls"),
        ("refused,tls", "refused"),
        ("blackhole,both-regions,brief", "blackhole"),
    ],
)
def test_faults_at_once_show_the_one_that_is_met_first_and_all_heal(
    names: str, failure: str
) -> None:
    async def test(play: Play) -> None:
        async with parse(names).inject(play.scene):
            await play.assert_fails(failure)
        assert await play.checked() is None
        assert await play.checked(play.other) is None

    play(test)


def test_a_brief_loss_is_over_before_the_fault_is_healed() -> None:
    async def test(play: Play) -> None:
        async with FAULTS["brief"].inject(play.scene):
            await play.until(passes=False, seconds=6)
            await play.until(passes=True, seconds=PROMISE.unnoticed + 10)
            await play.clock.sleep(PROMISE.unnoticed)
            assert await play.checked() is None

    play(test)


def test_a_flapping_region_comes_and_goes_and_is_back_for_good_when_healed() -> None:
    async def test(play: Play) -> None:
        async with FAULTS["flapping"].inject(play.scene):
            for _ in range(2):
                await play.until(passes=False, seconds=40)
                await play.until(passes=True, seconds=40)
            await play.until(passes=False, seconds=40)
        assert await play.checked() is None
        await play.clock.sleep(PROMISE.unnoticed)
        assert await play.checked() is None

    play(test)


def test_both_regions_vanish_and_return() -> None:
    async def test(play: Play) -> None:
        async with FAULTS["both-regions"].inject(play.scene):
            for client in (play.client, play.other):
                await play.assert_fails("blackhole", client)
        for client in (play.client, play.other):
            assert await play.checked(client) is None

    play(test)


def test_the_names_of_faults_are_those_of_the_command_line_and_each_says_what_it_is() -> None:
    for name, fault in FAULTS.items():
        assert name == fault.name
        assert not {",", " "} & set(name)
        assert fault.does
        assert fault.on_aws
        assert fault.promised(PROMISE).failing == fault.failing


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("partial,brief", Reaction.STAYS),
        ("partial, slow", Reaction.FAILS_OVER),
        ("slow,both-regions,flapping", Reaction.BOTH_DOWN),
    ],
)
def test_of_faults_at_once_the_gravest_says_what_should_happen(
    names: str, expected: Reaction
) -> None:
    assert parse(names).expected is expected


def test_faults_at_once_fail_requests_as_quickly_and_as_slowly_as_any_of_them() -> None:
    together: Fault[Scene] = parse("5xx,slow,blackhole")
    assert together.failing == Range(0, 6)
    assert together.name == "5xx,slow,blackhole"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slwo", "there is no fault 'slwo': did you mean 'slow'?"),
        ("slow,5x", "there is no fault '5x': did you mean '5xx'?"),
        ("earthquake", "there is no fault 'earthquake': use blackhole, refused, "),
        ("", "there is no fault '': use "),
        ("slow,5xx,slow", "the fault 'slow' is named twice: name it once"),
    ],
)
def test_a_name_that_is_none_is_refused_with_those_that_are(text: str, said: str) -> None:
    with pytest.raises(InfraError) as refused:
        parse(text)
    assert str(refused.value).startswith(said)
