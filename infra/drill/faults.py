"""What a drill can do to a region: by calls of AWS's APIs, which undo themselves."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from infra.deployment import Deployment
from infra.drill.change import Change, ReservedConcurrency, Withdrawal
from infra.drill.guardian import guarded
from infra.drill.journal import Journal
from infra.fault import Fault, Reaction
from infra.functions import name_of
from infra.promise import ANSWERED, Range
from infra.threads import to_its_end

# The guardian gives the drill so much longer than the limit to undo by itself.
_GRACE = 30.0


@dataclass(frozen=True)
class DrillScene:
    """What a fault needs.

    Attributes:
        journal: where it is noted that something is to be undone.
        change: what it does; None if it only watches.
        limit: seconds after which it is undone whatever happens.
        told: called with a line about what is going on.
    """

    journal: Journal
    change: Change | None
    limit: float
    told: Callable[[str], None]


@dataclass(frozen=True)
class DrillFault:
    """A fault, and how its change is prepared.

    Attributes:
        fault: what it is, and what must come of it.
        prepare: looks at a deployment and returns the change; None if there is none to make.
        by_checkers: whether health checkers find it out, so that the closed form promises when.
    """

    fault: Fault[DrillScene]
    prepare: Callable[[Deployment], Change | None]
    by_checkers: bool = True


@contextlib.asynccontextmanager
async def changed(scene: DrillScene) -> AsyncIterator[None]:
    """Make the scene's change, and undo it whatever happens."""
    change = scene.change
    if change is None:
        yield
        return
    scene.journal.begin(change)
    async with guarded(scene.journal, scene.limit + _GRACE):
        try:
            await to_its_end(change.make)
            yield
        finally:
            await to_its_end(scene.journal.undo, scene.told, change)


def _reader(deployment: Deployment) -> Change:
    return ReservedConcurrency.of(deployment.primary.name, name_of(deployment.stack, "read"))


FAULTS: Mapping[str, DrillFault] = MappingProxyType(
    {
        found.fault.name: found
        for found in (
            DrillFault(
                Fault(
                    name="throttled",
                    does="Lambda no longer runs the primary's reader: reserved concurrency 0",
                    on_aws="lambda:PutFunctionConcurrency",
                    expected=Reaction.FAILS_OVER,
                    failing=ANSWERED,
                    inject=changed,
                ),
                _reader,
            ),
            DrillFault(
                Fault(
                    name="switch",
                    does="the operator's switch withdraws the primary, though it is healthy",
                    on_aws="cloudwatch:PutMetricData",
                    expected=Reaction.FAILS_OVER,
                    failing=Range(0, 0),
                    inject=changed,
                ),
                lambda deployment: Withdrawal(deployment.primary.its_switch),
                by_checkers=False,
            ),
            DrillFault(
                Fault(
                    name="none",
                    does="nothing: watches what something else does, an FIS experiment for one",
                    on_aws="nothing",
                    expected=Reaction.STAYS,
                    failing=Range(0, 6),
                    inject=changed,
                ),
                lambda _: None,
            ),
        )
    }
)
