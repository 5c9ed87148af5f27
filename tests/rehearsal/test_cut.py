"""What a fault is to a deployment, by its mode of routing."""

import pytest

from infra.deployment import Deployment, Region
from infra.errors import InfraError
from infra.fault import Reaction
from infra.rehearsal import cut as cuts
from infra.rehearsal.cut import Cut
from infra.rehearsal.faults import FAULTS

EAST, WEST = (Region(name, f"{name}.a.test") for name in ("us-east-1", "us-west-2"))
CLIENTS = 8
EVERYBODY = frozenset(range(CLIENTS))


def planned(
    routing: str,
    hit: str | None = None,
    fault: str = "blackhole",
    weights: tuple[int, int] = (100, 0),
) -> Cut:
    deployment = Deployment("stack", "a.test", EAST, WEST, routing, weights=weights)
    return cuts.plan(deployment, FAULTS[fault], CLIENTS, hit)


def test_by_default_the_primary_is_hit_and_all_move() -> None:
    cut = planned("failover")
    assert (cut.region, cut.other, cut.expected) == (EAST, WEST, Reaction.FAILS_OVER)
    assert (cut.roles.bystanders, cut.roles.redrawn) == ((), False)
    assert cut.returning == EVERYBODY


@pytest.mark.parametrize(
    ("hit", "lost", "bystanders"),
    [
        (None, EAST, (1, 3, 5, 7)),
        ("primary", EAST, (1, 3, 5, 7)),
        ("us-west-2", WEST, (0, 2, 4, 6)),
        ("secondary", WEST, (0, 2, 4, 6)),
    ],
)
def test_with_latency_routing_those_near_the_other_region_are_bystanders(
    hit: str | None, lost: Region, bystanders: tuple[int, ...]
) -> None:
    cut = planned("latency", hit)
    assert (cut.region, cut.expected) == (lost, Reaction.FAILS_OVER)
    assert cut.roles.bystanders == bystanders
    assert cut.returning == EVERYBODY - set(bystanders)


def test_with_two_weights_lots_are_drawn_and_who_returns_is_theirs_to_say() -> None:
    cut = planned("weighted", weights=(50, 50))
    assert cut.roles.redrawn
    assert cut.expected is Reaction.FAILS_OVER
    assert cut.returning == frozenset()


@pytest.mark.parametrize(
    ("routing", "hit", "weights"),
    [
        ("failover", "standby", (100, 0)),
        ("weighted", "us-west-2", (100, 0)),
        ("weighted", "us-east-1", (0, 100)),
    ],
)
def test_a_region_that_serves_nobody_is_lost_unnoticed(
    routing: str, hit: str, weights: tuple[int, int]
) -> None:
    cut = planned(routing, hit, weights=weights)
    assert cut.expected is Reaction.UNNOTICED
    assert set(cut.roles.bystanders) == EVERYBODY
    assert not cut.roles.redrawn


@pytest.mark.parametrize("fault", ["brief", "both-regions"])
def test_what_could_not_be_seen_there_is_refused(fault: str) -> None:
    with pytest.raises(InfraError, match=f"{fault} would show nothing there: cut the other"):
        planned("failover", "standby", fault)


def test_a_region_of_another_deployment_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InfraError, match=r"'eu-west-1' .*: use us-east-1 or us-west-2"):
        planned("failover", "eu-west-1")
