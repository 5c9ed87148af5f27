"""The loss of a region, measured from timelines that are small enough to measure by hand."""

from dataclasses import replace

import pytest

from infra.fault import Reaction
from infra.measure.figure import Figure, Missing
from infra.measure.loss import figures, reaction
from infra.measure.roles import Roles
from infra.promise import Range
from infra.timeline import Kind, Moment, Operation, Request, Timeline
from tests.measure.timelines import DEFAULT, EAST, ROLES, WEST, bad, good, lost_and_recovered

NONE_LOST = Missing([], [])


def measured(
    timeline: Timeline,
    missing: Missing = NONE_LOST,
    roles: Roles = ROLES,
    expected: Reaction = Reaction.FAILS_OVER,
) -> dict[str, Figure]:
    """Return the figures by their names."""
    return {f.name: f for f in figures(timeline, DEFAULT, roles, missing, expected)}


def values(timeline: Timeline) -> dict[str, float | None]:
    return {name: figure.value for name, figure in measured(timeline).items()}


def without(timeline: Timeline, operation: Operation, since: float) -> Timeline:
    """Return a timeline in which an operation has no success after a time."""
    kept = [
        replace(r, error="HTTP 503") if r.operation is operation and r.ended > since else r
        for r in timeline.requests
    ]
    return Timeline(kept, timeline.moments)


def test_every_figure_is_what_it_is_by_hand() -> None:
    assert values(lost_and_recovered()) == {
        "detection": 30,
        "DNS switch": 30.25,
        "client outage, p50": 32,  # client 1's write at 132 s
        "client outage, p99": 40,  # client 0's write at 140 s
        "client outage, max": 40,
        "failed requests": 3,
        "failed outside the outage": 0,
        "acknowledged writes": 16,
        "missing in the standby": 0,
        "failback, health check": 25,
        "failback, last client": 32,
        "missing in the primary, healed": 0,
    }


def test_all_is_kept_when_all_is_within_what_was_promised() -> None:
    found = measured(lost_and_recovered())
    assert [name for name, figure in found.items() if not figure.kept] == []
    assert found["detection"].promised == Range(20, 48)
    assert found["client outage, max"].promised == Range(20, 58)
    assert found["failed requests"].promised is None


def test_nothing_is_measured_of_a_region_that_was_never_cut() -> None:
    timeline = lost_and_recovered()
    timeline.moments = [m for m in timeline.moments if m.kind is not Kind.CUT]
    assert figures(timeline, DEFAULT, ROLES, NONE_LOST) == []
    assert figures(Timeline(), DEFAULT, ROLES, NONE_LOST) == []


def test_the_cut_of_another_region_is_no_cut_of_the_primary() -> None:
    timeline = lost_and_recovered()
    timeline.moments = [replace(m, region=WEST) for m in timeline.moments if m.kind is Kind.CUT]
    assert figures(timeline, DEFAULT, ROLES, NONE_LOST) == []


@pytest.mark.parametrize("operation", list(Operation))
def test_a_client_whose_reads_or_writes_never_recover_breaks_the_promise(
    operation: Operation,
) -> None:
    found = measured(without(lost_and_recovered(), operation, since=100))
    for name in ("client outage, p50", "client outage, p99", "client outage, max"):
        assert found[name].value is None
        assert not found[name].kept


def test_one_client_of_two_that_never_recovers_shows_in_the_worst_figures() -> None:
    timeline = lost_and_recovered()
    timeline.requests = [r for r in timeline.requests if r.client == 1 or r.ended < 130]
    assert values(timeline)["client outage, p50"] == 32
    assert values(timeline)["client outage, max"] is None


def test_recovering_only_once_the_region_is_healed_is_no_recovery() -> None:
    timeline = lost_and_recovered()
    timeline.requests = [r for r in timeline.requests if not 100 < r.ended < 201]
    assert values(timeline)["client outage, max"] is None


