"""The query parameters of GET /read, and the header of POST /write."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from chalice import BadRequestError

from chalicelib import records, tokens

_PARAMETERS = ("ItemId", "limit", "next", "consistent")
_LIMIT = re.compile(r"[1-9][0-9]?|100")
_DEFAULT_LIMIT = "25"
_SHOWN = 40  # characters of a client's own text that an error repeats


class Query(NamedTuple):
    """What GET /read asks for.

    Attributes:
        item_id: the one item asked for; None for a page of items.
        limit: the most items on the page, 1 to 100.
        after: the ItemId that the page before ended with; None for the first page.
        consistent: whether all writes that this region acknowledged must show.
    """

    item_id: str | None
    limit: int
    after: str | None
    consistent: bool


def parse_read(event: Mapping[str, Any]) -> Query:
    """Return the query of a GET /read from its event.

    Raises:
        BadRequestError: one is unknown, repeated or wrong; the text names it and what it may be.
    """
    parameters = event["multiValueQueryStringParameters"] or {}
    values = {name: _only(name, given) for name, given in parameters.items()}
    if "ItemId" in values:
        _refuse_paging_of_one_item(values)
        records.check_item_id("ItemId", values["ItemId"])
    return Query(
        item_id=values.get("ItemId"),
        limit=_limit(values.get("limit", _DEFAULT_LIMIT)),
        after=tokens.decode(values["next"]) if "next" in values else None,
        consistent=_flag("consistent", values.get("consistent", "false")),
    )


def parse_create_only(headers: Mapping[str, str]) -> bool:
    """Return whether a write may only create.

    Raises:
        BadRequestError: If-None-Match has another value than `*`.
    """
    condition = headers.get("If-None-Match")
    if condition not in {None, "*"}:
        raise BadRequestError("If-None-Match takes only *, to create: send that, or leave it out.")
    return condition == "*"


def _only(name: str, given: list[str]) -> str:
    if name not in _PARAMETERS:
        raise BadRequestError(
            f"{name[:_SHOWN]!r} is not a known parameter: use {', '.join(_PARAMETERS)}."
        )
    if len(given) != 1:
        raise BadRequestError(f"{name} is there {len(given)} times: send it once.")
    return given[0]


def _refuse_paging_of_one_item(values: Mapping[str, str]) -> None:
    for name in ("limit", "next"):
        if name in values:
            raise BadRequestError(
                f"{name} is for pages, and ItemId asks for one item: leave one of the two out."
            )


def _limit(text: str) -> int:
    if not _LIMIT.fullmatch(text):
        raise BadRequestError(f"limit is {text[:_SHOWN]!r}: send a whole number from 1 to 100.")
    return int(text)


def _flag(name: str, text: str) -> bool:
    if text not in {"true", "false"}:
        raise BadRequestError(f"{name} is {text[:_SHOWN]!r}: send true or false.")
    return text == "true"
