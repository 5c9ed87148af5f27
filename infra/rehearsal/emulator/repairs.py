"""Mends in memory what ministack 1.5.33 lacks or gets wrong, so that infra/*.tf can ignore it.

One function a repair. tests/emulator/test_repairs.py shows for each that the emulator fails
without it: when upstream mends one, that test goes red and the repair can go.
"""

import functools
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from xml.sax import saxutils

from ministack import app
from ministack.core import lambda_runtime, responses
from ministack.services import (
    acm,
    apigateway_v1,
    cloudwatch,
    dynamodb,
    kms,
    lambda_svc,
    route53,
    waf,
)

from infra.rehearsal.emulator import autoscaling, provisioned

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Response = tuple[int, dict[str, str], bytes]

_log = logging.getLogger(__name__)

# Retries come within a minute; this many calls take longer.
_ANSWERS_KEPT = 2000

_MINUTE = 60
_ANY = "x-amazon-apigateway-any-method"
_OPENAPI_VERBS = frozenset({"get", "post", "put", "delete", "patch", "head", "options"})
_BLOCKS_ABSENT_WHEN_EMPTY = frozenset(
    {"accessLogSettings", "mutualTlsAuthentication", "quota", "throttle"}
)
_PATCHED_LISTS = {"binaryMediaTypes"}


def apply_all() -> None:
    """Mend the modules of this process."""
    for repair in (
        put_rest_api,
        patch_lists_of_rest_api,
        generate_absent_api_keys,
        find_api_keys_in_their_region,
        map_the_empty_base_path,
        leave_out_empty_blocks,
        publish_records_at_once,
        refuse_record_sets_that_conflict,
        read_health_checks_lists,
        keep_alarms_whole,
        keep_metrics_by_the_minute,
        tell_that_certificates_are_logged,
        make_keys_that_aws_manages,
        remember_keys_of_replicas,
        log_what_the_firewall_does,
        reserve_concurrency_of_aliases,
        scale_provisioned_concurrency,
        keep_the_old_version_until_the_new_one_is_ready,
        wait_less_for_logs,
        answer_retries_alike,
    ):
        repair()


def put_rest_api() -> None:
    """PutRestApi, which aws_api_gateway_rest_api calls for its body, is not there."""
    original = apigateway_v1.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Response:
        parts = path.strip("/").split("/")
        if method == "PUT" and len(parts) == 2 and parts[0] == "restapis":
            return _overwrite_rest_api(parts[1], json.loads(body))
        answer: Response = await original(method, path, headers, body, query)
        return answer

    apigateway_v1.handle_request = handle_request


def _overwrite_rest_api(api_id: str, document: dict[str, Any]) -> Response:
    resources = apigateway_v1._resources.get(api_id)
    if resources is None:
        return _not_found("Invalid API identifier specified")
    for resource_id in [key for key, value in resources.items() if value["path"] != "/"]:
        del resources[resource_id]
    schemes = apigateway_v1._import_security_schemes(api_id, document)
    for path, operations in document.get("paths", {}).items():
        apigateway_v1._import_path_item(api_id, path, operations, schemes)
        _complete_operations(api_id, path, operations)
    for kind, response in document.get("x-amazon-apigateway-gateway-responses", {}).items():
        apigateway_v1._put_gateway_response(api_id, kind, response)
    view: Response = apigateway_v1._get_rest_api(api_id)
    return view


def _complete_operations(api_id: str, path: str, operations: dict[str, Any]) -> None:
    """Import what the emulator's own import leaves out."""
    resources = apigateway_v1._resources[api_id]
    resource_id = next(key for key, value in resources.items() if value["path"] == path)
    if _ANY in operations:
        apigateway_v1._import_operation(api_id, resource_id, "ANY", operations[_ANY])
    for verb, operation in operations.items():
        if verb in {*_OPENAPI_VERBS, _ANY}:
            name = "ANY" if verb == _ANY else verb.upper()
            _complete_operation(api_id, resource_id, name, operation)