def test_a_detection_outside_its_range_is_not_kept() -> None:
    timeline = lost_and_recovered()
    timeline.moments = [
        replace(m, at=148.5) if m.kind is Kind.UNHEALTHY else m for m in timeline.moments
    ]
    assert measured(timeline)["detection"] == Figure("detection", 48.5, "s", Range(20, 48))
    assert not measured(timeline)["detection"].kept


def test_health_and_dns_that_never_turn_are_never() -> None:
    timeline = lost_and_recovered()
    timeline.moments = [m for m in timeline.moments if m.kind in {Kind.CUT, Kind.HEALED}]
    found = measured(timeline)
    for name in ("detection", "DNS switch", "failback, health check"):
        assert found[name].value is None
        assert not found[name].kept


def test_a_turn_before_the_cut_is_not_its_detection() -> None:
    timeline = lost_and_recovered()
    flap = [replace(m, at=m.at - 60) for m in timeline.moments if m.kind is Kind.UNHEALTHY]
    timeline.moments = [*flap, *timeline.moments]
    assert values(timeline)["detection"] == 30


def test_a_client_that_does_not_come_back_leaves_the_failback_unfinished() -> None:
    timeline = lost_and_recovered()
    timeline.requests = [r for r in timeline.requests if r.client == 1 or r.ended < 230]
    assert values(timeline)["failback, last client"] is None
    assert not measured(timeline)["failback, last client"].kept


def test_without_a_heal_no_failback_is_measured() -> None:
    timeline = lost_and_recovered()
    timeline.moments = [m for m in timeline.moments if m.at < 200]
    timeline.requests = [r for r in timeline.requests if r.ended < 200]
    found = values(timeline)
    assert not [name for name in found if name.startswith("failback")]
    assert found["client outage, max"] == 40


def test_lost_writes_are_counted_and_break_the_promise() -> None:
    found = measured(lost_and_recovered(), Missing(["a", "b"], []))
    assert found["missing in the standby"] == Figure("missing in the standby", 2, "", Range(0, 0))
    assert not found["missing in the standby"].kept
    assert found["missing in the primary, healed"].kept


def test_writes_that_nobody_could_look_for_are_not_taken_for_kept() -> None:
    found = measured(lost_and_recovered(), Missing(None, []))
    assert found["missing in the standby"].value is None
    assert not found["missing in the standby"].kept


@pytest.mark.parametrize(
    ("request_", "count"),
    [
        (bad(0, Operation.WRITE, 90), 1),  # before the cut
        (bad(0, Operation.WRITE, 101), 0),  # under way at the cut
        (bad(0, Operation.WRITE, 130), 0),  # in the outage
        (bad(0, Operation.WRITE, 142), 0),  # begun before the client had recovered
        (bad(0, Operation.WRITE, 160), 1),  # after it
        (bad(0, Operation.WRITE, 240), 1),  # after the failback
    ],
)
def test_failures_outside_the_outage_are_told_from_those_in_it(
    request_: Request, count: int
) -> None:
    timeline = lost_and_recovered()
    timeline.requests.append(request_)
    assert values(timeline)["failed outside the outage"] == count
    assert values(timeline)["failed requests"] == 4
    assert measured(timeline)["failed outside the outage"].kept is (count == 0)


def test_a_good_answer_before_the_fault_takes_effect_is_no_recovery() -> None:
    timeline = lost_and_recovered()
    timeline.requests[4:4] = [good(0, Operation.READ, 100.9, EAST)]
    assert values(timeline)["failed outside the outage"] == 0


def with_moments(*moments: Moment) -> Timeline:
    """Return the traffic of a run, and other moments between the cut and the heal."""
    timeline = lost_and_recovered()
    timeline.moments = [
        Moment(0, Kind.DNS, EAST),
        Moment(100, Kind.CUT, EAST),
        *moments,
        Moment(200, Kind.HEALED, EAST),
    ]
    return timeline


EAST_DOWN = Moment(130, Kind.UNHEALTHY, EAST)
WEST_DOWN = Moment(133, Kind.UNHEALTHY, WEST)
TO_WEST = Moment(131, Kind.DNS, WEST)
TO_EAST = Moment(134, Kind.DNS, EAST)


