"""A client of the API that gets no answer."""

import asyncio
import socket
import ssl

import pytest

from infra.clock import Clock
from infra.timeline import Operation, Timeline
from infra.traffic import client
from infra.traffic.client import Target
from tests.traffic.test_resolver import NAME, Zone, serving

SPEED = 30


@pytest.mark.parametrize(("patience", "seconds"), [({}, 3), ({"timeout": 7.0}, 7)])
def test_a_client_gives_up_when_its_patience_is_over_and_not_before(
    patience: dict[str, float], seconds: int
) -> None:
    timeline = Timeline()

    async def play(port: int) -> None:
        async with serving(Zone("127.0.0.1")) as server, asyncio.timeout(20):
            tls = ssl.create_default_context()
            target = Target(NAME, None, server, tls, {443: port}, **patience)
            clock = Clock(SPEED)
            running = asyncio.create_task(client.run(0, target, clock, timeline))
            await clock.until(lambda: bool(timeline.requests), 600, lambda _: None)
            running.cancel()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        asyncio.run(play(silent.getsockname()[1]))

    [request] = timeline.requests
    assert request.operation is Operation.WRITE
    assert (request.region, request.error) == (None, f"no answer within {seconds} s")
    assert request.ended - request.started >= seconds
