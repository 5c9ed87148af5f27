"""How a function of the emulator is put behind another that calls it, or not."""

from collections.abc import Callable
from typing import Any

# Status, headers and body, as all of its services answer.
Response = tuple[int, dict[str, str], bytes]


def wrap(module: Any, name: str, replacement: Callable[..., Any]) -> None:
    """Have a replacement called in a function's place, with that function before its arguments."""
    original = getattr(module, name)
    setattr(module, name, lambda *args, **kwargs: replacement(original, *args, **kwargs))