def _complete_operation(
    api_id: str, resource_id: str, method: str, operation: dict[str, Any]
) -> None:
    """Import an operation's templates and responses."""
    integration = operation["x-amazon-apigateway-integration"]
    imported = apigateway_v1._resources[api_id][resource_id]["resourceMethods"][method]
    imported["methodIntegration"] |= {
        "requestTemplates": integration.get("requestTemplates", {}),
        "passthroughBehavior": integration["passthroughBehavior"].upper(),
        "contentHandling": integration.get("contentHandling"),
    }
    for status in operation.get("responses", {}):
        apigateway_v1._put_method_response(api_id, resource_id, method, status, {})
    for response in integration.get("responses", {}).values():
        apigateway_v1._put_integration_response(
            api_id, resource_id, method, response["statusCode"], response
        )


def patch_lists_of_rest_api() -> None:
    """PATCH writes `/binaryMediaTypes/image~1png` as a nested field instead of a list's member."""
    _wrap(apigateway_v1, "_update_rest_api", _update_rest_api)


def _update_rest_api(
    original: Callable[..., Response], api_id: str, data: dict[str, Any]
) -> Response:
    api = apigateway_v1._rest_apis.get(api_id)
    others = []
    for operation in data.get("patchOperations", []):
        name, _, token = operation["path"].lstrip("/").partition("/")
        if api is None or name not in _PATCHED_LISTS or not token:
            others.append(operation)
            continue
        member = token.replace("~1", "/").replace("~0", "~")
        kept = [value for value in api.get(name) or [] if value != member]
        api[name] = kept if operation["op"] == "remove" else [*kept, member]
    return original(api_id, {"patchOperations": others})


def generate_absent_api_keys() -> None:
    """An API key without a value, which the provider sends as an empty one, is refused."""
    _wrap(
        apigateway_v1,
        "_create_api_key",
        lambda original, data: original({k: v for k, v in data.items() if k != "value" or v}),
    )


def find_api_keys_in_their_region() -> None:
    """Of two regions' keys of one value, the first is found for both, and refused by the second."""
    apigateway_v1._resolve_api_key = lambda value: next(
        (
            key
            for key in apigateway_v1._api_keys.values()
            if value and key["value"] == value and key.get("enabled", True)
        ),
        None,
    )


def map_the_empty_base_path() -> None:
    """A mapping of the empty base path is not found under `(none)`, as AWS calls it."""
    _wrap(
        apigateway_v1,
        "_create_base_path_mapping",
        lambda original, domain, data: original(
            domain, data | {"basePath": data.get("basePath") or "(none)"}
        ),
    )


def leave_out_empty_blocks() -> None:
    """What was never set reads back as an empty block, which every plan then wants to remove."""
    _wrap(apigateway_v1, "_v1_response", _respond_without_empty_blocks)


def _respond_without_empty_blocks(
    original: Callable[..., Response], data: Any, status: int = 200
) -> Response:
    if isinstance(data, dict):
        data = {k: v for k, v in data.items() if v != {} or k not in _BLOCKS_ABSENT_WHEN_EMPTY}
    return original(data, status)


def publish_records_at_once() -> None:
    """The provider waits 30 s for every record change, unless the answer names no change."""
    route53._build_change_info_el = lambda _parent, _change: None


def refuse_record_sets_that_conflict() -> None:
    """A change may leave records that Route 53 refuses, so that no apply shows a wrong order."""
    _wrap(route53, "_change_resource_record_sets", _change_resource_record_sets)


def _change_resource_record_sets(
    original: Callable[..., Response], zone_id: str, body: bytes
) -> Response:
    before = route53._records.get(zone_id)
    answer = original(zone_id, body)
    why = _conflict(route53._records.get(zone_id) or [])
    if answer[0] != 200 or why is None:
        return answer
    route53._records[zone_id] = before
    refused: Response = route53._error_response("InvalidChangeBatch", why)
    return refused


