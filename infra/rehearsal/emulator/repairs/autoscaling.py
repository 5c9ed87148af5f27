"""Application Auto Scaling for Lambda's provisioned concurrency, of which ministack has nothing.

It keeps what is registered and puts a target's capacity into its bounds, as the API reference of
RegisterScalableTarget has it. Nothing here follows a metric or a schedule.
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

import json
import time
from collections.abc import Callable
from typing import Any

from ministack import app
from ministack.core import iam_actions, responses, router
from ministack.services import lambda_svc

from infra.rehearsal.emulator.repairs import provisioned
from infra.rehearsal.emulator.repairs.wrapping import Response

SERVICE = "application-autoscaling"
_PREFIX = "AnyScaleFrontendService"
_ROLE = (
    f"aws-service-role/lambda.{SERVICE}.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency"
)

_Key = tuple[str, ...]


class _Store:
    """What is registered, by what each kind is told apart by, for each account and region."""

    def __init__(self) -> None:
        self.targets = responses.AccountRegionScopedDict()
        self.policies = responses.AccountRegionScopedDict()
        self.actions = responses.AccountRegionScopedDict()
        self.tags = responses.AccountRegionScopedDict()


_store = _Store()


class _RefusedError(Exception):
    """The API's own error: its code and its words."""


def scale_provisioned_concurrency() -> None:
    """There is no Application Auto Scaling."""
    router.SERVICE_PATTERNS[SERVICE] = {
        "target_prefixes": [_PREFIX],
        "host_patterns": [rf"{SERVICE}\."],
        "credential_scope": SERVICE,
    }
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    app.SERVICE_HANDLERS[SERVICE] = _handle


async def _handle(
    _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
) -> Response:
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    answer = _OPERATIONS.get(operation)
    if answer is None:
        return _error("UnknownOperationException", f"{operation} is not emulated.")
    try:
        document = answer(json.loads(body or b"{}"))
    except _RefusedError as error:
        return _error(*error.args)
    found: Response = responses.json_response(document)
    return found


def _error(code: str, message: str) -> Response:
    found: Response = responses.error_response_json(code, message, 400, message_key="Message")
    return found


def _register(data: dict[str, Any]) -> dict[str, Any]:
    key = _target_key(data)
    function, alias = _alias_of(data["ResourceId"])
    known = _store.targets.get(key) or {
        "CreationTime": time.time(),
        "ScalableTargetARN": _arn(f"scalable-target/{responses.new_uuid()[:14]}"),
        "RoleARN": f"arn:aws:iam::{responses.get_account_id()}:role/{_ROLE}",
        "SuspendedState": {},
    }
    target = known | {k: v for k, v in data.items() if k != "Tags"}
    if not {"MinCapacity", "MaxCapacity"} <= target.keys():
        raise _RefusedError("ValidationException", "A new target needs both capacities.")
    if not 0 <= target["MinCapacity"] <= target["MaxCapacity"]:
        raise _RefusedError("ValidationException", "The least capacity must be 0 to the most.")
    _store.targets[key] = target
    if "Tags" in data:
        _store.tags[target["ScalableTargetARN"]] = data["Tags"]
    _put_within(function, alias, target)
    return {"ScalableTargetARN": target["ScalableTargetARN"]}


def _put_within(function: str, alias: str, target: dict[str, Any]) -> None:
    """Change the capacity to one that is inside of the range.

    Where Lambda takes none, the scaling activity fails, later and apart.
    """
    if provisioned.refusal(function, alias) is not None:
        return
    status, _, body = lambda_svc._get_provisioned_concurrency(function, alias)
    current = json.loads(body)["RequestedProvisionedConcurrentExecutions"] if status == 200 else 0
    wanted = min(max(current, target["MinCapacity"]), target["MaxCapacity"])
    if wanted == current:
        return
    if wanted == 0:
        lambda_svc._delete_provisioned_concurrency(function, alias)
    else:
        capacity = {"ProvisionedConcurrentExecutions": wanted}
        lambda_svc._put_provisioned_concurrency(function, alias, capacity)


def _alias_of(resource_id: str) -> tuple[str, str]:
    kind, _, rest = resource_id.partition(":")
    function, _, alias = rest.partition(":")
    if kind != "function" or alias not in (lambda_svc._functions.get(function) or {}).get(
        "aliases", {}
    ):
        raise _RefusedError("ValidationException", f"There is no alias {resource_id}.")
    return function, alias


