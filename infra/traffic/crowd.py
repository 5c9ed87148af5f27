"""Clients at work on an API of two regions, and what became of them: in a rehearsal and a drill."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace

from infra.clock import Clock
from infra.timeline import Operation, Timeline
from infra.traffic import client
from infra.traffic.client import Target
from infra.traffic.resolver import Answer
from infra.traffic.watch import watch_dns


@dataclass(frozen=True)
class Crowd:
    """So many clients, and a watcher of DNS beside them.

    Attributes:
        size: how many clients.
        target: the API under its shared name, as the watcher sees it.
        locate: tells which region an answer of DNS is; "" for none that is known.
        clock: real or compressed time.
        timeline: where all that they see is noted.
        prefix: what the names of their items begin with.
        places: the API as it is seen from where clients are, who take turns; from where the watcher
            is if there are none.
    """

    size: int
    target: Target
    locate: Callable[[Answer], str]
    clock: Clock
    timeline: Timeline
    prefix: str = ""
    places: Sequence[Target] = ()

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Run the clients and the watcher; raise what one of them fails with."""
        target = self.target
        places = self.places or [target]
        watcher = watch_dns(
            target.domain_name, target.server, self.locate, self.clock, self.timeline
        )
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(watcher)]
            tasks += [
                group.create_task(client.run(number, place, self.clock, self.timeline, self.prefix))
                for number, place in zip(range(self.size), itertools.cycle(places), strict=False)
            ]
            yield
            for task in tasks:
                task.cancel()

    def served_by(self, region: str, since: float) -> set[int]:
        """Return the clients of which both a read and a write have succeeded in a region."""
        served = {
            (r.client, r.operation)
            for r in self.timeline.requests
            if r.region == region and r.error is None and r.started >= since
        }
        return {n for n in range(self.size) if all((n, o) in served for o in Operation)}

    async def missing_in(self, region: str, domain_name: str) -> list[str]:
        """Return the acknowledged writes of other regions that did not reach this one.

        Args:
            region: which one.
            domain_name: its own.

        Raises:
            OSError: it does not say what it holds.
        """
        return await client.missing(
            self.written_outside(region), replace(self.target, domain_name=domain_name), self.clock
        )

    def written_outside(self, region: str) -> list[str]:
        """Return the items that were acknowledged by another region than this one."""
        writes = self.timeline.acknowledged_writes()
        return [write.item_id for write in writes if write.region != region]
