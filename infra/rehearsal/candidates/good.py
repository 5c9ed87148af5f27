"""As good as the one before it."""

from typing import Any


def install(app: Any) -> None:  # noqa: ANN401 -- Chalice is untyped
    """Change nothing but the package."""
    del app
