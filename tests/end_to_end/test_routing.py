"""Changes of the routing mode while clients are at work: none leaves the name without an answer.

What is deployed is the untouched infra/, and each change is one plan and its apply.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
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
from infra.operations import guard
from infra.rehearsal import emulator as emulators
from infra.rehearsal.deploy import deployed, environment_of
from infra.rehearsal.front import CONCURRENCY
from infra.rehearsal.regions import Deployment
from infra.rehearsal.stage import Stage, set_stage
from infra.terraform import Terraform
from infra.timeline import Timeline
from infra.traffic import client
from tests.end_to_end.conftest import Project

pytestmark = pytest.mark.rehearsal

PRIMARY, STANDBY = "us-east-1", "us-west-2"
CLIENTS = 4
SHARED = "aws_route53_record.shared"
# Past the TTL of every answer that was given before.
_SETTLED = 12.0


class Play:
    """One deployment, with clients and a watcher of DNS at work."""

    def __init__(self, stage: Stage, infra: Path, environment: dict[str, str]) -> None:
        self.stage = stage
        self.infra = infra
        self.environment = environment
        self.clock = Clock()
        self.timeline = Timeline()
        self.answers = 0
        self.gaps: list[str] = []

    @contextlib.asynccontextmanager
    async def traffic(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.watch())]
            tasks += [
                group.create_task(client.run(number, self.stage.target, self.clock, self.timeline))
                for number in range(CLIENTS)
            ]
            yield
            for task in tasks:
                task.cancel()

    async def watch(self) -> None:
        """Ask for the shared name without a cache, and note every answer that has no address."""
        server = self.stage.target.server
        while True:
            question = dns.message.make_query(self.stage.target.domain_name, dns.rdatatype.A)
            # Not by dnspython's own timeout, which may swallow this task's cancellation.
            async with asyncio.timeout(5):
                response = await dns.asyncquery.udp(question, server.address, port=server.port)
            self.answers += 1
            if not any(rrset.rdtype == dns.rdatatype.A for rrset in response.answer):
                self.gaps.append(f"{self.clock.now():.2f} {dns.rcode.to_text(response.rcode())}")
            await asyncio.sleep(0.02)

    async def change(self, scratch: Path, **variables: Any) -> list[str]:  # noqa: ANN401 -- of any variable
        """Apply with other values of variables; return what was planned."""
        terraform = Terraform(self.infra, self.environment)
        plan, values = scratch / "change.plan", scratch / "change.tfvars.json"
        values.write_text(json.dumps(variables))
        await asyncio.to_thread(terraform.plan, plan, [values])
        document = await asyncio.to_thread(terraform.show, plan)
        assert guard.losses(document) == [], "a change of mode loses nothing"
        await asyncio.to_thread(terraform.apply_plan, plan)
        return guard.changes(document)

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


def records(changes: list[str]) -> list[str]:
    return [change for change in changes if "aws_route53_record" in change]


async def played(play: Play, deployment: Deployment, scratch: Path) -> None:
    for region in (deployment.primary, deployment.standby):
        target = replace(play.stage.target, domain_name=region.domain_name)
        await asyncio.gather(*(client.warm_up(target, play.clock) for _ in range(2 * CONCURRENCY)))
    async with play.traffic():
        assert await play.served_from(1) == {PRIMARY}

        planned = await play.change(scratch, routing="latency")
        assert records(planned) == [f"update   {SHARED}"], "one UPSERT of one record"

        drained = {"routing": "weighted", "weights": {"primary": 0, "secondary": 100}}
        planned = await play.change(scratch, **drained)
        assert f"update   {SHARED}" in planned
        assert not any(change.startswith(("DESTROY", "REPLACE")) for change in records(planned))
        assert await play.served_from(_SETTLED) == {STANDBY}

        planned = await play.change(scratch, routing="failover")
        assert f"update   {SHARED}" in planned
        assert await play.served_from(_SETTLED) == {PRIMARY}
    assert play.failures() == []
    assert play.gaps == []
    assert play.answers > 1000


def test_a_change_of_routing_never_leaves_the_name_without_an_answer(
    project: Project, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    async def play(deployment: Deployment, emulator: emulators.Emulator) -> None:
        environment = environment_of(emulator, scratch)
        async with set_stage(
            deployment, emulator.environment(), Clock(), refresh_interval=0.05
        ) as stage:
            await played(Play(stage, project.root / "infra", environment), deployment, scratch)

    with (
        emulators.running() as emulator,
        emulators.watched(emulator),
        deployed(project.root, emulator, scratch, Display()) as deployment,
        caplog.at_level(logging.WARNING),
    ):
        asyncio.run(play(deployment, emulator))
    assert [
        r.message for r in caplog.records if "goes on with what it last read" in r.message
    ] == []
