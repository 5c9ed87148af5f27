"""Names of hosted zones, record sets and queries in one form, so that they compare as text."""

import re

import dns.name

_OCTAL = re.compile(r"\\([0-3][0-7]{2})")


def decimal_escapes(text: str) -> str:
    r"""Return text with Route 53's octal escapes (``\052``) as DNS's decimal ones (``\042``).

    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    """
    return _OCTAL.sub(lambda found: f"\\{int(found[1], 8):03d}", text)


def normal(name: str) -> str:
    """Return a DNS name in lower case, without its final dot.

    Raises:
        dns.exception.DNSException: it is no DNS name.
    """
    return dns.name.from_text(decimal_escapes(name)).to_text(omit_final_dot=True).lower()


def lies_in(name: str, domain: str) -> bool:
    """Return whether a normal name is the domain or below it."""
    return name == domain or name.endswith(f".{domain}")
