"""HTTP connections to one host that stay open from one request to the next.

Made of the standard library's client: Lambda's Python has it compiled, and it has all that one
host takes. Proxies are not used.
"""

import http.client
import select
import ssl
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from chalicelib import trust

_CONNECT_SECONDS = 0.7
_READ_SECONDS = 0.7


class Answer(NamedTuple):
    """A whole answer.

    Attributes:
        status: such as 200.
        headers: by their names in any case.
        body: all of it.
    """

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Connections:
    """Sends POST requests to one URL, each on a connection of its own while it lasts.

    Connections are opened by the first request and by one that finds none open.
    """

    def __init__(self, url: str) -> None:
        self._idle: list[http.client.HTTPConnection] = []
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port)
        self._path = parts.path or "/"
        self._context = trust.context() if parts.scheme == "https" else None

    def post(self, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
        """Send a request and return its answer.

        Args:
            headers: of the request, Host among them.
            body: of the request.
            seconds: to connect within and to wait for the answer; 0.7 s each at the most.

        Raises:
            OSError, http.client.HTTPException: no answer came, or not the whole of it.
        """
        connection = self._connected(time.monotonic() + seconds)
        try:
            connection.request("POST", self._path, body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:
            self._idle.append(connection)
        return answer

    def close(self) -> None:
        """Close what is open and not in use."""
        while self._idle:
            self._idle.pop().close()

    def __del__(self) -> None:
        self.close()

    def _connected(self, end: float) -> http.client.HTTPConnection:
        """Return an open connection, with the time that is left until `end` to read from it."""
        while self._idle:
            connection = self._idle.pop()
            # Readable before anything was asked: the other side has closed it.
            if not select.select([connection.sock], [], [], 0)[0]:
                break
            connection.close()
        else:
            connection = self._opened(end)
        connection.sock.settimeout(_within(_READ_SECONDS, end))
        return connection

    def _opened(self, end: float) -> http.client.HTTPConnection:
        try:
            return self._open(end)
        except ssl.SSLCertVerificationError:
            if self._context is None or not trust.widen(self._context):
                raise
            return self._open(end)

    def _open(self, end: float) -> http.client.HTTPConnection:
        host, port = self._address
        timeout = _within(_CONNECT_SECONDS, end)
        connection = (
            http.client.HTTPConnection(host, port, timeout=timeout)
            if self._context is None
            else http.client.HTTPSConnection(host, port, timeout=timeout, context=self._context)
        )
        connection.connect()
        return connection


def _within(seconds: float, end: float) -> float:
    # Zero would not mean "at once" but "never wait".
    return max(0.001, min(seconds, end - time.monotonic()))
