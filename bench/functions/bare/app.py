"""The least that could answer: no framework, no SDK, no signature. AWS would refuse its calls."""

import http.client
import json
import os
from typing import Any

connection = http.client.HTTPConnection(os.environ["AWS_ENDPOINT_URL"].removeprefix("http://"))
_TABLE = os.environ["TABLE_NAME"]


def read(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer an item, or a page of 25."""
    del context
    item_id = (event["queryStringParameters"] or {}).get("ItemId")
    found = (
        _call("GetItem", {"Key": {"ItemId": {"S": item_id}}})["Item"]
        if item_id
        else _call("Scan", {"Limit": 25})["Items"]
    )
    return {"statusCode": 200, "body": json.dumps(found)}


def write(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Write the item that was sent."""
    del context
    sent = json.loads(event["body"])
    item = {"ItemId": {"S": sent["ItemId"]}, "Data": {"S": json.dumps(sent["Data"])}}
    _call("PutItem", {"Item": item})
    return {"statusCode": 200, "body": json.dumps({"message": "written"})}


def _call(operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    body = json.dumps({"TableName": _TABLE} | parameters).encode()
    connection.request("POST", "/", body, {"X-Amz-Target": f"DynamoDB_20120810.{operation}"})
    answer: dict[str, Any] = json.loads(connection.getresponse().read())
    return answer
