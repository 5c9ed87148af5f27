"""Two regions, DNS and replication in memory, for the drill's own clients and watchers."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from infra.clock import Clock
from infra.deployment import Deployment
from infra.drill import watchers
from infra.drill.change import Change
from infra.drill.faults import FAULTS, DrillScene
from infra.drill.journal import Journal
from infra.drill.order import Drill
from infra.errors import InfraError
from infra.operations import view
from infra.operations.route53 import Observation
from infra.promise import Promise
from infra.traffic import resolver, watch
from infra.traffic.resolver import Answer, NameServer
from tests import virtual_http
from tests.virtual_http import Request, Response

EAST, WEST = "us-east-1", "us-west-2"
ADDRESSES = {EAST: "192.0.2.1", WEST: "192.0.2.2"}
_ANSWER = 0.05

DEPLOYMENT = replace(
    Deployment.from_names("one", "api.test", EAST, WEST), promise=Promise(10, 3, 10)
)


@dataclass
class World:
    """What there is, and how it is just now.

    Attributes:
        clock: counts simulated seconds.
        follow: seconds until DNS follows a region that fails, or is well again.
        lag: seconds until a write is in the other region; None for never.
        readers: by region, whether reads are answered.
        writers: by region, whether writes are.
        answered: the region that DNS answers.
    """

    clock: Clock
    follow: float = 24.0
    lag: float | None = 0.5
    readers: dict[str, bool] = field(default_factory=lambda: {EAST: True, WEST: True})
    writers: dict[str, bool] = field(default_factory=lambda: {EAST: True, WEST: True})
    answered: str = EAST
    items: dict[str, tuple[str, float]] = field(default_factory=dict)

    async def health(self) -> None:
        """Let DNS follow the regions' readers, for ever."""
        since = self.clock.now()
        while True:
            wanted = EAST if self.readers[EAST] else WEST
            if wanted == self.answered:
                since = self.clock.now()
            elif self.clock.now() - since >= self.follow:
                self.answered = wanted
            await self.clock.sleep(0.1)

    def region(self, name: str) -> str:
        """Return the region that a name leads to just now."""
        return name.split(".", maxsplit=1)[0] if name.count(".") == 2 else self.answered

    def holds(self, region: str, item_id: str) -> bool:
        """Tell whether a region has an item."""
        if item_id not in self.items:
            return False
        written, at = self.items[item_id]
        if written == region:
            return True
        return self.lag is not None and self.clock.now() >= at + self.lag

    async def exchange(self, request: Request, address: str) -> Response:
        """Answer a client, as the region at an address does just now."""
        await self.clock.sleep(_ANSWER)
        region = next(region for region in ADDRESSES if ADDRESSES[region] == address)
        if request.method == "POST":
            return Response(self._write(request, region), region)
        return Response(self._read(request, region), region)

    def _read(self, request: Request, region: str) -> int:
        if not self.readers[region]:
            return 503
        there = request.item_id is None or self.holds(region, request.item_id)
        return 200 if there else 404

    def _write(self, request: Request, region: str) -> int:
        if not self.writers[region] or request.headers.get("x-api-key") != "key":
            return 403
        assert request.item_id is not None
        self.items[request.item_id] = region, self.clock.now()
        return 200

    def observe(self, region: str) -> Observation:
        """Say what Route 53's checkers would."""
        return Observation(16 if self.readers[region] else 0, 16, None)


@dataclass
class Throttling:
    """The change of a drill, made to the world; AWS may be told to fail.

    Attributes:
        world: what it changes.
        refusals: how many of the next calls fail.
        made, undone: how often it was.
    """

    world: World
    refusals: int = 0
    made: int = 0
    undone: int = 0
    made_by: str = "lambda:PutFunctionConcurrency one-read = 0"
    undone_by: str = "lambda:DeleteFunctionConcurrency one-read"

    def make(self) -> None:
        self._call()
        self.made += 1
        self.world.readers[EAST] = False

    def undo(self) -> None:
        self._call()
        self.undone += 1
        self.world.readers[EAST] = True

    def document(self) -> dict[str, Any]:
        return {"what": "reserved concurrency", "region": EAST, "function": "x", "before": None}

    def _call(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise InfraError("Lambda in us-east-1 failed")


@contextlib.contextmanager
def resolved(world: World) -> Iterator[None]:
    """Have names resolved by the world for as long as this is entered."""

    async def query(_server: NameServer, name: str, _clock: Clock) -> Answer:
        await asyncio.sleep(0)
        return Answer((ADDRESSES[world.region(name)],), 10.0, name)

    with pytest.MonkeyPatch.context() as patch:
        for module in (resolver, watch, watchers, view):
            patch.setattr(module, "query", query)
        yield


def order(world: World, folder: Path, change: Change | None, fault: str, limit: float) -> Drill:
    """Return what is to be done to the world."""
    return Drill(
        DEPLOYMENT,
        virtual_http.target(world, "api.test", "key"),
        FAULTS[fault],
        DrillScene(Journal.of(folder, "one"), change, limit, lambda _: None),
        DEPLOYMENT.promise,
        4,
        "drill-test-",
    )


def wait_until_real(reached: Any, seconds: float = 30.0) -> None:  # noqa: ANN401 -- any callable
    """Wait for something outside of this process."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)
