"""Where this runs."""

import os


def current() -> str:
    """Return the region's name; "local" where no environment names one."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "local"
