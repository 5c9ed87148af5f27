"""Whom the loss of a region concerns."""

from dataclasses import dataclass

from infra.measure.clients import clients
from infra.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Roles:
    """The region that is cut and the one that takes over, and whom that concerns.

    Attributes:
        primary: the region that is cut.
        standby: the other one.
        bystanders: the clients whom DNS sends to the other one as it is.
        redrawn: whether DNS chooses each answer at random, so that a client that was lucky once
            may be unlucky until the lost region is no longer answered.
        named: whether figures call the regions by their names, as neither of them stands by, or
            it is the standby that is cut.
    """

    primary: str
    standby: str
    bystanders: tuple[int, ...] = ()
    redrawn: bool = False
    named: bool = False

    @property
    def lost(self) -> str:
        """The region that is cut, as figures call it."""
        return self.primary if self.named else "the primary"

    @property
    def other(self) -> str:
        """The other one, as figures call it."""
        return self.standby if self.named else "the standby"

    def touched(self, timeline: Timeline) -> list[int]:
        """Return the clients that are no bystanders."""
        return [client for client in clients(timeline) if client not in self.bystanders]
