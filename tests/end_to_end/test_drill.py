"""A drill by the operator's switch, on a deployment of infra/; tests/delivery has one by a fault.

What AWS has and the emulator lacks is beside it: the rehearsal's Route 53 and region fronts, and an
answer to GetHealthCheckStatus with what that Route 53's checkers say.
"""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra import ROOT
from infra.clock import Clock
from infra.drill.faults import FAULTS, DrillScene
from infra.drill.journal import Journal
from infra.drill.order import Drill
from infra.drill.report import report
from infra.drill.run import drill
from infra.rehearsal.harness import harness_around, start_functions
from infra.report import Report
from infra.timeline import Kind
from tests.conftest import Operated
from tests.end_to_end.health_checks import health_told

pytestmark = pytest.mark.rehearsal

PRIMARY, STANDBY = "us-east-1", "us-west-2"
STACK = "multi-region-api"
# The emulator's CloudWatch has minutes of real time, and the way back may take two of them.
SPEED = 2.0


async def drilled(operated: Operated, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    clock, fault = Clock(SPEED), FAULTS["switch"]
    environment = operated.emulator.environment()
    async with (
        harness_around(operated.deployed, environment, clock) as harness,
        health_told(harness) as route53,
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL_ROUTE_53", route53)
        deployment = operated.deployed.deployment
        assert await start_functions(harness, clock) == []
        scene = DrillScene(
            Journal.of(folder, STACK), fault.prepare(deployment), 300, lambda _: None
        )
        order = Drill(deployment, harness.target, fault, scene, deployment.promise, 4, "drill-e2e-")
        began = datetime.now(UTC)
        return report(order, await drill(order, clock, lambda _: None), began, ROOT)


def test_clients_move_off_a_healthy_primary_and_back_without_a_failed_request(
    reached: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asyncio.run(drilled(reached, tmp_path, monkeypatch))

    assert told.passed, (told.verdict, told.problems, told.figures)
    assert [r.error for r in told.timeline.requests if r.error] == []
    assert not Journal.of(tmp_path, STACK).open
    kinds = [m.kind for m in told.timeline.moments if m.kind is not Kind.DNS]
    assert kinds == [Kind.CUT, Kind.HEALED], "checkers say throughout that the primary is well"
    served = [m.region for m in told.timeline.moments if m.kind is Kind.DNS]
    assert served == [PRIMARY, STANDBY, PRIMARY]
    assert told.timeline.requests[-1].region == PRIMARY
