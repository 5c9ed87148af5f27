"""ACM: what a certificate says of itself."""

from collections.abc import Callable
from typing import Any

from ministack.services import acm

from infra.rehearsal.emulator.repairs.wrapping import wrap


def tell_that_certificates_are_logged() -> None:
    """A certificate says nothing of transparency logs; on AWS it is in them unless declined."""
    wrap(acm, "_cert_shape", _cert_shape)


def _cert_shape(
    original: Callable[..., dict[str, Any]], certificate: dict[str, Any]
) -> dict[str, Any]:
    shape = original(certificate)
    return shape | {
        "Options": {"CertificateTransparencyLoggingPreference": "ENABLED"} | shape["Options"]
    }
