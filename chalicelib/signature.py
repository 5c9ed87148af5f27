"""Signs requests to DynamoDB as botocore does."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib import credentials, sigv4

if TYPE_CHECKING:
    from collections.abc import Callable


class Signer:
    """Signs POST requests to one URL.

    Attributes:
        clock_offset: how far AWS's clock is ahead of this machine's.
    """

    def __init__(self, url: str, region: str) -> None:
        self.clock_offset = timedelta()
        self._url = url
        self._host = urlsplit(url).netloc
        self._region = region
        self._keys: Callable[[], credentials.Keys] | None = None

    def sign(self, headers: dict[str, str], body: bytes) -> None:
        """Add to a request's headers those that sign it, Host among them.

        Raises:
            CredentialsError: there are no credentials to sign with.
        """
        headers["Host"] = self._host
        signature = _Signature(self._current(), self._region, self.clock_offset)
        signature.add_auth(_Request(self._url, headers, body))

    def renew(self) -> bool:
        """Load credentials anew; return whether they are others than before.

        Raises:
            CredentialsError: there are none.
        """
        before = self._current()
        self.forget()
        return self._current() != before

    def forget(self) -> None:
        """Let the next request load credentials of its own."""
        self._keys = None

    def _current(self) -> credentials.Keys:
        if self._keys is None:
            self._keys = credentials.load()
        return self._keys()


class _Request:
    """What a signature is made of, of botocore's AWSRequest."""

    method = "POST"
    params = None

    def __init__(self, url: str, headers: dict[str, str], body: bytes) -> None:
        self.url = url
        self.headers = headers
        self.body = body
        self.context: dict[str, Any] = {}


class _Signature(sigv4.SigV4Auth):
    """botocore's signature, dated by AWS's clock."""

    def __init__(self, keys: credentials.Keys, region: str, offset: timedelta) -> None:
        super().__init__(keys, "dynamodb", region)
        self._offset = offset

    def _modify_request_before_signing(self, request: _Request) -> None:
        if self._offset:
            now = datetime.now(UTC) + self._offset
            request.context["timestamp"] = now.strftime(sigv4.SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)
