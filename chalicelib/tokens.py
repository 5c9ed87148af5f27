"""The `next` tokens of a listing: opaque, lasting, taken by every region.

A token is the key that the page ended with, and a digest of it. The digest only tells a token that
was cut or altered by accident; it is no secret and guards nothing, as a token says no more than
where to go on in a listing that anybody may read.

DynamoDB does not say that replicas list in one order: a listing that goes on in another region may
repeat or skip items, and one that must be whole starts anew.
"""

import base64
import binascii
import hashlib

from chalice import BadRequestError

_DIGEST_BYTES = 8


def encode(item_id: str) -> str:
    """Return the token for the page after this item."""
    key = item_id.encode()
    return base64.urlsafe_b64encode(_digest(key) + key).decode().rstrip("=")


def decode(token: str) -> str:
    """Return the ItemId that a token was made from.

    Raises:
        BadRequestError: no page ended with this token.
    """
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        item_id = raw[_DIGEST_BYTES:].decode()
    except (binascii.Error, ValueError):
        raise _refused() from None
    # Some altered tokens decode alike: only the very text that was handed out is good.
    if not item_id or encode(item_id) != token:
        raise _refused()
    return item_id


def _digest(key: bytes) -> bytes:
    return hashlib.sha256(b"next:" + key).digest()[:_DIGEST_BYTES]


def _refused() -> BadRequestError:
    return BadRequestError(
        "next is not a token that a page ended with: send the Next of an answer unchanged, "
        "or leave next out to start from the beginning."
    )
