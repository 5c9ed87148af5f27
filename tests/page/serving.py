"""Serves the real routes on this machine, as one region or the other, or as none that answers."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from chalice import NotFoundError
from chalice.test import Client

import app as api
from chalicelib import tokens
from chalicelib.errors import PreconditionFailedError, ServiceUnavailableError
from chalicelib.records import Item
from chalicelib.table import Page

KEY = "the-right-key"
_REGION = "us-east-1"


class Items:
    """What chalicelib.table.Table is to the routes, in memory: a busy machine does not delay it.

    Attributes:
        reachable: whether it answers.
    """

    def __init__(self) -> None:
        self.reachable = True
        self._kept: dict[str, Item] = {}

    def get(self, item_id: str, *, consistent: bool) -> Item:
        del consistent
        if item_id not in self._kept:
            raise NotFoundError("No item has this ItemId.")
        return self._kept[item_id]

    def page(self, limit: int, *, after: str | None, consistent: bool) -> Page:
        del consistent
        if not self.reachable:
            raise ServiceUnavailableError("The table is out of reach: try again soon.")
        following = [i for name, i in sorted(self._kept.items()) if after is None or name > after]
        shown = following[:limit]
        more = len(following) > limit
        return Page(shown, tokens.encode(shown[-1].item_id) if more else None)

    def put(self, item_id: str, data: str, *, create_only: bool) -> Item:
        if create_only and item_id in self._kept:
            raise PreconditionFailedError("An item has this ItemId: choose another.")
        item = Item(item_id, data, "2026-01-31T12:00:00.000000Z", _REGION)
        self._kept[item_id] = item
        return item


class Serving:
    """The API, as one region or another serves it.

    Attributes:
        items: what it holds.
        region: the region that answers.
        breaks: whether it ends connections instead of answering.
        url: where the page is.
        asked: each request's first line.
    """

    def __init__(self) -> None:
        self.items = Items()
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
def serving() -> Iterator[Serving]:
    """Serve the routes, which have no items yet, on a free loopback port."""
    with pytest.MonkeyPatch.context() as patch, _listening() as served:
        patch.setattr(api, "items", served.items)
        yield served


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
