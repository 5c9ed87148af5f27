"""Can't start: what it imports is not in its package."""

import os
from typing import Any


def install(app: Any) -> None:  # noqa: ANN401 -- Chalice is untyped
    """Fail as a forgotten line in requirements.txt does: in Lambda, and not while packaging.

    Raises:
        ModuleNotFoundError: this runs in Lambda.
    """
    del app
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        raise ModuleNotFoundError("No module named 'left_out_of_requirements'")
