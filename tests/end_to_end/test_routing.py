"""Modes of routing on one deployment: each rehearsed, and each change.

Every change is one plan and its apply, made while clients are at work. What stands by is warm, and
follows the traffic.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import dns.asyncquery
import dns.message
import dns.rcode
import dns.rdatatype
import pytest

from infra.clock import Clock
from infra.display import Display
from infra.fault import Reaction
from infra.operations import guard
from infra.rehearsal import sandbox
from infra.rehearsal.deploy import as_environment
from infra.rehearsal.faults import FAULTS, KNOWN
from infra.rehearsal.harness import Harness, harness_around, start_functions
from infra.rehearsal.sandbox import Sandbox
from infra.report import Report
from infra.terraform import Terraform
from infra.timeline import Timeline
from infra.traffic.crowd import Crowd
from tests.checkouts import copy_project, leave_out_the_firewall
from tests.end_to_end.conftest import SPEED
from tests.end_to_end.scaling import LEAST, READ, WRITE, Scaler

pytestmark = pytest.mark.rehearsal

PRIMARY, STANDBY = "us-east-1", "us-west-2"
CLIENTS = 4
SHARED = "aws_route53_record.shared"
# Past the TTL of every answer that was given before.
_SETTLED = 12.0


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One deployment for all these tests, which run in their order and leave it to the next."""
    root = copy_project(tmp_path_factory.mktemp("routing") / "project")
    leave_out_the_firewall(root)
    variables = {"routing": "latency", "standby": "warm"}
    with sandbox.opened(root, SPEED, Display(), CLIENTS, variables) as made:
        yield made


