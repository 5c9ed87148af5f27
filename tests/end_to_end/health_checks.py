"""GetHealthCheckStatus, which the emulator lacks: what the rehearsal's own checkers say."""

import contextlib
import re
from collections.abc import AsyncIterator

from aiohttp import web

from infra.rehearsal.harness import Harness

_NAMESPACE = "https://route53.amazonaws.com/doc/2013-04-01/"


@contextlib.asynccontextmanager
async def health_told(harness: Harness) -> AsyncIterator[str]:
    """Answer it for as long as this is entered; yield where."""

    async def answer(request: web.Request) -> web.Response:
        told = harness.route53.reasons[request.match_info["id"]]
        passing = int(re.match(r"\d+", told)[0])  # type: ignore[index] # it begins with a number
        said = ["Success: HTTP Status Code 200, OK"] * passing
        said += ["Failure: HTTP Status Code 500, Internal Server Error"] * (16 - passing)
        observations = "".join(
            f"<HealthCheckObservation><Region>us-east-1</Region><IPAddress>192.0.2.{number}"
            f"</IPAddress><StatusReport><Status>{text}</Status></StatusReport>"
            "</HealthCheckObservation>"
            for number, text in enumerate(said)
        )
        body = (
            f'<GetHealthCheckStatusResponse xmlns="{_NAMESPACE}"><HealthCheckObservations>'
            f"{observations}</HealthCheckObservations></GetHealthCheckStatusResponse>"
        )
        return web.Response(text=body, content_type="text/xml")

    application = web.Application()
    application.router.add_get("/2013-04-01/healthcheck/{id}/status", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        _, port = runner.addresses[0]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()