@pytest.mark.parametrize(
    ("moments", "happened"),
    [
        ([], Reaction.STAYS),
        ([WEST_DOWN], Reaction.STAYS),
        ([EAST_DOWN, TO_WEST], Reaction.FAILS_OVER),
        ([EAST_DOWN, TO_WEST, replace(EAST_DOWN, kind=Kind.HEALTHY), TO_EAST], Reaction.FAILS_OVER),
        ([EAST_DOWN, WEST_DOWN], Reaction.BOTH_DOWN),
        ([EAST_DOWN, TO_WEST, WEST_DOWN, TO_EAST], Reaction.BOTH_DOWN),
        ([EAST_DOWN, TO_WEST, WEST_DOWN], Reaction.FAILS_OVER),
        ([EAST_DOWN, WEST_DOWN, replace(WEST_DOWN, kind=Kind.HEALTHY)], Reaction.STAYS),
    ],
)
def test_what_happened_is_what_dns_and_health_had_come_to_by_the_heal(
    moments: list[Moment], happened: Reaction
) -> None:
    timeline = with_moments(*moments)
    timeline.moments += [Moment(230, Kind.UNHEALTHY, WEST), Moment(231, Kind.DNS, WEST)]
    assert reaction(timeline, ROLES) is happened


def test_nothing_happened_to_a_region_that_was_not_cut() -> None:
    assert reaction(Timeline(), ROLES) is None


def test_a_fault_that_must_not_move_dns_promises_that_nothing_turned_and_nothing_is_lost() -> None:
    quiet = figures(with_moments(), DEFAULT, ROLES, NONE_LOST, Reaction.STAYS)
    assert all(figure.kept for figure in quiet)
    moved = with_moments(EAST_DOWN, TO_WEST, TO_EAST, TO_WEST)
    broken = figures(moved, DEFAULT, ROLES, Missing(["a"], None), Reaction.STAYS)
    assert [(figure.name, figure.value) for figure in broken if not figure.kept] == [
        ("health check turned", 1),
        ("DNS answered the standby", 2),
        ("missing in the standby, healed", 1),
        ("missing in the primary, healed", None),
    ]


def test_with_both_regions_down_each_detection_is_promised_and_the_wait_ends_with_the_heal() -> (
    None
):
    timeline = with_moments(EAST_DOWN, replace(WEST_DOWN, at=149))
    timeline.requests = [r for r in timeline.requests if not 100 < r.ended <= 215]
    found = measured(timeline, expected=Reaction.BOTH_DOWN)
    assert found["detection in the primary"].value == 30
    assert found["detection in the primary"].kept
    assert found["detection in the standby"].value == 49
    assert not found["detection in the standby"].kept
    assert found["client outage, max"].value == 133  # client 0's read at 233 s


NEAR_WEST = Roles(EAST, WEST, bystanders=(1,))


def beside(timeline: Timeline) -> Timeline:
    """Return a timeline in which client 1 is served in the west throughout."""
    kept = [r for r in timeline.requests if r.client == 0]
    times = (98, 99, 101, 110, 130, 150, 199, 215, 233)
    west = [good(1, operation, at, WEST) for at in times for operation in Operation]
    return Timeline(sorted([*kept, *west], key=lambda r: r.ended), timeline.moments)


def test_the_loss_of_one_of_two_that_serve_concerns_its_own_clients() -> None:
    timeline = beside(lost_and_recovered())
    found = measured(timeline, roles=NEAR_WEST)
    assert found["client outage, p50"].value == found["client outage, max"].value == 40
    assert found["failback, last client"].value == 32, "client 1 has nowhere to come back from"
    assert found["failed near us-west-2"].value == 0
    assert all(figure.kept for figure in found.values())
    assert reaction(timeline, NEAR_WEST) is Reaction.FAILS_OVER


