"""A region that is drained and refilled: what of it is measured, and what is none."""

import pytest

from infra.fault import Reaction
from infra.measure import evacuation
from infra.measure.figure import Figure, Missing
from infra.measure.roles import Roles
from infra.promise import Promise, Range
from infra.timeline import Kind, Moment, Operation, Timeline
from tests.measure.timelines import EAST, WEST, bad, good

PROMISE = Promise(interval=10, threshold=3, ttl=10)
ROLES = Roles(EAST, WEST)
NONE_LOST = Missing([], [])


def drained() -> Timeline:
    """Two clients. The east is drained at 100 s and refilled from 120 s on.

    Client 1 leaves it at 108 s, the last time that it asks there; both are back at 135 s.
    """
    read = Operation.READ
    return Timeline(
        [
            good(0, read, 99, EAST),
            good(1, read, 99, EAST),
            good(0, read, 104, WEST),
            good(1, read, 108.5, EAST),
            good(1, read, 112, WEST),
            good(0, read, 130, EAST),
            good(1, read, 135, EAST),
        ],
        [
            Moment(0, Kind.DNS, EAST),
            Moment(99, Kind.DNS, WEST),
            Moment(100, Kind.DRAINED, EAST),
            Moment(120, Kind.REFILLING, EAST),
            Moment(125, Kind.DNS, EAST),
        ],
    )


def found(timeline: Timeline) -> dict[str, Figure]:
    return {f.name: f for f in evacuation.figures(timeline, PROMISE, ROLES, NONE_LOST)}


def test_the_last_request_there_and_the_last_client_to_return_are_what_counts() -> None:
    figures = found(drained())
    assert evacuation.reaction(drained(), ROLES) is Reaction.MOVES
    assert figures["until us-east-1 was empty"].value == 8
    assert figures["until us-east-1 was empty"].promised == Range(0, 10)
    assert figures["refilled, last client"].value == 15
    assert all(figure.kept for figure in figures.values())


@pytest.mark.parametrize("at", [50, 106, 118, 140])
def test_not_one_request_may_fail_at_any_time(at: float) -> None:
    timeline = drained()
    timeline.requests.append(bad(0, Operation.WRITE, at))
    assert [f.name for f in found(timeline).values() if not f.kept] == ["failed requests"]


def test_dns_may_not_be_without_an_answer_for_a_moment() -> None:
    timeline = drained()
    timeline.moments.insert(1, Moment(98, Kind.DNS, ""))
    assert [f.name for f in found(timeline).values() if not f.kept] == ["DNS without an answer"]


def test_a_client_that_stays_longer_than_the_ttl_is_told() -> None:
    timeline = drained()
    timeline.requests.append(good(0, Operation.READ, 111, EAST))
    assert [f.name for f in found(timeline).values() if not f.kept] == ["until us-east-1 was empty"]


def test_a_client_that_does_not_return_is_told() -> None:
    timeline = drained()
    timeline.requests.pop()
    assert found(timeline)["refilled, last client"].value is None


def test_where_lots_are_drawn_who_returns_when_is_theirs_to_say() -> None:
    drawn = Roles(EAST, WEST, redrawn=True)
    names = [f.name for f in evacuation.figures(drained(), PROMISE, drawn, NONE_LOST)]
    assert "refilled, last client" not in names


def test_a_health_check_that_turned_moved_them_and_not_the_weights() -> None:
    timeline = drained()
    timeline.moments.insert(1, Moment(98, Kind.UNHEALTHY, EAST))
    assert evacuation.reaction(timeline, ROLES) is Reaction.FAILS_OVER


def test_of_a_region_that_was_not_drained_there_is_nothing_to_say() -> None:
    assert evacuation.reaction(Timeline(), ROLES) is None
    assert found(Timeline()) == {}
