"""Watches which region DNS answers for a name."""

from collections.abc import Callable

from infra.clock import Clock
from infra.timeline import Kind, Moment, Timeline
from infra.traffic.resolver import Answer, NameServer, query

# Four looks a second find the switch within a quarter of one.
STEP = 0.25


async def watch_dns(
    name: str,
    server: NameServer,
    locate: Callable[[Answer], str],
    clock: Clock,
    timeline: Timeline,
) -> None:
    """Ask for ever, and note each time that another region is answered.

    Args:
        name: the domain name to ask for.
        server: whom to ask, every time.
        locate: tells which region an answer is.
        clock: paces the questions.
        timeline: where the changes are noted, as Kind.DNS.
    """
    last = None
    while True:
        try:
            region = locate(await query(server, name, clock))
        except OSError:
            region = ""
        if region != last:
            timeline.moments.append(Moment(clock.now(), Kind.DNS, region))
            last = region
        await clock.sleep(STEP)
