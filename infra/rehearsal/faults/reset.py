"""The region's answers break off with a reset."""

import contextlib
import socket
import struct
from collections.abc import AsyncIterator

from aiohttp import web

from infra.fault import Fault, Reaction
from infra.promise import ANSWERED
from infra.rehearsal.scene import Scene

# Within the status line: Route 53 is content with a whole one, whatever becomes of the rest,
# unless its check searches the body for a string.
_BEGINNING = b"HTTP/1.1 20"
# Closing sends a reset instead of waiting for what was sent to arrive (socket(7)).
_NO_LINGERING = struct.pack("ii", 1, 0)


@contextlib.asynccontextmanager
async def reset(scene: Scene) -> AsyncIterator[None]:
    """Reset connections within the first line of the answer."""
    with scene.front.interposed(_break_off):
        yield


async def _break_off(request: web.Request) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        transport.write(_BEGINNING)
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING
        )
        transport.abort()
    return web.Response()


FAULT = Fault(
    name="reset",
    does="connections to the region are reset in the middle of an answer",
    on_aws="hosts of API Gateway crash under load",
    expected=Reaction.FAILS_OVER,
    failing=ANSWERED,
    inject=reset,
)
