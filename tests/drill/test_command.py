"""`python -m infra drill`, as it is called: dry until told, and only where all is well."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra.commands import drill
from infra.drill.journal import Journal
from infra.errors import InfraError
from infra.operations import options
from infra.rehearsal.emulator import Emulator
from infra.report import machine
from infra.report.store import Store
from tests import virtual_http
from tests.drill.test_change import Failing
from tests.drill.world import EAST, WEST, World, resolved
from tests.emulator.cloud import Cloud, reach, unique
from tests.virtual_time import LoopClock, play

# No other test's: its functions are in the one emulator of all.
STACK = unique()
FUNCTION = f"{STACK}-read"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A world that the command finds where it would find the deployment."""
    found = World(LoopClock())
    target = virtual_http.target(found, "api.test")
    monkeypatch.setattr(options, "_target", lambda *_: target)
    monkeypatch.setattr(drill, "Clock", lambda: found.clock)
    monkeypatch.setattr(asyncio, "run", play)
    monkeypatch.setenv("INFRA_API_KEY", "key")
    with resolved(found):
        yield found


@pytest.fixture(scope="module")
def reader(emulator: Emulator) -> Cloud:
    """An emulator that has the stack's reader."""
    cloud = Cloud(emulator.endpoint)
    cloud.silent_function(FUNCTION)
    return cloud


@pytest.fixture
def function(reader: Cloud, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    """The reader in the emulator, which this process's own clients reach too."""
    reach(emulator, monkeypatch)
    return reader


def call(folder: Path, *arguments: str, typed: str = "") -> Result:
    names = ["--stack", STACK, "--domain-name", "api.test", "--primary-region", EAST]
    folders = ["--journal", str(folder / "deployments"), "--reports", str(folder / "reports")]
    return CliRunner(catch_exceptions=False).invoke(
        drill.command, [*names, "--standby-region", WEST, *folders, *arguments], input=typed
    )


def test_without_being_told_it_says_what_it_would_do_and_does_nothing(
    world: World, function: Cloud, tmp_path: Path
) -> None:
    done = call(tmp_path)
    assert done.exit_code == 0, done.output
    assert f"lambda:PutFunctionConcurrency {FUNCTION} = 0 in {EAST}" in done.output
    assert f"lambda:DeleteFunctionConcurrency {FUNCTION} in {EAST}, after 300 s" in done.output
    assert f"now: api.test {EAST} at 192.0.2.1" in done.output
    assert "this was a dry run: nothing was changed. --execute does it" in done.output
    assert world.items == {}
    assert not (tmp_path / "deployments").exists()
    found = function.functions.get_function_concurrency(FunctionName=FUNCTION)
    assert "ReservedConcurrentExecutions" not in found


def test_the_name_of_the_stack_is_asked_for(world: World, function: Cloud, tmp_path: Path) -> None:
    del function
    with pytest.raises(InfraError, match=f"'yes' is not {STACK}, so nothing was changed"):
        call(tmp_path, "--execute", typed="yes\n")
    assert world.items == {}
    assert not (tmp_path / "deployments").exists()


def test_nothing_is_done_where_a_region_does_not_answer(
    world: World, function: Cloud, tmp_path: Path
) -> None:
    del function
    world.readers[WEST] = False
    with pytest.raises(InfraError, match=r"not all is well, .*us-west-2\.api\.test: .*503"):
        call(tmp_path, "--execute", "--yes")
    assert world.items == {}


def test_nothing_is_done_where_the_standby_serves(
    world: World, function: Cloud, tmp_path: Path
) -> None:
    del function
    world.answered = WEST
    with pytest.raises(InfraError, match=r"api\.test is answered by us-west-2"):
        call(tmp_path, "--execute", "--yes")


@pytest.mark.parametrize("routing", ["latency", "weighted"])
def test_nothing_is_done_where_no_region_takes_over(
    world: World, function: Cloud, tmp_path: Path, routing: str
) -> None:
    del function
    with pytest.raises(InfraError, match=f'has routing = "{routing}".* only "failover" has'):
        call(tmp_path, "--routing", routing, "--execute", "--yes")
    assert world.items == {}
    assert not (tmp_path / "deployments").exists()


@pytest.mark.usefixtures("world", "function")
@pytest.mark.parametrize("fault", ["throttled", "none"])
@pytest.mark.parametrize("key", ["", "another"])
def test_without_the_api_key_nothing_is_done_and_the_way_to_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, fault: str
) -> None:
    monkeypatch.setenv("INFRA_API_KEY", key)
    with pytest.raises(InfraError, match=r"can't write and read \(write: HTTP 403") as refused:
        call(tmp_path, "--fault", fault, "--execute", "--yes")
    assert "INFRA_API_KEY" in str(refused.value)
    assert "another" not in str(refused.value)


def test_a_drill_that_was_not_undone_comes_first(world: World, tmp_path: Path) -> None:
    del world
    Journal.of(tmp_path / "deployments", STACK).begin(Failing(0))
    with pytest.raises(InfraError, match=r"end it first, with `python -m infra drill --undo`"):
        call(tmp_path, "--fault", "none")


def test_where_nothing_is_noted_undo_says_what_else_there_is(world: World, tmp_path: Path) -> None:
    del world
    with pytest.raises(InfraError, match=rf"--function-name {FUNCTION} --region {EAST}"):
        call(tmp_path, "--undo")


def test_an_outage_that_is_there_already_can_be_watched(world: World, tmp_path: Path) -> None:
    world.readers[EAST] = world.readers[WEST] = False
    done = call(tmp_path, "--fault", "none", "--limit", "60", "--execute", "--yes")
    assert done.exit_code == 1, done.output
    assert "now: api.test 192.0.2.1 answered 503" in done.output
    assert "FAILED" in done.output


def test_what_is_watched_ends_in_a_report(world: World, tmp_path: Path) -> None:
    done = call(tmp_path, "--fault", "none", "--limit", "60", "--execute", "--yes")
    assert done.exit_code == 0, done.output
    assert "PASSED us-east-1 stayed in service, and no write was lost" in done.output
    assert "What a drill can't show:" in done.output
    [path] = Store(tmp_path / "reports").last_runs()
    told = machine.read(path)
    assert (told.kind, told.settings["stack"]) == ("drill", STACK)
    assert told.timeline.arrivals
    assert all(item.startswith("drill-20") for item in world.items)
    assert "key" not in path.read_text()
    assert path.with_suffix(".html").exists()
