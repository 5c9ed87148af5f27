"""Watches which region DNS answers for a name."""

from collections.abc import Mapping

from infra.clock import Clock
from infra.timeline import Kind, Moment, Timeline
from infra.traffic.resolver import NameServer, query

# Four looks a second find the switch within a quarter of one.
STEP = 0.25


async def watch_dns(
    name: str, server: NameServer, regions: Mapping[str, str], clock: Clock, timeline: Timeline
) -> None:
    """Ask for ever, and note each time that another region is answered.

    Args:
        name: the domain name to ask for.
        server: whom to ask, every time.
        regions: by address, the region that it belongs to.
        clock: paces the questions.
        timeline: where the changes are noted, as Kind.DNS.
    """
    last = None
    while True:
        try:
            answer = await query(server, name, clock)
            region = regions.get(answer.addresses[0], answer.addresses[0])
        except OSError:
            region = ""
        if region != last:
            timeline.moments.append(Moment(clock.now(), Kind.DNS, region))
            last = region
        await clock.sleep(STEP)
