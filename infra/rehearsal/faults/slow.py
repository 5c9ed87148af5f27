"""The region answers, but too late for anybody."""

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from infra.fault import Fault, Reaction
from infra.promise import ANSWER_SECONDS, UNANSWERED
from infra.rehearsal.scene import Scene

# Past a checker's two seconds, and past a client's three.
_DELAY = 2.5 * ANSWER_SECONDS


@contextlib.asynccontextmanager
async def slow(scene: Scene) -> AsyncIterator[None]:
    """Hold every request back for five seconds."""

    async def wait(_request: web.Request) -> web.StreamResponse | None:
        await scene.clock.sleep(_DELAY)
        return None

    with scene.front.interposed(wait):
        yield


FAULT = Fault(
    name="slow",
    does=f"the region answers after {_DELAY:g} s, a checker waits for {ANSWER_SECONDS:g}",
    on_aws="latency of API Gateway, Lambda or DynamoDB in the region",
    expected=Reaction.FAILS_OVER,
    failing=UNANSWERED,
    inject=slow,
)
