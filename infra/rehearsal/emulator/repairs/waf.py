"""WAF: where a web ACL logs to."""

import json
from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import waf

from infra.rehearsal.emulator.repairs.wrapping import Response

# By the ARN of the web ACL.
_configurations: dict[str, Any] = {}


def log_what_the_firewall_does() -> None:
    """The logging of a web ACL can't be configured."""
    original = waf.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Response:
        call = _CALLS.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if call is not None:
            return call(json.loads(body))
        answer: Response = await original(method, path, headers, body, query)
        return answer

    waf.handle_request = handle_request


def _put(data: dict[str, Any]) -> Response:
    configuration = data["LoggingConfiguration"]
    _configurations[configuration["ResourceArn"]] = configuration
    answer: Response = responses.json_response({"LoggingConfiguration": configuration})
    return answer


def _get(data: dict[str, Any]) -> Response:
    configuration = _configurations.get(data["ResourceArn"])
    answer: Response = (
        responses.json_response({"LoggingConfiguration": configuration})
        if configuration
        else waf._waf_err("WAFNonexistentItemException", "The web ACL has no logging.")
    )
    return answer


def _delete(data: dict[str, Any]) -> Response:
    _configurations.pop(data["ResourceArn"], None)
    answer: Response = responses.json_response({})
    return answer


_CALLS: dict[str, Callable[[dict[str, Any]], Response]] = {
    "PutLoggingConfiguration": _put,
    "GetLoggingConfiguration": _get,
    "DeleteLoggingConfiguration": _delete,
}
