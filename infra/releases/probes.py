"""Requests that a version must answer before any client's reaches it.

They are invocations of that very version, so that they need no client, no DNS and no key, and a
version that can't start, or answers everything with 500, is seen by nobody else. They change no
data: the reader lists one item; the writer is asked to create the item that was listed, which is
there, so that the table itself refuses. An API with other routes has its own requests in here.
"""

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from infra.errors import InfraError
from infra.releases.functions import Functions, Reply

_WRITE_HEADERS = {"Content-Type": "application/json", "If-None-Match": "*"}


def problem(functions: Functions, kind: str, version: str, count: int) -> str | None:
    """Ask a version so many times; return what is wrong with it, None if nothing is.

    Raises:
        InfraError: Lambda refuses, or can't be reached.
    """
    event = _reading() if kind == "read" else _writing(functions)
    for number in range(1, count + 1):
        reply = functions.invoke(kind, version, event)
        if reply.status is None or reply.status >= 500:
            what = "crashed" if reply.status is None else f"answered {reply.status}"
            return f"{what} in probe {number} of {count}: {reply.text[:120]}"
    return None


def wake(functions: Functions, kind: str, version: str) -> None:
    """Ask a version that Lambda has put aside, which brings it back, and does not answer yet."""
    with contextlib.suppress(InfraError):
        functions.invoke(kind, version, _reading())


def _reading() -> Mapping[str, Any]:
    return _event("GET", "/read", {"limit": ["1"]}, {}, "")


def _writing(functions: Functions) -> Mapping[str, Any]:
    """Return a write that changes nothing: 412, or 400 where the table is empty."""
    # By its number: what asks the alias counts as a client.
    serving = functions.alias("read").version
    body = _creation_of_what_is_there(functions.invoke("read", serving, _reading()))
    return _event("POST", "/write", {}, _WRITE_HEADERS, body)


def _creation_of_what_is_there(listing: Reply) -> str:
    items = json.loads(listing.text).get("Items", []) if listing.status == 200 else []
    if not items:
        return "{}"
    # As it stands there: a version so bad that it does write would write the same.
    text = listing.text
    start = text.index('"Data":') + len('"Data":')
    _, end = json.JSONDecoder().raw_decode(text, start)
    return f'{{"ItemId": {json.dumps(items[0]["ItemId"])}, "Data": {text[start:end]}}}'


def _event(
    method: str,
    path: str,
    query: Mapping[str, list[str]],
    headers: Mapping[str, str],
    body: str,
) -> Mapping[str, Any]:
    """Return what API Gateway hands to a function.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()},
        "multiValueQueryStringParameters": query,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "path": path,
            "requestId": "release-probe",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": body or None,
        "isBase64Encoded": False,
    }
