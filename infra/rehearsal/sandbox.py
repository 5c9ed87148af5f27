"""A deployment in the emulator, on which faults are rehearsed, one after another."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.clock import Clock
from infra.deployment import Deployment
from infra.display import Display
from infra.fault import Fault, Reaction
from infra.outcome import Outcome
from infra.promise import Promise
from infra.rehearsal import cut as cuts
from infra.rehearsal import emulator as emulators
from infra.rehearsal.cut import Cut
from infra.rehearsal.deploy import Deployed, as_environment, deployed, environment_of
from infra.rehearsal.harness import Harness, harness_around
from infra.rehearsal.limits import LIMITS
from infra.rehearsal.scenario import rehearse
from infra.rehearsal.scene import Scene, Weigh
from infra.report import Report
from infra.terraform import Terraform
from infra.versions import versions

CLIENTS = 8
# Often enough to see each state that an apply leaves the records in.
_REREAD_SECONDS = 0.25


@dataclass(frozen=True)
class Sandbox:
    """A deployment in the emulator, and what a rehearsal needs besides.

    Attributes:
        root: the project's top folder.
        emulator: what stands for AWS.
        deployed: what Terraform created there.
        speed: simulated seconds per real second.
        clients: how many clients are at work.
        display: where progress is shown.
        environment: Terraform's, to change the deployment.
    """

    root: Path
    emulator: emulators.Emulator
    deployed: Deployed
    speed: float
    clients: int
    display: Display
    environment: Mapping[str, str]

    @property
    def deployment(self) -> Deployment:
        """Which deployment that is."""
        return self.deployed.deployment

    def rehearse(
        self, fault: Fault[Scene], *, region: str | None = None, settled: bool = False
    ) -> Report:
        """Rehearse a fault, and return the report of it.

        Args:
            fault: what is done.
            region: to which one, by its name or role; to the primary by default.
            settled: whether a rehearsal has just left all well, which then takes less time to see.

        Raises:
            InfraError: it can't be rehearsed.
        """
        began = datetime.now(UTC)
        cut = cuts.plan(self.deployment, fault, self.clients, region)
        with self.display.step(
            f"{self.clients} clients, then {fault.name} in {cut.region.name}: {fault.does}"
        ):
            outcome = asyncio.run(self._play(cut, settled=settled))
        return self._report(cut, outcome, began)

    async def _play(self, cut: Cut, *, settled: bool) -> Outcome:
        clock = Clock(self.speed)
        rereads = _REREAD_SECONDS * self.speed if cut.expected is Reaction.MOVES else None
        async with harness_around(
            self.deployed, self.emulator.environment(), clock, rereads
        ) as harness:
            return await rehearse(
                harness,
                cut,
                clock,
                self.display.update,
                settled=settled,
                weigh=self._weigher(cut, harness),
            )

    def _weigher(self, cut: Cut, harness: Harness) -> Weigh:
        """Return what applies other weights, as an operator would."""

        async def weigh(own: int, other: int) -> None:
            primary, secondary = (
                (own, other) if cut.region == self.deployment.primary else (other, own)
            )
            weights = {"primary": primary, "secondary": secondary}
            environment = {**self.environment, **as_environment({"weights": weights})}
            terraform = Terraform(self.root / "infra", environment, self.display.update)
            await asyncio.to_thread(terraform.apply)
            await harness.reread()

        return weigh

    def _report(self, cut: Cut, outcome: Outcome, began: datetime) -> Report:
        roles = cut.roles
        return Report(
            kind="rehearsal",
            title=f"Rehearsal: {cut.fault.name} in {roles.primary}",
            began=began.isoformat(timespec="seconds"),
            settings=self._settings(cut, outcome.promise),
            versions=versions(self.root, "ministack"),
            roles=roles,
            expected=cut.expected,
            happened=cut.happened(outcome),
            promise=outcome.promise,
            figures=cut.figures(outcome),
            problems=outcome.problems,
            limits=LIMITS,
            timeline=outcome.timeline,
        )

    def _settings(self, cut: Cut, promise: Promise) -> dict[str, str]:
        primary, standby = self.deployment.primary.name, self.deployment.standby.name
        pace = "real time" if self.speed == 1 else f"{self.speed:g} times as fast as real time"
        return {
            "domain name": self.deployment.domain_name,
            "regions": f"{primary} primary, {standby} standby",
            "routing": _routing(self.deployment),
            "cut": cut.region.name,
            "fault": f"{cut.fault.name}: {cut.fault.does}",
            "health checks": f"every {promise.interval:g} s, {promise.threshold} in a row to turn",
            "DNS answers kept": f"{promise.ttl:g} s",
            "clients": f"{self.clients}, near both regions, two requests a second each, writes and "
            "reads in turn",
            "clock": pace,
        }


def _routing(deployment: Deployment) -> str:
    if deployment.routing != "weighted":
        return deployment.routing
    return f"weighted, {deployment.weights[0]} to {deployment.weights[1]}"


@contextlib.contextmanager
def opened(
    root: Path,
    speed: float,
    display: Display,
    clients: int = CLIENTS,
    variables: Mapping[str, object] | None = None,
) -> Iterator[Sandbox]:
    """Deploy the untouched infra/ into an emulator, and destroy it all afterwards.

    IAM is enforced there: the functions can do what their policies allow, and no more.

    Args:
        root: the project's top folder.
        speed: simulated seconds per real second.
        display: where progress is shown.
        clients: how many clients are at work.
        variables: values of Terraform's variables.

    Raises:
        InfraError: it can't be deployed, or the emulator died.
    """
    with (
        tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch,
        emulators.running(iam=True) as emulator,
        emulators.watched(emulator),
        deployed(root, emulator, Path(scratch), display, variables) as made,
    ):
        environment = environment_of(emulator, Path(scratch), variables)
        yield Sandbox(root, emulator, made, speed, clients, display, environment)
