"""On one table of the emulator, the app's client and boto3's get and give the same."""

import base64
import contextlib
import uuid
from typing import Any

import boto3
import pytest

from infra.rehearsal.emulator import Emulator
from tests.emulator.cloud import create_table
from tests.store.conftest import REGION, Pair, PairAt

# One of each type, and numbers that other parsers would change.
_ATTRIBUTES: dict[str, Any] = {
    "text": {"S": 'a "quoted" \\ \u0000 \ud7ff \U0001f600 text'},
    "empty": {"S": ""},
    "zero": {"N": "0"},
    "long": {"N": "12345678901234567890123456789012345678"},
    "small": {"N": "0.00000000000000000000000000000000000001"},
    "negative": {"N": "-1.5"},
    "yes": {"BOOL": True},
    "no": {"BOOL": False},
    "null": {"NULL": True},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2.5"]},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}, {"M": {}}]},
    "map": {"M": {"": {"S": "x"}, "deep": {"M": {"deeper": {"L": [{"NULL": True}]}}}}},
}


@pytest.fixture
def name(emulator: Emulator) -> str:
    """An empty table in the emulator."""
    dynamodb = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=emulator.endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 -- the emulator takes any
    )
    with contextlib.closing(dynamodb):
        return create_table(dynamodb)


@pytest.fixture
def pair(emulator: Emulator, pair_at: PairAt) -> Pair:
    return pair_at(emulator.endpoint)


@pytest.fixture
def key() -> dict[str, Any]:
    return {"ItemId": {"S": str(uuid.uuid4())}}


@pytest.mark.parametrize("writer", ["lean", "boto3"])
def test_every_type_is_read_alike_whoever_wrote_it(
    pair: Pair, name: str, key: dict[str, Any], writer: str
) -> None:
    item = key | _ATTRIBUTES
    written = getattr(pair, writer).call("PutItem", {"TableName": name, "Item": item})
    assert written.answer == {}
    read = pair.call("GetItem", TableName=name, Key=key, ConsistentRead=True).answer
    assert read == {"Item": item}


def test_bytes_are_the_base64_that_travels(pair: Pair, name: str, key: dict[str, Any]) -> None:
    item = key | {"bytes": {"B": base64.b64encode(b"\x00\xff").decode()}}
    assert pair.lean.call("PutItem", {"TableName": name, "Item": item}).answer == {}
    parameters = {"TableName": name, "Key": key}
    assert pair.lean.call("GetItem", parameters).answer == {"Item": item}
    of_boto3 = pair.boto3.call("GetItem", parameters).answer
    assert of_boto3 == {"Item": key | {"bytes": {"B": b"\x00\xff"}}}


def test_an_absent_item_is_an_answer_without_one(
    pair: Pair, name: str, key: dict[str, Any]
) -> None:
    assert pair.call("GetItem", TableName=name, Key=key).answer == {}


def test_pages_are_alike_and_lead_to_each_other(pair: Pair, name: str) -> None:
    for number in range(7):
        item = {"ItemId": {"S": f"page-{number}"}}
        pair.lean.call("PutItem", {"TableName": name, "Item": item})
    found = set()
    start: dict[str, Any] = {}
    while True:
        page = pair.call("Scan", TableName=name, Limit=3, **start).answer or {}
        found |= {item["ItemId"]["S"] for item in page["Items"]}
        if "LastEvaluatedKey" not in page:
            break
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert {f"page-{number}" for number in range(7)} <= found


def test_a_failed_condition_says_what_it_found(pair: Pair, name: str, key: dict[str, Any]) -> None:
    item = key | {"Data": {"S": "1"}}
    pair.lean.call("PutItem", {"TableName": name, "Item": item})
    outcome = pair.call(
        "PutItem",
        TableName=name,
        Item=key,
        ConditionExpression="attribute_not_exists(ItemId)",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    assert outcome.code == "ConditionalCheckFailedException"
    assert outcome.item == item


def test_refusals_have_the_same_codes(pair: Pair, name: str, key: dict[str, Any]) -> None:
    absent = pair.call("GetItem", TableName="absent", Key=key)
    assert absent.code == "ResourceNotFoundException"
    wrongs: list[dict[str, Any]] = [
        {"Key": {}},
        {"Key": {"ItemId": {"N": "1"}}},
        {"Key": key | {"Other": {"S": "x"}}},
    ]
    for wrong in wrongs:
        assert pair.call("GetItem", TableName=name, **wrong).code == "ValidationException"
