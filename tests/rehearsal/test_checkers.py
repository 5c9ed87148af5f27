"""Many health checkers on one endpoint: when they turn, together, and why."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.clock import Clock
from infra.promise import Promise
from infra.rehearsal.route53.background import Background
from infra.rehearsal.route53.checkers import Checkers, phases
from infra.rehearsal.route53.config import (
    AlarmCheck,
    AlarmIdentifier,
    CalculatedCheck,
    EndpointCheck,
    HealthCheck,
    InsufficientData,
)
from infra.rehearsal.route53.health import Health, HealthChange
from infra.rehearsal.route53.probe import ProbeError
from tests.rehearsal.endpoints import CHECK
from tests.rehearsal.virtual import world
from tests.virtual_time import LoopClock, play


def failing(checkers: Checkers, count: int, times: int) -> None:
    for checker in range(count):
        for _ in range(times):
            checkers.record(checker, "down")


@pytest.mark.parametrize(
    ("count", "failed", "healthy"),
    [
        (16, 0, True),
        (16, 13, True),
        (16, 14, False),
        (16, 16, False),
        (50, 40, True),
        (50, 41, False),
    ],
)
def test_an_endpoint_is_healthy_while_more_than_18_percent_of_checkers_say_so(
    *, count: int, failed: int, healthy: bool
) -> None:
    checkers = Checkers(CHECK, count)
    failing(checkers, failed, CHECK.failure_threshold)
    assert checkers.healthy == healthy


@given(results=st.lists(st.booleans()), threshold=st.integers(1, 10))
def test_a_checker_turns_after_as_many_contrary_results_in_a_row_as_the_threshold(
    *, results: list[bool], threshold: int
) -> None:
    checkers = Checkers(replace(CHECK, failure_threshold=threshold), 1)
    expected = True
    for number, passed in enumerate(results):
        checkers.record(0, None if passed else "down")
        recent = results[max(0, number + 1 - threshold) : number + 1]
        if len(recent) == threshold and all(result != expected for result in recent):
            expected = not expected
        assert checkers.healthy == expected


@given(seed=st.integers(), count=st.integers(1, 32), interval=st.sampled_from([10, 30]))
def test_phases_are_anywhere_in_the_interval_and_the_same_for_a_seed(
    seed: int, count: int, interval: int
) -> None:
    check = replace(CHECK, interval=interval)
    found = phases(check, count, seed)
    assert len(set(found)) == count
    assert all(0 <= phase < interval for phase in found)
    assert phases(replace(check, id="another id"), count, seed) == found


@dataclass
class Endpoint:
    """Where the checkers' requests go, on a clock that costs no time; a test breaks and mends it.

    Attributes:
        takes: seconds until a request has its result.
        problem: how requests fail; None if they pass.
        seen: each request: whose it was, and when.
    """

    clock: Clock = field(default_factory=LoopClock)
    takes: float = 0.05
    problem: str | None = None
    seen: list[tuple[int, float]] = field(default_factory=list)

    async def ask(self, _check: EndpointCheck, checker: int) -> None:
        self.seen.append((checker, self.clock.now()))
        await self.clock.sleep(self.takes)
        if self.problem is not None:
            raise ProbeError(self.problem)

    @contextlib.contextmanager
    def failing(self, problem: str, takes: float) -> Iterator[None]:
        self.problem, self.takes, before = problem, takes, self.takes
        yield
        self.problem, self.takes = None, before


@contextlib.asynccontextmanager
async def watched(
    asked: Endpoint, *checks: HealthCheck
) -> AsyncIterator[tuple[Health, list[HealthChange]]]:
    """Run the checkers of some health checks, and collect what turns."""
    background = Background()
    health = Health(asked.clock, background, asked.ask, checkers=16, seed=1)
    changes: list[HealthChange] = []
    health.on_change(changes.append)
    health.update({check.id: check for check in checks})
    try:
        yield health, changes
    finally:
        await background.stop()


async def until(condition: Callable[[], object], clock: Clock, seconds: float) -> None:
    async with clock.timeout(seconds):
        while not condition():
            await clock.sleep(0.1)


# What a request to a region that vanished takes to fail, and one that is refused.
@pytest.mark.parametrize("takes", [4.0, 0.05])
@pytest.mark.parametrize("threshold", [1, 2, 3])
def test_a_loss_and_its_end_are_detected_within_the_promised_range(
    threshold: int, takes: float
) -> None:
    async def run() -> tuple[float, float, list[HealthChange]]:
        asked, check = Endpoint(), replace(CHECK, failure_threshold=threshold)
        clock = asked.clock
        async with watched(asked, check) as (health, changes):
            await clock.sleep(25)
            assert health.healthy(check.id)
            with asked.failing("gone", takes):
                lost = clock.now()
                await until(lambda: changes, clock, 60)
            healed = clock.now()
            await until(lambda: len(changes) > 1, clock, 60)
            return lost, healed, changes

    lost, healed, changes = play(run())
    assert [change.healthy for change in changes] == [False, True]
    latest = 10 + (threshold - 1) * (10 + 6) + 6
    assert (threshold - 1) * 10 <= changes[0].at - lost <= latest
    assert changes[1].at - healed <= latest
    assert changes[0].reason == "2 of 16 checkers pass; last failure: gone"


@pytest.mark.parametrize(("count", "healthy"), [(13, True), (14, False)])
def test_an_endpoint_that_some_checkers_are_cut_off_from_is_healthy_while_enough_reach_it(
    *, count: int, healthy: bool
) -> None:
    async def run() -> None:
        async with world(Promise(10, 3, 10)) as opened:
            east, route53 = "east-endpoint", opened.harness.route53
            with route53.cut_off(lambda check, checker: check.id == east and checker < count):
                await opened.clock.sleep(60)
                assert route53.healthy(east) == healthy
                assert route53.healthy("west-endpoint")
            await opened.clock.sleep(60)
            assert route53.healthy(east)

    play(run())


def test_the_interval_runs_from_a_response_to_the_next_request() -> None:
    async def run() -> list[tuple[int, float]]:
        asked = Endpoint(takes=4)
        async with watched(asked, CHECK):
            await asked.clock.sleep(30)
        return asked.seen

    seen = play(run())
    for checker in range(16):
        first, second = [at for who, at in seen if who == checker][:2]
        assert first <= 10.1
        assert second - first == pytest.approx(4 + 10, abs=0.1)


def test_a_disabled_check_is_healthy_and_sends_nothing_until_it_is_enabled() -> None:
    async def run() -> None:
        asked = Endpoint(problem="down")
        disabled = replace(CHECK, failure_threshold=1, disabled=True)
        async with watched(asked, disabled) as (health, _):
            await asked.clock.sleep(12)
            assert asked.seen == []
            assert health.healthy(CHECK.id)
            health.update({CHECK.id: replace(disabled, disabled=False)})
            await until(lambda: not health.healthy(CHECK.id), asked.clock, 40)
            health.update({CHECK.id: disabled})
            assert health.healthy(CHECK.id)
            health.update({CHECK.id: replace(disabled, inverted=True)})
            assert not health.healthy(CHECK.id)

    play(run())


def test_a_deleted_check_is_probed_no_more() -> None:
    async def run() -> None:
        asked = Endpoint()
        async with watched(asked, CHECK) as (health, _):
            await until(lambda: asked.seen, asked.clock, 12)
            health.update({})
            before = len(asked.seen)
            await asked.clock.sleep(30)
            assert len(asked.seen) == before

    play(run())


def test_a_failure_of_the_stand_in_itself_is_not_swallowed() -> None:
    async def run() -> None:
        async def broken(_check: EndpointCheck, _checker: int) -> None:
            raise RuntimeError("a bug")

        clock = LoopClock()
        background = Background()
        Health(clock, background, broken, checkers=1, seed=0).update({CHECK.id: CHECK})
        await clock.sleep(20)
        await background.stop()

    with pytest.raises(RuntimeError, match="a bug"):
        play(run())


ALARM = AlarmIdentifier("us-west-2", "operator-switch")
SWITCH = "switch"
REGION = "region"


def statuses(health: Health) -> dict[str, bool]:
    return {check_id: health.healthy(check_id) for check_id in health.checks}


def alarm_check(insufficient: InsufficientData, *, inverted: bool = False) -> AlarmCheck:
    return AlarmCheck(id=SWITCH, alarm=ALARM, insufficient_data=insufficient, inverted=inverted)


@pytest.mark.parametrize("inverted", [False, True])
def test_a_new_check_is_healthy_until_there_is_data_or_unhealthy_if_inverted(
    *, inverted: bool
) -> None:
    async def run() -> dict[str, bool]:
        checks = (replace(CHECK, inverted=inverted), alarm_check("Unhealthy", inverted=inverted))
        async with watched(Endpoint(), *checks) as (health, _):
            return statuses(health)

    assert set(play(run()).values()) == {not inverted}


@pytest.mark.parametrize(
    ("insufficient", "states", "healthy"),
    [
        ("Unhealthy", ["OK"], True),
        ("Healthy", ["ALARM"], False),
        ("Healthy", ["ALARM", "INSUFFICIENT_DATA"], True),
        ("Unhealthy", ["OK", "INSUFFICIENT_DATA"], False),
        ("LastKnownStatus", ["INSUFFICIENT_DATA"], True),
        ("LastKnownStatus", ["OK", "INSUFFICIENT_DATA"], True),
        ("LastKnownStatus", ["OK", "ALARM", "INSUFFICIENT_DATA"], False),
        ("LastKnownStatus", ["ALARM", "missing"], False),
        ("Unhealthy", ["missing"], False),
    ],
)
def test_an_alarms_check_follows_its_state_and_the_rule_for_too_little_data(
    *, insufficient: InsufficientData, states: list[str], healthy: bool
) -> None:
    async def run() -> bool:
        async with watched(Endpoint(), alarm_check(insufficient)) as (health, _):
            for state in states:
                health.set_alarms({ALARM: state})
            return health.healthy(SWITCH)

    assert play(run()) == healthy


@pytest.mark.parametrize(
    ("needed", "alarm", "healthy"),
    [
        (2, "OK", True),
        (2, "ALARM", False),
        (1, "ALARM", True),
        (0, "ALARM", True),
        (3, "OK", False),
    ],
)
def test_a_calculated_check_needs_as_many_healthy_children_as_its_threshold(
    *, needed: int, alarm: str, healthy: bool
) -> None:
    async def run() -> bool:
        region = CalculatedCheck(id=REGION, children=(CHECK.id, SWITCH), health_threshold=needed)
        async with watched(Endpoint(), region, CHECK, alarm_check("LastKnownStatus")) as (
            health,
            _,
        ):
            health.set_alarms({ALARM: alarm})
            return health.healthy(REGION)

    assert play(run()) == healthy


def test_a_thrown_switch_turns_the_region_and_says_why() -> None:
    async def run() -> list[HealthChange]:
        region = CalculatedCheck(id=REGION, children=(CHECK.id, SWITCH), health_threshold=2)
        switch = alarm_check("LastKnownStatus")
        async with watched(Endpoint(), region, CHECK, switch) as (health, changes):
            for state in ("OK", "ALARM", "ALARM", "OK"):
                health.set_alarms({ALARM: state})
            return changes

    changes = play(run())
    assert [(change.check_id, change.healthy) for change in changes] == [
        (REGION, False),
        (SWITCH, False),
        (REGION, True),
        (SWITCH, True),
    ]
    assert [change.reason for change in changes[:2]] == [
        "1 of 2 children healthy, 2 needed: alarm operator-switch in us-west-2 is ALARM",
        "alarm operator-switch in us-west-2 is ALARM",
    ]


def test_an_inverted_check_is_the_reverse_and_says_so() -> None:
    async def run() -> HealthChange:
        async with watched(Endpoint(), alarm_check("Healthy", inverted=True)) as (health, changes):
            health.set_alarms({ALARM: "ALARM"})
            return changes[0]

    change = play(run())
    assert change.healthy
    assert change.reason == "alarm operator-switch in us-west-2 is ALARM (inverted)"


def test_the_last_failure_is_kept_when_requests_pass_again() -> None:
    checkers = Checkers(CHECK, 16)
    checkers.record(3, "does not resolve")
    checkers.record(3, None)
    assert checkers.last_failure == "does not resolve"
