"""What is done to which region of a deployment, and what should come of it, before it is done."""

from dataclasses import dataclass

from infra.deployment import Deployment, Region
from infra.errors import InfraError
from infra.fault import Fault, Reaction
from infra.measure import evacuation, loss
from infra.measure.figure import Figure, Missing
from infra.measure.roles import Roles
from infra.outcome import Outcome
from infra.rehearsal.scene import Scene


@dataclass(frozen=True)
class Cut:
    """A fault in a region.

    Attributes:
        fault: what is done.
        region: the region that is cut.
        other: the one that is to serve meanwhile.
        roles: whom it concerns.
        expected: what must come of it.
        clients: how many are at work; they live near the two regions in turn.
        returning: the clients who must be served by the region again once it is healed.
    """

    fault: Fault[Scene]
    region: Region
    other: Region
    roles: Roles
    expected: Reaction
    clients: int
    returning: frozenset[int]

    def happened(self, outcome: Outcome) -> Reaction | None:
        """Return what came of it; None if nothing was done."""
        if self.expected is Reaction.MOVES:
            return evacuation.reaction(outcome.timeline, self.roles)
        return loss.reaction(outcome.timeline, self.roles)

    def figures(self, outcome: Outcome) -> list[Figure]:
        """Return what was measured; none if nothing was done."""
        missing = Missing(outcome.missing_in_standby, outcome.missing_in_primary)
        if self.expected is Reaction.MOVES:
            return evacuation.figures(outcome.timeline, outcome.promise, self.roles, missing)
        return loss.figures(outcome.timeline, outcome.promise, self.roles, missing, self.expected)


def plan(deployment: Deployment, fault: Fault[Scene], clients: int, name: str | None = None) -> Cut:
    """Return what the fault is to a deployment in its mode.

    Args:
        deployment: what was deployed.
        fault: what is done.
        clients: how many are at work.
        name: of the region, or its role; the primary by default.

    Raises:
        InfraError: there is no such region, or nothing to be seen of the fault there.
    """
    region = deployment.primary if name is None else deployment.named(name)
    other = deployment.other(region)
    serving = region in deployment.serving
    _require_playable(fault, deployment.routing)
    bystanders = _bystanders(deployment, region, clients)
    redrawn = deployment.routing == "weighted" and len(deployment.serving) > 1
    return Cut(
        fault,
        region,
        other,
        Roles(
            region.name,
            other.name,
            bystanders,
            redrawn,
            named=region != deployment.primary or redrawn or bool(bystanders),
        ),
        fault.expected_of(serving=serving),
        clients,
        frozenset() if redrawn else frozenset(range(clients)) - frozenset(bystanders),
    )


def _require_playable(fault: Fault[Scene], routing: str) -> None:
    """Refuse what a mode of routing has no means for.

    Raises:
        InfraError: it has none.
    """
    if fault.expected is Reaction.MOVES and routing != "weighted":
        raise InfraError(
            f"{fault.name} moves weights, and routing is {routing!r}: rehearse it with "
            "--routing weighted"
        )


def _bystanders(deployment: Deployment, region: Region, clients: int) -> tuple[int, ...]:
    if region not in deployment.serving:
        return tuple(range(clients))
    if deployment.routing != "latency":
        return ()
    near = deployment.regions.index(region)
    return tuple(number for number in range(clients) if number % 2 != near)
