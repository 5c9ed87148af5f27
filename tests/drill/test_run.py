"""What a drill does to a deployment, what it finds, and that it undoes it whatever happens."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra import ROOT
from infra.drill.journal import Journal
from infra.drill.order import Drill, Found
from infra.drill.report import report
from infra.drill.run import drill
from infra.errors import InfraError
from infra.fault import Reaction
from infra.report import Report
from infra.timeline import Kind
from tests import virtual_time
from tests.drill.world import EAST, WEST, Throttling, World, order, resolved
from tests.virtual_time import LoopClock

Meanwhile = Callable[[World], Awaitable[None]]


async def nothing(_: World) -> None:
    """Let be."""


def play(told: Drill, world: World, meanwhile: Meanwhile = nothing) -> Found:
    """Run a drill in the world, while something happens there."""

    async def run() -> Found:
        tasks = [asyncio.ensure_future(work) for work in (world.health(), meanwhile(world))]
        try:
            return await drill(told, world.clock, lambda _: None)
        finally:
            for task in tasks:
                task.cancel()

    with resolved(world):
        return virtual_time.play(run())


def reported(told: Drill, found: Found) -> Report:
    return report(told, found, datetime.now(UTC), ROOT)


def values(told: Report) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in told.figures}


@pytest.fixture
def world() -> World:
    return World(LoopClock())


def test_a_throttled_reader_is_taken_over_from_and_given_back(world: World, tmp_path: Path) -> None:
    change = Throttling(world)
    told = order(world, tmp_path, change, "throttled", 200)
    found = play(told, world)
    shown = reported(told, found)
    assert shown.passed, (shown.verdict, shown.problems)
    assert (change.made, change.undone) == (1, 1)
    assert not told.scene.journal.open
    figures = values(shown)
    # DNS follows after 24 s, and a resolver keeps an answer for 10.
    assert (figures["DNS switch"] or 0) >= 20
    assert (figures["client outage, max"] or 0) >= 20
    assert figures["missing in the standby"] == 0
    assert figures["missing in the primary, healed"] == 0
    assert (figures["acknowledged writes"] or 0) > 50
    assert all(item.startswith("drill-test-") for item in world.items)


def test_how_late_writes_are_in_the_standby_is_measured(world: World, tmp_path: Path) -> None:
    world.lag = 2.0
    told = order(world, tmp_path, Throttling(world), "throttled", 200)
    figures = values(reported(told, play(told, world)))
    # Looked for four times a second, and an answer takes a moment.
    assert 2.0 <= (figures["replication, p50"] or 0) <= 4
    # Four clients write once a second each.
    assert 4 <= (figures["not yet in the standby at the cut"] or 0) <= 20
    assert 1 <= (figures["the oldest of them, at the cut"] or 0) <= 4


def test_writes_that_never_arrive_are_missing(world: World, tmp_path: Path) -> None:
    world.lag = None
    told = order(world, tmp_path, Throttling(world), "throttled", 200)
    shown = reported(told, play(told, world))
    figures = values(shown)
    assert (figures["missing in the standby"] or 0) > 10
    assert figures["replication, max"] is None
    assert not shown.passed
    assert "missing in the standby" in shown.verdict


def test_a_standby_that_does_not_take_over_ends_with_the_limit(
    world: World, tmp_path: Path
) -> None:
    world.follow = 1000
    change = Throttling(world)
    told = order(world, tmp_path, change, "throttled", 60)
    found = play(told, world)
    cut, healed = (found.outcome.timeline.first(kind, EAST) for kind in (Kind.CUT, Kind.HEALED))
    assert cut is not None
    assert healed is not None
    assert 60 <= healed - cut <= 75
    assert change.undone == 1
    assert "the limit of 60 s was over" in found.outcome.problems[0]
    assert not reported(told, found).passed


def test_nothing_is_done_to_a_deployment_that_is_not_well(world: World, tmp_path: Path) -> None:
    world.writers[EAST] = False
    change = Throttling(world)
    told = order(world, tmp_path, change, "throttled", 60)
    found = play(told, world)
    assert change.made == 0
    assert "write failed: HTTP 403" in found.outcome.problems
    assert "so nothing was done to the region" in found.outcome.problems[-1]
    assert reported(told, found).verdict == "the region was not cut"


def test_a_fault_that_cant_be_made_leaves_nothing_behind(world: World, tmp_path: Path) -> None:
    change = Throttling(world, refusals=1)
    told = order(world, tmp_path, change, "throttled", 60)
    with pytest.raises(InfraError, match="Lambda in us-east-1 failed"):
        play(told, world)
    # It may have been made although the answer was lost, so it is undone all the same.
    assert change.undone == 1
    assert not told.scene.journal.open


def test_what_is_to_be_undone_is_noted_before_it_is_done(world: World, tmp_path: Path) -> None:
    noted: list[bool] = []

    class Watching(Throttling):
        def make(self) -> None:
            noted.append(Journal.of(tmp_path, "one").open)
            raise InfraError("enough was seen")

    with pytest.raises(InfraError, match="enough was seen"):
        play(order(world, tmp_path, Watching(world), "throttled", 60), world)
    assert noted == [True]


def test_a_drill_that_is_interrupted_undoes_what_it_did_and_tells_what_it_saw(
    world: World, tmp_path: Path
) -> None:
    change = Throttling(world)
    told = order(world, tmp_path, change, "throttled", 200)

    async def interrupt(there: World) -> None:
        while there.readers[EAST]:
            await there.clock.sleep(0.5)
        await there.clock.sleep(5)
        os.kill(os.getpid(), signal.SIGINT)

    found = play(told, world, interrupt)
    assert found.interrupted
    assert change.undone == 1
    assert world.readers[EAST]
    assert not told.scene.journal.open
    assert "interrupted; what was done was undone" in found.outcome.problems
    assert not reported(told, found).passed


def test_watching_takes_the_first_failure_for_the_loss(world: World, tmp_path: Path) -> None:
    lost_at: list[float] = []

    async def lose(there: World) -> None:
        await there.clock.sleep(10)
        lost_at.append(there.clock.now())
        there.readers[EAST] = there.writers[EAST] = False
        await there.clock.sleep(60)
        there.readers[EAST] = there.writers[EAST] = True

    told = order(world, tmp_path, None, "none", 150)
    found = play(told, world, lose)
    cut = found.outcome.timeline.first(Kind.CUT, EAST)
    assert cut is not None
    # A request was under way, or the next was half a second later.
    assert -1 <= cut - lost_at[0] <= 2
    assert found.expected is Reaction.FAILS_OVER
    shown = reported(told, found)
    assert (values(shown)["client outage, max"] or 0) >= 20
    assert {r.region for r in found.outcome.timeline.requests if r.error is None} == {EAST, WEST}


def test_watching_a_quiet_deployment_finds_that_nothing_turned(
    world: World, tmp_path: Path
) -> None:
    told = order(world, tmp_path, None, "none", 60)
    found = play(told, world)
    shown = reported(told, found)
    assert found.expected is Reaction.STAYS
    assert shown.passed, (shown.verdict, shown.problems)
    assert values(shown)["DNS answered the standby"] == 0
    assert values(shown)["failed requests"] == 0
