"""The scenario: each fault comes to what it should, and what does not is found out."""

import contextlib
import functools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.fault import Fault, Reaction
from infra.measure.figure import Figure, Missing
from infra.measure.loss import figures, reaction
from infra.measure.roles import Roles
from infra.outcome import Outcome
from infra.promise import Promise, Range
from infra.rehearsal import cut as cuts
from infra.rehearsal.faults import FAULTS, KNOWN, parse
from infra.rehearsal.route53.config import Configuration, RecordSet
from infra.rehearsal.scenario import rehearse
from infra.rehearsal.scene import Scene, Weigh
from infra.timeline import Kind
from infra.traffic.client import PACE
from tests.rehearsal.virtual import EAST, WEST, World, configured, deployment, world
from tests.virtual_time import play

PROMISE = Promise(interval=10, threshold=3, ttl=10)
ROLES = Roles(EAST, WEST)
# Those that need Lambda or IAM: tests/end_to_end/test_rehearse_all.py has them.
OF_FUNCTIONS = {"throttled", "bad-release", "table-denied"}
OF_FRONTS = [name for name in FAULTS if name not in OF_FUNCTIONS]
CLIENTS = 8


# What is there all the time.
Prelude = Callable[[World], contextlib.AbstractAsyncContextManager[None]]


def rehearsed(  # noqa: PLR0913 -- each may differ alone
    fault: Fault[Scene],
    promise: Promise = PROMISE,
    *,
    hit: str | None = None,
    settled: bool = False,
    weigh: Weigh | None = None,
    before: Prelude = lambda _: contextlib.nullcontext(),
    **options: Any,  # noqa: ANN401 -- as world has them
) -> Outcome:
    async def run() -> Outcome:
        async with world(promise, **options) as opened, before(opened):
            return await rehearse(
                opened.harness,
                cuts.plan(opened.harness.deployment, fault, CLIENTS, hit),
                opened.clock,
                lambda _: None,
                settled=settled,
                weigh=weigh or functools.partial(weighed, opened, hit),
            )

    return play(run())


async def weighed(opened: World, hit: str | None, own: int, other: int) -> None:
    weights = (other, own) if hit == WEST else (own, other)
    opened.harness.route53.obey(configured(opened.promise, "weighted", weights))


def broken(outcome: Outcome, fault: Fault[Scene]) -> list[str]:
    """Return the promises that were not kept."""
    missing = Missing(outcome.missing_in_standby, outcome.missing_in_primary)
    found = figures(outcome.timeline, outcome.promise, ROLES, missing, fault.expected)
    assert found
    return [f"{f.name}: {f.value}, promised {f.promised}" for f in found if not f.kept]


def assert_as_expected(fault: Fault[Scene], promise: Promise = PROMISE) -> None:
    outcome = rehearsed(fault, promise)
    assert outcome.problems == []
    assert reaction(outcome.timeline, ROLES) is fault.expected
    assert broken(outcome, fault) == []


@pytest.mark.parametrize("name", OF_FRONTS)
def test_each_fault_comes_to_what_it_should_within_the_promise(name: str) -> None:
    assert_as_expected(FAULTS[name])


@pytest.mark.parametrize("name", ["blackhole", "slow", "flapping", "brief"])
@pytest.mark.parametrize("promise", [Promise(10, 1, 60), Promise(30, 2, 5), Promise(30, 3, 60)])
def test_it_does_so_whatever_the_settings(name: str, promise: Promise) -> None:
    assert_as_expected(FAULTS[name], promise)


@settings(max_examples=12, derandomize=True, deadline=None)
@given(names=st.lists(st.sampled_from(OF_FRONTS), unique=True, min_size=2, max_size=4))
def test_faults_at_once_come_to_what_the_gravest_should(names: list[str]) -> None:
    assert_as_expected(parse(",".join(names)))


def test_the_same_rehearsal_has_the_same_figures() -> None:
    first, second = (rehearsed(FAULTS["blackhole"]).timeline.moments for _ in range(2))
    assert first == second


def test_a_region_that_fails_over_though_it_should_not_is_found_out() -> None:
    eager = replace(FAULTS["blackhole"], expected=Reaction.STAYS)
    outcome = rehearsed(eager)
    assert reaction(outcome.timeline, ROLES) is Reaction.FAILS_OVER
    assert broken(outcome, eager) == [
        "health check turned: 1, promised 0",
        "DNS answered the standby: 1, promised 0",
    ]


def test_a_region_that_stays_though_it_should_fail_over_is_found_out() -> None:
    idle = replace(FAULTS["partial"], expected=Reaction.FAILS_OVER)
    outcome = rehearsed(idle)
    assert reaction(outcome.timeline, ROLES) is Reaction.STAYS
    assert outcome.problems == [
        "8 of 8 clients were not served by us-west-2 within 73 s of the loss of us-east-1"
    ]
    assert "DNS switch: None, promised 28 to 48" in broken(outcome, idle)


def test_a_record_that_follows_no_health_check_is_found_out() -> None:
    outcome = rehearsed(FAULTS["blackhole"], configuration=unchecked())
    assert reaction(outcome.timeline, ROLES) is Reaction.STAYS
    assert "api.example.com CNAME (us-east-1) has no health check" in outcome.problems[0]


