"""What all commands' options rest on."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

C = TypeVar("C", bound=Callable[..., Any])

as_json_option = click.option("--json", "as_json", is_flag=True, help="For machines.")


def with_options(options: Sequence[Callable[[C], C]], command: C) -> C:
    """Give a command some options, in the order in which its help lists them."""
    return functools.reduce(lambda given, option: option(given), reversed(options), command)
