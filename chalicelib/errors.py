"""The errors that Chalice has no class for.

Chalice answers an error raised by a view with `{"Code": class name, "Message": text}` and the
class's STATUS_CODE: a text here is read by the client, so it names no internals.
"""

from chalice import ChaliceViewError


class ApiError(ChaliceViewError):  # type: ignore[misc] # Chalice is untyped
    """Base of the errors below."""


class PreconditionFailedError(ApiError):
    """The request's condition does not hold."""

    STATUS_CODE = 412


class PayloadTooLargeError(ApiError):
    """What was sent does not fit into an item."""

    STATUS_CODE = 413


class ServiceUnavailableError(ApiError):
    """The table can't answer now; the same request may succeed later, or in the other region."""

    STATUS_CODE = 503
