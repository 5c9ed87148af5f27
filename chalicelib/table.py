"""The DynamoDB table: every call to AWS that this API makes."""

import contextlib
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from chalice import NotFoundError, TooManyRequestsError

from chalicelib import regions, tokens
from chalicelib.dynamodb import THROTTLED, CallError, Client
from chalicelib.errors import PreconditionFailedError, ServiceUnavailableError
from chalicelib.records import Item, check_item_size
from chalicelib.snapshots import after_restore

_log = logging.getLogger(__name__)


class Page(NamedTuple):
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
        self._client = Client(regions.current())
        after_restore(self._client.renew)

    def get(self, item_id: str, *, consistent: bool) -> Item:
        """Return one item.

        Raises:
            NotFoundError: this region has none of that ItemId.
        """
        with _errors_for_clients("GetItem"):
            answer = self._client.call(
                "GetItem",
                {
                    "TableName": self._name,
                    "Key": {"ItemId": {"S": item_id}},
                    "ConsistentRead": consistent,
                },
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
        start = {} if after is None else {"ExclusiveStartKey": {"ItemId": {"S": after}}}
        with _errors_for_clients("Scan"):
            answer = self._client.call(
                "Scan",
                {"TableName": self._name, "Limit": limit, "ConsistentRead": consistent, **start},
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
        condition = _CREATE_ONLY if create_only else {}
        with _errors_for_clients("PutItem", unless_there=stored):
            self._client.call("PutItem", {"TableName": self._name, "Item": stored, **condition})
        return _item(stored)


_CREATE_ONLY = {
    "ConditionExpression": "attribute_not_exists(ItemId)",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}


def _item(attributes: Mapping[str, Any]) -> Item:
    try:
        return Item(
            item_id=attributes["ItemId"]["S"],
            data=attributes["Data"]["S"],
            written_at=attributes["WrittenAt"]["S"],
            written_in=attributes["WrittenIn"]["S"],
        )
    except KeyError:
        return _item_of_others(attributes)


def _item_of_others(attributes: Mapping[str, Any]) -> Item:
    """Return an item that something else wrote: all its attributes, in DynamoDB's own JSON.

    Health checks read whatever the table has first, so an error here would end a region's service.
    """
    return Item(attributes["ItemId"]["S"], json.dumps(attributes), None, None)


@contextlib.contextmanager
def _errors_for_clients(
    operation: str, unless_there: Mapping[str, Any] | None = None
) -> Iterator[None]:
    try:
        yield
    # Causes are logged by their code alone, and go no further: their texts and traces hold keys.
    except CallError as error:
        if error.code == "ConditionalCheckFailedException":
            # A retry finds the item of its own first try, whose answer was lost.
            if error.item == unless_there:
                return
            raise PreconditionFailedError(
                f"An item in {regions.current()} has this ItemId: choose another, "
                "or leave If-None-Match out to replace it."
            ) from None
        _log.error("table_error", extra={"operation": operation, "error": error.code})
        if error.code in THROTTLED:
            raise TooManyRequestsError(
                "The table is out of capacity: slow down and try again."
            ) from None
        raise ServiceUnavailableError(
            f"{regions.current()} can't reach its data: try again soon, or use the other region."
        ) from None