class Play:
    """One deployment, with clients and a watcher of DNS at work."""

    def __init__(self, harness: Harness, made: Sandbox, scratch: Path) -> None:
        self.harness = harness
        self.made = made
        self.scratch = scratch
        self.clock = Clock()
        self.timeline = Timeline()
        self.answers = 0
        self.gaps: list[str] = []

    @contextlib.asynccontextmanager
    async def traffic(self) -> AsyncIterator[None]:
        crowd = Crowd(CLIENTS, self.harness.target, self.harness.locate, self.clock, self.timeline)
        async with crowd.at_work(), asyncio.TaskGroup() as group:
            watcher = group.create_task(self.watch())
            yield
            watcher.cancel()

    async def watch(self) -> None:
        """Ask for the shared name without a cache, and note every answer that has no address."""
        server = self.harness.target.server
        while True:
            question = dns.message.make_query(self.harness.target.domain_name, dns.rdatatype.A)
            # Not by dnspython's own timeout, which may swallow this task's cancellation.
            async with asyncio.timeout(5):
                response = await dns.asyncquery.udp(question, server.address, port=server.port)
            self.answers += 1
            if not any(rrset.rdtype == dns.rdatatype.A for rrset in response.answer):
                self.gaps.append(f"{self.clock.now():.2f} {dns.rcode.to_text(response.rcode())}")
            await asyncio.sleep(0.02)

    async def change(self, **variables: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401 -- of any variable
        """Apply with other values of variables; return what was planned, and done, in order."""
        done: list[str] = []
        terraform = Terraform(self.made.root / "infra", self.made.environment, done.append)
        plan, values = self.scratch / "change.plan", self.scratch / "change.tfvars.json"
        values.write_text(json.dumps(variables))
        await asyncio.to_thread(terraform.plan, plan, [values])
        document = await asyncio.to_thread(terraform.show, plan)
        assert guard.losses(document) == [], "a change of mode loses nothing"
        await asyncio.to_thread(terraform.apply_plan, plan)
        return guard.changes(document), [line for line in done if "aws_route53_record" in line]

    async def served_from(self, seconds: float) -> set[str | None]:
        """Return who serves once caches have run out, within five seconds."""
        await self.clock.sleep(seconds)
        since = self.clock.now()
        await self.clock.sleep(5)
        return {r.region for r in self.timeline.requests if r.started >= since}

    def failures(self) -> list[str]:
        return [
            f"{r.started:.1f} {r.operation} {r.error}" for r in self.timeline.requests if r.error
        ]


def figures(report: Report) -> dict[str, float | None]:
    assert report.passed, (report.verdict, report.problems, report.figures)
    return {figure.name: figure.value for figure in report.figures}


def test_where_both_regions_serve_the_loss_of_one_is_felt_by_its_own_clients_alone(
    opened: Sandbox,
) -> None:
    report = opened.rehearse(FAULTS["blackhole"], region=STANDBY, settled=True)

    found = figures(report)
    assert report.happened is Reaction.FAILS_OVER
    assert found[f"failed near {STANDBY}"] == found["failed requests"]
    assert found[f"failed near {PRIMARY}"] == 0
    assert found[f"missing in {PRIMARY}"] == 0
    assert "its own clients noticed nothing" in report.verdict
    served = {(r.client % 2, r.region) for r in report.timeline.requests if r.region}
    assert served == {(0, PRIMARY), (1, PRIMARY), (1, STANDBY)}, "each place is served by its own"


def records(changes: list[str]) -> list[str]:
    return [change for change in changes if "aws_route53_record" in change]


async def played(play: Play) -> None:
    assert await start_functions(play.harness, play.clock) == []
    async with play.traffic():
        assert await play.served_from(1) == {PRIMARY}

        planned, _ = await play.change(routing="failover")
        assert records(planned) == [f"update   {SHARED}"], "one UPSERT of one record"

        _, done = await play.change(routing="failover", dns_ttl=None)
        assert_made_before_moved_before_destroyed(done)

        _, done = await play.change(routing="weighted")
        assert_made_before_moved_before_destroyed(done)
        assert await play.served_from(_SETTLED) == {PRIMARY}
    assert play.failures() == []
    assert play.gaps == []
    assert play.answers > 1000


def assert_made_before_moved_before_destroyed(done: list[str]) -> None:
    """Check the order in which another form of the records comes about."""
    moved = next(n for n, line in enumerate(done) if line.startswith(f"{SHARED}: Modifications"))
    made = [n for n, line in enumerate(done) if ".routed[" in line and "Creation complete" in line]
    gone = [n for n, line in enumerate(done) if ".routed[" in line and "Destruction" in line]
    assert (len(made), len(gone)) in {(12, 6), (6, 12)}, done
    assert max(made) < moved < min(gone), done


def test_a_change_of_routing_never_leaves_the_name_without_an_answer(
    opened: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> None:
        environment = opened.emulator.environment()
        async with harness_around(
            opened.deployed, environment, Clock(), refresh_interval=0.05
        ) as harness:
            await played(Play(harness, opened, tmp_path))

    with caplog.at_level(logging.WARNING):
        asyncio.run(play())
    assert [
        r.message for r in caplog.records if "goes on with what it last read" in r.message
    ] == []


@pytest.fixture
def weighted(opened: Sandbox) -> Sandbox:
    """The deployment as the test above leaves it.

    In real time: an apply beside clients leaves them little of the machine, and none may notice.
    """
    weighed = replace(opened.deployment, routing="weighted", weights=(100, 0))
    deployed = replace(opened.deployed, deployment=weighed)
    environment = {**opened.environment, **as_environment({"routing": "weighted"})}
    return replace(opened, deployed=deployed, environment=environment, speed=1)


def test_a_region_is_evacuated_by_weights_and_taken_back_without_a_failed_request(
    weighted: Sandbox,
) -> None:
    report = weighted.rehearse(KNOWN["evacuation"], settled=True)

    found = figures(report)
    assert report.happened is Reaction.MOVES
    assert found["failed requests"] == found["DNS without an answer"] == 0
    assert found[f"missing in {STANDBY}"] == 0
    assert {r.region for r in report.timeline.requests} == {PRIMARY, STANDBY}


BUSY, QUIET = {READ: 20, WRITE: 4}, {READ: 1}


def test_what_is_ready_follows_the_traffic_without_another_apply(weighted: Sandbox) -> None:
    standby = Scaler(STANDBY, weighted.emulator.environment())
    assert standby.ready() == LEAST

    standby.minutes(2, BUSY)
    assert standby.ready() == LEAST, "three minutes make an alarm"
    standby.minutes(10, BUSY)
    ready = standby.ready()
    assert 20 / 0.7 <= ready[READ] <= 50, "what is asked for is 70 % of what is ready"
    assert 4 / 0.7 <= ready[WRITE] <= 50

    standby.minutes(14, QUIET)
    assert standby.ready() == ready
    standby.minutes(1, QUIET)
    assert standby.ready() == LEAST, "also of the function that nobody calls any more"
