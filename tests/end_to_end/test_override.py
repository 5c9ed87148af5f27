"""The operator's switch moves clients off a healthy primary, stays as thrown, and moves them back.

What is deployed is infra/, and the switch is thrown by the command's own code.
"""

import asyncio

import boto3
import pytest

from infra.clock import Clock
from infra.deployment import Deployment
from infra.operations.switch import Switch
from infra.operations.turn import Turn, turn
from infra.rehearsal.harness import Harness, harness_around, start_functions
from infra.timeline import Timeline
from infra.traffic.crowd import Crowd
from tests.conftest import Operated

pytestmark = pytest.mark.rehearsal

PRIMARY, STANDBY = "us-east-1", "us-west-2"
CLIENTS = 4
# Slower than other rehearsals: here not one request may fail, and a busy machine is no excuse.
SPEED = 2.0
# Simulated seconds. Coming back takes until a number is put in another minute than the failover's,
# which is 80 real seconds at most.
LIMIT = 120.0 * SPEED


class Play:
    """One deployment with clients at work."""

    def __init__(self, harness: Harness, clock: Clock) -> None:
        self.harness = harness
        self.clock = clock
        self.deployment = harness.deployment
        self.timeline = Timeline()
        self.crowd = Crowd(CLIENTS, harness.target, harness.locate, clock, self.timeline)
        self.switch = Switch(self.deployment.primary.its_switch)
        self.told: list[str] = []

    async def turned(self, *, withdrawn: bool) -> bool:
        return await turn(
            Turn(self.deployment, self.deployment.primary, withdrawn),
            self.switch,
            self.harness.target,
            self.clock,
            limit=LIMIT,
            progress=self.told.append,
        )

    async def regions_within(self, seconds: float) -> set[str | None]:
        """Return who serves from now on, for so long, once caches have run out."""
        await self.clock.sleep(15)
        since = self.clock.now()
        await self.clock.sleep(seconds)
        return {r.region for r in self.timeline.requests if r.started >= since}

    def failures(self) -> list[str]:
        return [
            f"{r.started:.1f} {r.operation} {r.error}" for r in self.timeline.requests if r.error
        ]


async def rehearsed(harness: Harness, clock: Clock) -> None:
    play = Play(harness, clock)
    assert await start_functions(harness, clock) == []
    async with play.crowd.at_work():
        assert await play.regions_within(10) == {PRIMARY}

        assert await play.turned(withdrawn=True), play.told
        assert harness.route53.healthy(endpoint(harness)), "the primary is well"
        assert await play.regions_within(5) == {STANDBY}
        assert play.switch.position().withdrawn

        data_goes_missing(play.deployment)
        assert await play.regions_within(25) == {STANDBY}
        assert "is INSUFFICIENT_DATA" in str(harness.route53.reasons), "the stand-in has seen it"

        assert await play.turned(withdrawn=False), play.told
        assert await play.regions_within(5) == {PRIMARY}
        assert not play.switch.position().withdrawn
    assert play.failures() == []


def endpoint(harness: Harness) -> str:
    followed = harness.deployment.primary.its_health_check
    check = harness.route53.configuration.endpoint_of(followed)
    assert check is not None
    return check.id


def data_goes_missing(deployment: Deployment) -> None:
    boto3.client("cloudwatch", region_name=STANDBY).set_alarm_state(
        AlarmName=deployment.primary.its_switch.alarm_name,
        StateValue="INSUFFICIENT_DATA",
        StateReason="no more numbers come",
    )


def test_an_operator_moves_clients_off_a_healthy_primary_and_back(reached: Operated) -> None:
    async def play() -> None:
        clock = Clock(SPEED)
        environment = reached.emulator.environment()
        async with harness_around(reached.deployed, environment, clock) as harness:
            await rehearsed(harness, clock)

    asyncio.run(play())