def _deregister(data: dict[str, Any]) -> dict[str, Any]:
    key = _target_key(data)
    target = _required(_store.targets, key)
    for kept in (_store.policies, _store.actions):
        for name in [name for name in kept if name[:3] == key]:
            del kept[name]
    _store.tags.pop(target["ScalableTargetARN"], None)
    del _store.targets[key]
    return {}


def _put_policy(data: dict[str, Any]) -> dict[str, Any]:
    _required(_store.targets, _target_key(data))
    if data.get("PolicyType") != "TargetTrackingScaling":
        raise _RefusedError(
            "ValidationException", "Provisioned concurrency is scaled by target tracking alone."
        )
    key = (*_target_key(data), data["PolicyName"])
    known = _store.policies.get(key) or {
        "PolicyARN": _arn(f"scalingPolicy:{responses.new_uuid()}:policyName/{key[-1]}"),
        "CreationTime": time.time(),
        "Alarms": [],
    }
    _store.policies[key] = known | data
    return {"PolicyARN": known["PolicyARN"], "Alarms": known["Alarms"]}


def _put_action(data: dict[str, Any]) -> dict[str, Any]:
    _required(_store.targets, _target_key(data))
    key = (*_target_key(data), data["ScheduledActionName"])
    known = _store.actions.get(key) or {
        "ScheduledActionARN": _arn(f"scheduledAction:{responses.new_uuid()}:{key[-1]}"),
        "CreationTime": time.time(),
    }
    _store.actions[key] = known | data
    return {}


def _delete(kept: Any, name: str, data: dict[str, Any]) -> dict[str, Any]:
    key = (*_target_key(data), data[name])
    _required(kept, key)
    del kept[key]
    return {}


def _described(kept: Any, data: dict[str, Any], names: tuple[str, str]) -> list[dict[str, Any]]:
    """Return what has every field that was asked for, and one of the names where some were."""
    asked = {k: v for k, v in data.items() if k in {"ServiceNamespace", "ResourceId"}}
    wanted, field = data.get(names[0]), names[1]
    return [
        found
        for found in kept.values()
        if all(found[k] == v for k, v in asked.items()) and (not wanted or found[field] in wanted)
    ]


def _tag(data: dict[str, Any]) -> dict[str, Any]:
    tags = _store.tags.get(data["ResourceARN"]) or {}
    _store.tags[data["ResourceARN"]] = tags | data["Tags"]
    return {}


def _untag(data: dict[str, Any]) -> dict[str, Any]:
    tags = _store.tags.get(data["ResourceARN"]) or {}
    kept = {k: v for k, v in tags.items() if k not in data["TagKeys"]}
    _store.tags[data["ResourceARN"]] = kept
    return {}


def _target_key(data: dict[str, Any]) -> _Key:
    return data["ServiceNamespace"], data["ResourceId"], data["ScalableDimension"]


def _required(kept: Any, key: _Key) -> dict[str, Any]:
    found: dict[str, Any] | None = kept.get(key)
    if found is None:
        raise _RefusedError("ObjectNotFoundException", f"Nothing is registered as {key}.")
    return found


def _arn(resource: str) -> str:
    return f"arn:aws:{SERVICE}:{responses.get_region()}:{responses.get_account_id()}:{resource}"


_OPERATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "RegisterScalableTarget": _register,
    "DeregisterScalableTarget": _deregister,
    "DescribeScalableTargets": lambda data: {
        "ScalableTargets": _described(_store.targets, data, ("ResourceIds", "ResourceId"))
    },
    "PutScalingPolicy": _put_policy,
    "DeleteScalingPolicy": lambda data: _delete(_store.policies, "PolicyName", data),
    "DescribeScalingPolicies": lambda data: {
        "ScalingPolicies": _described(_store.policies, data, ("PolicyNames", "PolicyName"))
    },
    "PutScheduledAction": _put_action,
    "DeleteScheduledAction": lambda data: _delete(_store.actions, "ScheduledActionName", data),
    "DescribeScheduledActions": lambda data: {
        "ScheduledActions": _described(
            _store.actions, data, ("ScheduledActionNames", "ScheduledActionName")
        )
    },
    "TagResource": _tag,
    "UntagResource": _untag,
    "ListTagsForResource": lambda data: {"Tags": _store.tags.get(data["ResourceARN"]) or {}},
}
