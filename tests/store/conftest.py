"""Both clients: the app's own, and boto3's as it would be set up in its place."""

import builtins
import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.retries.standard import ExponentialBackoff

from chalicelib import connection
from chalicelib.dynamodb import CallError, Client
from tests.patience import in_time, patience  # noqa: F401 -- fixtures

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

REGION = "us-west-2"
_METHODS = {"GetItem": "get_item", "PutItem": "put_item", "Scan": "scan"}


@dataclass(frozen=True)
class Outcome:
    """What came of a call: the answer, or the code of an error and the item that came with it."""

    answer: dict[str, Any] | None = None
    code: str | None = None
    item: Any = None


class Boto3:
    """boto3's client, called as the app's own is."""

    def __init__(self, client: "DynamoDBClient") -> None:
        self.client = client

    def call(self, operation: str, parameters: dict[str, Any]) -> Outcome:
        try:
            answer = getattr(self.client, _METHODS[operation])(**parameters)
        except ClientError as error:
            found = error.response.get("Item")
            return Outcome(code=error.response["Error"]["Code"], item=found)
        except BotoCoreError:
            return Outcome(code="no answer")
        del answer["ResponseMetadata"]
        return Outcome(answer=answer)


class Lean:
    """The app's client."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def call(self, operation: str, parameters: dict[str, Any]) -> Outcome:
        try:
            return Outcome(answer=self.client.call(operation, parameters))
        except CallError as error:
            python = hasattr(builtins, error.code) or hasattr(http.client, error.code)
            return Outcome(code="no answer" if python else error.code, item=error.item)


@dataclass(frozen=True)
class Pair:
    """Both clients of one table."""

    lean: Lean
    boto3: Boto3

    def call(self, operation: str, **parameters: Any) -> Outcome:  # noqa: ANN401 -- any JSON
        """Have both call, and return what came of it, which is alike."""
        lean = self.lean.call(operation, parameters)
        assert lean == self.boto3.call(operation, parameters)
        return lean


ClientAt = Callable[[str], Client]
PairAt = Callable[[str], Pair]


@pytest.fixture(autouse=True)
def _function(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a function, and no pauses in boto3, which may last seconds."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda _self, _context: 0)


@pytest.fixture
def client_at(monkeypatch: pytest.MonkeyPatch) -> ClientAt:
    """Make the app's client of the table at a URL."""

    def client(url: str) -> Client:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        return Client(REGION)

    return client


@pytest.fixture
def pair_at(client_at: ClientAt) -> Iterator[PairAt]:
    """Make both clients of the table at a URL."""
    made: list[Pair] = []

    def pair(url: str) -> Pair:
        lean = Lean(client_at(url))
        config = Config(
            connect_timeout=connection._CONNECT_SECONDS,  # noqa: SLF001 -- as long as the app's
            read_timeout=connection._READ_SECONDS,  # noqa: SLF001 -- likewise
            retries={"mode": "standard", "total_max_attempts": 3},
            parameter_validation=False,
        )
        made.append(Pair(lean, Boto3(boto3.client("dynamodb", REGION, config=config))))
        return made[-1]

    yield pair
    for each in made:
        each.boto3.client.close()
