"""Serves the real routes on this machine, as one region or the other, or as none that answers."""

import contextlib
import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import boto3
import pytest
from chalice.test import Client

import app as api
from chalicelib.table import Table
from infra.rehearsal.emulator import Emulator

KEY = "the-right-key"
_REGION = "us-east-1"


class Serving:
    """The API, as one region or another serves it.

    Attributes:
        region: the region that answers.
        breaks: whether it ends connections instead of answering.
        url: where the page is.
        asked: each request's first line.
    """

    def __init__(self) -> None:
        self.region = _REGION
        self.breaks = False
        self.url = ""
        self.asked: list[str] = []
        self._reachable = threading.Event()
        self._reachable.set()
        self._http = Client(api.app).http
        # Chalice keeps the request that it is at in one place.
        self._one_at_a_time = threading.Lock()

    @contextlib.contextmanager
    def lost(self) -> Iterator[None]:
        """Leave every request without an answer."""
        self._reachable.clear()
        try:
            yield
        finally:
            self._reachable.set()

    def write(self, item_id: str, data: str) -> None:
        """Write an item, whose data is JSON text."""
        body = f'{{"ItemId": {json.dumps(item_id)}, "Data": {data}}}'.encode()
        headers = {"content-type": "application/json", "x-api-key": KEY}
        status, _, answer = self.answer("POST", "/write", headers, body)
        assert status == 200, answer

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Answer a request, once the region can be reached."""
        self.asked.append(f"{method} {path}")
        self._reachable.wait()
        if method == "POST" and headers.get("x-api-key") != KEY:
            # In API Gateway's words, which the app never sees.
            gateway = {"Content-Type": "application/json", "x-amzn-RequestId": "gateway-1"}
            return 403, gateway, json.dumps({"message": "Forbidden"}).encode()
        with self._one_at_a_time:
            response = self._http.request(method, path, headers=headers, body=body)
        return (
            response.status_code,
            response.headers | {"X-Region": self.region},
            response.body,
        )


@contextlib.contextmanager
def serving(emulator: Emulator) -> Iterator[Serving]:
    """Serve the routes on an empty table in the emulator, on a free loopback port."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_REGION", _REGION)
        patch.setattr(api, "items", Table(_make_table()))
        with _listening() as served:
            yield served


def _make_table() -> str:
    name = f"page-{uuid.uuid4()}"
    dynamodb = boto3.client("dynamodb", region_name=_REGION)
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "ItemId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "ItemId", "AttributeType": "S"}],
    )
    dynamodb.close()
    return name


@contextlib.contextmanager
def _listening() -> Iterator[Serving]:
    served = Serving()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            sent = {name.lower(): value for name, value in self.headers.items()}
            status, headers, body = served.answer(
                self.command, self.path, sent, self.rfile.read(length)
            )
            if served.breaks:
                return
            # A browser that gave up has closed the connection.
            with contextlib.suppress(ConnectionError):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 -- the name that http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name there
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
