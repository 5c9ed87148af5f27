"""What all answers have in common, errors as well."""

import logging
import time
from collections.abc import Callable
from typing import Any

from chalicelib import regions
from chalicelib.records import dumps

_log = logging.getLogger(__name__)
_RETRY_AFTER_SECONDS = "1"


def complete(request: Any, get_response: Callable[[Any], Any]) -> Any:  # noqa: ANN401 -- Chalice is untyped
    """Add what each answer carries, and log the request: a Chalice middleware.

    An answer names its region in X-Region and, if it is a JSON object, in `Region`; an error has
    the `RequestId` to ask about too. The log line has the fields route, method, status, region,
    function, version, request_id and duration_ms (milliseconds), which Lambda's JSON log format
    puts beside its own; never the query or the body, which hold keys and data.
    https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
    """
    started = time.perf_counter()
    response = get_response(request)
    region = regions.current()
    request_id = request.context.get("requestId") or request.lambda_context.aws_request_id
    if isinstance(response.body, dict):
        added = {"Region": region}
        if response.status_code >= 400:
            added["RequestId"] = request_id
        response.body = dumps(response.body | added)
        response.headers.setdefault("Content-Type", "application/json")
    response.headers["X-Region"] = region
    response.headers.setdefault("Cache-Control", "no-store")
    if response.status_code in {429, 503}:
        response.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    _log.info(
        "request",
        extra={
            "route": request.path,
            "method": request.method,
            "status": response.status_code,
            "region": region,
            # infra/region/releases.tf counts the 5xx of each version by these. Who calls a function
            # without a context, as a test may, gets an answer all the same.
            "function": getattr(request.lambda_context, "function_name", None),
            "version": getattr(request.lambda_context, "function_version", None),
            "request_id": request_id,
            "duration_ms": round((time.perf_counter() - started) * 1000, 3),
        },
    )
    return response
