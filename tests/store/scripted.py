"""A table on the loopback that answers as a test tells it to, faults included."""

import contextlib
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

Reply = Callable[["Request"], bytes | None]
"""What is sent back to a request; None to reset the connection."""


@dataclass(frozen=True)
class Request:
    """A request, as it came."""

    headers: dict[str, str]
    body: bytes
    connection: int

    @property
    def parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = json.loads(self.body)
        return parameters


@dataclass
class Table:
    """A running table.

    Attributes:
        url: where it is.
        requests: what came, in order.
    """

    url: str
    replies: list[Reply]
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    open: list[socket.socket] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def hang_up(self) -> None:
        """Close every connection."""
        for connection in self.open:
            connection.shutdown(socket.SHUT_RDWR)

    def reply_to(self, request: Request) -> bytes | None:
        with self.lock:
            self.requests.append(request)
            number = min(len(self.requests), len(self.replies)) - 1
        return self.replies[number](request)


@contextlib.contextmanager
def table(*replies: Reply) -> Iterator[Table]:
    """Serve the replies one after the other, the last of them for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Table(f"http://127.0.0.1:{listener.getsockname()[1]}", list(replies))
        threading.Thread(target=_accept, args=(listener, served), daemon=True).start()
        yield served


def answer(
    document: object,
    *,
    status: int = 200,
    crc32: int | None = None,
    clock: float = 0.0,
    **headers: str,
) -> Reply:
    """Answer with a document as DynamoDB does.

    Args:
        document: sent as JSON; bytes are sent as they are.
        status: of the answer.
        crc32: the checksum that is claimed; the right one if it is None.
        clock: seconds that the answer's date is ahead.
        headers: further ones, or others than these.
    """
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    sent = {
        "Content-Type": "application/x-amz-json-1.0",
        "Content-Length": str(len(body)),
        "x-amz-crc32": str(zlib.crc32(body) if crc32 is None else crc32),
    } | {name.replace("_", "-"): value for name, value in headers.items()}

    def reply(request: Request) -> bytes:
        del request
        date = {"Date": formatdate(time.time() + clock, usegmt=True)}
        lines = "".join(f"{name}: {value}\r\n" for name, value in (date | sent).items())
        return f"HTTP/1.1 {status} Any\r\n{lines}\r\n".encode() + body

    return reply


def error(code: str, status: int = 400, **more: Any) -> Reply:  # noqa: ANN401 -- any JSON
    """Refuse as DynamoDB does."""
    clock = more.pop("clock", 0.0)
    kind = f"com.amazonaws.dynamodb.v20120810#{code}"
    return answer({"__type": kind, "message": "why", **more}, status=status, clock=clock)


def reset(request: Request) -> None:
    """Reset the connection."""
    del request


def half(reply: Reply) -> Reply:
    """Send the first half of a reply, and close."""

    def cut(request: Request) -> bytes | None:
        whole = reply(request) or b""
        return whole[: -len(whole) // 8]

    return cut


def slow(reply: Reply, seconds: float) -> Reply:
    """Reply later."""

    def late(request: Request) -> bytes | None:
        time.sleep(seconds)
        return reply(request)

    return late


def _accept(listener: socket.socket, served: Table) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            served.connections += 1
            served.open.append(connection)
            arguments = (connection, served, served.connections)
            threading.Thread(target=_serve, args=arguments, daemon=True).start()


def _serve(connection: socket.socket, served: Table, number: int) -> None:
    with connection, connection.makefile("rb") as stream, contextlib.suppress(OSError):
        while (request := _read(stream, number)) is not None:
            sent = served.reply_to(request)
            if sent is None:
                # No lingering: closed at once, with a reset.
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            connection.sendall(sent)
            if _is_cut(sent) or b"\r\nConnection: close\r\n" in sent:
                return


def _read(stream: Any, number: int) -> Request | None:  # noqa: ANN401 -- a binary file
    if not stream.readline():
        return None
    headers = {}
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.decode().partition(": ")
        headers[name.lower()] = value
    return Request(headers, stream.read(int(headers["content-length"])), number)


def _is_cut(sent: bytes) -> bool:
    head, _, body = sent.partition(b"\r\n\r\n")
    length = head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]
    return len(body) < int(length or 0)
