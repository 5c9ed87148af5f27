"""The steps of `deploy`, `drift` and `drill`, run for real in CI's roles, push after push."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from infra.functions import KINDS
from infra.timeline import Kind
from tests.delivery.delivered import Delivered, states
from tests.delivery.drilled import drilled
from tests.delivery.functions import answer
from tests.delivery.guarded import MAIN, STACK, STAGING, STATE_KEY
from tests.end_to_end.conftest import SPEED, Project
from tests.releases.account import PRIMARY, REGIONS, STANDBY

pytestmark = pytest.mark.xdist_group("guarded")  # one account for all of them


def test_what_the_bootstrap_prints_is_what_github_is_told(delivered: Delivered) -> None:
    printed = delivered.settings
    for name in ("plan_role_arn", "apply_role_arn"):
        assert f'{name} = "{delivered.guarded.outputs[name]}"' in re.sub(" +", " ", printed)
    for value in delivered.guarded.outputs["backend"].values():
        assert f'"{value}"' in printed


def test_a_plan_makes_nothing_and_is_the_same_for_a_person_and_in_ci(delivered: Delivered) -> None:
    assert set(delivered.planned) == {"plan"}
    assert delivered.states_before == []
    assert f"{STACK}-items" in delivered.shown
    [foreseen] = re.findall(r"^\d+ to change$", delivered.foreseen, re.MULTILINE)
    assert foreseen in delivered.shown


def test_what_was_planned_is_applied_elsewhere(delivered: Delivered) -> None:
    assert states(delivered.guarded) == [STATE_KEY]
    assert (delivered.applier / "deployments" / f"{STACK}.json").is_file()


@pytest.fixture(scope="module")
def pushed(delivered: Delivered) -> dict[str, str]:
    """The next push, which changes the app: planned, refused to the plan role, and released."""
    for root in (delivered.planner, delivered.applier):
        with (root / "app.py").open("a") as app:
            app.write("\n# Another version.\n")
    planned = delivered.plan()
    refused = delivered.runners.infra(delivered.planner, "plan", MAIN, "apply", "change.tfplan")
    assert refused.returncode == 2, refused.stdout
    assert "AccessDenied" in refused.stderr
    assert _serving(delivered) == {"1"}, "the plan role has changed something"
    # Ten minutes are what a canary takes by default.
    Project(delivered.applier).replace(
        "infra/releases/options.py",
        'Number("minutes", 0, 600),\n        default=10,',
        'Number("minutes", 0, 600),\n        default=0.1,',
    )
    with _readers(delivered):
        delivered.apply(planned)
    return planned


def test_a_push_moves_clients_by_a_canary_in_each_region(
    delivered: Delivered, pushed: dict[str, str]
) -> None:
    del pushed  # it is what was released
    log = (delivered.applier / "log.txt").read_text()
    assert log.rstrip().endswith("released")
    for region in REGIONS:
        assert f"{region}: 10% of requests go to the new versions" in log
        assert re.search(rf"read 2 in {region}: [1-9]\d* requests, 0 failed", log)
        assert f"{region}: promoted" in log
    assert _serving(delivered) == {"2"}


def test_a_plan_is_applied_once_only(delivered: Delivered, pushed: dict[str, str]) -> None:
    assert pushed != delivered.planned
    again = delivered.runners.infra(delivered.applier, "apply", STAGING, "apply", "change.tfplan")
    assert again.returncode == 2, again.stdout
    assert "stale" in again.stderr


def test_a_drill_of_staging_measures_the_recovery_and_leaves_nothing_behind(
    delivered: Delivered, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = drilled(delivered, tmp_path_factory.mktemp("drill"))
    assert told.passed, (told.verdict, told.problems, told.figures)
    assert {m.region for m in told.timeline.moments if m.kind is Kind.DNS} == {PRIMARY, STANDBY}
    assert [(m.kind, m.region) for m in told.timeline.moments if m.kind is not Kind.DNS] == [
        (Kind.CUT, PRIMARY),
        (Kind.UNHEALTHY, PRIMARY),
        (Kind.HEALED, PRIMARY),
        (Kind.HEALTHY, PRIMARY),
    ]
    figures = {figure.name: figure.value for figure in told.figures}
    assert 0 < (figures["most checkers fail"] or 0) <= (figures["client outage, max"] or 0)
    assert (figures["acknowledged writes"] or 0) > 50
    assert figures["missing in the standby"] == 0
    # The emulator replicates at once; looking takes a moment.
    assert 0 < (figures["replication, p50"] or 0) < 2 * SPEED
    reader = delivered.guarded.client("lambda", region=PRIMARY).get_function_concurrency(
        FunctionName=f"{STACK}-read"
    )
    assert "ReservedConcurrentExecutions" not in reader
    log = (delivered.runners.folder / "drill" / "log.txt").read_text()
    assert "nothing to undo" in log


def test_neither_a_release_nor_a_drill_is_drift_seen_from_the_copy_of_the_state(
    delivered: Delivered, pushed: dict[str, str]
) -> None:
    del pushed  # it is what moved the aliases
    delivered.runners.run("drift/drift", delivered.planner, "plan", MAIN, state="replica")
    assert "nothing to change" in (delivered.planner / "plan.txt").read_text().splitlines()


def test_no_log_holds_the_key_which_is_told_to_whoever_asks(delivered: Delivered) -> None:
    asked = delivered.runners.infra(delivered.applier, "plan", MAIN, "api-key")
    assert asked.returncode == 0, asked.stderr
    key = asked.stdout.strip()
    assert len(key) >= 20
    for log in delivered.runners.folder.glob("*/log.txt"):
        # GitHub shows no line that tells what to hide.
        shown = [line for line in log.read_text().splitlines() if "::add-mask::" not in line]
        assert any("wrote infra/backend.hcl" in line for line in shown), log
        assert key not in "\n".join(shown), log
    assert key not in "".join(path.read_text() for path in delivered.planner.glob("plan.txt"))


def _serving(delivered: Delivered) -> set[str]:
    """Return the versions that the aliases of both regions lead to."""
    return {
        delivered.guarded.client("lambda", region=region).get_alias(
            FunctionName=f"{STACK}-{kind}", Name="live"
        )["FunctionVersion"]
        for region in REGIONS
        for kind in KINDS
    }


@contextmanager
def _readers(delivered: Delivered) -> Iterator[None]:
    """Have somebody read in each region meanwhile: a canary that nobody meets shows nothing."""
    done = threading.Event()

    def read(region: str) -> None:
        while not done.wait(0.1):
            assert answer(delivered.guarded, region, "GET", "/read?limit=1") == region

    readers = [threading.Thread(target=read, args=(region,)) for region in REGIONS]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        done.set()
        for reader in readers:
            reader.join()
