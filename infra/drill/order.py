"""What a drill is to do, and what it finds."""

from dataclasses import dataclass

from infra.deployment import Deployment
from infra.drill.faults import DrillFault, DrillScene
from infra.fault import Reaction
from infra.outcome import Outcome
from infra.promise import Promise
from infra.traffic.client import Target


@dataclass(frozen=True)
class Drill:
    """What is to be done.

    Attributes:
        deployment: to what.
        target: the API under its shared name, with the key that writes need.
        fault: what is done to the primary.
        scene: what the fault needs.
        promise: what the configuration promises, whatever the fault; None where that is not known.
        clients: how many.
        prefix: what the names of their items begin with.
    """

    deployment: Deployment
    target: Target
    fault: DrillFault
    scene: DrillScene
    promise: Promise | None
    clients: int
    prefix: str

    @property
    def watches_only(self) -> bool:
        """Whether somebody else does what is to be seen."""
        return self.scene.change is None

    @property
    def promised(self) -> Promise | None:
        """What the configuration promises for the fault; None where it promises nothing."""
        if self.promise is None or not self.fault.by_checkers:
            return None
        return self.fault.fault.promised(self.promise)


@dataclass
class Found:
    """What a drill found.

    Attributes:
        outcome: as of a rehearsal.
        expected: what had to come of it.
        health_unknown: why Route 53 could not be asked; None if it could.
        interrupted: whether somebody ended it before its time.
    """

    outcome: Outcome
    expected: Reaction
    health_unknown: str | None = None
    interrupted: bool = False