def _conflict(records: list[dict[str, Any]]) -> str | None:
    """Return why Route 53 would not hold such records beside each other.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html (CNAME)
    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html (Region: "you
    can't create non-latency resource record sets with the same values for Name and Type")
    """
    types: dict[str, set[str]] = {}
    policies: dict[tuple[str, str], set[str]] = {}
    for record in records:
        name, kind = record["Name"], record["Type"]
        types.setdefault(name, set()).add(kind)
        policy = next((p for p in ("Weight", "Region", "Failover") if p in record), "simple")
        policies.setdefault((name, kind), set()).add(policy)
    for name, kinds in types.items():
        if "CNAME" in kinds and len(kinds) > 1:
            return f"RRSet of type CNAME with DNS name {name} conflicts with others of that name"
    for (name, kind), found in policies.items():
        if len(found) > 1:
            return f"RRSets with DNS name {name}, type {kind} have several routing policies"
    return None


def read_health_checks_lists() -> None:
    """The children and the regions of a health check are stored as empty texts."""
    _wrap(route53, "_parse_health_check_config", _parse_health_check_config)


def _parse_health_check_config(original: Callable[..., Any], element: Any) -> Any:
    config = original(element)
    for name, member in (("ChildHealthChecks", "ChildHealthCheck"), ("Regions", "Region")):
        if name in config:
            members = route53._findall(route53._find(element, name), member)
            config[name] = [item.text for item in members]
    return config


def keep_alarms_whole() -> None:
    """Over the query protocol, the provider's, an alarm loses some settings, and tells fewer.

    Over JSON it keeps and tells all but metric math, so what the provider sends is kept as it is,
    and what it is told comes from there.
    """
    _wrap(cloudwatch, "_put_metric_alarm", _put_metric_alarm)
    _wrap(cloudwatch, "_describe_alarms", _describe_alarms)


def _put_metric_alarm(
    original: Callable[..., Response],
    params: dict[str, Any],
    data: dict[str, Any],
    is_cbor: bool,  # noqa: FBT001 -- as the emulator calls it
    is_json: bool = False,  # noqa: FBT001, FBT002 -- likewise
) -> Response:
    answer = original(params, data, is_cbor, is_json)
    if answer[0] == 200:
        sent = data or _nested(params)
        alarm = cloudwatch._alarms[sent["AlarmName"]]
        alarm |= {
            name: sent[name] for name in ("InsufficientDataActions", "Metrics") if name in sent
        }
        # What AWS leaves out is what was not sent: an alarm on metric math has no period, say.
        for name in ("Statistic", "Period"):
            if name not in sent:
                alarm.pop(name, None)
    return answer


def _describe_alarms(
    original: Callable[..., Response],
    params: dict[str, Any],
    data: dict[str, Any],
    is_cbor: bool,  # noqa: FBT001 -- as the emulator calls it
    is_json: bool = False,  # noqa: FBT001, FBT002 -- likewise
) -> Response:
    if is_cbor or is_json:
        return original(params, data, is_cbor, is_json)
    status, _, body = original(params, _nested(params), is_cbor, is_json=True)
    if status != 200:
        return original(params, data, is_cbor, is_json)
    result = f"<DescribeAlarmsResult>{_xml(json.loads(body))}</DescribeAlarmsResult>"
    answer: Response = cloudwatch._xml(200, "DescribeAlarmsResponse", result)
    return answer


