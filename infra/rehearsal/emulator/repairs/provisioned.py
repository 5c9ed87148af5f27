"""An alias with provisioned concurrency, as Lambda moves it to another version.

Lambda keeps all requests at the version before, by a weight of 1 that it gives it itself, until as
much is ready of the new one; whoever changes the alias meanwhile ends that.
https://github.com/hashicorp/terraform-provider-aws/pull/48116

Beside weights, and of a version with SnapStart, it takes no provisioned concurrency.
https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
"""

import threading
from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import lambda_svc

from infra.rehearsal.emulator.repairs.wrapping import Response, wrap

# On AWS it is a minute or more.
READY_SECONDS = 2.0


def keep_the_old_version_until_the_new_one_is_ready() -> None:
    """An alias with provisioned concurrency moves at once, and takes some beside weights."""
    wrap(lambda_svc, "_update_alias", _update_alias)
    wrap(lambda_svc, "_put_provisioned_concurrency", _put)


def _update_alias(
    original: Callable[..., Response], function: str, name: str, data: dict[str, Any]
) -> Response:
    record = lambda_svc._functions.get(function) or {}
    before = (record.get("aliases", {}).get(name) or {}).get("FunctionVersion")
    answer = original(function, name, data)
    if answer[0] != 200 or name not in record.get("provisioned_concurrency", {}):
        return answer
    alias = record["aliases"][name]
    if alias["FunctionVersion"] != before and not alias.get("RoutingConfig"):
        kept = {"AdditionalVersionWeights": {before: 1.0}}
        alias["RoutingConfig"] = kept
        timer = threading.Timer(READY_SECONDS, _end, (alias, kept))
        timer.daemon = True
        timer.start()
    moved: Response = responses.json_response(alias)
    return moved


def _end(alias: dict[str, Any], kept: dict[str, Any]) -> None:
    # Somebody else's weights are another object, though they may be equal.
    if alias.get("RoutingConfig") is kept:
        del alias["RoutingConfig"]
        alias["RevisionId"] = responses.new_uuid()


def _put(
    original: Callable[..., Response], function: str, qualifier: str, data: dict[str, Any]
) -> Response:
    why = refusal(function, qualifier)
    if why is None:
        return original(function, qualifier, data)
    refused: Response = responses.error_response_json("InvalidParameterValueException", why, 400)
    return refused


def refusal(function: str, qualifier: str) -> str | None:
    """Return why Lambda would take no provisioned concurrency there; None if it would."""
    record = lambda_svc._functions.get(function) or {}
    alias = record.get("aliases", {}).get(qualifier) or {}
    if alias.get("RoutingConfig"):
        return "Alias with weights can not be used with Provisioned Concurrency"
    version = record.get("versions", {}).get(alias.get("FunctionVersion", qualifier)) or {}
    snapshots = (version.get("config") or {}).get("SnapStart") or {}
    if snapshots.get("ApplyOn") == "PublishedVersions":
        return "Provisioned Concurrency is not supported for a version with SnapStart"
    return None
