"""Items, and the bodies that write them: exact, or refused.

`Data` is kept as the JSON text that was sent, in one string attribute, and answered as that text.
So numbers (-0.0, 1e400, 40 digits), escapes (half a surrogate pair's too), the order of members and
the white space come back as they were: no parser's idea of a number, and none of DynamoDB's types
(38 digits, 32 levels, no two members of one name), stands in between. The text is parsed once, for
its errors only.
"""

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from chalice import BadRequestError

from chalicelib.errors import PayloadTooLargeError

MAX_ITEM_ID_BYTES = 2048
"""DynamoDB's limit for a partition key.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html"""

MAX_ITEM_BYTES = 400 * 1024
"""DynamoDB's limit for an item: names and values of its attributes, in UTF-8 (same source)."""

MAX_BODY_BYTES = 512 * 1024
"""An item, an ItemId that is all escapes, and white space; more isn't worth parsing."""

MAX_LEVELS = 256
"""Nesting that parsers of every language read back; Python's own stops near 1,000."""

_FORM = 'send {"ItemId": text, "Data": any JSON value} as application/json'
_quote = json.JSONEncoder().encode
_SHOWN = 200  # characters of a client's own text that an error repeats
_WHITE_SPACE = re.compile(r"[ \t\n\r]*")


class Item(NamedTuple):
    """An item of the table.

    Attributes:
        item_id: its key, 1 to 2,048 bytes of UTF-8.
        data: its data, as the JSON text that was sent.
        written_at: when, ISO 8601 in UTC with microseconds; None if not by this API.
        written_in: the region that took the write; None likewise.
    """

    item_id: str
    data: str
    written_at: str | None
    written_in: str | None


def dumps(value: object) -> str:
    """Return the JSON text of an answer, in which each Item's data is the text that was sent."""
    if isinstance(value, Item):
        return (
            f'{{"ItemId":{_quote(value.item_id)},"Data":{value.data},'
            f'"WrittenAt":{_quote(value.written_at)},"WrittenIn":{_quote(value.written_in)}}}'
        )
    if isinstance(value, dict):
        return "{" + ",".join([f"{_quote(str(k))}:{dumps(v)}" for k, v in value.items()]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(dumps, value)) + "]"
    return json.dumps(value)


def parse_write(event: Mapping[str, Any]) -> tuple[str, str]:
    """Return the ItemId and the text of Data from the event of a POST /write.

    Raises:
        BadRequestError: it is not what POST /write takes, or can't be kept exactly; the text names
            the place as a JSON pointer (RFC 6901), the limit and the way out.
        PayloadTooLargeError: it can't fit into an item.
    """
    text = _body(event)
    members = _parse(text)
    names = [name for name, _ in members]
    for name in names:
        if name not in {"ItemId", "Data"}:
            raise BadRequestError(f"{_pointer((None, name))} is not a known field: {_FORM}.")
    for name in ("ItemId", "Data"):
        if name not in names:
            raise BadRequestError(f"/{name} is missing: {_FORM}.")
    item_id = dict(members)["ItemId"]
    if not isinstance(item_id, str):
        raise BadRequestError(f"/ItemId is not text: {_FORM}.")
    check_item_id("/ItemId", item_id)
    return item_id, _text_of("Data", text)


def check_item_id(place: str, item_id: str) -> None:
    """Raise BadRequestError unless the table can have this key; `place` says where it stood."""
    try:
        size = len(item_id.encode())
    except UnicodeEncodeError:
        raise BadRequestError(
            f"{place} has half of a surrogate pair, which UTF-8 can't hold: send both halves."
        ) from None
    if not 1 <= size <= MAX_ITEM_ID_BYTES:
        raise BadRequestError(
            f"{place} is {size} bytes in UTF-8, and may be 1 to {MAX_ITEM_ID_BYTES}: "
            "choose another."
        )


def check_item_size(attributes: Mapping[str, str]) -> None:
    """Raise PayloadTooLargeError if DynamoDB would not take an item of these attributes."""
    size = sum(len(name.encode()) + len(value.encode()) for name, value in attributes.items())
    if size > MAX_ITEM_BYTES:
        raise _too_large("The item", size, MAX_ITEM_BYTES)


def _too_large(what: str, size: int, limit: int) -> PayloadTooLargeError:
    return PayloadTooLargeError(
        f"{what} is {size} bytes and may be {limit}: split Data over several items, "
        "or keep it elsewhere and send where it is."
    )


