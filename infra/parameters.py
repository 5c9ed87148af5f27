"""Types of what is given on the command line, which click has not."""

import math
import tempfile
from pathlib import Path

import click


class Number(click.FloatRange):
    """A number within limits, which help calls by its unit.

    Unlike click's own it takes neither infinity nor nan, which is within no limit and outside none.
    """

    def __init__(self, unit: str, least: float, most: float | None = None) -> None:
        super().__init__(least, most)
        self.name = unit

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number; fail if it is none, or out of its limits."""
        try:
            number = float(str(value))
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a number", param, ctx)
        return super().convert(number, param, ctx)


_STANDARD_OUTPUT = Path("-")


class NewFile(click.Path):
    """A file to be written once the work is done; that it can be is found out before.

    Args:
        allow_dash: whether it may be -, the standard output.
    """

    def __init__(self, *, allow_dash: bool = False) -> None:
        super().__init__(
            dir_okay=False,
            writable=True,
            resolve_path=True,
            allow_dash=allow_dash,
            path_type=Path,
        )

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Return the path, made absolute; fail where nothing can be written."""
        path = Path(str(super().convert(str(value), param, ctx)))
        if self.allow_dash and path == _STANDARD_OUTPUT:
            return path
        try:
            with tempfile.TemporaryFile(dir=path.parent):
                return path
        except OSError as error:
            self.fail(f"nothing can be written to {path.parent} ({error.strerror})", param, ctx)
