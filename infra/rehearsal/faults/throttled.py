"""Lambda refuses to run the reader."""

import contextlib
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import ANSWERED
from infra.rehearsal.cloud import Cloud
from infra.rehearsal.scene import Scene
from infra.threads import to_its_end


@contextlib.asynccontextmanager
async def throttled(scene: Scene) -> AsyncIterator[None]:
    """Reserve no concurrency for the reader, whatever was reserved before."""
    before = await to_its_end(_reserved, scene.cloud)
    try:
        await to_its_end(_reserve, scene.cloud, 0)
        yield
    finally:
        await to_its_end(_reserve, scene.cloud, before)


def _reserved(cloud: Cloud) -> int | None:
    found = cloud.functions.get_function_concurrency(FunctionName=cloud.reader)
    return found.get("ReservedConcurrentExecutions")


def _reserve(cloud: Cloud, executions: int | None) -> None:
    if executions is None:
        cloud.functions.delete_function_concurrency(FunctionName=cloud.reader)
    else:
        cloud.functions.put_function_concurrency(
            FunctionName=cloud.reader, ReservedConcurrentExecutions=executions
        )


FAULT = Fault(
    name="throttled",
    does="Lambda runs the region's reader no more: reserved concurrency 0",
    on_aws="PutFunctionConcurrency, or an account without concurrency to spare",
    expected=Reaction.FAILS_OVER,
    failing=ANSWERED,
    inject=throttled,
)
