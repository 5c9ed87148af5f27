"""Both functions get a version that can't start."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from infra.fault import Fault, Reaction
from infra.functions import ALIAS
from infra.promise import Range
from infra.rehearsal.cloud import Cloud
from infra.rehearsal.scene import Scene
from infra.threads import to_its_end

_MISSING = "not_in_the_package.app"


@contextlib.asynccontextmanager
async def bad_release(scene: Scene) -> AsyncIterator[None]:
    """Publish a version whose handler can't be imported, and let the aliases point to it."""
    async with contextlib.AsyncExitStack() as stack:
        for function in (scene.cloud.reader, scene.cloud.writer):
            release = await to_its_end(_current, scene.cloud, function)
            stack.push_async_callback(to_its_end, _roll_back, scene.cloud, release)
            await to_its_end(_release, scene.cloud, function)
        yield


@dataclass(frozen=True)
class _Release:
    function: str
    handler: str
    version: str
    weights: dict[str, float]


def _current(cloud: Cloud, function: str) -> _Release:
    alias = cloud.functions.get_alias(FunctionName=function, Name=ALIAS)
    return _Release(
        function,
        cloud.functions.get_function_configuration(FunctionName=function)["Handler"],
        alias["FunctionVersion"],
        dict(alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})),
    )


def _release(cloud: Cloud, function: str) -> None:
    cloud.functions.update_function_configuration(FunctionName=function, Handler=_MISSING)
    version = cloud.functions.publish_version(FunctionName=function)["Version"]
    _point_alias(cloud, function, version, {})


def _roll_back(cloud: Cloud, release: _Release) -> None:
    _point_alias(cloud, release.function, release.version, release.weights)
    cloud.functions.update_function_configuration(
        FunctionName=release.function, Handler=release.handler
    )
    pages = cloud.functions.get_paginator("list_versions_by_function")
    for page in pages.paginate(FunctionName=release.function):
        for version in page["Versions"]:
            if version["Handler"] == _MISSING:
                cloud.functions.delete_function(
                    FunctionName=release.function, Qualifier=version["Version"]
                )


def _point_alias(cloud: Cloud, function: str, version: str, weights: dict[str, float]) -> None:
    cloud.functions.update_alias(
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
