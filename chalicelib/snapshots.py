"""SnapStart: a function starts as a copy of a snapshot, and many copies run at once."""

from collections.abc import Callable

try:
    # Part of Lambda's Python, and nowhere else.
    # https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
    from snapshot_restore_py import register_after_restore
except ImportError:
    register_after_restore = None


def after_restore(function: Callable[[], None]) -> None:
    """Have each copy call `function` before its first request."""
    if register_after_restore is not None:
        register_after_restore(function)
