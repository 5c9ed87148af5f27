"""How a deployment stands: who serves, who could, the operators' switches, and what is wrong."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.clock import Clock
from infra.deployment import Deployment, Region
from infra.errors import InfraError
from infra.operations import route53
from infra.operations.switch import Position, Switch
from infra.operations.view import ApiAnswer, ask
from infra.traffic.client import Target


@dataclass(frozen=True)
class State:
    """What was found.

    Attributes:
        deployment: of what.
        answers: by name, the shared one first, what a client gets there.
        switches: by region, how its switch stands, or why that is not known.
        checks: by what it is about, what Route 53 says.
    """

    deployment: Deployment
    answers: Mapping[str, ApiAnswer]
    switches: Mapping[str, Position | str]
    checks: Mapping[str, str]

    @property
    def problems(self) -> list[str]:
        """What is not as it should be, in words."""
        return list(self._problems())

    def document(self) -> dict[str, Any]:
        """Return it for machines."""
        problems = self.problems
        return {
            "stack": self.deployment.stack,
            "domain_name": self.deployment.domain_name,
            "routing": self.deployment.routing,
            "well": not problems,
            "problems": problems,
            "answers": {
                name: {
                    "region": answer.region,
                    "address": answer.address,
                    "seconds": round(answer.seconds, 3),
                    "problem": answer.problem,
                }
                for name, answer in self.answers.items()
            },
            "switches": {name: _switch(position) for name, position in self.switches.items()},
            "route53": dict(self.checks),
        }

    def _problems(self) -> Iterator[str]:
        for name, answer in self.answers.items():
            if answer.problem:
                yield f"{name}: {answer.problem}"
        # A standby's switch moves nobody, whichever way it stands.
        regions = self.deployment.regions
        moving = regions[:1] if self.deployment.routing == "failover" else regions
        withdrawn = []
        for region in moving:
            position = self.switches[region.name]
            if isinstance(position, str):
                yield f"the switch of {region.name} can't be read"
            elif position.withdrawn:
                withdrawn.append(region)
                yield (
                    f"an operator has withdrawn {region.name}: `python -m infra failback"
                    f"{'' if len(moving) == 1 else f' --region {region.name}'}` gives it back"
                )
        yield from self._misplaced(withdrawn)

    def _misplaced(self, withdrawn: list[Region]) -> Iterator[str]:
        deployment = self.deployment
        serving = self.answers[deployment.domain_name].region
        if deployment.routing == "failover":
            wanted = [deployment.standby if withdrawn else deployment.primary]
        else:
            # Both withdrawn, Route 53 answers as if neither were.
            wanted = [r for r in deployment.regions if r not in withdrawn] or [*deployment.regions]
        if serving is not None and serving not in {region.name for region in wanted}:
            names = " or ".join(region.name for region in wanted)
            yield (
                f"{deployment.domain_name} is answered by {serving}, not {names}: Route 53 finds "
                f"{names} unhealthy, or has not followed the switch yet"
            )


def look(deployment: Deployment, target: Target) -> State:
    """Ask DNS and both regions as a client does, CloudWatch for the switches, and Route 53."""
    return State(
        deployment,
        asyncio.run(answers(deployment, target, Clock())),
        {region.name: _position(region) for region in deployment.regions},
        _checks(deployment),
    )


async def answers(deployment: Deployment, target: Target, clock: Clock) -> dict[str, ApiAnswer]:
    """Ask as a client does; return what answers for each name, the shared one first."""
    names = (deployment.domain_name, *(region.domain_name for region in deployment.regions))
    found = await asyncio.gather(*(ask(target, name, clock) for name in names))
    return dict(zip(names, found, strict=True))


def _position(region: Region) -> Position | str:
    if region.switch is None:
        return "none: the deployment's file is from before it had one"
    try:
        return Switch(region.switch).position()
    except InfraError as error:
        return f"unknown: {error}"


def _checks(deployment: Deployment) -> dict[str, str]:
    said = {
        f"endpoint of {region.name}": route53.endpoint_status(region.endpoint_check_id)
        for region in deployment.regions
    }
    checks = {}
    for region in deployment.regions:
        if region.switch is not None:
            checks[f"switch of {region.name}"] = region.switch.health_check_id
        if region.health_check_id != region.endpoint_check_id or region.health_check_id is None:
            checks[f"{region.name} in service"] = region.health_check_id
    return said | dict(zip(checks, route53.check_statuses(checks.values()), strict=True))


def _switch(position: Position | str) -> dict[str, Any]:
    if isinstance(position, str):
        return {"withdrawn": None, "unknown": position}
    return {
        "withdrawn": position.withdrawn,
        "number": position.number,
        "at": None if position.at is None else position.at.isoformat(),
        "alarm": position.alarm,
    }