def _body(event: Mapping[str, Any]) -> str:
    """Return the body of an event, where it is text (API Gateway), base64, or bytes (Chalice)."""
    sent = event["body"]
    if not sent:
        raise BadRequestError(f"The body is empty: {_FORM}.")
    try:
        if event.get("isBase64Encoded"):
            body = base64.b64decode(sent)
        else:
            body = sent.encode() if isinstance(sent, str) else sent
        text: str = body.decode()
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise BadRequestError(
            f"The body is not UTF-8 at position {error.start}: send JSON in UTF-8."
        ) from None
    if len(body) > MAX_BODY_BYTES:
        raise _too_large("The body", len(body), MAX_BODY_BYTES)
    if text == sent:
        _refuse_damage(text)
    return text


def _refuse_damage(text: str) -> None:
    # API Gateway hands bytes that are not UTF-8 on as U+FFFD, so that one can't be told from one
    # that was meant. Only its escape is certain.
    at = text.find("\ufffd")
    if at >= 0:
        raise BadRequestError(
            f"The body has U+FFFD at character {at}, which is what bytes that are not UTF-8 turn "
            "into on their way here: send JSON in UTF-8, and U+FFFD itself as its escape, \\ufffd."
        )


class _Members(list[tuple[str, object]]):
    """The members of a JSON object, none lost where two have one name."""


class _Constant:
    """NaN, Infinity or -Infinity, which Python's parser takes for JSON."""

    def __init__(self, name: str) -> None:
        self.name = name


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Members,
    parse_constant=_Constant,
    # Never used as a number; and int refuses more than 4,300 digits.
    parse_int=float,
)

# A place is the place that holds it (None for the whole body) and its name or index there: a chain,
# as a text for each place would be quadratic in the depth.
_Place = tuple[Any, str]


def _parse(text: str) -> _Members:
    try:
        body = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BadRequestError(
            f"The body is not JSON: {error.msg} at line {error.lineno} column {error.colno}: "
            f"{_FORM}."
        ) from None
    except RecursionError:
        raise BadRequestError(_too_deep("The body")) from None
    _refuse_ambiguous(body)
    if not isinstance(body, _Members):
        raise BadRequestError(f"The body is not a JSON object: {_FORM}.")
    return body


def _refuse_ambiguous(body: object) -> None:
    pending: list[tuple[_Place | None, int, object]] = [(None, 0, body)]
    while pending:
        place, level, value = pending.pop()
        if isinstance(value, _Constant):
            raise BadRequestError(
                f"{_pointer(place)} is {value.name}, which JSON has no number for: "
                "send null, or text."
            )
        if not isinstance(value, list):
            continue
        # The body itself is one level, which Data does not count.
        if level > MAX_LEVELS:
            raise BadRequestError(_too_deep(_pointer(place)))
        if isinstance(value, _Members):
            _refuse_repeated(place, value)
            inside = [(name, member) for name, member in value]
        else:
            inside = [(str(index), element) for index, element in enumerate(value)]
        pending.extend(((place, name), level + 1, part) for name, part in inside)


def _refuse_repeated(place: _Place | None, members: _Members) -> None:
    seen = set()
    for name, _ in members:
        if name in seen:
            raise BadRequestError(
                f"{_pointer((place, name))} is there twice, and readers differ on which one "
                "counts: send it once."
            )
        seen.add(name)


def _too_deep(what: str) -> str:
    return (
        f"{what} nests deeper than Data may, {MAX_LEVELS} levels: flatten it, or send it as text."
    )


def _pointer(place: _Place | None) -> str:
    if place is None:
        return "The body"
    names: list[str] = []
    while place is not None:
        place, name = place
        names.append(name.replace("~", "~0").replace("/", "~1"))
    pointer = "".join(f"/{name}" for name in reversed(names))
    return pointer if len(pointer) <= _SHOWN else f"{pointer[:_SHOWN]}..."


def _text_of(name: str, text: str) -> str:
    """Return the text of one member of a JSON object, which `text` is known to be."""
    at = text.index("{") + 1
    while True:
        found, at = _DECODER.raw_decode(text, _skip(text, at))
        start = _skip(text, _skip(text, at) + 1)  # past the colon
        _, end = _DECODER.raw_decode(text, start)
        if found == name:
            return text[start:end]
        at = _skip(text, end) + 1  # past the comma


def _skip(text: str, at: int) -> int:
    match = _WHITE_SPACE.match(text, at)
    return match.end() if match else at
