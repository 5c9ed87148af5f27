"""Histories that have broken failovers before: each comes out well, or costs what is said here."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import async_solipsism
import dns.message
import pytest

from infra.promise import Promise
from infra.rehearsal.route53.config import CalculatedCheck, Configuration, EndpointCheck
from infra.timeline import Operation
from tests.histories.history import PEACE, Event, History, Setting, breaches, live
from tests.rehearsal.virtual import EAST, WEST, Wire, World

PROMISE = Promise(10, 3, 10)
# A client's own request and its turn, beside what the promise counts.
TURN = 4.0


def answers(history: History) -> list[tuple[float, str]]:
    """Return when DNS answered another region than before, in seconds after the peace."""
    changes: list[tuple[float, str]] = []
    for at, region in history.answers:
        if not changes or changes[-1][1] != region:
            changes.append((at - PEACE, region))
    return changes


def first_success(history: History, number: int, since: float) -> float:
    """Return how long a client waited, from a time on, for a good answer of each kind."""
    return max(
        next(
            r.ended
            for r in history.timeline.requests
            if (r.client, r.operation) == (number, operation)
            and r.error is None
            and r.started >= PEACE + since
        )
        - PEACE
        - since
        for operation in Operation
    )


def test_a_primary_that_is_lost_again_and_again_is_left_each_time() -> None:
    history = live([Event(120 * n, 60, EAST, "blackhole") for n in range(4)])
    assert breaches(history) == []
    assert [region for _, region in answers(history)] == [EAST, *([WEST, EAST] * 4)]


def test_a_primary_that_fails_while_clients_come_back_to_it_is_left_again() -> None:
    history = live([Event(0, 100, EAST, "blackhole"), Event(130, 100, EAST, "5xx")])
    assert breaches(history) == []
    _, (_, west), (back, east), (again, _), *_ = answers(history)
    assert (west, east) == (WEST, EAST)
    assert 100 + 20 <= back < 100 + 48
    assert 130 + 20 <= again <= 130 + 36, "it was answering again when it failed"


def test_a_bad_release_in_an_outage_keeps_clients_away_until_it_is_rolled_back() -> None:
    history = live([Event(0, 100, EAST, "blackhole"), Event(60, 140, EAST, "5xx")])
    assert breaches(history) == []
    _, (_, west), (back, east) = answers(history)
    assert (west, east) == (WEST, EAST)
    assert back >= 200 + 20, "the network was back at 100 s, and the release at 200 s"


def test_a_standby_that_fails_while_it_serves_is_used_again_as_soon_as_it_is_back() -> None:
    history = live([Event(0, 400, EAST, "blackhole"), Event(120, 80, WEST, "5xx")])
    assert breaches(history) == []
    changes = answers(history)
    assert [region for _, region in changes] == [EAST, WEST, EAST, WEST, EAST]
    assert changes[2][0] <= 120 + 48, "with both down DNS answers the primary"
    assert changes[3][0] <= 200 + 48
    for number in range(history.setting.clients):
        assert first_success(history, number, since=200) <= 48 + PROMISE.ttl + TURN


def test_writes_that_were_on_their_way_when_the_region_was_lost_come_with_its_return() -> None:
    history = live([Event(0, 200, EAST, "blackhole")], Setting(lag=5))
    assert breaches(history) == []


@dataclass(frozen=True)
class Late(Wire):
    """A name server that answers late."""

    seconds: float = 0.0

    async def ask(self, question: dns.message.Message) -> dns.message.Message:
        await asyncio.sleep(self.seconds)
        return await super().ask(question)


@dataclass(frozen=True)
class Stubborn(Wire):
    """A resolver that keeps answers for longer than their TTL, and says so to nobody."""

    keeps: int = 0

    async def ask(self, question: dns.message.Message) -> dns.message.Message:
        answer = await super().ask(question)
        for rrset in answer.answer:
            rrset.ttl = self.keeps
        return answer


def test_a_dns_server_that_answers_late_makes_clients_late_by_no_more() -> None:
    history = live(
        [Event(0, 120, EAST, "blackhole")],
        server=lambda route53: Late("192.0.2.53", route53=route53, seconds=2),
    )
    assert breaches(history) == []
    for number in range(history.setting.clients):
        assert first_success(history, number, since=0) <= 48 + PROMISE.ttl + TURN + 2


def test_a_resolver_that_ignores_ttls_makes_its_clients_wait_for_as_long_as_it_keeps_answers() -> (
    None
):
    kept = 150

    history = live(
        [Event(0, 400, EAST, "blackhole")],
        server=lambda route53: Stubborn("192.0.2.53", route53=route53, keeps=kept),
    )
    waits = [first_success(history, number, since=0) for number in range(2)]
    assert max(waits) > 48 + PROMISE.ttl, "or the promise would be for them too"
    assert max(waits) <= 48 + kept + TURN
    assert history.missing == []


class Stepping(async_solipsism.EventLoop):
    """A loop whose time can step forward, as when the whole machine was asleep."""

    stepped = 0.0

    def time(self) -> float:
        return float(super().time()) + self.stepped


def test_a_machine_that_sleeps_fails_nothing_over() -> None:
    @contextlib.asynccontextmanager
    async def sleepy(opened: World) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Stepping)
        for _ in range(3):
            await opened.clock.sleep(25)
            loop.stepped += 45
        yield

    history = live([Event(0, 300, EAST, "partial")], meanwhile=sleepy, new_loop=Stepping)
    assert {region for _, region in history.answers} == {EAST}
    assert history.missing == []


def test_a_step_of_the_wall_clock_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [Event(0, 120, EAST, "blackhole")]
    steady = live(events)
    wild = iter(range(0, -(10**9), -3600))
    monkeypatch.setattr(time, "time", lambda: float(next(wild)))
    assert live(events).answers == steady.answers


def renewed(configuration: Configuration) -> Configuration:
    """Return the configuration with the primary endpoint's health check made anew."""
    checks = dict(configuration.health_checks)
    endpoint = checks.pop("east-endpoint")
    assert isinstance(endpoint, EndpointCheck)
    whole = checks["east"]
    assert isinstance(whole, CalculatedCheck)
    checks["east"] = replace(whole, children=("east-endpoint-2", "switch"))
    checks["east-endpoint-2"] = replace(endpoint, id="east-endpoint-2")
    return replace(configuration, health_checks=checks)


def test_checkers_that_start_anew_in_an_outage_send_clients_back_until_they_have_seen_it() -> None:
    """Route 53 takes a new health check for healthy until there is enough data.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
    """

    @contextlib.asynccontextmanager
    async def restarted(opened: World) -> AsyncIterator[None]:
        await opened.clock.sleep(PEACE + 100 - opened.clock.now())
        opened.harness.route53.obey(renewed(opened.configuration))
        yield

    history = live([Event(0, 300, EAST, "blackhole")], meanwhile=restarted)
    changes = answers(history)
    assert [region for _, region in changes] == [EAST, WEST, EAST, WEST, EAST]
    assert 100 <= changes[2][0] <= 101
    assert 100 + 28 <= changes[3][0] <= 100 + 48 + 1
    assert history.missing == []
