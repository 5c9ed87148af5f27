"""Lambda: concurrency behind an alias, and no waiting for a silent function's log."""

import functools
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from infra.rehearsal.emulator.repairs.wrapping import wrap


def reserve_concurrency_of_aliases() -> None:
    """What is reserved for a function is not asked for where it is invoked by an alias."""
    wrap(lambda_svc, "_reserved_concurrency", _reserved_concurrency)


def _reserved_concurrency(
    original: Callable[..., int | None], function: dict[str, Any], config: dict[str, Any]
) -> int | None:
    whole = lambda_svc._functions.get(config.get("FunctionName"))
    return original(function if whole is None else whole, config)


def wait_less_for_logs() -> None:
    """A function that logs nothing is held back for 50 ms, in which its process serves nobody.

    What it logged before it answered is in the pipe by then, so a tenth of that is enough.
    """
    lambda_runtime.Worker._drain_stderr_bounded = functools.partialmethod(
        lambda_runtime.Worker._drain_stderr_bounded, first_line_wait=0.005
    )
