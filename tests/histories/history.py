"""A history: faults that come and go in two regions, and what clients and DNS made of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace

import async_solipsism

from infra.promise import Promise
from infra.rehearsal.faults import FAULTS
from infra.rehearsal.route53 import Route53
from infra.rehearsal.scene import Scene
from infra.timeline import Operation, Timeline
from infra.traffic import client
from tests.rehearsal.virtual import EAST, NAME, WEST, Wire, World, world
from tests.virtual_time import play

# With one of these a region serves nobody; with the others every client.
BREAKING = ("blackhole", "refused", "reset", "tls", "5xx", "slow")
HARMLESS = ("partial", "checker-region")
# How often DNS is looked at.
_LOOK = 0.5
# All is well for so long at first.
PEACE = 60.0
# A client that turns to another region may have a request of each kind on its hands.
_TURNING = 2 * (client.TIMEOUT + client.PACE)


@dataclass(frozen=True, order=True)
class Event:
    """One fault.

    Attributes:
        start: seconds into the history.
        lasts: seconds until it is healed.
        region: where.
        fault: its name.
    """

    start: float
    lasts: float
    region: str
    fault: str

    @property
    def end(self) -> float:
        return self.start + self.lasts


@dataclass(frozen=True)
class Setting:
    """What a history takes place in.

    Attributes:
        promise: the health checks' interval and threshold, and the records' TTL.
        lag: seconds that a write takes to the other region.
        seed: decides the checkers' phases.
        clients: how many.
    """

    promise: Promise = field(default_factory=lambda: Promise(10, 3, 10))
    lag: float = 1.0
    seed: int = 0
    clients: int = 2


@dataclass
class History:
    """What happened.

    Attributes:
        setting: what it took place in.
        events: the faults, by their start.
        end: when it was over, all being well for long.
        timeline: every request of every client.
        answers: by time, which region DNS answered.
        missing: acknowledged writes that one of the regions lacks in the end.
    """

    setting: Setting
    events: Sequence[Event]
    end: float = 0.0
    timeline: Timeline = field(default_factory=Timeline)
    answers: list[tuple[float, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def broken_for(self, region: str, at: float) -> float:
        """Return for how long a region has served nobody by then; 0 if it serves."""
        since = at
        for event in sorted(self._breaking(region), key=lambda event: event.end, reverse=True):
            if event.start < since <= event.end:
                since = event.start
        return at - since

    def well_for(self, region: str, at: float) -> float:
        """Return for how long a region has served everybody by then; 0 if it does not."""
        events = self._breaking(region)
        if any(event.start <= at < event.end for event in events):
            return 0.0
        return at - max((event.end for event in events if event.end <= at), default=0.0)

    def answered(self, at: float) -> str:
        """Return which region DNS answered then."""
        return next(region for time, region in reversed(self.answers) if time <= at)

    def served(self, number: int, operation: Operation, since: float, until: float) -> bool:
        """Tell whether a client had a good answer between two times."""
        return any(
            (r.client, r.operation) == (number, operation)
            and r.error is None
            and since <= r.ended <= until
            for r in self.timeline.requests
        )

    def _breaking(self, region: str) -> list[Event]:
        return [e for e in self.events if e.region == region and e.fault in BREAKING]


Hook = Callable[[World], contextlib.AbstractAsyncContextManager[None]]


@contextlib.asynccontextmanager
async def _nothing_else(_: World) -> AsyncIterator[None]:
    yield


def live(
    events: Sequence[Event],
    setting: Setting | None = None,
    meanwhile: Hook = _nothing_else,
    new_loop: Callable[[], asyncio.AbstractEventLoop] = async_solipsism.EventLoop,
    server: Callable[[Route53], Wire] | None = None,
) -> History:
    """Live through some faults, until all has been well for long.

    Args:
        events: the faults; their starts count from the end of a minute of peace.
        setting: what it takes place in.
        meanwhile: what else goes on.
        new_loop: makes the loop whose time it takes.
        server: makes the name server that clients ask, if it is not Route 53 itself.
    """
    setting = setting or Setting()
    later = [Event(PEACE + e.start, e.lasts, e.region, e.fault) for e in sorted(events)]
    history = History(setting, later)
    play(_live(history, meanwhile, server), new_loop)
    return history


async def _live(
    history: History, meanwhile: Hook, server: Callable[[Route53], Wire] | None
) -> None:
    setting = history.setting
    promise = setting.promise
    settle = promise.recognition.high + promise.ttl + _TURNING + setting.lag
    history.end = max((event.end for event in history.events), default=PEACE) + settle
    async with (
        world(promise, seed=setting.seed, lag=setting.lag) as opened,
        _at_work(opened, history, server),
        meanwhile(opened),
    ):
        await opened.clock.sleep(history.end - opened.clock.now())
        stop = opened.clock.now()
    # What was acknowledged in the very end has no time left to arrive.
    acknowledged = history.timeline.acknowledged_writes()
    wanted = {r.item_id for r in acknowledged if r.ended < stop - setting.lag - 1}
    history.missing = sorted(wanted - (opened.east.items & opened.west.items))


@contextlib.asynccontextmanager
async def _at_work(
    opened: World, history: History, server: Callable[[Route53], Wire] | None
) -> AsyncIterator[None]:
    target = opened.harness.target
    if server is not None:
        target = replace(target, server=server(opened.harness.route53))
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_happen(event, opened)) for event in history.events]
        tasks.append(group.create_task(_look(opened, history)))
        tasks += [
            group.create_task(client.run(number, target, opened.clock, history.timeline))
            for number in range(history.setting.clients)
        ]
        yield
        for task in tasks:
            task.cancel()


async def _happen(event: Event, opened: World) -> None:
    other = WEST if event.region == EAST else EAST
    scene = Scene(
        region=opened.harness.deployment.named(event.region),
        front=opened.places[event.region],
        other_front=opened.places[other],
        functions=opened.harness.functions[event.region],
        route53=opened.harness.route53,
        promise=opened.promise,
        clock=opened.clock,
    )
    await opened.clock.sleep(event.start - opened.clock.now())
    async with FAULTS[event.fault].inject(scene):
        await opened.clock.sleep(event.end - opened.clock.now())


async def _look(opened: World, history: History) -> None:
    while True:
        found = opened.harness.route53.answer(NAME, "A", "192.0.2.99")
        address = found.answers[-1].values[0]
        history.answers.append((opened.clock.now(), opened.harness.regions[address]))
        await opened.clock.sleep(_LOOK)


def breaches(history: History) -> list[str]:
    """Return each invariant that a history breaks, and when first; none if all hold."""
    found: dict[str, str] = {}
    if history.missing:
        found["lost"] = f"acknowledged writes are missing: {', '.join(history.missing[:3])}"
    for at, region in history.answers:
        for kind, text in _breaches_at(history, at, region):
            found.setdefault(kind, f"at {at - PEACE:.1f} s {text}")
    return list(found.values())


def _breaches_at(history: History, at: float, answered: str) -> list[tuple[str, str]]:
    promise = history.setting.promise
    detected, recognised = promise.detection.high, promise.recognition.high
    other = WEST if answered == EAST else EAST
    found = []
    if (
        history.broken_for(answered, at) > detected + _LOOK
        and history.well_for(other, at) > recognised + _LOOK
    ):
        found.append(("dead", f"DNS answers {answered}, broken for long, and {other} is well"))
    if answered == WEST and history.well_for(EAST, at) > recognised + _LOOK:
        found.append(("away", f"DNS answers {WEST}, and {EAST} has been well for long"))
    for region in (EAST, WEST):
        rival = WEST if region == EAST else EAST
        late = promise.ttl + 2 * _TURNING
        if (
            history.well_for(region, at) > recognised + late
            and history.broken_for(rival, at) > detected + late
        ):
            found += [
                ("unserved", f"client {number} has had no {operation} for long from {region}")
                for number in range(history.setting.clients)
                for operation in Operation
                if not history.served(number, operation, at - _TURNING, at)
            ]
    return found
