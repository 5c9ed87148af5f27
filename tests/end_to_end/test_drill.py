"""The drill, on a deployment of infra/: the very code that runs on AWS.

What AWS has and the emulator lacks is beside it: the rehearsal's Route 53 and region fronts, and an
answer to GetHealthCheckStatus with what that Route 53's checkers say.
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from aiohttp import web

from infra.clock import Clock
from infra.drill.faults import FAULTS, Scene
from infra.drill.journal import Journal
from infra.drill.report import report
from infra.drill.run import Drill, drill
from infra.operations.deployment import Deployment
from infra.promise import Promise
from infra.rehearsal.front import CONCURRENCY
from infra.rehearsal.stage import Stage, set_stage
from infra.report import Report
from infra.timeline import Kind
from infra.traffic import client
from tests.conftest import Operated
from tests.end_to_end.conftest import ROOT, SPEED

pytestmark = pytest.mark.rehearsal

PRIMARY, STANDBY = "us-east-1", "us-west-2"
STACK = "multi-region-api"
READER = f"{STACK}-read"
# The emulator's CloudWatch has minutes of real time, and the way back may take two of them.
SPEED_OF_METRICS = 2.0
_NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"


def known(stage: Stage, operated: Operated) -> Deployment:
    """Return the deployment as the file that Terraform's output makes names it."""
    names = Deployment.from_names(STACK, operated.deployment.domain_name, PRIMARY, STANDBY)
    checks = {
        region.name: stage.route53.configuration.endpoint_of(region.health_check_id)
        for region in (operated.deployment.primary, operated.deployment.standby)
    }
    primary, standby = (
        replace(region, endpoint_check_id=check.id)
        for region in (names.primary, names.standby)
        if (check := checks[region.name]) is not None
    )
    return replace(names, primary=primary, standby=standby, promise=Promise(10, 3, 10))


@contextlib.asynccontextmanager
async def health_told(stage: Stage) -> AsyncIterator[str]:
    """Answer GetHealthCheckStatus, with what the stand-in's checkers say; yield where."""

    async def answer(request: web.Request) -> web.Response:
        told = stage.route53.reasons[request.match_info["id"]]
        passing = int(re.match(r"\d+", told)[0])  # type: ignore[index] # it begins with a number
        said = ["Success: HTTP Status Code 200, OK"] * passing
        said += ["Failure: HTTP Status Code 500, Internal Server Error"] * (16 - passing)
        observations = "".join(
            f"<HealthCheckObservation><Region>us-east-1</Region><IPAddress>192.0.2.{number}"
            f"</IPAddress><StatusReport><Status>{text}</Status></StatusReport>"
            "</HealthCheckObservation>"
            for number, text in enumerate(said)
        )
        body = (
            f'<GetHealthCheckStatusResponse xmlns="{_NAMESPACE}"><HealthCheckObservations>'
            f"{observations}</HealthCheckObservations></GetHealthCheckStatusResponse>"
        )
        return web.Response(text=body, content_type="text/xml")

    application = web.Application()
    application.router.add_get("/2013-04-01/healthcheck/{id}/status", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        _, port = runner.addresses[0]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def drilled(
    name: str, speed: float, operated: Operated, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Report:
    clock = Clock(speed)
    environment = operated.emulator.environment()
    async with (
        set_stage(operated.deployment, environment, clock) as stage,
        health_told(stage) as route53,
    ):
        monkeypatch.setenv("AWS_ENDPOINT_URL_ROUTE_53", route53)
        for region in (operated.deployment.primary, operated.deployment.standby):
            target = replace(stage.target, domain_name=region.domain_name)
            await asyncio.gather(*(client.warm_up(target, clock) for _ in range(2 * CONCURRENCY)))
        deployment = known(stage, operated)
        fault = FAULTS[name]
        scene = Scene(Journal.of(folder, STACK), fault.prepare(deployment), 300, lambda _: None)
        order = Drill(deployment, stage.target, fault, scene, deployment.promise, 4, "drill-e2e-")
        began = datetime.now(UTC)
        return report(order, await drill(order, clock, lambda _: None), began, ROOT)


def test_a_drill_loses_the_primary_measures_the_recovery_and_leaves_it_as_it_was(
    reached: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    functions = boto3.client("lambda", region_name=PRIMARY)
    functions.put_function_concurrency(FunctionName=READER, ReservedConcurrentExecutions=7)
    try:
        told = asyncio.run(drilled("throttled", SPEED, reached, tmp_path, monkeypatch))
        reserved = functions.get_function_concurrency(FunctionName=READER)
    finally:
        functions.delete_function_concurrency(FunctionName=READER)

    assert told.passed, (told.verdict, told.problems, told.figures)
    assert reserved["ReservedConcurrentExecutions"] == 7
    assert not Journal.of(tmp_path, STACK).open
    figures = {figure.name: figure.value for figure in told.figures}
    assert 0 < (figures["most checkers fail"] or 0) <= (figures["client outage, max"] or 0)
    assert (figures["acknowledged writes"] or 0) > 50
    assert figures["missing in the standby"] == 0
    # The emulator replicates at once; looking takes a moment.
    assert 0 < (figures["replication, p50"] or 0) < 2 * SPEED
    turned = [(m.kind, m.region) for m in told.timeline.moments if m.kind is not Kind.DNS]
    assert turned == [
        (Kind.CUT, PRIMARY),
        (Kind.UNHEALTHY, PRIMARY),
        (Kind.HEALED, PRIMARY),
        (Kind.HEALTHY, PRIMARY),
    ]
    assert {m.region for m in told.timeline.moments if m.kind is Kind.DNS} == {PRIMARY, STANDBY}


def test_a_drill_by_the_switch_moves_clients_off_a_healthy_primary_without_a_failed_request(
    reached: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = asyncio.run(drilled("switch", SPEED_OF_METRICS, reached, tmp_path, monkeypatch))

    assert told.passed, (told.verdict, told.problems, told.figures)
    assert [r.error for r in told.timeline.requests if r.error] == []
    assert not Journal.of(tmp_path, STACK).open
    kinds = [m.kind for m in told.timeline.moments if m.kind is not Kind.DNS]
    assert kinds == [Kind.CUT, Kind.HEALED], "checkers say throughout that the primary is well"
    served = [m.region for m in told.timeline.moments if m.kind is Kind.DNS]
    assert served == [PRIMARY, STANDBY, PRIMARY]
    assert told.timeline.requests[-1].region == PRIMARY
