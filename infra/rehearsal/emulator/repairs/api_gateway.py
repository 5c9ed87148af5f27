"""API Gateway: REST APIs from a document, API keys of two regions, base paths."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import apigateway_v1

from infra.rehearsal.emulator.repairs.wrapping import Response, wrap

_ANY = "x-amazon-apigateway-any-method"
_OPENAPI_VERBS = frozenset({"get", "post", "put", "delete", "patch", "head", "options"})
_BLOCKS_ABSENT_WHEN_EMPTY = frozenset(
    {"accessLogSettings", "mutualTlsAuthentication", "quota", "throttle"}
)
_PATCHED_LISTS = {"binaryMediaTypes"}


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
    wrap(apigateway_v1, "_update_rest_api", _update_rest_api)


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
    wrap(
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
    wrap(
        apigateway_v1,
        "_create_base_path_mapping",
        lambda original, domain, data: original(
            domain, data | {"basePath": data.get("basePath") or "(none)"}
        ),
    )


def leave_out_empty_blocks() -> None:
    """What was never set reads back as an empty block, which every plan then wants to remove."""
    wrap(apigateway_v1, "_v1_response", _respond_without_empty_blocks)


def _respond_without_empty_blocks(
    original: Callable[..., Response], data: Any, status: int = 200
) -> Response:
    if isinstance(data, dict):
        data = {k: v for k, v in data.items() if v != {} or k not in _BLOCKS_ABSENT_WHEN_EMPTY}
    return original(data, status)


def _not_found(message: str) -> Response:
    answer: Response = apigateway_v1._v1_error("NotFoundException", message, 404)
    return answer
