"""The model against what follows from its settings by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from infra.promise import ANSWERED, UNREACHABLE, Promise
from infra.rto.model import Failure, Setting, World, failures_needed, quantile, simulate

SETTINGS = st.builds(
    Setting, st.sampled_from([10, 30]), st.integers(1, 10), st.integers(1, 3600).map(float)
)
WORLDS = st.builds(
    World,
    st.sampled_from(Failure),
    st.integers(1, 100),
    st.floats(0, 600),
    st.floats(0.1, 60),
    st.floats(0.5, 60),
)
FEW = 2000


@pytest.mark.parametrize(
    ("checkers", "needed"), [(1, 1), (3, 3), (5, 5), (6, 5), (16, 14), (50, 41), (100, 82)]
)
def test_no_more_than_18_percent_may_pass(checkers: int, needed: int) -> None:
    assert failures_needed(checkers) == needed


def ends(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[float, float]:
    return float(values[0]), float(values[-1])


def test_one_checker_turns_when_its_requests_have_failed() -> None:
    one = World(checkers=1, answer=0.0)
    # It asks within 10 s, and waits 4 s for a connection; each further failure is 14 s later.
    assert ends(simulate(Setting(10, 1, 10), one).detections) == pytest.approx((4, 14), abs=0.01)
    assert ends(simulate(Setting(10, 3, 10), one).detections) == pytest.approx((32, 42), abs=0.01)
    fast = replace(one, failure=Failure.FAST)
    assert ends(simulate(Setting(10, 3, 10), fast).detections) == pytest.approx((20, 30), abs=0.01)


def test_a_request_that_was_under_way_has_its_connection_and_fails_sooner() -> None:
    slow = World(checkers=1, answer=1.0)
    # Sent up to a second before, it is given up 2 s after its connection, not 4.
    assert ends(simulate(Setting(10, 1, 10), slow).detections) == pytest.approx((1, 14), abs=0.01)


def test_a_client_waits_for_the_switch_then_for_its_resolver_then_for_both_operations() -> None:
    quick = World(Failure.FAST, checkers=1, pace=0.5, answer=0.0)
    simulated = simulate(Setting(10, 1, 30), quick)
    # The switch is within 10 s, the resolver asks within 30 s of it, and the second of a write and
    # a read follows half a second later.
    low, high = ends(simulated.outages)
    assert low == pytest.approx(0.5, abs=0.3)
    assert high == pytest.approx(10 + 30 + 0.5, abs=0.1)
    assert quantile(simulated.outages, 0.5) == pytest.approx(5 + 15 + 0.5, abs=0.3)


def test_publication_delays_clients_and_not_detection() -> None:
    setting = Setting(10, 3, 10)
    at_once, later = (
        simulate(setting, World(Failure.FAST, publication=delay)) for delay in (0, 30)
    )
    assert (at_once.detections == later.detections).all()
    assert later.outages.mean() - at_once.outages.mean() == pytest.approx(30, abs=0.1)


def test_more_checkers_that_must_agree_notice_later() -> None:
    few, many = (
        quantile(simulate(Setting(30, 1, 10), World(checkers=count)).detections, 0.5)
        for count in (1, 100)
    )
    assert few < many


@hypothesis_settings(max_examples=200, deadline=None)
@given(setting=SETTINGS, world=WORLDS)
def test_nothing_is_noticed_or_survived_outside_the_closed_form(
    setting: Setting, world: World
) -> None:
    failing = UNREACHABLE if world.failure is Failure.BLACKHOLE else ANSWERED
    promise = Promise(setting.interval, setting.threshold, setting.ttl, failing)
    simulated = simulate(setting, world, clients=FEW)
    low, high = ends(simulated.detections)
    # The promise counts an answer of no length in the last good request.
    assert promise.detection.low <= low <= high <= promise.detection.high + world.answer
    # A client's own patience is no part of the promise: the step to the request that asks DNS, one
    # more that a resolver's TTL is rounded up to, and the second of a write and a read.
    patience = 2 * world.step + max(world.pace, world.answer) + world.answer
    low, high = ends(simulated.outages)
    assert promise.outage.low + world.publication <= low
    assert high <= promise.outage.high + world.publication + world.answer + patience


@hypothesis_settings(max_examples=50, deadline=None)
@given(setting=SETTINGS, world=WORLDS)
def test_the_same_question_has_the_same_answer(setting: Setting, world: World) -> None:
    first, second = (simulate(setting, world, clients=FEW) for _ in range(2))
    assert (first.outages == second.outages).all()
    assert first.outages.size == FEW
    assert (np.diff(first.outages) >= 0).all()
