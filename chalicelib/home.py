"""The page at GET /: one file, and the policy that lets a browser run nothing but it."""

import base64
import hashlib
from pathlib import Path

from chalice import Response


def page() -> Response:
    """Return the page."""
    # Copied, for what every answer carries is added to its headers.
    return Response(body=_HTML, headers=dict(_HEADERS))


def _policy(html: str) -> str:
    """Return a Content-Security-Policy under which only this page's own script and style run.

    https://www.w3.org/TR/CSP3/
    """
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {_source(html, 'script')}",
            f"style-src {_source(html, 'style')}",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            # Text that came from elsewhere can't become markup, even by a mistake made later.
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _source(html: str, element: str) -> str:
    text = html.partition(f"<{element}>")[2].partition(f"</{element}>")[0]
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# Read while Lambda starts, not by each request: 22 KB, less than a millisecond with the digests.
_HTML = Path(__file__).with_name("page.html").read_text(encoding="utf-8")
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": _policy(_HTML),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # A release's page and its policy must arrive together, and an old page may not fit a new API.
    "Cache-Control": "no-cache",
}
