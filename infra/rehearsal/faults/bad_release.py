"""Both functions get a version that can't start."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from infra.fault import Fault, Reaction
from infra.functions import ALIAS
from infra.promise import Range
from infra.rehearsal.functions import RegionFunctions
from infra.rehearsal.scene import Scene
from infra.threads import to_its_end

_MISSING = "not_in_the_package.app"


@contextlib.asynccontextmanager
async def bad_release(scene: Scene) -> AsyncIterator[None]:
    """Publish a version whose handler can't be imported, and let the aliases point to it."""
    async with contextlib.AsyncExitStack() as stack:
        for function in (scene.functions.reader, scene.functions.writer):
            release = await to_its_end(_current, scene.functions, function)
            stack.push_async_callback(to_its_end, _roll_back, scene.functions, release)
            await to_its_end(_release, scene.functions, function)
        yield


@dataclass(frozen=True)
class _Release:
    function: str
    handler: str
    version: str
    weights: dict[str, float]


def _current(functions: RegionFunctions, function: str) -> _Release:
    alias = functions.lambda_client.get_alias(FunctionName=function, Name=ALIAS)
    return _Release(
        function,
        functions.lambda_client.get_function_configuration(FunctionName=function)["Handler"],
        alias["FunctionVersion"],
        dict(alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})),
    )


def _release(functions: RegionFunctions, function: str) -> None:
    functions.lambda_client.update_function_configuration(FunctionName=function, Handler=_MISSING)
    version = functions.lambda_client.publish_version(FunctionName=function)["Version"]
    _point_alias(functions, function, version, {})


def _roll_back(functions: RegionFunctions, release: _Release) -> None:
    _point_alias(functions, release.function, release.version, release.weights)
    functions.lambda_client.update_function_configuration(
        FunctionName=release.function, Handler=release.handler
    )
    pages = functions.lambda_client.get_paginator("list_versions_by_function")
    for page in pages.paginate(FunctionName=release.function):
        for version in page["Versions"]:
            if version["Handler"] == _MISSING:
                functions.lambda_client.delete_function(
                    FunctionName=release.function, Qualifier=version["Version"]
                )


def _point_alias(
    functions: RegionFunctions, function: str, version: str, weights: dict[str, float]
) -> None:
    functions.lambda_client.update_alias(
        FunctionName=function,
        Name=ALIAS,
        FunctionVersion=version,
        RoutingConfig={"AdditionalVersionWeights": weights},
    )


FAULT = Fault(
    name="bad-release",
    does="the region's aliases point to a version whose handler can't be imported",
    on_aws="a release with a broken package (Runtime.ImportModuleError)",
    expected=Reaction.FAILS_OVER,
    failing=Range(0, 6),  # the time of a start that fails, which may be more than a checker waits
    inject=bad_release,
)
