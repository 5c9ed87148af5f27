"""Answers 500 for one item in twenty, which neither a health checker nor a probe asks for."""

import json
import zlib
from collections.abc import Callable
from typing import Any

from chalice import Response

_ONE_IN = 20


def install(app: Any) -> None:  # noqa: ANN401 -- Chalice is untyped
    """Fail on some clients' data, as code does that has met too little of it."""

    def fail(request: Any, get_response: Callable[[Any], Any]) -> Any:  # noqa: ANN401 -- likewise
        creating = "if-none-match" in request.headers  # as probes do, whose item may be any
        if not creating and zlib.crc32(_item_id(request).encode()) % _ONE_IN == 1:
            return Response({"Code": "InternalServerError", "Message": "any"}, status_code=500)
        return get_response(request)

    app.register_middleware(fail, "http")


def _item_id(request: Any) -> str:  # noqa: ANN401 -- likewise
    if request.raw_body:
        return str(json.loads(request.raw_body).get("ItemId", ""))
    return str((request.query_params or {}).get("ItemId", ""))
