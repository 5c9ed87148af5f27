"""The region answers every request with 500."""

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from infra.fault import Fault, Reaction
from infra.promise import ANSWERED
from infra.rehearsal.scene import Scene


@contextlib.asynccontextmanager
async def server_error(scene: Scene) -> AsyncIterator[None]:
    """Answer as API Gateway does when it fails itself."""
    with scene.front.interposed(_fail):
        yield


async def _fail(_request: web.Request) -> web.StreamResponse:
    return web.json_response({"message": "Internal server error"}, status=500)


FAULT = Fault(
    name="5xx",
    does="the region answers every request with 500",
    on_aws="API Gateway or Lambda fails in the region",
    expected=Reaction.FAILS_OVER,
    failing=ANSWERED,
    inject=server_error,
)
