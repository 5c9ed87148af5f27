"""A table on the loopback that takes next to no time, and counts what DynamoDB would charge.

`python -m bench.table ITEMS` prints its URL and serves until its standard input closes. Its items
are made when they are asked for, so that 10 cost it no less than a million; those that are written
are counted and forgotten. Of DynamoDB it has a page's limits and the units that a call consumes.
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import contextlib
import json
import math
import socket
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO

_DATA = json.dumps({"text": "x" * 60, "number": 21.5})
_PAGE_BYTES = 1024 * 1024
_READ_UNIT = 4 * 1024
_WRITE_UNIT = 1024

Attributes = dict[str, dict[str, str]]


class Table:
    """Items, and what was asked of them.

    Attributes:
        counted: calls by their operation, and `half read units` and `write units`.
    """

    def __init__(self, items: int) -> None:
        self.counted = Counter[str]()
        self._items = items
        self._lock = threading.Lock()

    def call(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Answer a call, or say what was counted since this was last asked."""
        with self._lock:
            if operation == "Counted":
                told, self.counted = dict(self.counted), Counter()
                return told
            self.counted[operation] += 1
            if operation == "PutItem":
                return self._put(parameters["Item"])
            if operation == "GetItem":
                return self._get(parameters)
            return self._scan(parameters)

    def _put(self, item: Attributes) -> dict[str, Any]:
        self.counted["write units"] += math.ceil(_size(item) / _WRITE_UNIT)
        return {}

    def _get(self, parameters: dict[str, Any]) -> dict[str, Any]:
        number = _number(parameters["Key"])
        found = _item(number) if number < self._items else None
        self._count_read(_size(found) if found else 0, parameters)
        return {"Item": found} if found else {}

    def _scan(self, parameters: dict[str, Any]) -> dict[str, Any]:
        start = parameters.get("ExclusiveStartKey")
        first = _number(start) + 1 if start else 0
        page, size = [], 0
        for number in range(first, min(self._items, first + parameters.get("Limit", self._items))):
            page.append(_item(number))
            size += _size(page[-1])
            if size >= _PAGE_BYTES:
                break
        self._count_read(size, parameters)
        answer = {"Items": page, "Count": len(page), "ScannedCount": len(page)}
        if first + len(page) < self._items:
            answer["LastEvaluatedKey"] = {"ItemId": page[-1]["ItemId"]}
        return answer

    def _count_read(self, size: int, parameters: dict[str, Any]) -> None:
        units = max(1, math.ceil(size / _READ_UNIT))
        # Doubled, to stay whole: an eventually consistent read is half a unit.
        self.counted["half read units"] += units * (2 if parameters.get("ConsistentRead") else 1)


def item_id(number: int) -> str:
    """Return the ItemId of an item of the table."""
    return f"item-{number:09d}"


def _number(key: Attributes) -> int:
    return int(key["ItemId"]["S"].rpartition("-")[2])


def _item(number: int) -> Attributes:
    return {
        "ItemId": {"S": item_id(number)},
        "Data": {"S": _DATA},
        "WrittenAt": {"S": "2026-11-25T12:00:00.000000Z"},
        "WrittenIn": {"S": "us-east-1"},
    }


def _size(item: dict[str, dict[str, Any]]) -> int:
    """Return an item's size as DynamoDB counts it: the bytes of names and values."""
    pairs = [(name, value) for name, typed in item.items() for value in typed.values()]
    # What holds others is counted roughly: the project has no such attributes.
    texts = [value if isinstance(value, str) else json.dumps(value) for _, value in pairs]
    return sum(len(text.encode()) for text in [*texts, *(name for name, _ in pairs)])


def _serve(connection: socket.socket, table: Table) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
        for operation, parameters in _calls(stream):
            body = json.dumps(table.call(operation, parameters)).encode()
            # The headers that DynamoDB sends, which a client has to read.
            head = (
                "HTTP/1.1 200 OK\r\nServer: Server\r\nDate: Wed, 25 Nov 2026 12:00:00 GMT\r\n"
                "Content-Type: application/x-amz-json-1.0\r\nConnection: keep-alive\r\n"
                f"Content-Length: {len(body)}\r\nx-amzn-RequestId: {'A' * 52}\r\n"
                f"x-amz-crc32: {zlib.crc32(body)}\r\n\r\n"
            )
            connection.sendall(head.encode() + body)


def _calls(stream: BinaryIO) -> Iterator[tuple[str, dict[str, Any]]]:
    while stream.readline():
        headers = {}
        while line := stream.readline().strip().decode():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers["content-length"])
        body = stream.read(length)
        if len(body) < length:  # whoever asked was ended in the middle of it
            return
        yield headers["x-amz-target"].rpartition(".")[2], json.loads(body)


def main() -> None:
    """Serve a table of as many items as the argument says."""
    table = Table(int(sys.argv[1]))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)  # noqa: T201 -- what is asked for

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    threading.Thread(target=_serve, args=(connection, table), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        sys.stdin.read()


if __name__ == "__main__":
    main()
