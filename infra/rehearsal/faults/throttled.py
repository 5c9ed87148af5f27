"""Lambda refuses to run the reader."""

import contextlib
from collections.abc import AsyncIterator

from infra.fault import Fault, Reaction
from infra.promise import ANSWERED
from infra.rehearsal.functions import RegionFunctions
from infra.rehearsal.scene import Scene
from infra.threads import to_its_end


@contextlib.asynccontextmanager
async def throttled(scene: Scene) -> AsyncIterator[None]:
    """Reserve no concurrency for the reader, whatever was reserved before."""
    before = await to_its_end(_reserved, scene.functions)
    try:
        await to_its_end(_reserve, scene.functions, 0)
        yield
    finally:
        await to_its_end(_reserve, scene.functions, before)


def _reserved(functions: RegionFunctions) -> int | None:
    found = functions.lambda_client.get_function_concurrency(FunctionName=functions.reader)
    return found.get("ReservedConcurrentExecutions")


def _reserve(functions: RegionFunctions, executions: int | None) -> None:
    if executions is None:
        functions.lambda_client.delete_function_concurrency(FunctionName=functions.reader)
    else:
        functions.lambda_client.put_function_concurrency(
            FunctionName=functions.reader, ReservedConcurrentExecutions=executions
        )


FAULT = Fault(
    name="throttled",
    does="Lambda no longer runs the region's reader: reserved concurrency 0",
    on_aws="PutFunctionConcurrency, or an account without concurrency to spare",
    expected=Reaction.FAILS_OVER,
    failing=ANSWERED,
    inject=throttled,
)
