"""The routes, served against a real table in the emulator."""

import contextlib
import uuid
from collections.abc import Iterator
from urllib.parse import quote

import boto3
import pytest
from chalice.test import Client

import app as api
from chalicelib.table import Table
from infra.rehearsal.emulator import Emulator
from tests.answer import Answer
from tests.emulator.cloud import create_table
from tests.patience import in_time, patience  # noqa: F401 -- fixtures

REGION = "us-west-2"


class Api:
    """A client of the routes, through Chalice's own stand-in for API Gateway."""

    def __init__(self) -> None:
        self._http = Client(api.app).http

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, headers=headers)

    def read(self, item_id: str) -> Answer:
        return self.get(f"/read?ItemId={quote(item_id, safe='')}")

    def data(self, item_id: str) -> str:
        """Return the text of an item's Data, as it stands in the answer."""
        answer = self.read(item_id)
        assert answer.status == 200, answer.text
        return answer.text.partition('"Data":')[2].rpartition(',"WrittenAt":')[0]

    def write(self, body: str | bytes, **headers: str) -> Answer:
        sent = body if isinstance(body, bytes) else body.encode()
        return self.request("POST", "/write", body=sent, headers=headers)

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        given = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        given = {"Content-Type": "application/json"} | given
        response = self._http.request(method, path, headers=given, body=body)
        return Answer(response.status_code, response.headers, response.body.decode())


@pytest.fixture(scope="session")
def environment(emulator: Emulator) -> Iterator[pytest.MonkeyPatch]:
    """The function's environment, pointed at the emulator."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_ENDPOINT_URL", emulator.endpoint)
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_REGION", REGION)
        yield patch


def make_table() -> str:
    """Make an empty table and return its name."""
    with contextlib.closing(boto3.client("dynamodb", region_name=REGION)) as dynamodb:
        return create_table(dynamodb)


@pytest.fixture(scope="session")
def shared(environment: pytest.MonkeyPatch) -> Table:
    """A table for tests that look at no item but their own."""
    del environment
    return Table(make_table())


@pytest.fixture
def client(shared: Table, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The API on the shared table."""
    monkeypatch.setattr(api, "items", shared)
    return Api()


@pytest.fixture
def alone(client: Api, monkeypatch: pytest.MonkeyPatch) -> Api:
    """The API on a table that no other test writes to."""
    monkeypatch.setattr(api, "items", Table(make_table()))
    return client


@pytest.fixture
def item_id() -> str:
    """An ItemId that no other test uses."""
    return str(uuid.uuid4())