def _nested(params: dict[str, Any]) -> dict[str, Any]:
    """Return a query's parameters as the document that they stand for.

    `Metrics.member.1.MetricStat.Period=60` is in {"Metrics": [{"MetricStat": {"Period": "60"}}]}.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/making-api-requests.html
    """
    document: dict[str, Any] = {}
    for path in params:
        at = document
        *parents, name = path.split(".")
        for parent in parents:
            at = at.setdefault(parent, {})
        at[name] = cloudwatch._p(params, path)
    return {name: _listed(value) for name, value in document.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    members = value.get("member")
    if set(value) == {"member"} and isinstance(members, dict):
        return [_listed(members[number]) for number in sorted(members, key=int)]
    return {name: _listed(item) for name, item in value.items()}


def _xml(document: dict[str, Any]) -> str:
    return "".join(
        f"<{name}>{_xml_value(name, value)}</{name}>"
        for name, value in document.items()
        if value is not None
    )


def _xml_value(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return _xml(value)
    if isinstance(value, list):
        return "".join(f"<member>{_xml_value(name, item)}</member>" for item in value)
    if name.endswith("Timestamp"):
        return str(cloudwatch._ts_iso(value))
    return saxutils.escape(str(value).lower() if isinstance(value, bool) else str(value))


def keep_metrics_by_the_minute() -> None:
    """Numbers are kept by the instant, so that an alarm's period ends now and not with a minute.

    Of a metric of standard resolution CloudWatch keeps minutes, so a number that is alone in its
    minute decides: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/publishingMetrics.html
    """
    _wrap(cloudwatch, "_store_datum", _store_datum)


def _store_datum(
    original: Callable[..., None],
    namespace: str,
    name: str,
    dimensions: dict[str, str],
    at: float,
    *values: Any,
) -> None:
    original(namespace, name, dimensions, at - at % _MINUTE, *values)


def tell_that_certificates_are_logged() -> None:
    """A certificate says nothing of transparency logs; on AWS it is in them unless declined."""
    _wrap(acm, "_cert_shape", _cert_shape)


def _cert_shape(
    original: Callable[..., dict[str, Any]], certificate: dict[str, Any]
) -> dict[str, Any]:
    shape = original(certificate)
    return shape | {
        "Options": {"CertificateTransparencyLoggingPreference": "ENABLED"} | shape["Options"]
    }


def make_keys_that_aws_manages() -> None:
    """A key that AWS manages, `alias/aws/dynamodb` say, exists as soon as somebody asks for it."""
    _wrap(kms, "_describe_key", _describe_key)


def _describe_key(original: Callable[..., Response], data: dict[str, Any]) -> Response:
    alias = data.get("KeyId", "")
    if alias.startswith("alias/aws/") and kms._resolve_key(alias) is None:
        made = json.loads(kms._create_key({"Description": alias})[2])["KeyMetadata"]
        kms._create_alias({"AliasName": alias, "TargetKeyId": made["KeyId"]})
    return original(data)


def remember_keys_of_replicas() -> None:
    """A replica does not tell its key, or tells the table's, so every plan wants to replace it."""
    _wrap(dynamodb, "_apply_replica_updates", _apply_replica_updates)
    _wrap(dynamodb, "_table_description", _table_description)


def _apply_replica_updates(
    original: Callable[..., Response | None],
    name: str,
    table: dict[str, Any],
    updates: list[dict[str, Any]],
) -> Response | None:
    refused = original(name, table, updates)
    if refused is None:
        keys = table.setdefault("_replica_keys", {})
        for change in (update.get("Create") or update.get("Update") or {} for update in updates):
            if "KMSMasterKeyId" in change:
                region, key = change["RegionName"], change["KMSMasterKeyId"]
                keys[region] = key
                replica = dynamodb._tables.get_scoped(dynamodb.get_account_id(), region, name)
                replica["SSEDescription"] = dynamodb._sse_description_from_spec(
                    {"Enabled": True, "KMSMasterKeyId": key}
                )
    return refused


def _table_description(original: Callable[..., dict[str, Any]], name: str) -> dict[str, Any]:
    description = original(name)
    keys = dynamodb._tables[name].get("_replica_keys", {})
    for replica in description.get("Replicas", []):
        if replica["RegionName"] in keys:
            replica["KMSMasterKeyId"] = keys[replica["RegionName"]]
    return description


def log_what_the_firewall_does() -> None:
    """The logging of a web ACL can't be configured."""
    configurations: dict[str, Any] = {}
    calls: dict[str, Callable[[dict[str, Any]], Response]] = {
        "PutLoggingConfiguration": lambda data: _put_logging(configurations, data),
        "GetLoggingConfiguration": lambda data: _get_logging(configurations, data),
        "DeleteLoggingConfiguration": lambda data: _delete_logging(configurations, data),
    }
    original = waf.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Response:
        call = calls.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if call is not None:
            return call(json.loads(body))
        answer: Response = await original(method, path, headers, body, query)
        return answer

    waf.handle_request = handle_request


def _put_logging(configurations: dict[str, Any], data: dict[str, Any]) -> Response:
    configuration = data["LoggingConfiguration"]
    configurations[configuration["ResourceArn"]] = configuration
    answer: Response = responses.json_response({"LoggingConfiguration": configuration})
    return answer


def _get_logging(configurations: dict[str, Any], data: dict[str, Any]) -> Response:
    configuration = configurations.get(data["ResourceArn"])
    answer: Response = (
        responses.json_response({"LoggingConfiguration": configuration})
        if configuration
        else waf._waf_err("WAFNonexistentItemException", "The web ACL has no logging.")
    )
    return answer


def _delete_logging(configurations: dict[str, Any], data: dict[str, Any]) -> Response:
    configurations.pop(data["ResourceArn"], None)
    answer: Response = responses.json_response({})
    return answer


def reserve_concurrency_of_aliases() -> None:
    """What is reserved for a function is not asked for where it is invoked by an alias."""
    _wrap(lambda_svc, "_reserved_concurrency", _reserved_concurrency)


def _reserved_concurrency(
    original: Callable[..., int | None], function: dict[str, Any], config: dict[str, Any]
) -> int | None:
    whole = lambda_svc._functions.get(config.get("FunctionName"))
    return original(function if whole is None else whole, config)


def scale_provisioned_concurrency() -> None:
    """There is no Application Auto Scaling."""
    autoscaling.add()


def keep_the_old_version_until_the_new_one_is_ready() -> None:
    """An alias with provisioned concurrency moves at once, and takes some beside weights."""
    _wrap(lambda_svc, "_update_alias", provisioned.update_alias)
    _wrap(lambda_svc, "_put_provisioned_concurrency", provisioned.put)


def wait_less_for_logs() -> None:
    """A function that logs nothing is held back for 50 ms, in which its process serves nobody.

    What it logged before it answered is in the pipe by then, so a tenth of that is enough.
    """
    lambda_runtime.Worker._drain_stderr_bounded = functools.partialmethod(
        lambda_runtime.Worker._drain_stderr_bounded, first_line_wait=0.005
    )


def answer_retries_alike() -> None:
    """A client whose answer was lost sends its request again, and is told that it already exists.

    Every try of one call carries the same `amz-sdk-invocation-id`, by which the answer of the first
    that succeeded is found again.
    """
    app.app = _answering_retries_alike(app.app)


def _answering_retries_alike(original: Application) -> Application:
    answers: dict[bytes, list[Message]] = {}

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", []))
        call = headers.get(b"amz-sdk-invocation-id", b"")
        if call in answers:
            _log.warning("answered a retry of %s %s", scope["method"], scope["path"])
            for message in answers[call]:
                await send(message)
            return
        sent: list[Message] = []

        async def keep(message: Message) -> None:
            sent.append(message)
            if call and sent[0].get("status", 500) < 400 and not message.get("more_body", True):
                answers[call] = sent
                if len(answers) > _ANSWERS_KEPT:
                    del answers[next(iter(answers))]
            await send(message)

        await original(scope, receive, keep)

    return application


def _not_found(message: str) -> Response:
    answer: Response = apigateway_v1._v1_error("NotFoundException", message, 404)
    return answer


def _wrap(module: Any, name: str, replacement: Callable[..., Any]) -> None:
    original = getattr(module, name)
    setattr(module, name, lambda *args, **kwargs: replacement(original, *args, **kwargs))
