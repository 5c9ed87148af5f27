"""A deployment in the emulator on which faults are rehearsed, one after another."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.clock import Clock
from infra.display import Display
from infra.fault import Fault
from infra.measure import Missing, Roles, figures, reaction
from infra.outcome import Outcome
from infra.promise import Promise
from infra.rehearsal import emulator as emulators
from infra.rehearsal.deploy import deployed
from infra.rehearsal.limits import LIMITS
from infra.rehearsal.regions import Deployment
from infra.rehearsal.scenario import CLIENTS, rehearse
from infra.rehearsal.scene import Scene
from infra.rehearsal.stage import set_stage
from infra.report import Report
from infra.versions import versions


@dataclass(frozen=True)
class Theatre:
    """Where rehearsals take place.

    Attributes:
        root: the project's top folder.
        emulator: what stands for AWS.
        deployment: what Terraform created there.
        speed: simulated seconds per real second.
        clients: how many clients are at work.
        display: where progress is shown.
    """

    root: Path
    emulator: emulators.Emulator
    deployment: Deployment
    speed: float
    clients: int
    display: Display

    def rehearse(self, fault: Fault[Scene], *, settled: bool = False) -> Report:
        """Rehearse a fault, and return the report of it.

        Args:
            fault: what is done to the primary region.
            settled: whether a rehearsal has just left all well, which then takes less time to see.

        Raises:
            InfraError: it can't be rehearsed.
        """
        began = datetime.now(UTC)
        primary = self.deployment.primary.name
        with self.display.step(
            f"{self.clients} clients, then {fault.name} in {primary}: {fault.does}"
        ):
            outcome = asyncio.run(self._play(fault, settled=settled))
        return self._report(fault, outcome, began)

    async def _play(self, fault: Fault[Scene], *, settled: bool) -> Outcome:
        clock = Clock(self.speed)
        async with set_stage(self.deployment, self.emulator.environment(), clock) as stage:
            return await rehearse(
                stage,
                self.deployment,
                fault,
                clock,
                self.display.update,
                clients=self.clients,
                settled=settled,
            )

    def _report(self, fault: Fault[Scene], outcome: Outcome, began: datetime) -> Report:
        roles = Roles(self.deployment.primary.name, self.deployment.standby.name)
        missing = Missing(outcome.missing_in_standby, outcome.missing_in_primary)
        return Report(
            kind="rehearsal",
            title=f"Rehearsal: {fault.name} in {roles.primary}",
            began=began.isoformat(timespec="seconds"),
            settings=self._settings(fault, outcome.promise),
            versions=versions(self.root, "ministack"),
            roles=roles,
            expected=fault.expected,
            happened=reaction(outcome.timeline, roles),
            promise=outcome.promise,
            figures=figures(outcome.timeline, outcome.promise, roles, missing, fault.expected),
            problems=outcome.problems,
            limits=LIMITS,
            timeline=outcome.timeline,
        )

    def _settings(self, fault: Fault[Scene], promise: Promise) -> dict[str, str]:
        primary, standby = self.deployment.primary.name, self.deployment.standby.name
        pace = "real time" if self.speed == 1 else f"{self.speed:g} times as fast as real time"
        return {
            "domain name": self.deployment.domain_name,
            "regions": f"{primary} primary, {standby} standby",
            "fault": f"{fault.name}: {fault.does}",
            "health checks": f"every {promise.interval:g} s, {promise.threshold} in a row to turn",
            "DNS answers kept": f"{promise.ttl:g} s",
            "clients": f"{self.clients}, two requests a second each, writes and reads in turn",
            "clock": pace,
        }


@contextlib.contextmanager
def opened(root: Path, speed: float, display: Display, clients: int = CLIENTS) -> Iterator[Theatre]:
    """Deploy the untouched infra/ into an emulator, and destroy it all afterwards.

    IAM is enforced there: the functions can do what their policies allow, and no more.

    Raises:
        InfraError: it can't be deployed, or the emulator died.
    """
    with (
        tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch,
        emulators.running(iam=True) as emulator,
        emulators.watched(emulator),
        deployed(root, emulator, Path(scratch), display) as deployment,
    ):
        yield Theatre(root, emulator, deployment, speed, clients, display)