def unchecked() -> Configuration:
    """Return a configuration whose primary record follows nothing."""

    def without(record: RecordSet) -> RecordSet:
        primary = record.set_identifier == EAST
        return replace(record, health_check_id=None) if primary else record

    found = configured(PROMISE)
    [zone] = found.zones
    records = tuple(without(record) for record in zone.record_sets)
    return replace(found, zones=(replace(zone, record_sets=records),))


def test_nothing_is_done_to_a_region_whose_standby_is_not_well() -> None:
    outcome = rehearsed(FAULTS["blackhole"], before=lambda opened: opened.west.lost())
    assert reaction(outcome.timeline, ROLES) is None
    assert outcome.problems[-1] == ("so nothing was done to the region: all must be well before")
    assert any("the health check of us-west-2 fails" in text for text in outcome.problems)


def test_writes_that_have_not_reached_the_standby_are_counted_and_come_with_the_heal() -> None:
    outcome = rehearsed(FAULTS["blackhole"], lag=4)
    assert outcome.missing_in_standby
    assert outcome.missing_in_primary == []
    lost = broken(outcome, FAULTS["blackhole"])
    assert f"missing in the standby: {len(outcome.missing_in_standby)}, promised 0" in lost


@pytest.mark.parametrize(("settled", "steady"), [(False, 35), (True, 15)])
def test_what_was_just_seen_to_be_well_is_not_watched_for_as_long(
    *, settled: bool, steady: float
) -> None:
    outcome = rehearsed(FAULTS["5xx"], settled=settled)
    cut = outcome.timeline.first(Kind.CUT, EAST)
    assert cut is not None
    assert steady <= cut < steady + 5
    assert broken(outcome, FAULTS["5xx"]) == []


def planned(
    name: str, hit: str | None, routing: str, weights: tuple[int, int] = (100, 0)
) -> cuts.Cut:
    deployed = replace(deployment(), routing=routing, weights=weights)
    return cuts.plan(deployed, KNOWN[name], CLIENTS, hit)


def measured(
    name: str, hit: str | None, routing: str, weights: tuple[int, int] = (100, 0)
) -> dict[str, Figure]:
    """Rehearse a fault in a mode, see it come to what it should, and return the figures."""
    cut = planned(name, hit, routing, weights)
    outcome = rehearsed(KNOWN[name], hit=hit, routing=routing, weights=weights)
    assert outcome.problems == []
    found = cut.figures(outcome)
    assert [f"{f.name}: {f.value}, promised {f.promised}" for f in found if not f.kept] == []
    assert cut.happened(outcome) is cut.expected
    return {figure.name: figure for figure in found}


@pytest.mark.parametrize(("hit", "other"), [(EAST, WEST), (WEST, EAST)])
@pytest.mark.parametrize("name", OF_FRONTS)
def test_where_both_serve_a_fault_of_either_is_felt_by_its_own_clients_alone(
    name: str, hit: str, other: str
) -> None:
    found = measured(name, hit, "latency")
    assert found[f"failed near {hit}"].value == found["failed requests"].value or (
        name == "both-regions"
    )
    if FAULTS[name].expected is Reaction.FAILS_OVER:
        assert found[f"failed near {hit}"].value
        assert found[f"failed near {other}"] == Figure(f"failed near {other}", 0, "", Range(0, 0))
        assert 20 <= (found["client outage, max"].value or 0) <= 58


@pytest.mark.parametrize("hit", [EAST, WEST])
@pytest.mark.parametrize("name", ["blackhole", "5xx", "partial", "both-regions"])
def test_where_lots_are_drawn_a_fault_of_either_comes_to_what_it_should(
    name: str, hit: str
) -> None:
    measured(name, hit, "weighted", (60, 40))


@pytest.mark.parametrize(
    ("routing", "hit", "weights"),
    [("failover", WEST, (100, 0)), ("weighted", WEST, (100, 0)), ("weighted", EAST, (0, 100))],
)
def test_the_loss_of_a_region_that_serves_nobody_is_noticed_by_none(
    routing: str, hit: str, weights: tuple[int, int]
) -> None:
    found = measured("blackhole", hit, routing, weights)
    assert found["failed requests"].value == 0
    assert found["detection"].value


@pytest.mark.parametrize(
    ("hit", "weights"), [(EAST, (100, 0)), (EAST, (50, 50)), (WEST, (1, 3)), (WEST, (0, 255))]
)
def test_an_evacuated_region_is_empty_within_the_ttl_and_no_request_fails(
    hit: str, weights: tuple[int, int]
) -> None:
    found = measured("evacuation", hit, "weighted", weights)
    other = WEST if hit == EAST else EAST
    assert found[f"missing in {other}"].value == 0
    if 0 in weights:
        assert 0 < (found["refilled, last client"].value or 0) <= 10 + 2 * PACE


def test_an_evacuation_whose_weights_do_not_move_is_found_out() -> None:
    async def still(*_: int) -> None:
        pass

    cut = planned("evacuation", None, "weighted")
    outcome = rehearsed(cut.fault, routing="weighted", weigh=still)
    assert cut.happened(outcome) is Reaction.STAYS
    broken = [figure.name for figure in cut.figures(outcome) if not figure.kept]
    assert broken == ["until us-east-1 was empty"]
