"""What a fault declares: its name, what it does, and what must come of it.

Shared by rehearsals, whose faults are in infra/rehearsal/faults/, and drills.
"""

import contextlib
import enum
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from infra.errors import InfraError
from infra.promise import Promise, Range

S = TypeVar("S")


class Reaction(enum.StrEnum):
    """What DNS does about a fault.

    Unnoticed: it answers with the other region as before. Moves: it answers with the other region
    though both are well.
    """

    FAILS_OVER = "fails over"
    STAYS = "stays"
    BOTH_DOWN = "both down"
    UNNOTICED = "unnoticed"
    MOVES = "moves"


@dataclass(frozen=True)
class Fault(Generic[S]):
    """One thing that can go wrong.

    Attributes:
        name: what it is called on the command line.
        does: what happens to the region, in words.
        on_aws: what it is called on AWS, or what causes it there.
        expected: what must come of it.
        failing: seconds that a health checker's request takes to fail because of it.
        inject: makes a context on a scene, which is how it is as long as it is entered; leaving
            it heals, whatever happened within.
    """

    name: str
    does: str
    on_aws: str
    expected: Reaction
    failing: Range
    inject: Callable[[S], contextlib.AbstractAsyncContextManager[None]]

    def expected_of(self, *, serving: bool) -> Reaction:
        """Return what must come of it in a region that clients are sent to, or not.

        Raises:
            InfraError: nothing could be seen of it there.
        """
        if serving:
            return self.expected
        if self.expected is Reaction.FAILS_OVER:
            return Reaction.UNNOTICED
        raise InfraError(
            f"no client is sent to that region, so {self.name} would show nothing there: cut "
            "the other region, or choose a fault that should make DNS fail over"
        )

    def promised(self, promise: Promise) -> Promise:
        """Return a promise, narrowed to what the configuration promises for this fault."""
        return promise.when_failing(self.failing)


def combined(faults: Sequence[Fault[S]]) -> Fault[S]:
    """Return the fault that is all of some faults at once, entered in their order.

    What moves DNS wins over what doesn't: the others' silence can't keep a region in service.
    """
    if len(faults) == 1:
        return faults[0]

    @contextlib.asynccontextmanager
    async def inject(scene: S) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            for fault in faults:
                await stack.enter_async_context(fault.inject(scene))
            yield

    expected = {fault.expected for fault in faults}
    strongest = (Reaction.BOTH_DOWN, Reaction.FAILS_OVER, Reaction.STAYS)
    return Fault(
        name=",".join(fault.name for fault in faults),
        does="; ".join(fault.does for fault in faults),
        on_aws="; ".join(fault.on_aws for fault in faults),
        expected=next(reaction for reaction in strongest if reaction in expected),
        failing=Range(
            min(fault.failing.low for fault in faults), max(fault.failing.high for fault in faults)
        ),
        inject=inject,
    )
