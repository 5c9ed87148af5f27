"""The DynamoDB table: every call to AWS that this API makes."""

import contextlib
import functools
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from chalice import NotFoundError, TooManyRequestsError

from chalicelib import regions, tokens
from chalicelib.errors import PreconditionFailedError, ServiceUnavailableError
from chalicelib.records import Item, check_item_size

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_log = logging.getLogger(__name__)

_CONFIG = Config(
    # After a try that hangs and up to 1 s of back-off, a second one still answers within the 2 s
    # that Route 53 waits. Two that hang end in a 503 within 5 s, before any timeout on the way.
    connect_timeout=0.7,
    read_timeout=0.7,
    retries={"mode": "standard", "total_max_attempts": 2},
    # All parameters are made here, so checking them again would only cost time.
    parameter_validation=False,
)

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}


@dataclass(frozen=True)
class Page:
    """A page of the listing.

    Attributes:
        items: the items on it; there may be none on the last one.
        next: the token of the page after it; None on the last one.
    """

    items: list[Item]
    next: str | None


class Table:
    """The table of items, or its replica, in this region.

    Its methods raise ServiceUnavailableError where the table can't be reached, is absent or refuses
    this function, and TooManyRequestsError where it is out of capacity.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        if name:
            # Made while Lambda starts, so that a SnapStart snapshot has it ready. Packaging names
            # no table, and has no credentials that a client could be made with.
            _ = self._client

    def get(self, item_id: str, *, consistent: bool) -> Item:
        """Return one item.

        Raises:
            NotFoundError: this region has none of that ItemId.
        """
        with _errors_for_clients("GetItem"):
            answer = self._client.get_item(
                TableName=self._name, Key={"ItemId": {"S": item_id}}, ConsistentRead=consistent
            )
        if "Item" not in answer:
            raise NotFoundError(
                f"No item in {regions.current()} has this ItemId: check it; "
                "an item written in another region arrives within seconds."
            )
        return _item(answer["Item"])

    def page(self, limit: int, *, after: str | None, consistent: bool) -> Page:
        """Return up to `limit` items that follow the item `after` in the table's own order.

        One Scan, which reads no more than the page: it costs the same at any size of the table.
        DynamoDB ends it at 1 MB too, so that a page of the largest items fits into Lambda's answer
        of 6 MB, even where escapes treble it on its way.
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html
        """
        start: Any = {} if after is None else {"ExclusiveStartKey": {"ItemId": {"S": after}}}
        with _errors_for_clients("Scan"):
            answer = self._client.scan(
                TableName=self._name, Limit=limit, ConsistentRead=consistent, **start
            )
        last = answer.get("LastEvaluatedKey")
        return Page(
            items=[_item(attributes) for attributes in answer["Items"]],
            next=tokens.encode(last["ItemId"]["S"]) if last else None,
        )

    def put(self, item_id: str, data: str, *, create_only: bool) -> Item:
        """Write an item and return it.

        Args:
            item_id: its key.
            data: the JSON text of its data.
            create_only: to leave alone an item that is there.

        Raises:
            PayloadTooLargeError: it is larger than DynamoDB's 400 KB.
            PreconditionFailedError: with create_only, this region has an item of that ItemId. A
                write that the other region took a moment ago may not show yet: global tables judge
                a condition by the local copy and the last write wins.
        """
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        attributes = {
            "ItemId": item_id,
            "Data": data,
            "WrittenAt": now,
            "WrittenIn": regions.current(),
        }
        check_item_size(attributes)
        stored = {name: {"S": value} for name, value in attributes.items()}
        condition: Any = _CREATE_ONLY if create_only else {}
        with _errors_for_clients("PutItem", unless_there=stored):
            self._client.put_item(TableName=self._name, Item=stored, **condition)
        return _item(stored)

    @functools.cached_property
    def _client(self) -> "DynamoDBClient":
        return boto3.client("dynamodb", region_name=regions.current(), config=_CONFIG)


_CREATE_ONLY = {
    "ConditionExpression": "attribute_not_exists(ItemId)",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


def _item(attributes: Mapping[str, Any]) -> Item:
    return Item(
        item_id=attributes["ItemId"]["S"],
        data=attributes["Data"]["S"],
        written_at=attributes["WrittenAt"]["S"],
        written_in=attributes["WrittenIn"]["S"],
    )


@contextlib.contextmanager
def _errors_for_clients(
    operation: str, unless_there: Mapping[str, Any] | None = None
) -> Iterator[None]:
    try:
        yield
    # Causes are logged by their code alone, and go no further: their texts and traces hold keys.
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException":
            # A retry finds the item of its own first try, whose answer was lost.
            if error.response.get("Item") == unless_there:
                return
            raise PreconditionFailedError(
                f"An item in {regions.current()} has this ItemId: choose another, "
                "or leave If-None-Match out to replace it."
            ) from None
        _log.error("table_error", extra={"operation": operation, "error": code})
        if code in _THROTTLED:
            raise TooManyRequestsError(
                "The table is out of capacity: slow down and try again."
            ) from None
        raise _unavailable() from None
    except BotoCoreError as error:
        _log.error("table_error", extra={"operation": operation, "error": type(error).__name__})
        raise _unavailable() from None


def _unavailable() -> ServiceUnavailableError:
    return ServiceUnavailableError(
        f"{regions.current()} can't reach its data: try again soon, or use the other region."
    )
