"""How an operator's turn of a switch goes on until clients are where they were to be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest

from infra.deployment import Deployment
from infra.errors import InfraError
from infra.operations import view
from infra.operations.switch import Position, Switch
from infra.operations.turn import Turn, turn
from infra.traffic import resolver
from infra.traffic.resolver import Answer
from tests import virtual_http
from tests.virtual_http import Request, Response
from tests.virtual_time import LoopClock, play

EAST, WEST = "us-east-1", "us-west-2"
ADDRESSES = {EAST: "192.0.2.1", WEST: "192.0.2.2"}
# Seconds between two looks, and between two numbers: a third of CloudWatch's period.
LOOK, AGAIN = 2.0, 20.0


@dataclass
class World:
    """Two regions that are well, a resolver, and the switch.

    Attributes:
        answers: whom the resolver answers at each look; the last of them for ever.
        alarm: the state of the switch's alarm.
        refused: which puts fail, counted from 0.
        puts: the numbers that were put.
        told: what the operator was told.
    """

    answers: Sequence[str]
    alarm: str = "OK"
    refused: tuple[int, ...] = ()
    puts: list[bool] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    clock: LoopClock = field(default_factory=LoopClock)

    async def query(self, *_: object) -> Answer:
        look = round(self.clock.now() / LOOK)
        region = self.answers[min(look, len(self.answers) - 1)]
        return Answer((ADDRESSES[region],), 10.0)

    async def exchange(self, _request: Request, address: str) -> Response:
        return Response(200, next(r for r in ADDRESSES if ADDRESSES[r] == address))

    def put(self, *, withdrawn: bool) -> None:
        self.puts.append(withdrawn)
        if len(self.puts) - 1 in self.refused:
            raise InfraError("PutMetricData in us-west-2 failed")

    def position(self) -> Position:
        return Position(self.alarm, None, None)

    @property
    def looks(self) -> int:
        return sum(" s of at most " in line for line in self.told)


def turned(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    *,
    withdrawn: bool = True,
    routing: str = "failover",
    limit: float = 300,
) -> bool:
    """Withdraw the east, or give it back; tell whether clients got where they were to be."""
    for module in (resolver, view):
        monkeypatch.setattr(module, "query", world.query)
    deployment = Deployment.from_names("one", "a.test", EAST, WEST, routing)
    return play(
        turn(
            Turn(deployment, deployment.primary, withdrawn),
            cast("Switch", world),
            virtual_http.target(world, "a.test"),
            world.clock,
            limit=limit,
            progress=world.told.append,
        )
    )


def test_one_answer_does_not_show_that_all_caches_have_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World([EAST, WEST, WEST, EAST, WEST])
    assert turned(world, monkeypatch)
    assert world.looks == 7, "three in a row"


def test_the_number_is_put_again_until_clients_have_followed_or_time_is_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World([EAST])
    assert not turned(world, monkeypatch, limit=3 * AGAIN + LOOK)
    assert world.puts == [True] * 4


def test_a_number_that_cant_be_put_again_is_told_and_waits_for_its_next_turn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World([EAST] * 25 + [WEST], refused=(1,))
    assert turned(world, monkeypatch)
    assert any("could not be put again: PutMetricData in us-west-2" in line for line in world.told)
    assert world.puts == [True] * 3


def test_a_switch_that_cant_be_thrown_is_no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World([EAST], refused=(0,))
    with pytest.raises(InfraError, match="PutMetricData in us-west-2 failed"):
        turned(world, monkeypatch)
    assert world.told == []


@pytest.mark.parametrize(
    ("routing", "alarm", "there"),
    [("latency", "OK", True), ("latency", "ALARM", False), ("failover", "OK", False)],
)
def test_where_both_serve_a_region_is_back_once_its_alarm_says_so(
    monkeypatch: pytest.MonkeyPatch, routing: str, alarm: str, *, there: bool
) -> None:
    world = World([WEST], alarm)
    assert turned(world, monkeypatch, withdrawn=False, routing=routing, limit=30) is there
    assert world.puts[0] is False
