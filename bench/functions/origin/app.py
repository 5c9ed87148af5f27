"""The functions that the project began with, as boto3's introductions have them."""

import json
import os
from typing import Any

import boto3

table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def read(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer an item, or all that one call returns."""
    del context
    item_id = (event["queryStringParameters"] or {}).get("ItemId")
    found: object = (
        table.get_item(Key={"ItemId": item_id})["Item"] if item_id else table.scan()["Items"]
    )
    return {"statusCode": 200, "body": json.dumps(found)}


def write(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Write the item that was sent."""
    del context
    table.put_item(Item=json.loads(event["body"]))
    return {"statusCode": 200, "body": json.dumps({"message": "written"})}