@pytest.mark.parametrize("at", [90, 103, 130, 160, 240])
def test_not_one_request_may_fail_near_the_region_that_stays(at: float) -> None:
    timeline = beside(lost_and_recovered())
    timeline.requests.append(bad(1, Operation.READ, at))
    found = measured(timeline, roles=NEAR_WEST)
    assert found["failed near us-west-2"] == Figure("failed near us-west-2", 1, "", Range(0, 0))
    assert found["failed outside the outage"].value == 0, "that is counted of the others"


DRAWN = Roles(EAST, WEST, redrawn=True)


def drawn() -> Timeline:
    """Two clients whose answers are drawn anew: lucky at 105 s, and once more unlucky at 125 s."""
    timeline = lost_and_recovered()
    timeline.requests += [good(0, operation, 105, WEST) for operation in Operation]
    timeline.requests.append(bad(0, Operation.WRITE, 128))
    timeline.requests.sort(key=lambda r: r.ended)
    timeline.moments += [Moment(110, Kind.DNS, WEST), Moment(112, Kind.DNS, EAST)]
    timeline.moments.sort(key=lambda m: m.at)
    return timeline


def test_where_lots_are_drawn_a_client_may_fail_again_until_the_lost_region_is_out() -> None:
    found = measured(drawn(), roles=DRAWN)
    assert found["DNS switch"] == Figure("DNS switch", 30.25, "s", Range(0, 48)), "for good"
    assert found["client outage, max"] == Figure("client outage, max", 35, "s", Range(0, 58))
    assert found["failed outside the outage"].value == 0
    assert "failback, last client" not in found, "who comes back when is chance"
    assert all(figure.kept for figure in found.values())
    assert reaction(drawn(), DRAWN) is Reaction.FAILS_OVER


def test_where_lots_are_drawn_a_failure_after_the_promise_is_outside_the_outage() -> None:
    timeline = drawn()
    timeline.requests.append(bad(0, Operation.WRITE, 162))  # begun at 159, a second too late
    timeline.requests.append(bad(0, Operation.WRITE, 160))  # begun at 157
    found = measured(timeline, roles=DRAWN)
    assert found["failed outside the outage"].value == 1


def test_where_lots_are_drawn_dns_that_goes_on_answering_the_lost_region_has_not_switched() -> None:
    timeline = drawn()
    timeline.moments.append(Moment(150, Kind.DNS, EAST))
    timeline.moments.sort(key=lambda m: m.at)
    found = measured(timeline, roles=DRAWN)
    assert found["DNS switch"].value is None
    assert reaction(timeline, DRAWN) is Reaction.STAYS


IDLE = Roles(EAST, WEST, bystanders=(0, 1))


def idle() -> Timeline:
    """Two clients in the west, while the east, which serves nobody, is lost and comes back."""
    west = [
        good(client, operation, at, WEST)
        for at in range(90, 240, 10)
        for client in (0, 1)
        for operation in Operation
    ]
    moments = [m for m in lost_and_recovered().moments if m.kind is not Kind.DNS]
    return Timeline(west, [Moment(0, Kind.DNS, WEST), *moments])


def test_the_loss_of_a_region_that_serves_nobody_is_detected_and_not_noticed() -> None:
    assert reaction(idle(), IDLE) is Reaction.UNNOTICED
    found = figures(idle(), DEFAULT, IDLE, NONE_LOST, Reaction.UNNOTICED)
    assert {f.name: f.value for f in found} == {
        "detection": 30,
        "DNS answered us-east-1": 0,
        "failed requests": 0,
        "acknowledged writes": 30,
        "missing in us-west-2": 0,
        "failback, health check": 25,
        "missing in us-east-1, healed": 0,
    }
    assert all(figure.kept for figure in found)


def test_one_failed_request_is_a_loss_that_was_noticed() -> None:
    timeline = idle()
    timeline.requests.append(bad(0, Operation.READ, 130))
    found = figures(timeline, DEFAULT, IDLE, NONE_LOST, Reaction.UNNOTICED)
    assert [figure.name for figure in found if not figure.kept] == ["failed requests"]
