"""Calls DynamoDB as boto3's client does, at a third of its cost.

boto3 builds a client from a description of the service and sends each call through its events;
for three operations, plain code does. docs/performance.md has the figures, docs/decisions.md the
reasons, and tests/store/ holds both clients to one behaviour.
"""

import json
import os
import random
import time
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any

from chalicelib import endpoint
from chalicelib.connection import Answer, Connections
from chalicelib.credentials import CredentialsError
from chalicelib.signature import Signer

_TRIES = 3
# Of a call with all its tries: the caller still answers within the 2 s that Route 53 waits.
_CALL_SECONDS = 1.7
# A try that has less is not worth beginning.
_TRY_SECONDS_LEAST = 0.1

# Pauses before the second try, at most, and doubled before the third.
_AFTER_FAULT = 0.025  # what boto3 takes for DynamoDB
_AFTER_THROTTLE = 0.1
_AT_ONCE = 0.0

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
}
_EXPIRED = {"ExpiredTokenException", "UnrecognizedClientException"}
_MISDATED = {"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"}
# AWS takes dates that are up to 5 minutes off.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
_CLOCK_TOLERANCE = timedelta(minutes=4)

# A table that fails for long is asked once for each call, not thrice: as in botocore's standard
# mode, further tries are paid for from what good answers earn.
_QUOTA = 500
_RETRY_COST = 5

# Not the module's own generator, which all copies of a SnapStart snapshot would share.
_random = random.SystemRandom()


class CallError(Exception):
    """DynamoDB refused a call, or gave no answer to it.

    Attributes:
        code: DynamoDB's own, such as ResourceNotFoundException; else the name of what went wrong.
        item: the attributes of the item that a failed condition found, if they were asked for.
        pause: the seconds within which another try may help; None where none does.
    """

    def __init__(
        self, code: str, pause: float | None, item: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(code)
        self.code = code
        self.pause = pause
        self.item = item


class Client:
    """Calls DynamoDB in one region.

    The environment says where that is (chalicelib.endpoint) and who calls (chalicelib.signature).
    """

    def __init__(self, region: str) -> None:
        self._url = endpoint.url(region, os.environ)
        self._connections = Connections(self._url)
        self._signer = Signer(self._url, region)
        self._quota = _QUOTA

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Call DynamoDB, again where that can help, within 1.7 s and what DNS takes.

        Args:
            operation: such as GetItem; one that may be done twice.
            parameters: as in DynamoDB's API reference, binary values in base64.

        Returns:
            The answer, likewise.

        Raises:
            CallError: it was refused, or there is no answer.
        """
        body = json.dumps(parameters).encode()
        end = time.monotonic() + _CALL_SECONDS
        for tries in range(1, _TRIES + 1):
            try:
                answer = self._try(operation, body, end)
            except CallError as error:
                self._pause(error, tries, end)
            else:
                earned = 1 if tries == 1 else _RETRY_COST
                self._quota = min(_QUOTA, self._quota + earned)
                return answer
        raise AssertionError("the last try returns or raises")

    def renew(self) -> None:
        """Let go of what copies of this process must not share: connections and credentials."""
        self._connections.close()
        self._signer.forget()

    def _try(self, operation: str, body: bytes, end: float) -> dict[str, Any]:
        headers = {
            "Content-Type": "application/x-amz-json-1.0",
            "User-Agent": "multi-region-api",
            "X-Amz-Target": f"DynamoDB_20120810.{operation}",
            **_trace(),
        }
        try:
            self._signer.sign(headers, body)
            left = max(end - time.monotonic(), _TRY_SECONDS_LEAST)
            answer = self._connections.post(headers, body, left)
        except (OSError, HTTPException) as error:
            raise CallError(type(error).__name__, _AFTER_FAULT) from None
        except CredentialsError:
            raise CallError("CredentialsError", None) from None
        return self._read(answer)

    def _read(self, answer: Answer) -> dict[str, Any]:
        checksum = answer.headers.get("x-amz-crc32")
        if checksum is not None and checksum != str(zlib.crc32(answer.body)):
            raise CallError("ChecksumMismatch", _AFTER_FAULT)
        try:
            document = json.loads(answer.body)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            document = {"__type": str(answer.status)}
            if answer.status == 200:
                raise CallError("AnswerNotJson", _AFTER_FAULT)
        if answer.status == 200:
            return document
        code = str(document.get("__type", answer.status)).partition(":")[0].rpartition("#")[2]
        raise CallError(code, self._pause_after(code, answer), document.get("Item"))

    def _pause_after(self, code: str, answer: Answer) -> float | None:
        """Return the pause after a refusal, and mend what it is for if that is on this side."""
        if code in THROTTLED:
            return _AFTER_THROTTLE
        if answer.status >= 500:
            return _AFTER_FAULT
        if code in _EXPIRED and self._renew_credentials():
            return _AT_ONCE
        if code in _MISDATED and self._set_clock(answer.headers.get("Date")):
            return _AT_ONCE
        return None

    def _renew_credentials(self) -> bool:
        """Return whether there were others to be had."""
        try:
            return self._signer.renew()
        except CredentialsError:
            return False

    def _set_clock(self, date: str | None) -> bool:
        """Follow AWS's clock; return whether the one that was followed had been wrong."""
        try:
            offset = parsedate_to_datetime(date or "") - datetime.now(UTC)
        except (TypeError, ValueError):  # no date, or one without a time zone
            return False
        wrong = abs(offset - self._signer.clock_offset) > _CLOCK_TOLERANCE
        if wrong:
            self._signer.clock_offset = offset
        return wrong

    def _pause(self, error: CallError, tries: int, end: float) -> None:
        """Wait until the next try, or raise the error if none can help."""
        if error.pause is None or tries == _TRIES:
            raise error
        pause = _random.uniform(0, error.pause * 2 ** (tries - 1))
        late = time.monotonic() + pause + _TRY_SECONDS_LEAST > end
        if late or self._quota < _RETRY_COST:
            raise error
        self._quota -= _RETRY_COST
        time.sleep(pause)


def _trace() -> dict[str, str]:
    """Return what ties a call to the trace of the request that it is made for, as botocore does."""
    trace = os.environ.get("_X_AMZN_TRACE_ID")
    return {"X-Amzn-Trace-Id": trace} if trace else {}
