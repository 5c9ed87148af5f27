"""Which certificate authorities DynamoDB's certificates may come from.

amazon_trust.pem has the five roots of Amazon Trust Services, which issues AWS's certificates: they
are read in a twentieth of the time that the roots of all the world's sites take. Should AWS ever
use another authority, those come into play; the check itself is the same.
https://www.amazontrust.com/repository/
"""

import os
import ssl
from pathlib import Path

_OWN = Path(__file__).with_name("amazon_trust.pem")


def context() -> ssl.SSLContext:
    """Return what checks certificates: against AWS_CA_BUNDLE's authorities, else Amazon's."""
    return ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or str(_OWN))


def widen(checked_by: ssl.SSLContext) -> bool:
    """Add the system's authorities to Amazon's; return whether that changes anything."""
    before = checked_by.cert_store_stats()
    if not os.environ.get("AWS_CA_BUNDLE"):
        checked_by.load_default_certs()
    return checked_by.cert_store_stats() != before
